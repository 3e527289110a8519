// Reads a condition that asked-for rows must fulfil: which columns it names, and whether any row could ever fulfil it.
import { type RawBuilder, sql } from 'kysely';
import type { Relation } from '../../audit.ts';
import type { Workspace } from '../../connector.ts';
import { columnPaths, expressionColumns, goesRound, isConstant, readBounds } from '../../constraints/index.ts';
import { SynthError } from '../../errors.ts';
import { displayName } from '../../schema.ts';
import { columnRef, relationRef } from '../../sql.ts';
import { scratch } from '../names.ts';
import type { FamilyPlan, TablePlan } from '../plan.ts';
import type { ForeignKeyPlan } from '../relations.ts';
import type { ColumnPlan } from '../roles.ts';
import type { TableFit } from '../table-fit.ts';
import { emptyCondition, noColumn, noParent, unreadable } from './misread.ts';

/** A boolean SQL expression over one row, and what it needs. */
export interface Condition {
  readonly where: string;
  /** Columns of the table. */
  readonly columns: readonly ColumnPlan[];
  /** Columns of parents, written `parent.column`. */
  readonly parents: readonly ParentColumns[];
}

export interface ParentColumns {
  readonly key: ForeignKeyPlan;
  /** The name before the dot. */
  readonly name: string;
  readonly table: TablePlan;
  readonly columns: readonly ColumnPlan[];
}

export interface ConditionInput {
  readonly workspace: Workspace;
  readonly plan: FamilyPlan;
  readonly table: TablePlan;
  readonly fit: TableFit;
}

/**
 * @throws SynthError `condition.syntax`, `condition.unknown-column`, `condition.omitted`, `condition.made-later`,
 *   `condition.contradiction`, each with the condition and what to do
 */
export async function readCondition(where: string, input: ConditionInput): Promise<Condition> {
  const { workspace, table } = input;
  if (where.trim() === '') throw emptyCondition(table);
  const paths = await columnPaths(workspace, where).catch((cause: unknown) => {
    throw unreadable(where, cause, table);
  });
  const columns = new Set<ColumnPlan>();
  const parents = new Map<ForeignKeyPlan, { name: string; table: TablePlan; columns: Set<ColumnPlan> }>();
  for (const path of paths) {
    const own = columnNamed(table, path[0] ?? '');
    if (own !== undefined) {
      await refuseUnsettled(own, where, input);
      columns.add(own);
      continue;
    }
    if (isConstant(path)) continue;
    const parent = path.length > 1 ? parentNamed(input, path[0] ?? '') : undefined;
    if (parent === undefined) throw unknown(where, path, input);
    const column = columnNamed(parent.table, path[1] ?? '');
    if (column === undefined || column.role.kind === 'omitted') {
      const known = mirrored(parent.table).map(({ schema }) => schema.name);
      throw noColumn(where, path, parent.table.label, path[1] ?? '', known);
    }
    const asked = parents.get(parent.key) ?? { name: path[0] as string, table: parent.table, columns: new Set() };
    asked.columns.add(column);
    parents.set(parent.key, asked);
  }
  const condition: Condition = {
    where,
    columns: [...columns],
    parents: [...parents].map(([key, asked]) => ({ ...asked, key, columns: [...asked.columns] })),
  };
  await checkPossible(condition, input);
  return condition;
}

/** `(condition) is true`: NULL fulfils nothing. The one place where a condition enters SQL that picks rows. */
export function fulfils(where: string): RawBuilder<boolean> {
  return sql<boolean>`(${sql.raw(where)}\n) is true`;
}

function columnNamed(table: TablePlan, name: string): ColumnPlan | undefined {
  return table.columns.find(({ schema }) => schema.name.toLowerCase() === name.toLowerCase());
}

/** Columns that the mirror has. */
export function mirrored(table: TablePlan): readonly ColumnPlan[] {
  return table.columns.filter(({ role }) => role.kind !== 'omitted');
}

function parentNamed(
  { plan, table }: ConditionInput,
  name: string,
): { readonly key: ForeignKeyPlan; readonly table: TablePlan } | undefined {
  for (const key of table.foreignKeys) {
    if (key.strategy !== 'owner' && key.strategy !== 'lookup') continue;
    if (key.parent.table.toLowerCase() !== name.toLowerCase()) continue;
    const parent = plan.tables.find(({ label }) => label === displayName(key.parent));
    if (parent !== undefined) return { key, table: parent };
  }
  return undefined;
}

/** Rows are chosen before they have keys, fakes and linked parents: a condition on those would choose by chance. */
async function refuseUnsettled(column: ColumnPlan, where: string, input: ConditionInput): Promise<void> {
  const { table, fit, workspace } = input;
  const { name } = column.schema;
  const { role } = column;
  if (role.kind === 'omitted') {
    throw new SynthError(
      'condition.omitted',
      `The condition ${where} names "${name}", which ${table.label} leaves out.`,
      {
        hint: 'Name columns that the mirror has.',
      },
    );
  }
  const made = fit.keys.some((key) => key.column === name && key.kind !== 'distinct');
  const key = role.kind === 'foreign' ? table.foreignKeys.find(({ index }) => index === role.key) : undefined;
  const why =
    role.kind === 'rule' && (role.rule.kind === 'fake' || role.rule.kind === 'pattern')
      ? 'is made by a rule'
      : made
        ? 'is a key, numbered'
        : key !== undefined && key.strategy !== 'lookup'
          ? 'refers to rows that are picked'
          : undefined;
  if (why !== undefined) {
    throw new SynthError(
      'condition.made-later',
      `The condition ${where} names "${name}" of ${table.label}, which ${why} after the rows are chosen.`,
      { hint: 'Name columns that are learnt, or columns of the parent as parent.column.' },
    );
  }
  if (role.kind !== 'rule' || role.rule.kind !== 'expression') return;
  const names = mirrored(table).map(({ schema }) => schema.name);
  for (const needed of await expressionColumns(workspace, role.rule.sql, names)) {
    const other = columnNamed(table, needed);
    if (other !== undefined && other !== column) await refuseUnsettled(other, where, input);
  }
}

