// What is learnt of rows that follow each other below one owner: plain data, no raw row.
import type { ColumnSchema } from '../../schema.ts';
import type { ModelFit } from '../table-fit.ts';

/** What a row knows of the siblings before its elder one. */
export interface Memory {
  /** A learnt column. */
  readonly column: string;
  /**
   * Of all siblings before. `share`: how many of them have the value that the elder one has, NULL included. `mean`: the mean of
   * those with a value.
   */
  readonly kind: 'share' | 'mean';
}

/**
 * The time of events, learnt as what it is measured from: the first event of an owner from a time of the owner's where that
 * tells it better than the calendar, all others from the event before.
 */
export interface TimeFit {
  readonly column: string;
  /** Column of the owner from which the first event is measured. */
  readonly base?: { readonly column: string; readonly scale: Scale };
  /** The k-th smallest first time of an owner, and the k-th largest last one: none is beyond. */
  readonly low: bigint;
  readonly high: bigint;
  readonly start: ModelFit;
  readonly gap: ModelFit;
}

/** How whole numbers of one time become those of another: days to the units of a timestamp, or back. */
export interface Scale {
  readonly times: bigint;
  readonly over: bigint;
}

export interface SequenceFit {
  /** Columns that put siblings in order; empty: they are a set, in any order that repeats. */
  readonly order: readonly string[];
  /** Learnt columns that all siblings share. */
  readonly constants: readonly string[];
  readonly memory: readonly Memory[];
  readonly time?: TimeFit;
}

/** A memory, and what divides the column's values as they travel in batches. */
export interface BlockMemory extends Memory {
  readonly unit: number;
}

/** What a block of children is drawn by. */
export interface BlockSequence {
  /** Every row knows the one before, however many there are. */
  readonly chained: boolean;
  readonly constants: readonly string[];
  readonly memory: readonly BlockMemory[];
  readonly time?: Pick<TimeFit, 'column' | 'base' | 'low' | 'high'> & {
    /** The columns that its models are given. */
    readonly start: readonly ColumnSchema[];
    readonly gap: readonly ColumnSchema[];
  };
  /** The first column of the order, where it is learnt as it is: it never falls from row to row. */
  readonly direct?: string;
  /** Columns of the context that are kept beside the rows, since only the draw knows them. */
  readonly kept: readonly ColumnSchema[];
}
