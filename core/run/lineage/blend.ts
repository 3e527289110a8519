// What a generator of a declared loop learns from: real rows and rows of the mirrors before, in the shares that the config says.
import { sql } from 'kysely';
import { duckdb } from '../../../connectors/duckdb/index.ts';
import type { Relation } from '../../audit.ts';
import type { LoadedBlend, LoadedConfig } from '../../config/loaded.ts';
import type { Workspace } from '../../connector.ts';
import type { Ancestor, MirrorLineage } from '../../lineage.ts';
import type { TablePlan } from '../../mirror/plan.ts';
import { SPLIT_HASH, type Split } from '../../split/split.ts';
import { columnRef, relationRef } from '../../sql.ts';
import { mirrorStore } from '../plan.ts';

export interface Blended {
  /** With the split's columns. */
  readonly rows: Relation;
  readonly realRows: number;
  readonly syntheticRows: number;
  readonly ancestors: readonly Ancestor[];
  /** The greatest generation among the ancestors. */
  readonly generation: number;
}

export interface BlendOptions {
  readonly config: LoadedConfig;
  readonly workspace: Workspace;
  readonly table: TablePlan;
  readonly blend: LoadedBlend;
  readonly split: Split;
  readonly fitRows: number;
  /** Of this table, oldest first. */
  readonly lineage: readonly MirrorLineage[];
}

/** Undefined when there is no mirror yet: then the generator learns from real rows alone. */
export async function blendRows(options: BlendOptions): Promise<Blended | undefined> {
  const { workspace, table, blend, split, fitRows } = options;
  const { db } = workspace;
  const kept = await keptMirrors(options);
  if (kept.length === 0) return undefined;
  const names = table.schema.columns.map(({ name }) => name);
  const made = { catalog: workspace.scratch, schema: 'main', table: `__synth_ancestors:${table.label}` };
  const rows = { catalog: workspace.scratch, schema: 'main', table: `__synth_blend:${table.label}` };
  await sql`create or replace table ${relationRef(made)} as
    select * exclude (${columnRef(SPLIT_HASH)}), 0::utinyint as __from from ${relationRef(split.train)} limit 0`.execute(
    db,
  );
  for (const [i, { path }] of kept.entries()) {
    await using attached = await duckdb({ path }).attach(workspace);
    await sql`insert into ${relationRef(made)} by name
      select *, ${sql.lit(i)}::utinyint as __from from ${relationRef(attached.relation(table.name))}`.execute(db);
  }
  const counted = await sql<{ n: unknown }>`select count(*) as n from ${relationRef(made)}`.execute(db);
  const available = Number(counted.rows[0]?.n ?? 0);
  const realRows = Math.min(split.trainRows, Math.max(1, Math.round(blend.real * fitRows)));
  const syntheticRows = Math.min(available, Math.round((realRows * (1 - blend.real)) / blend.real));
  const list = sql.join(names.map((name) => columnRef(name)));
  // Picked by hash, equal rows told apart by a number: the same rows for any number of threads.
  await sql`create or replace table ${relationRef(rows)} as
    (select ${list}, ${columnRef(SPLIT_HASH)} from (
      select *, row_number() over (partition by ${columnRef(SPLIT_HASH)}, f) as __copy from ${relationRef(split.train)} as f)
      order by md5(concat(${columnRef(SPLIT_HASH)}, '/', __copy)), __copy limit ${sql.lit(realRows)})
    union all
    (select ${list}, md5_number_lower(concat(__text, '/', __copy)) as ${columnRef(SPLIT_HASH)} from (
      select *, cast(f as varchar) as __text, row_number() over (partition by f) as __copy from ${relationRef(made)} as f)
      order by md5(concat(__text, '/', __copy)), __text limit ${sql.lit(syntheticRows)})`.execute(db);
  await sql`drop table ${relationRef(made)}`.execute(db);
  return {
    ...{ rows, realRows, syntheticRows },
    ancestors: kept.map(({ lineage }) => ({ table: lineage.table, release: lineage.release })),
    generation: Math.max(...kept.map(({ lineage }) => lineage.generation)),
  };
}

interface Kept {
  readonly path: string;
  readonly lineage: MirrorLineage;
}

/** The mirrors of the table that are still there and are to be learnt from, oldest first. */
async function keptMirrors({ config, blend, lineage, table }: BlendOptions): Promise<readonly Kept[]> {
  const store = mirrorStore(config);
  const current = (await store.current())?.id;
  if (current === undefined) return [];
  const own = lineage.filter((one) => one.table === table.label);
  const found = new Map<string, Kept>();
  const releases = (await store.releases()).filter(({ id }) =>
    blend.with === 'latest' ? id === current : id <= current,
  );
  for (const { id, path } of releases) {
    // A mirror that stayed as it was lies in every release since it was made.
    const made = own.findLast(({ release }) => release <= id);
    if (made !== undefined && !found.has(made.release)) found.set(made.release, { path, lineage: made });
  }
  return [...found.values()].reverse();
}
