// What rows that are being drawn remember of the siblings before their elder one. Pure.
import { type ColumnVector, isNull } from '../../batch.ts';
import { memoryContext } from '../names.ts';
import type { Filling } from '../vectors.ts';
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
 */
export function createMemories(
  memories: readonly BlockMemory[],
  filled: ReadonlyMap<string, Filling>,
  owner: Uint32Array,
  owners: number,
): Memories {
  const columns = new Map(memories.map((memory) => [memoryContext(memory.column), memory.column]));
  const tallies = new Map(
    memories.map((memory) => [memory.column, memory.kind === 'mean' ? tallyMean(memory, owners) : tallyShare(owners)]),
  );
  let started = false;
  return {
    recall(name, rows) {
      const tally = tallies.get(columns.get(name) ?? '');
      if (tally === undefined || !started) return undefined;
      const values = Float64Array.from(rows, (row) => tally.value(owner[row] as number));
      return {
        kind: 'number',
        values: values.map((value) => (Number.isNaN(value) ? 0 : value)),
        valid: Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1)),
      };
    },
    add(rows) {
      started = true;
      for (const [column, tally] of tallies) {
        const vector = (filled.get(column) as Filling).vector();
        for (const row of rows) tally.add(owner[row] as number, vector, row);
      }
    },
  };
}

/** A number for each owner, NaN until there is one. */
interface Tally {
  add(owner: number, vector: ColumnVector, row: number): void;
  value(owner: number): number;
}

function tallyMean({ unit }: BlockMemory, owners: number): Tally {
  const sums = new Float64Array(owners);
  const counts = new Uint32Array(owners);
  return {
    add(owner, vector, row) {
      if (isNull(vector, row) || (vector.kind !== 'integer' && vector.kind !== 'number')) return;
      sums[owner] = (sums[owner] as number) + Number(vector.values[row]) / unit;
      counts[owner] = (counts[owner] as number) + 1;
    },
    value: (owner) => (sums[owner] as number) / (counts[owner] as number),
  };
}

/** The share of rows that have the value of the last one. */
function tallyShare(owners: number): Tally {
  const seen = new Map<number, Map<number | string, number>>();
  const same = new Uint32Array(owners);
  const counts = new Uint32Array(owners);
  return {
    add(owner, vector, row) {
      const label = vector.kind === 'category' ? (vector.codes[row] as number) : String(vector.values[row]);
      const value = isNull(vector, row) ? -1 : label;
      const mine = seen.get(owner) ?? new Map<number | string, number>();
      seen.set(owner, mine);
      const count = (mine.get(value) ?? 0) + 1;
      mine.set(value, count);
      same[owner] = count;
      counts[owner] = (counts[owner] as number) + 1;
    },
    value: (owner) => (same[owner] as number) / (counts[owner] as number),
  };
}
