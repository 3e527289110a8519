// `synth build --scenario NAME`: what-if mirrors from the fits of the last build, in a schema of their own of the next release.
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { judgeRun, type Measured } from '../../audits/judge-run.ts';
import { gate } from '../../audits/run.ts';
import type { AuditResult, Relation } from '../audit.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import type { Scenario } from '../config/types.ts';
import type { Release } from '../connector.ts';
import { nearestName, SynthError } from '../errors.ts';
import { checkScenarioTable } from '../mirror/demand/targets.ts';
import type { MetTarget } from '../mirror/demand/tilt.ts';
import type { FamilyPlan, TablePlan } from '../mirror/plan.ts';
import type { ProgressSink } from '../progress.ts';
import { displayName, type TableName } from '../schema.ts';
import { acquireLease, openState, type RunOutcome } from '../state/index.ts';
import { comparedColumns } from './audit-target.ts';
import { openBuilt } from './built.ts';
import { carryTable } from './carry.ts';
import { measureTable, mirrorTables, SALT } from './family.ts';
import { writeMeta } from './meta.ts';
import { type Moved, movedColumns } from './moved.ts';
import { mirrorStore, projectPaths } from './plan.ts';
import { openSession } from './session.ts';
import { createStopwatch } from './stopwatch.ts';

export const SCENARIO_SCHEMA_VERSION = 1;

export interface ScenarioOptions {
  readonly config: LoadedConfig;
  readonly scenario: string;
  readonly wait: boolean;
  readonly threads?: number;
  readonly signal: AbortSignal;
  readonly progress: ProgressSink;
  readonly clock: () => Date;
}

export interface ScenarioTableResult {
  /** In the scenario's schema. */
  readonly name: string;
  readonly rows: number;
  /** What was asked of it, and what it got. */
  readonly targets: readonly MetTarget[];
  /** Rows of the pool that the rows were picked from, and how many of them carry the weight. */
  readonly pool?: number;
  readonly effective?: number;
  /** Columns that differ from the mirror of the source; absent where the scenario changes nothing. */
  readonly moved?: readonly Moved[];
  readonly audits: readonly AuditResult[];
}

export interface ScenarioResult {
  readonly schemaVersion: typeof SCENARIO_SCHEMA_VERSION;
  readonly scenario: string;
  readonly release: string;
  readonly published: boolean;
  readonly tables: readonly ScenarioTableResult[];
  readonly seconds: number;
}

const LEASE_SECONDS = 60;

