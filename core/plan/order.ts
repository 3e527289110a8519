// Orders tables so that parents come before children; breaks cycles at foreign keys that may be NULL.
import { SynthError } from '../errors.ts';
import { displayName, type ForeignKey, type TableSchema } from '../schema.ts';

export interface OrderedTable {
  readonly table: string;
  /** Mirrored parents that come before it. */
  readonly parents: readonly string[];
  readonly deferred: readonly ForeignKey[];
}

/** Foreign keys to other tables of `tables`; a table's references to itself are its own generator's business. */
export function mirroredKeys(schema: TableSchema, tables: ReadonlySet<string>): readonly ForeignKey[] {
  const own = displayName(schema.name);
  return schema.foreignKeys.filter(({ references }) => {
    const parent = displayName(references.table);
    return parent !== own && tables.has(parent);
  });
}

/**
 * Parents first; among tables that are free, the order of `schemas`. O(n²) in tables, which are few.
 * @throws SynthError `plan.cycle` when a cycle has no nullable foreign key
 */
export function orderTables(schemas: readonly TableSchema[]): readonly OrderedTable[] {
  const names = new Set(schemas.map((schema) => displayName(schema.name)));
  const waiting = new Map(schemas.map((schema) => [displayName(schema.name), schema]));
  const done = new Set<string>();
  const ordered: OrderedTable[] = [];
  const open = (schema: TableSchema): readonly ForeignKey[] =>
    mirroredKeys(schema, names).filter((key) => !done.has(displayName(key.references.table)));

  while (waiting.size > 0) {
    const entries = [...waiting];
    const free = entries.find(([, schema]) => open(schema).length === 0);
    // In a cycle, the first table of which every open key may be NULL goes first, those keys being filled later.
    // Tables that only wait for a cycle are not part of it and must not be deferred.
    const next =
      free ??
      entries.find(
        ([name, schema]) => reaches(name, name, waiting, open) && open(schema).every((key) => nullable(schema, key)),
      );
    if (next === undefined) {
      const cycle = entries.filter(([name]) => reaches(name, name, waiting, open)).map(([name]) => name);
      throw new SynthError('plan.cycle', `The tables ${cycle.join(', ')} refer to each other in a cycle.`, {
        hint: 'Make one of the foreign keys nullable in the source, or leave its column out with omit().',
      });
    }
    const [table, schema] = next;
    const deferred = open(schema);
    const parents = mirroredKeys(schema, names)
      .filter((key) => !deferred.includes(key))
      .map((key) => displayName(key.references.table));
    ordered.push({ table, parents: [...new Set(parents)], deferred });
    waiting.delete(table);
    done.add(table);
  }
  return ordered;
}

function nullable(schema: TableSchema, key: ForeignKey): boolean {
  return key.columns.some((name) => schema.columns.find((column) => column.name === name)?.nullable === true);
}

function reaches(
  from: string,
  to: string,
  waiting: ReadonlyMap<string, TableSchema>,
  open: (schema: TableSchema) => readonly ForeignKey[],
): boolean {
  const seen = new Set<string>();
  const stack = [from];
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    const schema = waiting.get(name);
    for (const key of schema === undefined ? [] : open(schema)) {
      const parent = displayName(key.references.table);
      if (parent === to) return true;
      if (!seen.has(parent)) stack.push(parent);
      seen.add(parent);
    }
  }
  return false;
}
