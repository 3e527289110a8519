// What blocks of children are drawn by, from what was learnt. Pure.
import type { ColumnSchema } from '../../schema.ts';
import { GAP, memoryContext } from '../names.ts';
import type { TablePlan } from '../plan.ts';
import { hasFinishedRules } from '../rules.ts';
import type { TableFit } from '../table-fit.ts';
import { unitOf } from './memory.ts';
import type { BlockSequence } from './types.ts';

export function blockSequence(table: TablePlan, fit: TableFit): BlockSequence | undefined {
  const sequence = fit.owner?.sequence;
  if (sequence === undefined) return undefined;
  const { time, order, constants } = sequence;
  const [first] = order;
  const isLearnt = fit.learnt.some(({ schema, lookup }) => schema.name === first && lookup === undefined);
  const type = (column: string): ColumnSchema['type'] =>
    fit.learnt.find(({ schema }) => schema.name === column)?.schema.type ?? { kind: 'unsupported' };
  return {
    chained: order.length > 0,
    constants,
    memory: sequence.memory.map((memory) => ({ ...memory, unit: unitOf(type(memory.column)) })),
    ...(time && {
      time: {
        column: time.column,
        low: time.low,
        high: time.high,
        ...(time.base && { base: time.base }),
        start: time.start.context,
        gap: time.gap.context,
      },
    }),
    ...(time === undefined && first !== undefined && isLearnt && { direct: first }),
    kept: rememberedColumns(table, fit),
  };
}

/** Columns of the context that only the draw knows, kept where rules may need parts of rows to be drawn again. */
export function rememberedColumns(table: TablePlan, fit: TableFit): readonly ColumnSchema[] {
  const { sequence } = fit.owner ?? {};
  if (sequence === undefined || fit.model === undefined || !hasFinishedRules(table, fit)) return [];
  const names = new Set([GAP, ...sequence.memory.map(({ column }) => memoryContext(column))]);
  return fit.model.context.filter(({ name }) => names.has(name));
}
