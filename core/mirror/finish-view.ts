// The SQL that turns drawn rows into finished ones: keys from row numbers, foreign keys from the parents' keys, rules.
import { type RawBuilder, sql } from 'kysely';
import type { Relation } from '../audit.ts';
import { SynthError } from '../errors.ts';
import type { ColumnSchema } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';
import { keyExpression } from './keys/express.ts';
import type { KeySpec } from './keys/types.ts';
import { linkColumn, lookupColumn, OWNER, ROW } from './names.ts';
import type { ForeignKeyPlan } from './relations.ts';
import type { ColumnPlan } from './roles.ts';
import type { DrawnTable } from './sample.ts';

/** Where the finished view finds what is not in the drawn rows; asked for only when a column needs it. */
export interface FinishSources {
  /** Row numbers and keys of a parent. */
  keysOf(key: ForeignKeyPlan): Relation;
  /** Row numbers of linked parents. */
  links(): Relation;
  lookup(key: ForeignKeyPlan): Relation;
  /** Columns made by fakes and patterns. */
  made(): Relation;
}

export interface FinishedRows {
  readonly query: RawBuilder<unknown>;
  /** Nothing but the drawn row itself is looked at to make a row. */
  readonly alone: boolean;
}

/** `select row number, columns` in three steps: drawn and joined columns, positions by window, the config's expressions. */
export function finishedRows(drawn: DrawnTable, columns: readonly ColumnPlan[], sources: FinishSources): FinishedRows {
  const joins = new Map<string, RawBuilder<unknown>>();
  const simple: RawBuilder<unknown>[] = [];
  const windows: { schema: ColumnSchema; spec: Extract<KeySpec, { kind: 'position' }> }[] = [];
  const expressions: { schema: ColumnSchema; text: string }[] = [];
  const names: string[] = [];
  const wanted = withDependencies(drawn, columns);
  for (const { schema, role } of wanted) {
    if (role.kind === 'omitted') continue;
    const spec = drawn.fit.keys.find(({ column }) => column === schema.name);
    if (role.kind === 'rule' && role.rule.kind === 'expression') {
      expressions.push({ schema, text: role.rule.sql });
      continue;
    }
    if (role.kind === 'key' && spec?.kind === 'position' && !isPositioned(drawn, spec.within)) {
      windows.push({ schema, spec });
      continue;
    }
    names.push(schema.name);
    simple.push(sql`${simpleColumn(drawn, { schema, role }, spec, sources, joins)} as ${columnRef(schema.name)}`);
  }
  let rows = sql`select ${sql.join([columnRef(ROW, 'r'), ...simple])} from ${relationRef(drawn.raw)} as r
    ${sql.join([...joins.values()], sql` `)}`;
  if (windows.length > 0) {
    const counted = windows.map(
      ({ schema, spec }) =>
        sql`${keyExpression(spec, schema, keyContext(drawn, 'x', false))} as ${columnRef(schema.name)}`,
    );
    rows = sql`select x.*, ${sql.join(counted)} from (${rows}) as x`;
  }
  if (expressions.length > 0) {
    // The one place where expressions of the config enter a mirror; parentheses keep them expressions.
    const made = expressions.map(
      ({ schema, text }) => sql`cast((${sql.raw(text)}\n) as ${sql.raw(schema.sqlType)}) as ${columnRef(schema.name)}`,
    );
    rows = sql`select x.*, ${sql.join(made)} from (${rows}) as x`;
  }
  const listed = columns.filter(({ role }) => role.kind !== 'omitted').map(({ schema }) => columnRef(schema.name, 'f'));
  return {
    query: sql`select ${sql.join([columnRef(ROW, 'f'), ...listed])} from (${rows}) as f`,
    // An expression may have a window.
    alone: joins.size === 0 && windows.length === 0 && expressions.length === 0,
  };
}

