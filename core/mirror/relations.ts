// Chooses how each foreign key is made and in which order tables are drawn. Pure: schemas in, strategies out.
import { SynthError } from '../errors.ts';
import { displayName, type ForeignKey, sameTable, type TableName, type TableSchema } from '../schema.ts';

/**
 * How a foreign key is made.
 * - `lookup`: the parent is a copied reference table; the key is learnt as a category of the parent's keys.
 * - `owner`: rows are drawn as children of the parent's rows, a learnt number for each.
 * - `link`: a learnt bucket of parents, then a parent of that bucket; assigned when both tables are drawn.
 * - `implied`: its columns belong to another foreign key, which makes them.
 * - `outside`: the parent is not mirrored; its columns are learnt like others.
 */
export type Strategy = 'lookup' | 'owner' | 'link' | 'implied' | 'outside';

export interface ForeignKeyPlan {
  /** Number among the table's foreign keys: names helper columns. */
  readonly index: number;
  readonly strategy: Strategy;
  readonly columns: readonly string[];
  readonly parent: TableName;
  readonly parentColumns: readonly string[];
  readonly nullable: boolean;
  readonly self: boolean;
}

export interface RelatedTable {
  readonly schema: TableSchema;
  readonly reference: boolean;
}

export interface TableRelations {
  /** Into the tables that were given. */
  readonly index: number;
  readonly foreignKeys: readonly ForeignKeyPlan[];
  readonly notes: readonly string[];
}

/** Strategies per table, owners before their children. @throws SynthError `plan.key-cycle` */
export function planRelations(tables: readonly RelatedTable[]): readonly TableRelations[] {
  const planned = tables.map((table) => planKeys(table, tables));
  const order = drawingOrder(tables, planned);
  const rank = new Map(order.map((table, position) => [table, position]));
  return order.map((index) => {
    const { keys, notes } = planned[index] as PlannedKeys;
    let owned = false;
    const foreignKeys = keys.map((key): ForeignKeyPlan => {
      if (key.strategy !== 'link' || key.self || owned) return key;
      const parent = tables.findIndex(({ schema }) => sameTable(schema.name, key.parent));
      if ((rank.get(parent) ?? 0) > (rank.get(index) ?? 0)) return key;
      owned = true;
      return { ...key, strategy: 'owner' };
    });
    return { index, foreignKeys, notes };
  });
}

interface PlannedKeys {
  readonly keys: readonly ForeignKeyPlan[];
  readonly notes: readonly string[];
}

function planKeys({ schema, reference }: RelatedTable, tables: readonly RelatedTable[]): PlannedKeys {
  if (reference) return { keys: [], notes: [] };
  const notes: string[] = [];
  // A wider key goes first: what overlaps with it is then implied by it.
  const wideFirst = [...schema.foreignKeys.entries()].sort(
    ([i, a], [j, b]) => b.columns.length - a.columns.length || i - j,
  );
  const taken = new Set<string>();
  const keys = wideFirst.map(([index, key]): ForeignKeyPlan => {
    const strategy = strategyOf(schema, key, tables, taken);
    if (strategy === 'outside') {
      notes.push(
        `${displayName(schema.name)} references ${displayName(key.references.table)}, which is not mirrored: ` +
          `${key.columns.join(', ')} will be learnt as ordinary columns. Add the table, as reference() when it is public.`,
      );
    } else for (const column of key.columns) taken.add(column);
    return {
      index,
      strategy,
      columns: key.columns,
      parent: key.references.table,
      parentColumns: key.references.columns,
      nullable: key.columns.some((name) => schema.columns.find((column) => column.name === name)?.nullable === true),
      self: sameTable(key.references.table, schema.name),
    };
  });
  return { keys: keys.sort((a, b) => a.index - b.index), notes };
}

function strategyOf(
  schema: TableSchema,
  key: ForeignKey,
  tables: readonly RelatedTable[],
  taken: ReadonlySet<string>,
): Strategy {
  const parent = tables.find((table) => sameTable(table.schema.name, key.references.table));
  if (parent === undefined) return 'outside';
  if (key.columns.some((column) => taken.has(column))) return 'implied';
  if (parent.reference && !sameTable(parent.schema.name, schema.name)) return 'lookup';
  return 'link';
}

/** Indices of the tables, parents first; a cycle is opened at nullable keys, which are then assigned at the end. */
function drawingOrder(tables: readonly RelatedTable[], planned: readonly PlannedKeys[]): number[] {
  const indexOf = (name: TableName): number => tables.findIndex(({ schema }) => sameTable(schema.name, name));
  const edges = planned.flatMap(({ keys }, child) =>
    keys
      .filter((key) => key.strategy !== 'outside' && key.strategy !== 'implied' && !key.self)
      .map((key) => ({ child, parent: indexOf(key.parent), nullable: key.nullable, open: false })),
  );
  const order: number[] = [];
  const placed = new Set<number>();
  while (order.length < tables.length) {
    const waits = (table: number): boolean =>
      edges.some((edge) => edge.child === table && !edge.open && !placed.has(edge.parent));
    const next = tables.findIndex((_, table) => !placed.has(table) && !waits(table));
    if (next >= 0) {
      placed.add(next);
      order.push(next);
      continue;
    }
    const cycle = findCycle(edges.filter((edge) => !edge.open && !placed.has(edge.parent)));
    // The last nullable key of the cycle is most likely a later addition ("main contact"), not the owner.
    const opened = cycle.filter((edge) => edge.nullable).at(-1);
    if (opened === undefined) {
      const names = cycle.map((edge) => displayName((tables[edge.child] as RelatedTable).schema.name));
      throw new SynthError(
        'plan.key-cycle',
        `The foreign keys of ${names.join(', ')} form a circle without a nullable key.`,
        {
          hint: 'Declare one of the tables as reference(), or leave one out.',
        },
      );
    }
    opened.open = true;
  }
  return order;
}

interface Edge {
  readonly child: number;
  readonly parent: number;
  readonly nullable: boolean;
  open: boolean;
}

/** The edges of one circle; every table that is left waits for another, so that walking on must come around. */
function findCycle(edges: readonly Edge[]): readonly Edge[] {
  const path: Edge[] = [];
  let table = (edges[0] as Edge).child;
  for (;;) {
    const start = path.findIndex((edge) => edge.child === table);
    if (start >= 0) return path.slice(start);
    const edge = edges.find((candidate) => candidate.child === table) as Edge;
    path.push(edge);
    table = edge.parent;
  }
}
