// The contract of a generator: a plain object, data first, then functions. Users pass such objects in synth.config.ts.
import type { ZodType } from 'zod';
import type { ColumnBatch, ColumnVector } from './batch.ts';
import type { WorkerPool } from './pool.ts';
import type { ColumnSchema, TableName } from './schema.ts';

/** Why a generator cannot learn a table. */
export interface Reason {
  readonly column?: string;
  readonly message: string;
  readonly hint: string;
}

/** What a generator learns from. All of it is train data: the holdout never reaches a generator. */
export interface FitSource {
  readonly table: TableName;
  /** The columns to learn, in order. Keys, rules and derived columns were taken out before. */
  readonly columns: readonly ColumnSchema[];
  readonly rows: ColumnBatch;
  /** Columns that will be given when sampling (a parent's, an elder sibling's), aligned with `rows`; never drawn. */
  readonly context?: { readonly columns: readonly ColumnSchema[]; readonly rows: ColumnBatch };
  /** By column: levels that are public knowledge (a foreign key into a reference table), which need no protection. */
  readonly publicLevels?: ReadonlyMap<string, readonly string[]>;
}

export interface FitContext {
  readonly seed: number;
  /** The least number of real rows behind anything that a fit holds. */
  readonly k: number;
  readonly pool: WorkerPool;
  readonly signal: AbortSignal;
  /** Called with the share done, 0 to 1. */
  progress(share: number): void;
  /** How the fit goes, for who watches it: each message takes the place of the one before. */
  log(message: string): void;
  /** Something that the user has to know. */
  note(message: string): void;
}

export interface SampleRequest {
  /**
   * Row numbers to draw: each row's draws depend on (seed, table, column, row number, attempt) alone and, for a generator
   * with {@link Generator.blockRows}, on the other rows of its block in this request. Draws with attempt > 0 never do.
   */
  readonly rowIds: Float64Array;
  /** The context columns of the fit, one entry per row id. */
  readonly context?: ColumnBatch;
  /** Columns whose values are fixed, one entry per row id. Exact for a prefix of `drawOrder`. */
  readonly given?: ColumnBatch;
  /**
   * A column of the context in each of whose groups the rows are like those learnt from, so that a generator which matches
   * shares may match them there; `true`: all rows together are like those. Absent: no more is known of rows with a context.
   */
  readonly stratum?: string | true;
  /** 0 for the first draw; rows that broke a rule are drawn again with 1, 2, … */
  readonly attempt: number;
}

/**
 * What a column's values must be among: a list, a range whose ends (of one entry each) count in, NULL alone, or anything else.
 * Ranges are of columns that are no text, and may let values near their ends pass.
 */
export type Among =
  | { readonly kind: 'values'; readonly values: ColumnVector }
  | { readonly kind: 'range'; readonly low?: ColumnVector; readonly high?: ColumnVector }
  | { readonly kind: 'null' | 'present' };

export interface WeighedRows {
  readonly rows: ColumnBatch;
  /** Minus infinity: nothing that was learnt is among what is asked for. */
  readonly logWeights: Float64Array;
}

export interface SampleContext {
  readonly seed: number;
  readonly table: TableName;
}

/**
 * How a table is synthesised.
 * @typeParam Options what a user may set; checked by `options`
 * @typeParam Fitted what `fit` learnt: plain data, no raw row
 */
export interface Generator<Options = unknown, Fitted = unknown> {
  readonly name: string;
  /** A new version makes stored fits stale. */
  readonly version: number;
  /** URL of a module that exports this object as `generator`: with it, sampling runs in worker threads. */
  readonly module?: string;
  /**
   * Rows are drawn together in blocks of so many: those whose numbers, divided by it, have the same whole part. A block that
   * is asked for alone comes out the same; part of a block does not. Absent: every row comes out the same alone.
   */
  readonly blockRows?: number;
  readonly options: ZodType<Options>;
  /** Empty: it can learn these columns. */
  unsupported(columns: readonly ColumnSchema[]): readonly Reason[];
  fit(source: FitSource, options: Options, context: FitContext): Promise<Fitted>;
  /** The order in which columns are drawn: fixing a prefix of it is exact. */
  drawOrder(fitted: Fitted): readonly string[];
  /** One batch with `request.rowIds.length` rows and the fit's columns in their order. Pure: no IO, no clock. */
  sample(fitted: Fitted, request: SampleRequest, context: SampleContext): ColumnBatch;
  /**
   * Like `sample`, with given columns anywhere in the order: besides the rows, how likely what is given after the first drawn
   * column is (natural logarithms, one per row). Rows picked in proportion to that are drawn given all of it. Absent: only a
   * prefix of `drawOrder` can be given.
   * @param among by column: what all its entries in this list must be; it is drawn so, and how likely that was is added
   * @param settled given columns that the rows have in any case: how likely these are is not added
   */
  weigh?(
    fitted: Fitted,
    request: SampleRequest,
    context: SampleContext,
    among?: ReadonlyMap<string, readonly Among[]>,
    settled?: ReadonlySet<string>,
  ): WeighedRows;
  /** Plain, versioned bytes: never evaluated, no raw row. */
  serialise(fitted: Fitted): Uint8Array;
  deserialise(bytes: Uint8Array): Fitted;
}

/** A generator and the user's options for it, as `boosted({ k: 20 })` returns. */
export interface GeneratorChoice {
  readonly kind: 'generator';
  readonly generator: Generator;
  readonly options: Readonly<Record<string, unknown>>;
}