/** @throws SynthError `scenario.*`, `built.*`, `mirrors.none` and those of builds */
export async function runScenario(options: ScenarioOptions): Promise<ScenarioResult> {
  const started = performance.now();
  const { config, clock } = options;
  const scenario = scenarioNamed(config, options.scenario);
  const store = mirrorStore(config);
  await using state = await openState(projectPaths(config).state);
  await using lease = await acquireLease(state, {
    owner: { pid: process.pid, host: hostname() },
    ttlSeconds: LEASE_SECONDS,
    clock: () => clock().getTime(),
    wait: options.wait,
    signal: options.signal,
  });
  const now = clock().toISOString();
  const id = now.replace(/\D/g, '').replace(/^(\d{8})(\d{6})(\d{3})$/, '$1-$2-$3');
  const release: Release = { id, createdAt: now, fence: lease.fence };
  await state.write.markInterrupted(now);
  await store.recover();
  await state.write.startRun({ id, command: `build --scenario ${options.scenario}`, startedAt: now });
  const end = (status: RunOutcome, more: { releaseId?: string; message?: string } = {}): Promise<void> =>
    state.write.endRun(id, { status, endedAt: clock().toISOString(), ...more });
  try {
    const signal = AbortSignal.any([options.signal, lease.lost]);
    const tables = await makeScenario({ ...options, signal }, scenario, release, state.read);
    const audits = tables.flatMap((table) => table.audits);
    await state.write.recordAudits(id, audits);
    const published = gate(audits).publish;
    if (published) {
      signal.throwIfAborted();
      const known = [...(await state.read.tables()).values()];
      await store.publish(release);
      // The mirrors of the source are those of before.
      await state.write.recordRelease({ id, runId: id, createdAt: now }, known);
      await state.write.keepReleases((await store.releases()).map((kept) => kept.id));
    }
    await end(published ? 'published' : 'rejected', published ? { releaseId: id } : {});
    const result: ScenarioResult = {
      schemaVersion: SCENARIO_SCHEMA_VERSION,
      scenario: options.scenario,
      release: id,
      published,
      tables,
      seconds: (performance.now() - started) / 1000,
    };
    const folder = join(projectPaths(config).target, 'scenarios');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${options.scenario}.json`), `${JSON.stringify(result, null, 2)}\n`);
    return result;
  } catch (error) {
    await store.recover();
    await end(
      options.signal.aborted ? 'cancelled' : 'failed',
      error instanceof SynthError ? { message: error.message } : {},
    );
    throw error;
  }
}

async function makeScenario(
  options: ScenarioOptions,
  scenario: Scenario,
  release: Release,
  state: Parameters<typeof writeMeta>[2],
): Promise<readonly ScenarioTableResult[]> {
  const { config, scenario: name, progress } = options;
  const store = mirrorStore(config);
  if ((await store.current()) === undefined) {
    throw new SynthError(
      'mirrors.none',
      'Nothing is published yet: a scenario is a change of mirrors that are there.',
      {
        hint: 'Run `synth build` first.',
      },
    );
  }
  const path = await store.stage(release);
  const watch = createStopwatch(progress);
  await using session = await openSession({ ...options, path });
  const { workspace } = session;
  await using source = await config.source.attach(workspace);
  const learnt = config.tables.filter(({ generator }) => generator.generator.name !== 'reference').map((t) => t.name);
  const { plan, fits } = await openBuilt({ config, session, source, tables: learnt });
  // A mistake in the last table is told before anything is drawn.
  for (const table of plan.tables) {
    const changes = scenario.tables[table.label];
    if (changes !== undefined) checkScenarioTable(table, changes);
  }
  const before = await config.mirrors.attach(workspace);
  try {
    for (const schema of await before.tables()) {
      if (schema.name.schema === 'synth_meta' || schema.name.schema === name) continue;
      const { schema: inSchema, table } = schema.name;
      await carryTable(workspace, before, schema, { schema: inSchema, table });
    }
    const target = (table: TableName): Relation => ({ schema: name, table: scenarioTable(table) });
    const mirrored = await mirrorTables({
      session,
      plan,
      source: (table) => source.relation(table),
      target,
      seed: config.seed,
      salt: SALT,
      fits,
      freeText: 'error',
      scenario: new Map(Object.entries(scenario.tables)),
      progress,
      watch,
    });
    const follows = followers(plan, Object.keys(scenario.tables));
    const measured: Measured[] = [];
    const results: Omit<ScenarioTableResult, 'audits'>[] = [];
    for (const [label, table] of mirrored) {
      const { tilted } = table;
      const own = `${name}.${scenarioTable(table.table.name)}`;
      const changes = tilted !== undefined || follows.has(label);
      if (changes) {
        const settings = config.tables.find((one) => displayName(one.table) === label)?.audits;
        const found = await measureTable({
          session,
          mirrored,
          table,
          settings: { tier: 'run', ...settings, plugins: config.auditPlugins },
          seed: config.seed,
          // What follows from a changed parent has no target of its own to be judged by.
          factsOnly: tilted === undefined,
          watch,
        });
        measured.push(...found.measured.filter(({ audit }) => counts(audit)).map((one) => ({ ...one, table: own })));
      }
      const { schema, table: tableName } = table.table.name;
      results.push({
        name: own,
        rows: table.rows,
        targets: tilted?.targets ?? [],
        ...(tilted && { pool: tilted.pool, effective: tilted.effective }),
        ...(changes && {
          // Keys and what is made say nothing of what follows from the scenario.
          moved: await movedColumns(
            workspace,
            comparedColumns(table.table, table.fit),
            { schema, table: tableName },
            target(table.table.name),
          ),
        }),
      });
    }
    const audits = judgeRun(measured);
    const tables = results.map((result) => ({
      ...result,
      audits: audits.filter(({ table }) => table === result.name),
    }));
    const meta = tables.map((table) => ({ table: table.name, action: 'scenario', generator: '', rows: table.rows }));
    const { id, createdAt } = release;
    await writeMeta(workspace, { id, createdAt, seed: config.seed, tables: meta, audits, lineage: [] }, state, before);
    return tables;
  } finally {
    await before[Symbol.asyncDispose]();
  }
}

/** A what-if is no mirror of the source: it neither drifts from it nor collapses. */
function counts({ family }: Measured['audit']): boolean {
  return family !== 'collapse' && family !== 'drift';
}

/** All mirrors of a scenario are in one schema: tables of other schemas than `main` carry its name. */
function scenarioTable({ schema, table }: TableName): string {
  return schema === 'main' ? table : `${schema}_${table}`;
}

/** Tables that are drawn below or linked to these, at any distance. */
function followers(plan: FamilyPlan, tables: readonly string[]): ReadonlySet<string> {
  const found = new Set(tables);
  const refersTo = ({ foreignKeys }: TablePlan): boolean =>
    foreignKeys.some((key) => key.strategy !== 'outside' && found.has(displayName(key.parent)));
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const table of plan.tables) if (refersTo(table)) found.add(table.label);
  }
  return found;
}

function scenarioNamed({ scenarios }: LoadedConfig, name: string): Scenario {
  const scenario = scenarios[name];
  if (scenario !== undefined) return scenario;
  const known = Object.keys(scenarios);
  const near = nearestName(name, known);
  const hint =
    near !== undefined ? `Did you mean "${near}"?` : known.length > 0 ? `Scenarios: ${known.join(', ')}.` : '';
  throw new SynthError('scenario.unknown', `The config has no scenario "${name}".`, {
    hint: hint === '' ? 'Name one under scenarios.' : hint,
  });
}
