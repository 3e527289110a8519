// Keeps the rows of one owner apart in columns that are part of their key: draws again, then moves on to a free value. Pure.
import type { ColumnBatch, ColumnVector } from '../batch.ts';
import { isNull } from '../batch.ts';
import { vectorOf } from './buckets.ts';
import { createFilling } from './vectors.ts';

const mostDraws = 12;

/**
 * @param draw draws the rows at these places of the wave
 * @param owners the owner per place
 * @param seen what each owner's rows have so far; grows
 */
export function keepDistinct(
  draw: (attempt: number, at: Uint32Array) => ColumnBatch,
  every: Uint32Array,
  columns: readonly string[],
  owners: Uint32Array,
  seen: Map<number, Set<string>>,
): ColumnBatch {
  const filled = new Map<string, ReturnType<typeof createFilling>>();
  let open = every;
  for (let attempt = 0; open.length > 0; attempt++) {
    const drawn = draw(attempt, open);
    const vectors = columns.map((name) => vectorOf(drawn, name));
    const kept: number[] = [];
    for (const [i, at] of open.entries()) {
      const owner = owners[at] as number;
      const mine = seen.get(owner) ?? new Set<string>();
      seen.set(owner, mine);
      let key = keyOf(vectors, i);
      if (mine.has(key) && attempt === mostDraws) key = moveOn(vectors, i, mine);
      if (mine.has(key) && attempt < mostDraws) kept.push(at);
      mine.add(key);
    }
    for (const [name, vector] of drawn.columns) {
      let filling = filled.get(name);
      if (filling === undefined) {
        filling = createFilling(every.length);
        filled.set(name, filling);
      }
      // Rows that are drawn again are overwritten by their next draw.
      filling.fill(vector, open);
    }
    open = Uint32Array.from(kept);
  }
  return {
    rowCount: every.length,
    columns: new Map([...filled].map(([name, filling]) => [name, filling.vector()])),
  };
}

function keyOf(vectors: readonly ColumnVector[], row: number): string {
  return vectors.map((vector) => textOf(vector, row)).join('\u0000');
}

function textOf(vector: ColumnVector, row: number): string {
  if (isNull(vector, row)) return '';
  return vector.kind === 'category' ? String(vector.labels[vector.codes[row] as number]) : String(vector.values[row]);
}

/** Counts the last column up until the owner has no such row; a category tries all of its levels. */
function moveOn(vectors: readonly ColumnVector[], row: number, mine: ReadonlySet<string>): string {
  const last = vectors.at(-1);
  const tries = last?.kind === 'category' ? last.labels.length : mine.size + 1;
  let key = keyOf(vectors, row);
  for (let i = 0; i < tries && mine.has(key); i++) {
    if (last?.kind === 'integer') last.values[row] = (last.values[row] as bigint) + 1n;
    else if (last?.kind === 'number') last.values[row] = (last.values[row] as number) + 1;
    else if (last?.kind === 'category') last.codes[row] = ((last.codes[row] as number) + 1) % last.labels.length;
    key = keyOf(vectors, row);
  }
  return key;
}
