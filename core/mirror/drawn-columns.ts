// The columns of drawn relations.
import type { ColumnSchema } from '../schema.ts';
import {
  bucketColumn,
  countColumn,
  ELDER,
  labelColumn,
  modelColumn,
  NUMBER,
  OWNER,
  POSITION,
  SIBLINGS,
} from './names.ts';
import type { TablePlan } from './plan.ts';
import { hasFinishedRules } from './rules.ts';
import { rememberedColumns } from './sequence/block.ts';
import type { TableFit } from './table-fit.ts';

/** The columns of a drawn relation besides the row number. */
export function rawColumns(table: TablePlan, fit: TableFit): readonly ColumnSchema[] {
  const helpers =
    fit.owner === undefined ? [] : [OWNER, NUMBER, POSITION, SIBLINGS, ELDER].map((name) => countColumn(name, true));
  return [...modelColumns(table, fit), ...keptColumns(table, fit), ...rememberedColumns(table, fit), ...helpers];
}

/** Columns of the generator that are none of the source's, kept where rules may need parts of rows to be drawn again. */
export function keptColumns(table: TablePlan, fit: TableFit): readonly ColumnSchema[] {
  if (fit.model === undefined || fit.model.steps.length === 0 || !hasFinishedRules(table, fit)) return [];
  const names = new Set(modelColumns(table, fit).map(({ name }) => name));
  return fit.model.columns
    .filter(({ name }) => !names.has(name))
    .map((one) => ({ ...one, name: modelColumn(one.name) }));
}

/** Columns of the source and bucket labels, as they come out of the generator once transforms are undone. */
export function modelColumns(table: TablePlan, fit: TableFit): readonly ColumnSchema[] {
  if (fit.model === undefined) return [];
  const nullable = (key: number): boolean => table.foreignKeys.find(({ index }) => index === key)?.nullable ?? true;
  return [
    ...fit.learnt.map(({ schema }) => schema),
    ...fit.links.filter(({ learnt }) => learnt).map(({ key }) => labelColumn(bucketColumn(key), nullable(key))),
  ];
}
