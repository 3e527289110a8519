// One table named on the command line: `data.csv`, `data.parquet`, `file.duckdb#table` or `file.duckdb#schema.table`.
import type { Connector } from '../../core/connector.ts';
import { SynthError } from '../../core/errors.ts';
import { displayName } from '../../core/schema.ts';
import { duckdb } from '../duckdb/source.ts';
import { requireFormat } from './formats.ts';
import { files } from './source.ts';

export type TableLocation =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'duckdb'; readonly path: string; readonly table: string | undefined };

/** Splits `file.duckdb#schema.table`; everything else must be a file with a known ending. */
export function parseLocation(location: string): TableLocation {
  const database = /^(.*\.(?:duckdb|ddb|db))(?:#(.+))?$/i.exec(location);
  if (database !== null) return { kind: 'duckdb', path: database[1] as string, table: database[2] };
  requireFormat(location);
  return { kind: 'file', path: location };
}

/** A connector whose `tables()` is exactly the one table at `location`. */
export function openTableFile(location: string): Connector {
  const parsed = parseLocation(location);
  if (parsed.kind === 'file') return files({ path: parsed.path });
  const { path, table } = parsed;
  if (table !== undefined) return duckdb({ path, tables: [table] });
  const whole = duckdb({ path });
  return Object.freeze<Connector>({
    ...whole,
    async attach(workspace) {
      const attached = await whole.attach(workspace);
      const tables = await attached.tables();
      if (tables.length === 1) return attached;
      await attached[Symbol.asyncDispose]();
      const names = tables.slice(0, 10).map(({ name }) => displayName(name));
      throw new SynthError('table.unnamed', `${path} holds ${tables.length} tables, and none was named.`, {
        hint: `Write ${path}#TABLE, with one of: ${names.join(', ')}${tables.length > 10 ? ', …' : ''}.`,
      });
    },
  });
}