/** An expression may read any column, a position the columns that it counts within. */
function withDependencies(drawn: DrawnTable, columns: readonly ColumnPlan[]): readonly ColumnPlan[] {
  const all = drawn.table.columns;
  if (columns.some(({ role }) => role.kind === 'rule' && role.rule.kind === 'expression')) return all;
  const needed = new Set(columns.map(({ schema }) => schema.name));
  for (const { schema } of columns) {
    const spec = drawn.fit.keys.find(({ column }) => column === schema.name);
    if (spec?.kind === 'position') for (const column of spec.within) needed.add(column);
  }
  return all.filter(({ schema }) => needed.has(schema.name));
}

function simpleColumn(
  drawn: DrawnTable,
  { schema, role }: ColumnPlan,
  spec: KeySpec | undefined,
  sources: FinishSources,
  joins: Map<string, RawBuilder<unknown>>,
): RawBuilder<unknown> {
  const { name } = schema;
  if (role.kind === 'foreign') return foreignColumn(drawn, schema, role.key, sources, joins);
  if (role.kind === 'rule') {
    if (role.rule.kind === 'nulls') return sql`cast(null as ${sql.raw(schema.sqlType)})`;
    joins.set(
      'made',
      sql`left join ${relationRef(sources.made())} as m on ${columnRef(ROW, 'm')} = ${columnRef(ROW, 'r')}`,
    );
    return columnRef(name, 'm');
  }
  if (spec !== undefined && spec.kind !== 'distinct') {
    return keyExpression(spec, schema, keyContext(drawn, 'r', spec.kind === 'position'));
  }
  if (drawn.fit.model === undefined) return sql`cast(null as ${sql.raw(schema.sqlType)})`;
  return columnRef(name, 'r');
}

function foreignColumn(
  drawn: DrawnTable,
  schema: ColumnSchema,
  index: number,
  sources: FinishSources,
  joins: Map<string, RawBuilder<unknown>>,
): RawBuilder<unknown> {
  const key = drawn.table.foreignKeys.find((candidate) => candidate.index === index);
  if (key === undefined)
    throw new SynthError('mirror.no-key', `${drawn.table.label} has no such foreign key.`, { kind: 'unexpected' });
  const parentColumn = key.parentColumns[key.columns.indexOf(schema.name)] as string;
  const alias = `p${key.index}`;
  const join = (relation: Relation, on: RawBuilder<unknown>): void => {
    joins.set(alias, sql`left join ${relationRef(relation)} as ${sql.id(alias)} on ${on}`);
  };
  if (key.strategy === 'lookup') {
    const name = key.columns.length === 1 ? schema.name : lookupColumn(key.index);
    if (drawn.fit.model === undefined) return sql`cast(null as ${sql.raw(schema.sqlType)})`;
    if (key.columns.length === 1 && schema.type.kind === 'text') return columnRef(name, 'r');
    join(sources.lookup(key), sql`${columnRef('label', alias)} = ${columnRef(name, 'r')}`);
  } else if (key.strategy === 'owner') {
    join(sources.keysOf(key), sql`${columnRef(ROW, alias)} = ${columnRef(OWNER, 'r')}`);
  } else {
    joins.set(
      'links',
      sql`left join ${relationRef(sources.links())} as l on ${columnRef(ROW, 'l')} = ${columnRef(ROW, 'r')}`,
    );
    join(sources.keysOf(key), sql`${columnRef(ROW, alias)} = ${columnRef(linkColumn(key.index), 'l')}`);
  }
  return sql`cast(${columnRef(parentColumn, alias)} as ${sql.raw(schema.sqlType)})`;
}

function isPositioned(drawn: DrawnTable, within: readonly string[]): boolean {
  const owner = drawn.table.foreignKeys.find(({ index }) => index === drawn.fit.owner?.key);
  return (
    owner !== undefined &&
    within.every((column) => owner.columns.includes(column)) &&
    owner.columns.every((column) => within.includes(column))
  );
}

function keyContext(drawn: DrawnTable, alias: string, positioned: boolean): Parameters<typeof keyExpression>[2] {
  return { seed: drawn.seed, table: drawn.table.label, rows: drawn.rows, alias, positioned };
}
