// A small warehouse made by SQL, mirrored in a workspace in memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { CompiledQuery } from 'kysely';
import { duckdb } from '../../../connectors/duckdb/index.ts';
import { openWorkspace } from '../../../connectors/duckdb/workspace.ts';
import type { TableConfig } from '../../../core/config/types.ts';
import type { Workspace } from '../../../core/connector.ts';
import type { GeneratorChoice } from '../../../core/generator.ts';
import {
  type FamilyOptions,
  type FamilyPlan,
  type MirrorResult,
  mirrorFamily,
  planFamily,
  splitFamily,
  type TableFit,
} from '../../../core/mirror/index.ts';
import { createPool } from '../../../core/pool.ts';
import { silent } from '../../../core/progress.ts';
import { displayName } from '../../../core/schema.ts';
import type { Split } from '../../../core/split/split.ts';

export interface Mirrored {
  readonly plan: FamilyPlan;
  readonly results: readonly MirrorResult[];
  readonly splits: ReadonlyMap<string, Split>;
  readonly fits: ReadonlyMap<string, TableFit>;
  readonly notes: readonly string[];
  /** Rows of a query; the source is `source`, mirrors are in the schema `mirror`. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** The one value of a query. */
  value(sql: string): Promise<number>;
}

export interface MirrorSetup {
  readonly warehouse: string;
  readonly choice: GeneratorChoice;
  readonly tables?: Readonly<Record<string, TableConfig & { readonly choice?: GeneratorChoice }>>;
  readonly threads?: number;
  readonly options?: Partial<FamilyOptions>;
  readonly holdoutPercent?: number;
}

/** Builds the warehouse, mirrors it and hands the workspace to `check`. */
export async function withMirror<Result>(
  setup: MirrorSetup,
  check: (mirrored: Mirrored) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'synth-family-'));
  try {
    const path = join(folder, 'warehouse.duckdb');
    await createWarehouse(path, setup.warehouse);
    const controller = new AbortController();
    await using workspace = await openWorkspace({ tempDirectory: folder, threads: 2, signal: controller.signal });
    await using source = await duckdb({ path }).attach(workspace);
    await using pool = createPool(setup.threads ?? 1);
    const schemas = await source.tables();
    const plan = planFamily(
      schemas.map((schema) => {
        const { choice, ...config } = setup.tables?.[displayName(schema.name)] ?? {};
        return { schema, choice: choice ?? setup.choice, config };
      }),
    );
    const relation = (name: Parameters<typeof source.relation>[0]): ReturnType<typeof source.relation> =>
      source.relation(name);
    const splits = await splitFamily({
      workspace,
      plan,
      relation,
      salt: 'test',
      holdoutPercent: setup.holdoutPercent ?? 20,
    });
    const notes: string[] = [];
    const fits = new Map<string, TableFit>();
    const results = await mirrorFamily({
      workspace,
      pool,
      plan,
      splits,
      seed: 7,
      k: 5,
      target: ({ table }) => ({ schema: 'mirror', table }),
      progress: (event) => {
        if (event.kind === 'note' || event.kind === 'warning') notes.push(event.message);
        else silent(event);
      },
      clock: () => 0,
      onFit: async (table, fit) => void fits.set(table.label, fit),
      ...setup.options,
    });
    const query = (text: string): Promise<Record<string, unknown>[]> => run(workspace, text);
    return await check({
      plan,
      results,
      splits,
      fits,
      notes,
      query,
      value: async (text) => Number(Object.values((await query(text))[0] ?? {})[0]),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(workspace: Workspace, text: string): Promise<Record<string, unknown>[]> {
  const { rows } = await workspace.db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text));
  return rows;
}

async function createWarehouse(path: string, script: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(script);
  connection.closeSync();
  instance.closeSync();
}
