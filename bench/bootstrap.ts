// A generator for benchmarks of loops: every column is drawn from its own rows, alone. What it loses is chance. It protects nobody.
import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import { type ColumnBatch, takeRows } from '../core/batch.ts';
import type { Generator, GeneratorChoice } from '../core/generator.ts';
import { drawStream, drawWord, rowHash } from '../core/random.ts';
import { displayName } from '../core/schema.ts';

const generator: Generator<Record<string, never>, ColumnBatch> = {
  name: 'bootstrap of columns',
  version: 1,
  options: z.strictObject({}),
  unsupported: () => [],
  fit: async ({ rows }) => rows,
  drawOrder: ({ columns }) => [...columns.keys()],
  sample({ columns, rowCount }, { rowIds }, { seed, table }) {
    const drawn = [...columns].map(([name, vector]) => {
      const stream = drawStream(seed, displayName(table), name);
      const picks = Uint32Array.from(rowIds, (id) =>
        Math.floor((drawWord(stream, rowHash(id, stream.rowSalt)) / 4294967296) * rowCount),
      );
      return [name, takeRows(vector, picks)] as const;
    });
    return { rowCount: rowIds.length, columns: new Map(drawn) };
  },
  serialise: (fitted) => serialize(fitted),
  deserialise: (bytes) => deserialize(Buffer.from(bytes)) as ColumnBatch,
};

export function bootstrapColumns(): GeneratorChoice {
  return { kind: 'generator', generator: generator as unknown as Generator, options: {} };
}
