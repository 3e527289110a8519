// Numbers the distinct combinations of values in several columns, over one batch or several in turn.
import { type ColumnVector, integersToDoubles, isNull } from '../batch.ts';

type Value = string | number | bigint | null;

export interface Grouper {
  /** The number of the combination in each row: 0, 1, … in the order in which combinations were first met. */
  add(vectors: readonly ColumnVector[], rowCount: number): Uint32Array;
  /** How many combinations were met so far. */
  count(): number;
}

/** Equal combinations get equal numbers in all batches that are added; NULL is a value like others. */
export function createGrouper(width: number): Grouper {
  const dictionaries = Array.from({ length: width }, () => new Map<Value, number>());
  // A pair (number of the combination so far, code of the next column) is one exact double: both are below 2^26.
  const pairs = Array.from({ length: width }, () => new Map<number, number>());
  return {
    add(vectors, rowCount) {
      let groups = new Uint32Array(rowCount);
      for (let c = 0; c < width; c++) {
        const codes = encode(vectors[c] as ColumnVector, rowCount, dictionaries[c] as Map<Value, number>);
        groups = combine(groups, codes, pairs[c] as Map<number, number>);
      }
      return groups;
    },
    count: () => pairs[width - 1]?.size ?? 0,
  };
}

/** Sizes of groups and one row of each, the first. */
export function summariseGroups(groups: Uint32Array, count: number): { sizes: Uint32Array; first: Uint32Array } {
  const sizes = new Uint32Array(count);
  const first = new Uint32Array(count);
  for (let row = groups.length - 1; row >= 0; row--) {
    const group = groups[row] as number;
    sizes[group] = (sizes[group] as number) + 1;
    first[group] = row;
  }
  return { sizes, first };
}

function combine(groups: Uint32Array, codes: Uint32Array, pairs: Map<number, number>): Uint32Array<ArrayBuffer> {
  const combined = new Uint32Array(groups.length);
  for (let row = 0; row < groups.length; row++) {
    const pair = (groups[row] as number) * 67108864 + (codes[row] as number);
    let number = pairs.get(pair);
    if (number === undefined) {
      number = pairs.size;
      pairs.set(pair, number);
    }
    combined[row] = number;
  }
  return combined;
}

function encode(vector: ColumnVector, rowCount: number, dictionary: Map<Value, number>): Uint32Array {
  const codeOf = (value: Value): number => {
    let code = dictionary.get(value);
    if (code === undefined) {
      code = dictionary.size;
      dictionary.set(value, code);
    }
    return code;
  };
  const codes = new Uint32Array(rowCount);
  switch (vector.kind) {
    case 'category': {
      const known = new Map<number, number>();
      for (let row = 0; row < rowCount; row++) {
        const level = isNull(vector, row) ? -1 : (vector.codes[row] as number);
        let code = known.get(level);
        if (code === undefined) {
          code = codeOf(level < 0 ? null : (vector.labels[level] as string));
          known.set(level, code);
        }
        codes[row] = code;
      }
      return codes;
    }
    case 'integer': {
      // Numbers hash faster than bigints; beyond 2^53 only bigints are exact.
      const doubles = integersToDoubles(vector.values);
      for (let row = 0; row < rowCount; row++) {
        const double = doubles[row] as number;
        const value = Math.abs(double) < 9007199254740992 ? double : (vector.values[row] as bigint);
        codes[row] = codeOf(isNull(vector, row) ? null : value);
      }
      return codes;
    }
    default:
      for (let row = 0; row < rowCount; row++) {
        codes[row] = codeOf(isNull(vector, row) ? null : (vector.values[row] as string | number));
      }
      return codes;
  }
}
