// Dictionary codes for strings without moving every string to JavaScript: rows travel as 64-bit hashes, and each distinct
// string once, packed with others into few long ones.
import type { DuckDBConnection } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../core/audit.ts';
import { SynthError } from '../../core/errors.ts';
import type { HashCodes } from '../../core/hash-codes.ts';

/** The SQL of the hash of a column; NULL for NULL. */
export function hashOf(column: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`case when ${column} is not null then hash(${column}) end`;
}

/** The strings of `column` in `relation`, by the codes that their hashes were given. */
export async function readLabels(
  connection: DuckDBConnection,
  db: Database,
  relation: RawBuilder<unknown>,
  column: RawBuilder<unknown>,
  codes: HashCodes,
): Promise<string[]> {
  // All aggregates of a group see its rows in one order, so hashes, lengths and the packed text go together.
  const query = sql`
    select list(h), list(cast(strlen(s) as ubigint)), string_agg(s, '') from (
      select distinct hash(${column}) as h, cast(${column} as varchar) as s from ${relation} where ${column} is not null
    ) group by h % 64`;
  const result = await connection.run(query.compile(db).sql);
  const labels = new Array<string>(codes.count);
  let found = 0;
  for (const chunk of await result.fetchAllChunks()) {
    const [hashes, lengths] = [0, 1].map((i) => listItems(duckdb.data_chunk_get_vector(chunk.chunk, i)));
    const packed = duckdb.data_chunk_get_vector(chunk.chunk, 2);
    let item = 0;
    for (const group of listSizes(duckdb.data_chunk_get_vector(chunk.chunk, 0), chunk.rowCount).entries()) {
      const text = stringBytes(packed, group[0], chunk.rowCount);
      let start = 0;
      for (const end = item + group[1]; item < end; item++) {
        const length = lengths?.[2 * item] as number;
        labels[codes.codeOf(hashes?.[2 * item] as number, hashes?.[2 * item + 1] as number)] = text.toString(
          'utf8',
          start,
          start + length,
        );
        start += length;
        found++;
      }
    }
  }
  if (found !== codes.count || labels.length !== codes.count) {
    // Two strings with one 64-bit hash: once in 10^7 columns of a million distinct values.
    throw new SynthError('read.hash', 'Two values of a text column share a hash.', { kind: 'unexpected' });
  }
  return labels;
}

/** The 64-bit items of all lists of a vector, as pairs of 32-bit words. */
function listItems(vector: duckdb.Vector): Uint32Array {
  const size = duckdb.list_vector_get_size(vector);
  const data = duckdb.vector_get_data(duckdb.list_vector_get_child(vector), size * 8);
  return new Uint32Array(data.buffer, data.byteOffset, size * 2);
}

/** The lengths of the lists of a vector; the lists of an aggregate follow each other without gaps. */
function listSizes(vector: duckdb.Vector, rows: number): number[] {
  const data = duckdb.vector_get_data(vector, rows * 16);
  const words = new Uint32Array(data.buffer, data.byteOffset, rows * 4);
  return Array.from({ length: rows }, (_, row) => words[4 * row + 2] as number);
}

/** The bytes of one string: in its 16-byte head up to 12, behind a pointer beyond. */
function stringBytes(vector: duckdb.Vector, row: number, rows: number): Buffer {
  const heads = duckdb.vector_get_data(vector, rows * 16);
  const length = new DataView(heads.buffer, heads.byteOffset).getUint32(16 * row, true);
  const bytes =
    length <= 12
      ? heads.subarray(16 * row + 4, 16 * row + 4 + length)
      : duckdb.get_data_from_pointer(heads.buffer as ArrayBuffer, heads.byteOffset + 16 * row + 8, length);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
