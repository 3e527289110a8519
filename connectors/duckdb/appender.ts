// Appends column vectors to a table in chunks of 2048 rows, by memory copy.
import { type DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { Relation } from '../../core/audit.ts';
import type { ColumnVector } from '../../core/batch.ts';
import type { Source } from './sources.ts';

export interface TableAppender {
  append(vectors: readonly ColumnVector[], rowCount: number): void;
  /** Stores what was appended. */
  close(): void;
}

const chunkRows = 2048;

export async function createTableAppender(
  connection: DuckDBConnection,
  table: Relation,
  sources: readonly Source[],
): Promise<TableAppender> {
  const appender = await connection.createAppender(table.table, table.schema ?? 'main', table.catalog ?? null);
  const chunk = DuckDBDataChunk.create(sources.map(({ type }) => type));
  // A whole mask is copied each time: a short one would leave rows of the chunk before it.
  const mask = new Uint8Array(chunkRows / 8);
  return {
    append(vectors, rowCount) {
      const copies = sources.map((source, i) => source.begin(vectors[i] as ColumnVector));
      for (let start = 0; start < rowCount; start += chunkRows) {
        const rows = Math.min(chunkRows, rowCount - start);
        chunk.reset();
        for (const [i, copyInto] of copies.entries()) {
          const target = duckdb.data_chunk_get_vector(chunk.chunk, i);
          copyInto(target, start, rows);
          if (!fillMask(mask, vectors[i] as ColumnVector, start, rows)) continue;
          duckdb.vector_ensure_validity_writable(target);
          duckdb.copy_data_to_vector_validity(target, 0, mask.buffer, 0, mask.byteLength);
        }
        duckdb.data_chunk_set_size(chunk.chunk, rows);
        appender.appendDataChunk(chunk);
      }
    },
    close: () => appender.closeSync(),
  };
}

/** Sets one bit per valid row; false when all are. */
function fillMask(mask: Uint8Array, vector: ColumnVector, start: number, rows: number): boolean {
  const valid = vector.kind === 'text' ? undefined : vector.valid;
  if (vector.kind !== 'text' && valid === undefined) return false;
  mask.fill(255);
  let nulls = 0;
  for (let i = 0; i < rows; i++) {
    const isNull = vector.kind === 'text' ? (vector.values[start + i] ?? null) === null : valid?.[start + i] === 0;
    if (!isNull) continue;
    nulls++;
    mask[i >> 3] = (mask[i >> 3] as number) & ~(1 << (i & 7));
  }
  return nulls > 0;
}