/** Binds the condition to the types of the columns, and asks DuckDB whether it leaves anything. */
async function checkPossible(condition: Condition, { workspace, table }: ConditionInput): Promise<void> {
  const { where } = condition;
  const shape = await shapeOf(workspace, table, condition);
  let type: string | undefined;
  try {
    const { rows } = await sql<{ column_type: string }>`
      describe select (${sql.raw(where)}\n) as kept from ${relationRef(shape)}`.execute(workspace.db);
    type = rows[0]?.column_type;
  } catch (cause) {
    workspace.signal.throwIfAborted();
    throw unreadable(where, cause, table);
  }
  if (type !== 'BOOLEAN') {
    throw new SynthError('condition.syntax', `The condition ${where} gives ${type} instead of true or false.`, {
      hint: 'Write a comparison, such as delay > 120.',
    });
  }
  if (await leavesNothing(workspace, shape, [where])) throw impossible(where);
  for (const rule of table.config.constraints ?? []) {
    // Rows whose rule is NULL keep it: a condition that lets NULLs through does not contradict it.
    if (typeof rule !== 'string' || /\bnull\b|\bdistinct\b/i.test(where)) continue;
    const rules = await columnPaths(workspace, rule);
    // A rule over other columns cannot contradict the condition.
    if (!rules.every(([name]) => condition.columns.some(({ schema }) => schema.name === name))) continue;
    if (await leavesNothing(workspace, shape, [where, rule])) throw breaksRule(where, rule, table);
  }
  const { orders } = await readBounds(workspace, where);
  if (orders.length === 0) return;
  if (goesRound(orders, [])) throw impossible(where);
  for (const rule of table.config.constraints ?? []) {
    if (typeof rule !== 'string') continue;
    const ruled = await readBounds(workspace, rule);
    if (goesRound(orders, ruled.orders)) throw breaksRule(where, rule, table);
  }
}

function impossible(where: string): SynthError {
  return new SynthError('condition.contradiction', `No row can ever fulfil the condition ${where}.`, {
    hint: 'Its parts contradict each other: correct it.',
  });
}

function breaksRule(where: string, rule: string, table: TablePlan): SynthError {
  return new SynthError(
    'condition.contradiction',
    `The condition ${where} breaks the rule "${rule}" of ${table.label}.`,
    { hint: 'Change the condition, or the rule under constraints.' },
  );
}

/**
 * A view with the types of the columns and of the parents. Not an empty table: DuckDB knows that nothing in it passes. Random
 * text that is never read, but only cast, is all that it cannot see through.
 */
async function shapeOf(workspace: Workspace, table: TablePlan, condition: Condition): Promise<Relation> {
  const relation = scratch(workspace, 'shape', table.label);
  const entry = (name: string, type: string): RawBuilder<unknown> =>
    sql`cast(cast(random() as varchar) as ${sql.raw(type)}) as ${columnRef(name)}`;
  const columns = mirrored(table).map(({ schema }) => entry(schema.name, schema.sqlType));
  const parents = condition.parents.map((parent) => entry(parent.name, structType(parent.columns)));
  const query = sql`create or replace view ${relationRef(relation)} as select ${sql.join([...columns, ...parents])}`;
  await workspace.execute(query.compile(workspace.db));
  return relation;
}

function structType(columns: readonly ColumnPlan[]): string {
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  return `STRUCT(${columns.map(({ schema }) => `${quoted(schema.name)} ${schema.sqlType}`).join(', ')})`;
}

/** True when DuckDB sees from the expressions alone that no row passes; not seeing it proves nothing. */
async function leavesNothing(workspace: Workspace, shape: Relation, wheres: readonly string[]): Promise<boolean> {
  const all = sql.join(
    wheres.map((where) => sql`(${sql.raw(where)}\n)`),
    sql` and `,
  );
  const { rows } = await sql<{ explain_value: string }>`
    explain select 1 from ${relationRef(shape)} where ${all}`.execute(workspace.db);
  return rows.some(({ explain_value }) => explain_value.includes('EMPTY_RESULT'));
}

function unknown(where: string, path: readonly string[], input: ConditionInput): SynthError {
  const { table, plan } = input;
  const [first = ''] = path;
  const linked = table.foreignKeys.find(({ parent }) => parent.table.toLowerCase() === first.toLowerCase());
  if (path.length > 1 && linked !== undefined) {
    const mirrors = plan.tables.some(({ label }) => label === displayName(linked.parent));
    const why = mirrors ? `whose rows are picked after those of ${table.label} are chosen` : 'which is not mirrored';
    return new SynthError(
      'condition.made-later',
      `The condition ${where} names "${path.join('.')}" of ${first}, ${why}.`,
      {
        hint: `Name columns of ${table.label} itself, or of the parent that its rows are drawn below.`,
      },
    );
  }
  if (path.length > 1) return noParent(where, path, table);
  const known = mirrored(table).map(({ schema }) => schema.name);
  return noColumn(where, path, table.label, first, known);
}
