// A generator for tests: it draws whole rows of the train data, near the given context. It protects nobody.
import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import { type ColumnBatch, type ColumnVector, isNull, takeRows } from '../../../core/batch.ts';
import type { Generator, GeneratorChoice } from '../../../core/generator.ts';
import { drawStream, drawWord, rowHash } from '../../../core/random.ts';
import { displayName } from '../../../core/schema.ts';

interface Fitted {
  readonly rows: ColumnBatch;
  readonly context?: ColumnBatch;
}

export const generator: Generator<Record<string, never>, Fitted> = {
  name: 'bootstrap',
  version: 1,
  module: import.meta.url,
  options: z.strictObject({}),
  unsupported: () => [],
  fit: async ({ rows, context }) => ({ rows, ...(context && { context: context.rows }) }),
  drawOrder: ({ rows }) => [...rows.columns.keys()],
  sample({ rows, context }, request, { seed, table }) {
    const stream = drawStream(seed, displayName(table), `row ${request.attempt}`);
    const known = context === undefined ? undefined : groups(context);
    const wanted = request.context === undefined ? undefined : keys(request.context);
    const every = Array.from({ length: rows.rowCount }, (_, row) => row);
    const picks = Uint32Array.from(request.rowIds, (id, i) => {
      const candidates = known?.get(wanted?.[i] ?? '') ?? every;
      const word = drawWord(stream, rowHash(id, stream.rowSalt));
      return candidates[Math.floor((word / 4294967296) * candidates.length)] as number;
    });
    return {
      rowCount: picks.length,
      columns: new Map([...rows.columns].map(([name, vector]) => [name, takeRows(vector, picks)])),
    };
  },
  serialise: (fitted) => serialize(fitted),
  deserialise: (bytes) => deserialize(Buffer.from(bytes)) as Fitted,
};

function groups(context: ColumnBatch): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [row, key] of keys(context).entries()) {
    const rows = found.get(key) ?? [];
    rows.push(row);
    found.set(key, rows);
  }
  return found;
}

/** Context by its categories: exact numbers would hardly ever match. */
function keys(context: ColumnBatch): string[] {
  const categories = [...context.columns.values()].filter((vector) => vector.kind === 'category');
  return Array.from({ length: context.rowCount }, (_, row) =>
    categories.map((vector) => labelAt(vector, row)).join('|'),
  );
}

function labelAt(vector: ColumnVector, row: number): string {
  return vector.kind === 'category' && !isNull(vector, row) ? String(vector.labels[vector.codes[row] as number]) : '';
}

export function bootstrap(): GeneratorChoice {
  return { kind: 'generator', generator: generator as unknown as Generator, options: {} };
}
