// Finishes a drawn table: assigns linked parents, makes keys and ruled columns, keeps the rules, writes the mirror.
import { type RawBuilder, sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import { SynthError } from '../errors.ts';
import type { WorkerPool } from '../pool.ts';
import { type ColumnSchema, displayName, sameTable } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';
import { type FinishSources, finishedRows } from './finish-view.ts';
import { insertInOrder } from './insert.ts';
import { keepRules } from './keep-rules.ts';
import { assignLinks, type Links } from './link.ts';
import { type ColumnMaker, makeColumns } from './made.ts';
import { markSynthetic } from './mark.ts';
import { scratch } from './names.ts';
import type { ForeignKeyPlan } from './relations.ts';
import type { ColumnPlan } from './roles.ts';
import type { DrawnTable } from './sample.ts';

export interface FinishOptions {
  readonly workspace: Workspace;
  readonly pool: WorkerPool;
  readonly drawn: ReadonlyMap<string, DrawnTable>;
  /** Lookups by label of the child table, then by number of the foreign key. */
  readonly lookups: ReadonlyMap<string, ReadonlyMap<number, Relation>>;
  readonly maker?: ColumnMaker;
  /** Told how keeping the rules of a table goes. */
  log?(table: string, message: string): void;
}

export interface Finisher {
  /** Draws rows again until the rules of the config hold; returns how often. */
  keep(drawn: DrawnTable): Promise<number>;
  /** A view of finished rows with their numbers and these columns; its name is free again with the next of that purpose. */
  view(drawn: DrawnTable, purpose: string, columns: readonly ColumnPlan[]): Promise<Relation>;
  /** Writes the mirror into `target`, which it creates. All parents must have been drawn. */
  finish(drawn: DrawnTable, target: Relation): Promise<{ readonly rows: number; readonly redrawn: number }>;
}

export function createFinisher(options: FinishOptions): Finisher {
  const { workspace } = options;
  const links = new Map<string, Promise<Links>>();
  const made = new Map<string, Promise<Relation>>();
  const keys = new Map<string, Promise<Relation>>();
  const run = (query: RawBuilder<unknown>): Promise<void> => workspace.execute(query.compile(workspace.db));
  const once = <Made>(of: Map<string, Promise<Made>>, label: string, create: () => Promise<Made>): Promise<Made> => {
    let known = of.get(label);
    if (known === undefined) {
      known = create();
      of.set(label, known);
    }
    return known;
  };
  const linksOf = (drawn: DrawnTable): Promise<Links> =>
    once(links, drawn.table.label, () => assignLinks(workspace, drawn, options.drawn));
  const madeOf = (drawn: DrawnTable): Promise<Relation> =>
    once(made, drawn.table.label, () =>
      makeColumns(workspace, options.pool, options.maker, drawn, (names) =>
        view(
          drawn,
          'per',
          drawn.table.columns.filter(({ schema }) => names.includes(schema.name)),
        ),
      ),
    );
  const table = (key: ForeignKeyPlan): DrawnTable => {
    const found = options.drawn.get(displayName(key.parent));
    if (found === undefined)
      throw new SynthError('mirror.order', `${displayName(key.parent)} was not drawn.`, { kind: 'unexpected' });
    return found;
  };

  /** A view of finished rows with some of the columns; all that it needs is made first. */
  const viewed = async (
    drawn: DrawnTable,
    purpose: string,
    columns: readonly ColumnPlan[],
  ): Promise<{ readonly relation: Relation; readonly alone: boolean }> => {
    const relation = scratch(workspace, purpose, drawn.table.label);
    const { query, alone } = finishedRows(drawn, columns, await sourcesFor(drawn, columns));
    await run(sql`create or replace view ${relationRef(relation)} as ${query}`);
    return { relation, alone };
  };
  const view: Finisher['view'] = async (...wanted) => (await viewed(...wanted)).relation;

  const keysOf = (parent: DrawnTable): Promise<Relation> =>
    once(keys, parent.table.label, () => {
      const referenced = [...options.drawn.values()].flatMap((child) =>
        child.table.foreignKeys
          .filter((key) => sameTable(key.parent, parent.table.name))
          .flatMap((key) => key.parentColumns),
      );
      return view(
        parent,
        'keys',
        parent.table.columns.filter(({ schema }) => referenced.includes(schema.name)),
      );
    });

  async function sourcesFor(drawn: DrawnTable, columns: readonly ColumnPlan[]): Promise<FinishSources> {
    const { label } = drawn.table;
    const parents = new Map<number, Relation>();
    let linked: Relation | undefined;
    let ruled: Relation | undefined;
    const wide = columns.some(({ role }) => role.kind === 'rule' && role.rule.kind === 'expression')
      ? drawn.table.columns
      : columns;
    const within = wide.flatMap(({ role }) => (role.kind === 'key' ? (role.within ?? []) : []));
    const needed = drawn.table.columns.filter((column) => wide.includes(column) || within.includes(column.schema.name));
    for (const { role } of needed) {
      if (role.kind === 'rule' && (role.rule.kind === 'fake' || role.rule.kind === 'pattern')) {
        ruled ??= await madeOf(drawn);
      }
      if (role.kind !== 'foreign') continue;
      const key = drawn.table.foreignKeys.find(({ index }) => index === role.key);
      if (key === undefined || key.strategy === 'lookup') continue;
      if (key.strategy === 'link') linked ??= (await linksOf(drawn)).relation;
      parents.set(key.index, await keysOf(table(key)));
    }
    return {
      keysOf: (key) => present(parents.get(key.index)),
      links: () => present(linked),
      lookup: (key) => present(options.lookups.get(label)?.get(key.index)),
      made: () => present(ruled),
    };
  }

  const keep = (drawn: DrawnTable): Promise<number> =>
    keepRules(drawn, {
      ...options,
      view: (some) => view(drawn, 'checked', some),
      links: () => linksOf(drawn),
      log: (message) => options.log?.(drawn.table.label, message),
      async changed() {
        if (!made.delete(drawn.table.label)) return;
        await madeOf(drawn);
      },
    });

  return {
    keep,
    view,
    async finish(drawn, target) {
      const columns = drawn.table.columns.filter(({ role }) => role.kind !== 'omitted');
      const redrawn = await keep(drawn);
      const { relation, alone } = await viewed(drawn, 'finished', columns);
      await createTable(
        run,
        target,
        columns.map(({ schema }) => schema),
      );
      const names = columns.map(({ schema }) => schema.name);
      await insertInOrder(run, { from: relation, target, columns: names, rows: drawn.rows, alone });
      await markSynthetic(workspace.db, target, drawn.table.label, 1);
      return { rows: drawn.rows, redrawn };
    },
  };
}

/** Copies a table that was declared public, as it is. */
export async function copyReference(
  workspace: Workspace,
  columns: readonly ColumnSchema[],
  from: Relation,
  target: Relation,
  label: string,
): Promise<void> {
  const run = (query: RawBuilder<unknown>): Promise<void> => workspace.execute(query.compile(workspace.db));
  await createTable(run, target, columns);
  const names = sql.join(columns.map(({ name }) => columnRef(name)));
  await run(sql`insert into ${relationRef(target)} select ${names} from ${relationRef(from)}`);
  await run(
    sql`comment on table ${relationRef(target)} is ${sql.lit(`A copy of ${label}, which was declared public: these rows are real.`)}`,
  );
}

export async function createTable(
  run: (query: RawBuilder<unknown>) => Promise<void>,
  target: Relation,
  columns: readonly ColumnSchema[],
): Promise<void> {
  const { catalog, schema } = target;
  if (schema !== undefined)
    await run(sql`create schema if not exists ${sql.id(...(catalog === undefined ? [schema] : [catalog, schema]))}`);
  const definitions = columns.map(
    ({ name, sqlType, nullable }) => sql`${columnRef(name)} ${sql.raw(sqlType)} ${sql.raw(nullable ? '' : 'not null')}`,
  );
  await run(sql`create table ${relationRef(target)} (${sql.join(definitions)})`);
}

function present(relation: Relation | undefined): Relation {
  if (relation === undefined)
    throw new SynthError('mirror.order', 'A relation is used before it was made.', { kind: 'unexpected' });
  return relation;
}
