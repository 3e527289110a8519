// Several columns learnt as one: its levels are the combinations that the source has in at least k rows.
import type { ColumnVector } from '../batch.ts';
import { isNull, takeRows } from '../batch.ts';
import { SynthError } from '../errors.ts';
import { mix32 } from '../random.ts';
import { createGrouper, summariseGroups } from './groups.ts';
import { cumulate, extractRows, pickByWeight, type TransformDraw, uniforms } from './vectors.ts';

export interface MergeState {
  /** The name of the learnt column, whose labels are the numbers of combinations. */
  readonly column: string;
  readonly members: readonly string[];
  /** Per member its value in each combination. */
  readonly values: readonly ColumnVector[];
  /** Rows of combinations, summed up; for draws when a generator gives a level that is none. */
  readonly weights: Float64Array;
}

export interface Combinations {
  readonly groups: Uint32Array;
  readonly sizes: Uint32Array;
  readonly first: Uint32Array;
  /** Share of rows whose combination occurs in at least k rows. */
  readonly coverage: number;
}

export function findCombinations(vectors: readonly ColumnVector[], rowCount: number, k: number): Combinations {
  const grouper = createGrouper(vectors.length);
  const groups = grouper.add(vectors, rowCount);
  const { sizes, first } = summariseGroups(groups, grouper.count());
  let covered = 0;
  for (const size of sizes) if (size >= k) covered += size;
  return { groups, sizes, first, coverage: rowCount === 0 ? 0 : covered / rowCount };
}

/**
 * @param free the members (by position) that do not follow from others: a rare combination is learnt as a frequent one
 *   that shares as many of these as possible, so that the members' own distributions stay close
 * @throws SynthError `constraint.too-rare` when no combination occurs in k rows
 */
export function learnMerge(
  title: string,
  column: string,
  members: readonly string[],
  vectors: readonly ColumnVector[],
  combinations: Combinations,
  free: readonly number[],
  k: number,
): { readonly state: MergeState; readonly vector: ColumnVector } {
  const { groups, sizes, first } = combinations;
  const kept = Uint32Array.from(sizes.keys()).filter((group) => (sizes[group] as number) >= k);
  if (kept.length === 0) {
    throw new SynthError(
      'constraint.too-rare',
      `The rule ${title} has no combination that occurs in ${k} rows or more.`,
      {
        hint: 'Remove the rule, name fewer columns, or lower k.',
      },
    );
  }
  // Frequent combinations first; ties by first row, so that the same rows always give the same levels.
  kept.sort((a, b) => (sizes[b] as number) - (sizes[a] as number) || (first[a] as number) - (first[b] as number));
  const levelOf = new Int32Array(sizes.length).fill(-1);
  kept.forEach((group, level) => {
    levelOf[group] = level;
  });
  const sizeOfLevel = Uint32Array.from(kept, (group) => sizes[group] as number);
  const representatives = Uint32Array.from(kept, (group) => first[group] as number);
  const substitute = substitutes(vectors, free, representatives, sizeOfLevel);
  const codes = new Uint32Array(groups.length);
  for (let row = 0; row < codes.length; row++) {
    const level = levelOf[groups[row] as number] as number;
    codes[row] = level >= 0 ? level : substitute(row);
  }
  const labels = Array.from(kept, (_, level) => String(level));
  const values = vectors.map((vector) => extractRows(vector, representatives));
  return {
    state: { column, members, values, weights: cumulate(sizeOfLevel) },
    vector: { kind: 'category', codes, labels },
  };
}

/** The members' values for the levels that were drawn; a level that is none is drawn anew from the known ones. */
export function undoMerge(state: MergeState, drawn: ColumnVector, draw: TransformDraw): readonly ColumnVector[] {
  const count = state.weights.length;
  const rows = new Uint32Array(draw.rowIds.length);
  let fallback: Float64Array | undefined;
  const levels = drawn.kind === 'category' ? drawn.labels.map(Number) : [];
  for (let row = 0; row < rows.length; row++) {
    let level: number | undefined;
    if (!isNull(drawn, row)) {
      if (drawn.kind === 'category') level = levels[drawn.codes[row] as number];
      else if (drawn.kind === 'text') level = Number(drawn.values[row]);
    }
    if (level === undefined || !(level >= 0 && level < count)) {
      fallback ??= uniforms(draw, state.column);
      level = pickByWeight(state.weights, fallback[row] as number);
    }
    rows[row] = level;
  }
  return state.values.map((vector) => takeRows(vector, rows));
}

interface Candidates {
  readonly levels: readonly number[];
  readonly weights: Float64Array;
}

/** For a row with a rare combination: a frequent one that shares all but one of the free members, else one, else any. */
function substitutes(
  vectors: readonly ColumnVector[],
  free: readonly number[],
  representatives: Uint32Array,
  sizes: Uint32Array,
): (row: number) => number {
  const rowCount = rowsOf(vectors[0] as ColumnVector);
  const allButOne = free.length > 2 ? free.map((left) => free.filter((member) => member !== left)) : [];
  const tiers = [allButOne, free.length > 1 ? free.map((member) => [member]) : []];
  const whole = cumulate(sizes);
  let prepared: ReturnType<typeof candidatesBy>[][] | undefined;
  return (row) => {
    prepared ??= tiers.map((tier) =>
      tier.map((shared) => candidatesBy(vectors, shared, representatives, sizes, rowCount)),
    );
    const start = mix32(row ^ 0x2545f491);
    const share = mix32(row) / 4294967296;
    for (const tier of prepared) {
      for (let i = 0; i < tier.length; i++) {
        const found = tier[(start + i) % tier.length]?.(row);
        if (found !== undefined) return found.levels[pickByWeight(found.weights, share)] as number;
      }
    }
    return pickByWeight(whole, share);
  };
}

function candidatesBy(
  vectors: readonly ColumnVector[],
  shared: readonly number[],
  representatives: Uint32Array,
  sizes: Uint32Array,
  rowCount: number,
): (row: number) => Candidates | undefined {
  const grouper = createGrouper(shared.length);
  const groups = grouper.add(
    shared.map((member) => vectors[member] as ColumnVector),
    rowCount,
  );
  const lists = new Map<number, number[]>();
  representatives.forEach((row, level) => {
    const group = groups[row] as number;
    const list = lists.get(group);
    if (list === undefined) lists.set(group, [level]);
    else list.push(level);
  });
  const candidates = new Map<number, Candidates>();
  for (const [group, levels] of lists) {
    candidates.set(group, { levels, weights: cumulate(levels.map((level) => sizes[level] as number)) });
  }
  return (row) => candidates.get(groups[row] as number);
}

function rowsOf(vector: ColumnVector): number {
  return vector.kind === 'category' ? vector.codes.length : vector.values.length;
}
