// Plans a build: attaches the source, reads schemas and fingerprints, and asks core/plan what is to be done.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditSettings, selectAudits } from '../../audits/run.ts';
import type { Tier } from '../audit.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import { checkAgainstSchemas, type ResolvedTable } from '../config/resolve.ts';
import type { MirrorStore } from '../connector.ts';
import { SynthError } from '../errors.ts';
import { type KnownTable, type Plan, planBuild, schemaChanges } from '../plan/index.ts';
import { displayName } from '../schema.ts';
import { openState, type State, type TableState } from '../state/index.ts';
import { checkAuditConfig } from './audit-config.ts';
import { withChampions } from './champions.ts';
import { checkConstraintConfig } from './constraint-config.ts';
import { checkBlends } from './lineage/index.ts';
import { type PlannedQuery, planQueries, queriesByTable } from './plan-queries.ts';
import { refitReasons } from './refit.ts';
import { openSession } from './session.ts';
import { withUses } from './uses.ts';

/** Where a project keeps what it remembers, relative to its folder. */
export function projectPaths(config: LoadedConfig): {
  readonly state: string;
  readonly fits: string;
  readonly target: string;
} {
  return {
    state: join(config.directory, '.synth', 'state.db'),
    fits: join(config.directory, '.synth', 'fits'),
    // dbt has a folder `target` of its own, with a manifest.json and a run_results.json.
    target: join(config.directory, 'target', 'synth'),
  };
}

/** @throws SynthError `config.no-store` */
export function mirrorStore(config: LoadedConfig): MirrorStore {
  const store = config.mirrors.store?.();
  if (store !== undefined) return store;
  throw new SynthError('config.no-store', `Mirrors cannot be published to ${config.mirrors.name}.`, {
    hint: "Set mirrors: duckdb({ path: 'mirrors.duckdb' }).",
  });
}

export interface PlanOptions {
  readonly config: LoadedConfig;
  readonly select?: readonly string[];
  readonly fullRefresh: boolean;
  /** Instead of the tiers of the config. */
  readonly tier?: Tier;
  /** Ids to run beside those of the tier: fewer audits than the config asks for would be no gate. */
  readonly also?: readonly string[];
  readonly threads?: number;
  readonly signal: AbortSignal;
  readonly clock: () => Date;
  /** Started by the schedule: what `refit: { when: 'schedule' }` waits for. */
  readonly scheduled?: boolean;
}

export interface Planned {
  readonly plan: Plan;
  readonly tables: readonly ResolvedTable[];
  /** Of the current release, by table. */
  readonly known: ReadonlyMap<string, KnownTable>;
  /** The user's SQL audits and workload. */
  readonly queries: readonly PlannedQuery[];
  /** What to tell people about it, without a value of the data. */
  readonly notes: readonly string[];
}

/** What a build would do now. */
export async function runPlan(options: PlanOptions): Promise<Plan> {
  await using state = await openState(projectPaths(options.config).state);
  return (await planProject(options, state)).plan;
}

export async function planProject(options: PlanOptions, state: State): Promise<Planned> {
  const config = await withChampions(withUses(options.config), state);
  await using session = await openSession(options);
  await using source = await config.source.attach(session.workspace);
  const tables = checkAgainstSchemas(config, await source.tables());
  const queries = await planQueries(config, session.workspace.db);
  checkAuditConfig(config, tables);
  await checkConstraintConfig(session.workspace, tables);
  checkBlends({ tables });
  const auditAll = options.tier !== undefined || options.also !== undefined;
  if (auditAll) selectAudits({ tier: 'run', ...auditFlags(options), plugins: config.auditPlugins }); // unknown ids
  const fingerprints = new Map<string, string>();
  for (const { schema } of tables) fingerprints.set(displayName(schema.name), await source.fingerprint(schema));
  const known = await knownTables(config, state);
  const refit = await refitReasons({
    config,
    session,
    source,
    tables,
    fingerprints,
    known,
    read: state.read,
    scheduled: options.scheduled ?? false,
    now: options.clock(),
  });
  const plan = planBuild({
    config,
    tables,
    fingerprints,
    known,
    refit,
    ...(options.select === undefined ? {} : { select: options.select }),
    fullRefresh: options.fullRefresh,
    auditAll,
    queries: queriesByTable(queries),
    used: new Set(config.uses.map(({ table }) => table)),
  });
  const notes = tables.flatMap(({ schema }) => {
    const name = displayName(schema.name);
    const before = known.get(name)?.schema;
    const changes = before === undefined ? [] : schemaChanges(before, schema);
    return changes.length === 0 ? [] : [`The columns of ${name} changed: ${changes.join(', ')}.`];
  });
  return { plan, tables, known, queries, notes };
}

/** What the command line says of audits, to be laid over a table's settings. */
export function auditFlags({
  tier,
  also,
}: Pick<PlanOptions, 'tier' | 'also'>): Pick<AuditSettings, 'also'> & { tier?: Tier } {
  return { ...(tier === undefined ? {} : { tier }), ...(also === undefined ? {} : { also }) };
}

async function knownTables(config: LoadedConfig, state: State): Promise<ReadonlyMap<string, KnownTable>> {
  const visible = await mirrorStore(config).current();
  const recorded = (await state.read.releases()).find(({ current }) => current);
  const known = (table: TableState): KnownTable => ({
    ...table,
    mirrored: visible !== undefined && visible.id === recorded?.id,
    fitAvailable: table.fitPath !== undefined && existsSync(join(config.directory, '.synth', table.fitPath)),
  });
  return new Map([...(await state.read.tables())].map(([name, table]) => [name, known(table)]));
}
