// Says what of a mirrored table is audited: which columns are compared, which keys and rules must hold.
import { sql } from 'kysely';
import type { AuditTarget, Relation, RelationTarget } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import { rowRules } from '../constraints/index.ts';
import { asList, type TablePlan } from '../mirror/plan.ts';
import type { TableFit } from '../mirror/table-fit.ts';
import { type ColumnSchema, displayName, type TableName } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';
import type { Origin } from './lineage/origin.ts';

export interface TargetOptions {
  readonly workspace: Workspace;
  readonly table: TablePlan;
  /** Absent for copied tables. */
  readonly fit?: TableFit;
  /** All real rows of a table of the family, the holdout included, and its mirror. */
  real(table: TableName): Relation | undefined;
  synthetic(table: TableName): Relation | undefined;
  /** Its columns that are compared, see {@link comparedColumns}; children are then compared with their parents. */
  compared?(table: TableName): readonly ColumnSchema[];
  readonly target?: string;
  readonly origin?: Origin;
}

export async function auditTarget(options: TargetOptions): Promise<AuditTarget> {
  const { table, fit } = options;
  const mirrored = mirroredColumns(table);
  const compared = comparedColumns(table, fit);
  const lookups = lookupColumns(table);
  const names = new Set(mirrored.map(({ name }) => name));
  const keep = (key: readonly string[]): boolean => key.every((column) => names.has(column));
  return {
    table: {
      ...table.schema,
      columns: mirrored,
      primaryKey: keep(table.schema.primaryKey) ? table.schema.primaryKey : [],
      uniques: table.schema.uniques.filter(keep),
    },
    columns: compared,
    excluded: mirrored.filter((column) => !compared.includes(column)).map(({ name }) => name),
    relations: table.reference ? [] : await relationTargets(options),
    ...sequenceTarget(options),
    rules: table.reference ? [] : rowRules(table.config.constraints ?? [], mirrored),
    k: fit?.k ?? 1,
    reference: table.reference,
    publicColumns: lookups,
    ...(options.origin === undefined ? {} : { lineage: options.origin }),
    ...(table.config.subject === undefined ? {} : { subject: asList(table.config.subject) }),
    ...(options.target === undefined ? {} : { target: options.target }),
  };
}

function mirroredColumns(table: TablePlan): readonly ColumnSchema[] {
  return table.columns.filter(({ role }) => role.kind !== 'omitted').map(({ schema }) => schema);
}

function lookupColumns(table: TablePlan): readonly string[] {
  return table.foreignKeys.filter(({ strategy }) => strategy === 'lookup').flatMap(({ columns }) => columns);
}

/** The columns of a mirror that say something of the source: neither keys nor made by rules. */
export function comparedColumns(table: TablePlan, fit: TableFit | undefined): readonly ColumnSchema[] {
  const made = new Set((fit?.keys ?? []).filter((key) => key.kind !== 'distinct').map((key) => key.column));
  const lookups = lookupColumns(table);
  const isOutside = ({ schema, role }: TablePlan['columns'][number]): boolean => {
    if (table.reference) return false;
    if (role.kind === 'foreign') return !lookups.includes(schema.name);
    return role.kind === 'rule' || role.kind === 'omitted' || made.has(schema.name);
  };
  const outside = new Set(table.columns.filter(isOutside).map(({ schema }) => schema.name));
  return mirroredColumns(table).filter(({ name, type }) => !outside.has(name) && type.kind !== 'unsupported');
}

/** Rows are a sequence of the parent that they are drawn below. */
function sequenceTarget({ table, fit }: TargetOptions): Pick<AuditTarget, 'sequence'> {
  const owner = table.foreignKeys.find(({ index }) => index === fit?.owner?.key);
  const order = fit?.owner?.sequence?.order ?? [];
  return owner === undefined ? {} : { sequence: { by: owner.columns, ...(order.length > 0 && { order }) } };
}

async function relationTargets(options: TargetOptions): Promise<readonly RelationTarget[]> {
  const targets: RelationTarget[] = [];
  for (const key of options.table.foreignKeys) {
    const realParent = options.real(key.parent);
    const syntheticParent = options.synthetic(key.parent);
    const children = options.real(options.table.name);
    if (realParent === undefined || syntheticParent === undefined || children === undefined) continue;
    targets.push({
      columns: key.columns,
      parentColumns: key.parentColumns,
      parent: displayName(key.parent),
      realParent,
      syntheticParent,
      realOrphans: await countOrphans(options.workspace, children, realParent, key),
      comparedParentColumns: options.compared?.(key.parent) ?? [],
    });
  }
  return targets;
}

async function countOrphans(
  workspace: Workspace,
  child: Relation,
  parent: Relation,
  key: { readonly columns: readonly string[]; readonly parentColumns: readonly string[] },
): Promise<number> {
  const filled = sql.join(
    key.columns.map((column) => sql`${columnRef(column, 'c')} is not null`),
    sql` and `,
  );
  const matches = sql.join(
    key.columns.map((column, i) => sql`${columnRef(key.parentColumns[i] as string, 'p')} = ${columnRef(column, 'c')}`),
    sql` and `,
  );
  const { rows } = await sql<{ orphans: unknown }>`
    select count(*) as orphans from ${relationRef(child)} as c
    where ${filled} and not exists (select 1 from ${relationRef(parent)} as p where ${matches})`.execute(workspace.db);
  return Number(rows[0]?.orphans ?? 0);
}
