// Says what of a mirrored table is audited: which columns are compared, which keys and rules must hold.
import { sql } from 'kysely';
import type { AuditTarget, Relation, RelationTarget } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import { rowRules } from '../constraints/index.ts';
import { asList, type TablePlan } from '../mirror/plan.ts';
import type { TableFit } from '../mirror/table-fit.ts';
import { displayName, type TableName } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';

export interface TargetOptions {
  readonly workspace: Workspace;
  readonly table: TablePlan;
  /** Absent for copied tables. */
  readonly fit?: TableFit;
  /** All real rows of a table of the family, the holdout included, and its mirror. */
  real(table: TableName): Relation | undefined;
  synthetic(table: TableName): Relation | undefined;
  readonly target?: string;
  /** Of the mirror: 1 when its source is real. */
  readonly generation?: number;
}

export async function auditTarget(options: TargetOptions): Promise<AuditTarget> {
  const { table, fit } = options;
  const mirrored = table.columns.filter(({ role }) => role.kind !== 'omitted').map(({ schema }) => schema);
  const made = new Set((fit?.keys ?? []).filter((key) => key.kind !== 'distinct').map((key) => key.column));
  const lookups = table.foreignKeys.filter(({ strategy }) => strategy === 'lookup').flatMap(({ columns }) => columns);
  const outside = new Set(
    table.columns
      .filter(({ schema, role }) => {
        if (table.reference) return false;
        if (role.kind === 'foreign') return !lookups.includes(schema.name);
        return role.kind === 'rule' || role.kind === 'omitted' || made.has(schema.name);
      })
      .map(({ schema }) => schema.name),
  );
  const names = new Set(mirrored.map(({ name }) => name));
  const keep = (key: readonly string[]): boolean => key.every((column) => names.has(column));
  return {
    table: {
      ...table.schema,
      columns: mirrored,
      primaryKey: keep(table.schema.primaryKey) ? table.schema.primaryKey : [],
      uniques: table.schema.uniques.filter(keep),
    },
    columns: mirrored.filter(({ name, type }) => !outside.has(name) && type.kind !== 'unsupported'),
    excluded: mirrored.filter(({ name }) => outside.has(name)).map(({ name }) => name),
    relations: table.reference ? [] : await relationTargets(options),
    rules: table.reference ? [] : rowRules(table.config.constraints ?? [], mirrored),
    k: fit?.k ?? 1,
    reference: table.reference,
    publicColumns: lookups,
    ...(options.generation === undefined
      ? {}
      : { lineage: { generation: options.generation, realShare: options.generation > 1 ? 0 : 1 } }),
    ...(table.config.subject === undefined ? {} : { subject: asList(table.config.subject) }),
    ...(options.target === undefined ? {} : { target: options.target }),
  };
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
