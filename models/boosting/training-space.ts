// The memory in which a forest is fitted: rows and their codes, lists of rows, and histograms.
import { logisticEntries } from './logit.ts';
import { current, reserveRows, type ScoringSpace } from './space.ts';

/** An array in the kernel's memory and where it starts there, in bytes. */
export interface Placed<Values> {
  readonly at: number;
  readonly values: Values;
}

/** Views are valid until memory is reserved again. */
export interface TrainingSpace extends ScoringSpace {
  /** Where the codes start in the memory. */
  readonly codesAt: number;
  /** Per row of the set. */
  readonly target: Placed<Uint8Array>;
  /** Packed gradients by entry of the score: of target 0, then of target 1. */
  readonly table: Placed<Float64Array>;
  /** The sample of one tree: its rows, the leaf of each, and their packed gradients. */
  readonly rows: Placed<Uint32Array>;
  readonly leaf: Placed<Uint8Array>;
  readonly gradients: Placed<Float64Array>;
  /** The same for rows whose leaf is summed; `cells` is where the leaf's histogram starts, in bytes. */
  readonly listRows: Placed<Uint32Array>;
  readonly listCells: Placed<Uint32Array>;
  readonly listGradients: Placed<Float64Array>;
  /** A byte per row and some more: leaf and target, for one tree and the one before. */
  readonly leafCodes: [Placed<Uint8Array>, Placed<Uint8Array>];
  /** A byte per leaf, and a word for results. */
  readonly wanted: Placed<Uint8Array>;
  readonly result: Placed<Uint32Array>;
  /** Histograms of this level and of the one before; they change places. */
  readonly sums: [Placed<Float64Array>, Placed<Float64Array>];
}

/** Room to fit forests of at most `depth` questions a tree to at most `rows` rows. */
export function reserveTraining(rows: number, features: number, depth: number): TrainingSpace {
  const cells = features * 128 * 2 ** (depth - 1);
  const sizes = [16 * logisticEntries, 8 * rows, 8 * rows, 8 * cells, 8 * cells, 4 * rows, 4 * rows, 4 * rows, 4];
  const bytes = sizes.reduce((sum, size) => sum + size, 0) + 4 * rows + 112;
  const space = reserveRows(rows, features, bytes);
  const { buffer, codesAt } = current;
  let next = codesAt + space.stride * features;
  const doubles = (length: number): Placed<Float64Array> => {
    const at = next;
    next += 8 * length;
    return { at, values: new Float64Array(buffer, at, length) };
  };
  const words = (length: number): Placed<Uint32Array> => {
    const at = next;
    next += 4 * length;
    return { at, values: new Uint32Array(buffer, at, length) };
  };
  const octets = (length: number): Placed<Uint8Array> => {
    const at = next;
    next += length;
    return { at, values: new Uint8Array(buffer, at, length) };
  };
  return {
    ...space,
    codesAt,
    table: doubles(2 * logisticEntries),
    gradients: doubles(rows),
    listGradients: doubles(rows),
    sums: [doubles(cells), doubles(cells)],
    rows: words(rows),
    listRows: words(rows),
    listCells: words(rows),
    result: words(1),
    target: octets(rows + 16),
    leaf: octets(rows),
    leafCodes: [octets(rows + 16), octets(rows + 16)],
    wanted: octets(64),
  };
}
