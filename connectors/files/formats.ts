// Which file endings are tables, how DuckDB reads each and how it writes each.
import { basename } from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../core/audit.ts';
import { SynthError } from '../../core/errors.ts';

export type FormatName = 'csv' | 'parquet' | 'json';

export interface FileFormat {
  readonly name: FormatName;
  readonly ending: string;
  /** Options of COPY … TO, without parentheses. */
  readonly copyOptions: RawBuilder<unknown>;
}

const formats: readonly FileFormat[] = [
  { name: 'csv', ending: '.csv', copyOptions: sql`format csv, header true` },
  { name: 'csv', ending: '.csv.gz', copyOptions: sql`format csv, header true, compression gzip` },
  { name: 'csv', ending: '.tsv', copyOptions: sql`format csv, header true, delimiter ${sql.lit('\t')}` },
  {
    name: 'csv',
    ending: '.tsv.gz',
    copyOptions: sql`format csv, header true, delimiter ${sql.lit('\t')}, compression gzip`,
  },
  { name: 'parquet', ending: '.parquet', copyOptions: sql`format parquet, compression zstd` },
  { name: 'json', ending: '.jsonl', copyOptions: sql`format json` },
  { name: 'json', ending: '.ndjson', copyOptions: sql`format json` },
  { name: 'json', ending: '.jsonl.gz', copyOptions: sql`format json, compression gzip` },
  { name: 'json', ending: '.ndjson.gz', copyOptions: sql`format json, compression gzip` },
  { name: 'json', ending: '.json', copyOptions: sql`format json, array true` },
];

/** The format that a file's name says, or undefined. */
export function formatOf(path: string): FileFormat | undefined {
  const name = basename(path).toLowerCase();
  return formats.find(({ ending }) => name.endsWith(ending) && name.length > ending.length);
}

export function requireFormat(path: string): FileFormat {
  const format = formatOf(path);
  if (format !== undefined) return format;
  throw new SynthError('file.unknown-format', `The name ${path} does not say what kind of table it is.`, {
    hint: `Use one of ${formats.map(({ ending }) => ending).join(', ')}, or file.duckdb#schema.table.`,
  });
}

/** The name without its folder and ending. */
export function baseNameOf(path: string): string {
  const name = basename(path);
  return name.slice(0, name.length - (formatOf(path)?.ending.length ?? 0));
}

interface Sniffed {
  readonly Delimiter: string;
  readonly Quote: string;
  readonly Escape: string;
  readonly Comment: string;
  readonly SkipRows: number;
  readonly HasHeader: boolean;
  readonly Columns: readonly { readonly name: string; readonly type: string }[];
  readonly DateFormat: string | null;
  readonly TimestampFormat: string | null;
}

/** The table function that reads these files, all of one format. Looks into a CSV file to learn its columns. */
export async function readerSql(
  db: Database,
  format: FormatName,
  paths: readonly string[],
): Promise<RawBuilder<unknown>> {
  const list = sql`[${sql.join(paths.map((path) => sql.lit(escapeGlob(path))))}]`;
  switch (format) {
    case 'parquet':
      return sql`read_parquet(${list}, union_by_name = true)`;
    case 'json':
      return sql`read_json(${list}, union_by_name = true, sample_size = -1)`;
    case 'csv':
      return paths.length === 1
        ? csvReader(db, paths[0] as string, list)
        : sql`read_csv(${list}, union_by_name = true, sample_size = -1)`;
  }
}

/**
 * Types are learnt from all rows, once; a view that sniffs would do it again with each query, or fail at a row after its
 * sample.
 */
async function csvReader(db: Database, path: string, list: RawBuilder<unknown>): Promise<RawBuilder<unknown>> {
  const { rows } = await sql<Sniffed>`
    select * exclude ("Prompt") from sniff_csv(${sql.lit(escapeGlob(path))}, sample_size = -1)`.execute(db);
  const sniffed = rows[0] as Sniffed;
  const text = (value: string): RawBuilder<unknown> => sql.lit(value === '(empty)' ? '' : value);
  const columns = sniffed.Columns.map(({ name, type }) => sql`${sql.lit(name)}: ${sql.lit(type)}`);
  const options = [
    sql`auto_detect = false`,
    sql`delim = ${text(sniffed.Delimiter)}`,
    sql`quote = ${text(sniffed.Quote)}`,
    sql`escape = ${text(sniffed.Escape)}`,
    sql`comment = ${text(sniffed.Comment)}`,
    sql`skip = ${sql.lit(sniffed.SkipRows)}`,
    sql`header = ${sql.lit(sniffed.HasHeader)}`,
    sql`columns = {${sql.join(columns)}}`,
  ];
  if (sniffed.DateFormat !== null) options.push(sql`dateformat = ${sql.lit(sniffed.DateFormat)}`);
  if (sniffed.TimestampFormat !== null) options.push(sql`timestampformat = ${sql.lit(sniffed.TimestampFormat)}`);
  return sql`read_csv(${list}, ${sql.join(options)})`;
}

/** DuckDB reads `*`, `?` and `[` in a file's name as patterns. */
function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, (character) => `[${character}]`);
}
