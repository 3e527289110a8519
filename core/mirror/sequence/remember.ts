// What rows that are being drawn remember of the siblings before their elder one. Pure.
import { type ColumnVector, isNull } from '../../batch.ts';
import { memoryContext } from '../names.ts';
import { type Filling, takeOptional } from '../vectors.ts';
import type { BlockMemory } from './types.ts';

export interface Memories {
  /** A column of the context for these rows; undefined when it is no memory, or nothing was drawn yet. */
  recall(name: string, rows: Uint32Array): ColumnVector | undefined;
  /** Takes up rows that were drawn; each owner has at most one among them. */
  add(rows: Uint32Array): void;
}

/**
 * @param filled the columns drawn so far
 * @param owner per row
 * @param elder per row, its elder sibling's row or −1
 */
export function createMemories(
  memories: readonly BlockMemory[],
  filled: ReadonlyMap<string, Filling>,
  owner: Uint32Array,
  elder: Int32Array,
  owners: number,
): Memories {
  const byName = new Map(memories.map((memory) => [memoryContext(memory.column), memory]));
  const sums = new Map(
    memories
      .filter(({ kind }) => kind === 'mean')
      .map(({ column }) => [column, { sum: new Float64Array(owners), count: new Uint32Array(owners) }]),
  );
  let started = false;
  return {
    recall(name, rows) {
      const memory = byName.get(name);
      if (memory === undefined || !started) return undefined;
      const known = sums.get(memory.column);
      if (known === undefined) {
        const before = Int32Array.from(rows, (row) => {
          const one = elder[row] as number;
          return one < 0 ? -1 : (elder[one] as number);
        });
        return takeOptional((filled.get(memory.column) as Filling).vector(), before);
      }
      const count = (row: number): number => known.count[owner[row] as number] as number;
      return {
        kind: 'number',
        values: Float64Array.from(rows, (row) => (known.sum[owner[row] as number] as number) / Math.max(1, count(row))),
        valid: Uint8Array.from(rows, (row) => (count(row) > 0 ? 1 : 0)),
      };
    },
    add(rows) {
      started = true;
      for (const { column, unit } of memories) {
        const known = sums.get(column);
        const vector = (filled.get(column) as Filling).vector();
        if (known === undefined || (vector.kind !== 'integer' && vector.kind !== 'number')) continue;
        for (const row of rows) {
          if (isNull(vector, row)) continue;
          const at = owner[row] as number;
          known.sum[at] = (known.sum[at] as number) + Number(vector.values[row]) / unit;
          known.count[at] = (known.count[at] as number) + 1;
        }
      }
    },
  };
}
