// Fits the generator of a table to transformed rows, with what is given beside them.
import type { ColumnBatch } from '../batch.ts';
import type { Constraint } from '../config/types.ts';
import type { Workspace } from '../connector.ts';
import { type LearntTransforms, learnTransforms } from '../constraints/index.ts';
import { SynthError } from '../errors.ts';
import type { WorkerPool } from '../pool.ts';
import type { ColumnSchema } from '../schema.ts';
import type { Split } from '../split/split.ts';
import { vectorOf } from './buckets.ts';
import { isLearnable } from './learnable.ts';
import type { FamilyPlan, TablePlan } from './plan.ts';
import type { PreparedTable } from './prepare.ts';
import type { ModelFit } from './table-fit.ts';

export interface FitOptions {
  readonly workspace: Workspace;
  readonly pool: WorkerPool;
  readonly plan: FamilyPlan;
  readonly prepared: ReadonlyMap<string, PreparedTable>;
  readonly splits: ReadonlyMap<string, Split>;
  readonly seed: number;
  readonly k: number;
  readonly signal: AbortSignal;
  readonly defaultFitRows: number;
  /** Called with the share done, 0 to 1. */
  progress(share: number): void;
  /** How training goes, for who watches. */
  log(message: string): void;
  /** A remark that cannot wait for the end of the fit. */
  note(message: string): void;
}

export interface ModelInput {
  /** What is drawn. */
  readonly transformed: LearntTransforms;
  /** With the columns of the context. */
  readonly rows: ColumnBatch;
  readonly context: readonly ColumnSchema[];
  readonly publicLevels: ReadonlyMap<string, readonly string[]>;
  progress(share: number): void;
}

export function transform(
  columns: readonly ColumnSchema[],
  rows: ColumnBatch,
  constraints: readonly Constraint[],
  k: number,
): LearntTransforms {
  return learnTransforms(constraints, columns, pick(rows, columns), { k });
}

export function pick(rows: ColumnBatch, columns: readonly ColumnSchema[]): ColumnBatch {
  return {
    rowCount: rows.rowCount,
    columns: new Map(columns.map(({ name }) => [name, vectorOf(rows, name)])),
  };
}

/** @throws SynthError of the generator, with the name of the table */
export async function fitModel(table: TablePlan, options: FitOptions, input: ModelInput): Promise<ModelFit> {
  const { seed, k, pool, signal } = options;
  const { generator } = table.choice;
  const { steps, columns, rows } = input.transformed;
  // A context of which nothing may be told (too few rows share a value) is left out.
  const context = input.context.filter(
    ({ name }) => input.publicLevels.has(name) || isLearnable(vectorOf(input.rows, name), rows.rowCount, k),
  );
  const source = {
    table: table.name,
    columns,
    rows,
    publicLevels: input.publicLevels,
    ...(context.length > 0 && { context: { columns: context, rows: pick(input.rows, context) } }),
  };
  try {
    const fitted = await generator.fit(source, generator.options.parse(table.choice.options), {
      seed,
      k,
      pool,
      signal,
      progress: input.progress,
      log: options.log,
      note: options.note,
    });
    return { bytes: generator.serialise(fitted), steps, columns, context };
  } catch (error) {
    if (!(error instanceof SynthError) || error.message.includes(table.label)) throw error;
    const { code, message, hint, kind } = error;
    throw new SynthError(code, `${table.label}: ${message}`, { ...(hint && { hint }), kind, cause: error });
  }
}
