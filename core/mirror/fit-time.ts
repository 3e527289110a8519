// Learns when the events of a sequence are: the first one of each owner, and the gaps between them.
import type { ColumnSchema } from '../schema.ts';
import { vectorOf } from './buckets.ts';
import { type FitOptions, fitModel, type ModelInput, pick } from './fit-model.ts';
import { isLearnable } from './learnable.ts';
import { elderContext, GAP } from './names.ts';
import type { TablePlan } from './plan.ts';
import { takeBatch } from './sequence/learn.ts';
import { gapsOf, type TimePlan } from './sequence/time.ts';
import type { TimeFit } from './sequence/types.ts';
import type { ModelFit } from './table-fit.ts';

/** Learns the first times of owners and the gaps between times; undefined when the generator cannot, or nothing may be told. */
export async function fitTime(
  table: TablePlan,
  options: FitOptions,
  plan: TimePlan,
  { rows, context, publicLevels }: Pick<ModelInput, 'rows' | 'context' | 'publicLevels'>,
): Promise<TimeFit | undefined> {
  const { first, later, ...time } = plan;
  const parts = [first, later];
  if (table.choice.generator.unsupported(parts.map(({ column }) => column)).length > 0) return undefined;
  if (parts.some(({ rows: some, values }) => !isLearnable(values, some.length, options.k))) return undefined;
  const models: ModelFit[] = [];
  for (const { rows: some, column, values } of parts) {
    const columns = new Map([[column.name, values]]);
    models.push(
      await fitModel(table, options, {
        transformed: { steps: [], columns: [column], rows: { rowCount: some.length, columns } },
        rows: takeBatch(pick(rows, context), some),
        context,
        publicLevels,
        progress: () => {},
      }),
    );
  }
  const [start, gap] = models;
  return start === undefined || gap === undefined ? undefined : { ...time, start, gap };
}

/** The time is drawn before: it and the gap to the elder sibling are context of everything else. */
export function withTime<Input extends Pick<ModelInput, 'transformed' | 'rows'>>(input: Input, time: string): Input {
  const { transformed, rows } = input;
  const gaps = gapsOf(vectorOf(rows, time), vectorOf(rows, elderContext(time)));
  return {
    ...input,
    transformed: { ...transformed, columns: transformed.columns.filter(({ name }) => name !== time) },
    rows: { rowCount: rows.rowCount, columns: new Map([...rows.columns, [GAP, gaps]]) },
  };
}

export function timeSchema(learnt: readonly ColumnSchema[], time: string): ColumnSchema {
  return learnt.find(({ name }) => name === time) as ColumnSchema;
}
