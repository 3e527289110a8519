// What a condition says of single columns: rows are drawn so, and weighed by how likely that was.
import { sql } from 'kysely';
import type { ColumnVector } from '../../batch.ts';
import type { Workspace } from '../../connector.ts';
import { type Bound, type Constant, readBounds } from '../../constraints/index.ts';
import type { Among } from '../../generator.ts';
import type { ColumnSchema } from '../../schema.ts';
import type { TablePlan } from '../plan.ts';
import type { TableFit } from '../table-fit.ts';
import type { Condition } from './condition.ts';

export interface Pinned {
  /** Values that all rows have, of one entry each. */
  readonly given: ReadonlyMap<string, ColumnVector>;
  /** What the values of other columns are drawn among. */
  readonly among: ReadonlyMap<string, readonly Among[]>;
}

/**
 * @param isKnown rows that fulfil the condition have come up: what it equals is then a value that was learnt
 * @returns undefined when there is nothing, or when the generator cannot draw given any columns
 */
export async function pinnedColumns(
  workspace: Workspace,
  table: TablePlan,
  fit: TableFit,
  { where }: Condition,
  isKnown: boolean,
): Promise<Pinned | undefined> {
  const { model } = fit;
  if (table.choice.generator.weigh === undefined || model === undefined) return undefined;
  const given = new Map<string, ColumnVector>();
  const among = new Map(await amongColumns(workspace, model.columns, where));
  // What siblings share, and a time that never falls, are as the elder sibling has them.
  const { sequence } = fit.owner ?? {};
  for (const name of [...(sequence?.constants ?? []), ...(sequence?.order.slice(0, 1) ?? [])]) among.delete(name);
  for (const schema of isKnown && fit.owner === undefined ? model.columns.filter(isExact) : []) {
    const only = among.get(schema.name)?.find((one) => one.kind === 'values' && isOne(one.values));
    if (only?.kind !== 'values') continue;
    given.set(schema.name, only.values);
    among.delete(schema.name);
  }
  return given.size + among.size === 0 ? undefined : { given, among };
}

/** What the parts of a condition, each for itself, want these columns to be among. */
export async function amongColumns(
  workspace: Workspace,
  columns: readonly ColumnSchema[],
  where: string,
): Promise<ReadonlyMap<string, readonly Among[]>> {
  const among = new Map<string, readonly Among[]>();
  for (const bound of (await readBounds(workspace, where)).columns) {
    const schema = columns.find(({ name }) => name.toLowerCase() === bound.column.toLowerCase());
    const one = schema && (await amongOf(workspace, schema, bound));
    if (schema !== undefined && one !== undefined) among.set(schema.name, [...(among.get(schema.name) ?? []), one]);
  }
  return among;
}

/** Other types may be equal to a constant without having it as their value. */
function isExact({ type }: ColumnSchema): boolean {
  return ['text', 'enum', 'boolean', 'integer'].includes(type.kind);
}

function isOne(vector: ColumnVector): boolean {
  return (vector.kind === 'category' ? vector.codes : vector.values).length === 1;
}

async function amongOf(workspace: Workspace, schema: ColumnSchema, bound: Bound): Promise<Among | undefined> {
  const isCategory = ['text', 'enum', 'boolean', 'uuid', 'unsupported'].includes(schema.type.kind);
  const read = async (constants: readonly Constant[]): Promise<ColumnVector | undefined> => {
    // Text that equals a number is not the number's only spelling.
    if (['text', 'enum'].includes(schema.type.kind) && !constants.every(({ isText }) => isText)) return undefined;
    const values = constants.map(({ text }) => sql`(cast(${sql.lit(text)} as ${sql.raw(schema.sqlType)}))`);
    const query = sql`select v from (values ${sql.join(values)}) as t(v)`.compile(workspace.db);
    // What cannot be cast is for DuckDB to compare.
    const batch = await workspace.read(query, [{ ...schema, name: 'v' }]).catch(() => undefined);
    return batch?.columns.get('v');
  };
  if (bound.kind === 'values') {
    const values = await read(bound.values);
    return values && { kind: 'values', values };
  }
  if (bound.kind !== 'range') return { kind: bound.kind };
  if (isCategory) return undefined;
  const low = bound.low && (await read([bound.low]));
  const high = bound.high && (await read([bound.high]));
  if (low === undefined && high === undefined) return undefined;
  return { kind: 'range', ...(low && { low }), ...(high && { high }) };
}
