// Which rules of the config are held by construction, and which are checked on finished rows. Pure.
import type { RuleTarget } from '../audit.ts';
import type { Constraint } from '../config/types.ts';
import { rowRules } from '../constraints/index.ts';
import type { KeySpec } from './keys/types.ts';
import type { TablePlan } from './plan.ts';

/** Rules whose columns are all learnt: the others speak of keys or of columns that other rules make. */
export function constraintsByConstruction(table: TablePlan, learnt: readonly string[]): readonly Constraint[] {
  const isLearnt = (columns: readonly string[]): boolean => columns.every((column) => learnt.includes(column));
  return (table.config.constraints ?? []).filter((constraint) => {
    if (typeof constraint === 'string') return true;
    if (constraint.kind === 'unique') return false;
    if (constraint.kind === 'fixed') return isLearnt(constraint.columns);
    if (constraint.kind === 'dependent') return isLearnt([...constraint.columns, ...constraint.on]);
    return isLearnt([constraint.total, ...constraint.parts]);
  });
}

/**
 * Rules to check on finished rows: those of the config, and keys of several columns that are learnt or linked one by one.
 * @param keys of the fit
 */
export function finishedRules(table: TablePlan, keys: readonly KeySpec[]): readonly RuleTarget[] {
  const columns = table.columns.filter(({ role }) => role.kind !== 'omitted').map(({ schema }) => schema);
  const loose = looseKeys(table, keys).map((key): Constraint => ({ kind: 'unique', columns: key }));
  return rowRules([...(table.config.constraints ?? []), ...loose], columns);
}

export function hasFinishedRules(table: TablePlan, { keys }: { readonly keys: readonly KeySpec[] }): boolean {
  return (table.config.constraints ?? []).length > 0 || looseKeys(table, keys).length > 0;
}

/** Keys of several columns of which none is made so that the key must be unique. */
function looseKeys(table: TablePlan, keys: readonly KeySpec[]): readonly (readonly string[])[] {
  const { primaryKey, uniques } = table.schema;
  const mirrored = new Set(
    table.columns.filter(({ role }) => role.kind !== 'omitted').map(({ schema }) => schema.name),
  );
  const made = new Set(keys.filter(({ kind }) => kind !== 'distinct').map(({ column }) => column));
  return [primaryKey, ...uniques].filter(
    (key) => key.length > 1 && key.every((column) => mirrored.has(column)) && !key.some((column) => made.has(column)),
  );
}
