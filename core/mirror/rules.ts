// Which rules of the config are held by construction, and which are checked on finished rows. Pure.
import type { RuleTarget } from '../audit.ts';
import type { Constraint } from '../config/types.ts';
import { rowRules } from '../constraints/index.ts';
import type { ColumnSchema } from '../schema.ts';
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

/** Rules to check on finished rows: those of the config, and a composite key whose parts are learnt or linked one by one. */
export function finishedRules(table: TablePlan, columns: readonly ColumnSchema[]): readonly RuleTarget[] {
  const { primaryKey } = table.schema;
  const names = columns.map(({ name }) => name);
  const loose =
    primaryKey.length > 1 &&
    primaryKey.every((column) => names.includes(column)) &&
    !table.columns.some(({ schema, role }) => role.kind === 'key' && primaryKey.includes(schema.name));
  const unique: Constraint[] = loose ? [{ kind: 'unique', columns: primaryKey }] : [];
  return rowRules([...(table.config.constraints ?? []), ...unique], columns);
}
