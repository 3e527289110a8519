// What is different about a source's columns since it was learnt. Pure.
import type { TableSchema } from '../schema.ts';

/** Names and SQL types of columns, as they are remembered. */
export type SchemaMemory = readonly (readonly [name: string, sqlType: string])[];

export function rememberSchema({ columns }: Pick<TableSchema, 'columns'>): SchemaMemory {
  return columns.map(({ name, sqlType }) => [name, sqlType] as const);
}

/** Parts of a sentence, in the order of the columns: `carrier is new`, `fare is now DOUBLE`, `gate is gone`. */
export function schemaChanges(before: SchemaMemory, { columns }: Pick<TableSchema, 'columns'>): readonly string[] {
  const known = new Map(before);
  const changed = columns.flatMap(({ name, sqlType }) => {
    const type = known.get(name);
    if (type === undefined) return [`${name} is new`];
    return type === sqlType ? [] : [`${name} is now ${sqlType}`];
  });
  const present = new Set(columns.map(({ name }) => name));
  return [...changed, ...before.flatMap(([name]) => (present.has(name) ? [] : [`${name} is gone`]))];
}
