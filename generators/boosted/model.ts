// What `boosted` learns: plain data, structured-clonable, no raw row.
import type { Forests } from '../../models/boosting/index.ts';
import type { CodeTree, ColumnCodes } from '../../models/codes/index.ts';
import type { Tie } from '../../models/ties/index.ts';

/** A predictor's rank tables for the nodes that use it; see models/boosting/order.ts. Entries align with `forests.features`. */
export interface Orders {
  /** Listed codes of entry i: [starts[i], starts[i + 1]); none for numbers, whose codes have an order already. */
  readonly starts: Uint32Array;
  readonly codes: Uint16Array;
  readonly ranks: Uint8Array;
  readonly otherRanks: Uint8Array;
}

/** Shares of rows that go right by the code of a predictor, each of at least k rows. */
export interface PairShares {
  /** Entries of node i: [nodeStarts[i], nodeStarts[i + 1]). */
  readonly nodeStarts: Uint32Array;
  /** The predictor of each entry. */
  readonly features: Uint16Array;
  /** Groups of entry e: [starts[e], starts[e + 1]). */
  readonly starts: Uint32Array;
  /** Of a category: the group's code. Of a number: its first code; it ends where the next group starts. */
  readonly codes: Uint16Array;
  /** Shares of 65,535. */
  readonly shares: Uint16Array;
}

/** How one code column is drawn: at each inner node of its tree, a forest gives the odds of going right. */
export interface PartModel {
  readonly tree: CodeTree;
  readonly forests: Forests;
  readonly orders: Orders;
  /** Share of rows that go right, one per node. */
  readonly shares: Float64Array;
  readonly pairs: PairShares;
  /** Of a number that others nearly give: its prediction, in the codes of the number, is the last predictor. */
  readonly tie?: Tie;
}

export interface BoostedFit {
  readonly version: number;
  readonly k: number;
  /** How rows are drawn: `balanced` rows of a block together match what was learnt, `independent` ones each alone. */
  readonly draws: Draws;
  /** Context columns: given when sampling, never drawn. */
  readonly context: readonly ColumnCodes[];
  /** In the order of the table. */
  readonly columns: readonly ColumnCodes[];
  /** Positions in `columns`, in the order in which they are drawn. */
  readonly order: readonly number[];
  /** One per part of each column, in drawing order. */
  readonly models: readonly PartModel[];
}

export type Draws = 'balanced' | 'independent';
