// Executes the table and audit steps of a plan into a staged release.
import { sql } from 'kysely';
import { sketchTable } from '../../audits/drift/sketch.ts';
import { audits as builtinAudits } from '../../audits/index.ts';
import { judgeRun } from '../../audits/judge-run.ts';
import type { Audit, AuditResult, Relation } from '../audit.ts';
import type { LoadedAudits } from '../config/loaded.ts';
import type { ResolvedTable } from '../config/resolve.ts';
import type { AttachedSource, Release, Workspace } from '../connector.ts';
import type { MirrorLineage } from '../lineage.ts';
import { mirrorDigest } from '../mirror/digest.ts';
import { lookAgain, type TableStep } from '../plan/index.ts';
import type { ReportTable } from '../report/model.ts';
import { displayName, type TableName } from '../schema.ts';
import { relationRef } from '../sql.ts';
import type { AuditedRun, State, TableState } from '../state/index.ts';
import type { BuildOptions } from './build.ts';
import { carryScenarios, carryTable, showTable } from './carry.ts';
import { type MeasuredTable, type MirroredTable, measureTable, mirrorTables, SALT } from './family.ts';
import { planTables, withParents } from './family-plan.ts';
import { fitPath, storedFits, storeFit } from './fits.ts';
import { auditHistory, tierTimes } from './history.ts';
import { ancestryOf } from './lineage/chain.ts';
import { openAncestry } from './lineage/index.ts';
import { type MetaRelease, writeMeta } from './meta.ts';
import { auditFlags, mirrorStore, type Planned } from './plan.ts';
import { measureQueries } from './queries.ts';
import { querySides } from './query-sides.ts';
import { reportTable } from './report-table.ts';
import { withdrawn } from './review.ts';
import { openSession } from './session.ts';
import { checkMirrorSpace } from './space.ts';
import { createStopwatch } from './stopwatch.ts';
import { isUse } from './uses.ts';

export interface ExecuteOptions extends BuildOptions {
  readonly planned: Planned;
  readonly release: Release;
  readonly state: State;
}

/** All maps are by table. */
export interface Executed {
  readonly audits: ReadonlyMap<string, readonly AuditResult[]>;
  readonly rows: ReadonlyMap<string, number>;
  readonly seconds: ReadonlyMap<string, number>;
  readonly reports: readonly ReportTable[];
  readonly learnt: ReadonlyMap<string, Learnt>;
}

/** What the state keeps of a table that was made. */
type Learnt = Pick<TableState, 'sketch' | 'mirrorDigest' | 'lineage'>;

/** The staged file is closed and whole when this returns; nothing is visible yet. */
export async function executePlan(options: ExecuteOptions): Promise<Executed> {
  const { planned, release, config } = options;
  const steps = planned.plan.steps.filter((step): step is TableStep => step.kind === 'table');
  const audited = new Set(planned.plan.steps.flatMap((step) => (step.kind === 'audit' ? [step.table] : [])));
  const rows = new Map(steps.map(({ table }) => [table, planned.known.get(table)?.rows ?? 0]));
  if (audited.size === 0) return { audits: new Map(), rows, seconds: new Map(), reports: [], learnt: new Map() };

  const publishes = planned.plan.steps.some(({ kind }) => kind === 'publish');
  const path = publishes ? await mirrorStore(config).stage(release) : undefined;
  const took = new Map<string, number>();
  const progress: BuildOptions['progress'] = (event) => {
    if (event.kind === 'step-end' && event.table !== undefined) {
      took.set(event.table, (took.get(event.table) ?? 0) + event.seconds);
    }
    options.progress(event);
  };
  const watch = createStopwatch(progress);
  await using session = await openSession({ ...options, ...(path === undefined ? {} : { path }) });
  const { workspace } = session;
  await using source = await config.source.attach(workspace);
  const whole = await planTables(workspace, source, planned.tables);
  const family = withParents(whole, audited);
  await checkMirrorSpace(workspace, source, family, path);
  const ancestry = await openAncestry({ ...options, steps, session, source });
  const mirrored = await mirrorTables({
    session,
    plan: family,
    blend: ancestry.blend,
    origin: ancestry.origin,
    source: (name) => source.relation(name),
    target: staged,
    seed: config.seed,
    salt: SALT,
    fits: await storedFits(options, steps, family),
    freeText: 'error',
    progress,
    watch,
    onFit: async (table, fit) => {
      const step = steps.find((candidate) => candidate.table === table.label);
      if (step !== undefined) await storeFit(config, fitPath(step), fit);
    },
  });
  const measured: (MeasuredTable & { readonly name: string; readonly table: MirroredTable })[] = [];
  const learnt = new Map<string, Learnt>();
  const chain = await options.state.read.checkChain();
  const past = new Map<string, readonly AuditedRun[]>();
  for (const [name, table] of mirrored) {
    rows.set(name, table.rows);
    if (!audited.has(name)) continue;
    const step = steps.find((candidate) => candidate.table === name) as TableStep;
    const known = planned.known.get(name);
    const { digest, lineage } = table.table.reference
      ? { lineage: publishes ? undefined : known?.lineage }
      : await watch.time('record', name, async () => ({
          digest: await mirrorDigest(workspace.db, table.target),
          lineage: publishes ? await ancestry.record(step, table) : known?.lineage,
        }));
    const runs = await options.state.read.auditedRuns(name);
    const tiers = await tierTimes(options.state, name, [...builtinAudits, ...config.auditPlugins]);
    past.set(name, runs);
    const pick = pickFor(step);
    const settings = {
      ...settingsOf(planned, name),
      ...auditFlags(options),
      plugins: config.auditPlugins,
      ...(pick && { pick }),
    };
    const found = await measureTable({
      session,
      mirrored,
      table,
      settings,
      seed: config.seed,
      history: auditHistory({
        ...{ now: release.createdAt, runs, steps, step, known, digest, chain, tiers },
        isLoop: table.blended !== undefined,
      }),
      watch,
      ...columnOf(settings),
    });
    measured.push({ ...found, name, table });
    const { columns, k } = found.target;
    const sketch = step.action === 'fit' ? await sketchTable(workspace.db, table.real, columns, k) : known?.sketch;
    learnt.set(name, {
      ...(lineage && { lineage }),
      ...(sketch === undefined ? {} : { sketch }),
      ...(digest === undefined ? {} : { mirrorDigest: digest }),
    });
  }
  const visible = await mirrorStore(config).current();
  const before = visible === undefined ? undefined : await config.mirrors.attach(workspace);
  try {
    // The release must be whole before queries ask it, and whole with their results before it is published.
    const gone = publishes ? await withdrawn(steps, options) : new Set<string>();
    const carried = steps.filter(({ table }) => !gone.has(table));
    if (before !== undefined) await carryOthers(workspace, before, carried, mirrored, rows, publishes);
    if (before !== undefined && publishes) await carryScenarios(workspace, before, Object.keys(config.scenarios));
    const asked = planned.queries.filter(
      ({ kind, reads }) =>
        reads.every((table) => rows.has(table)) &&
        reads.some((table) => audited.has(table)) &&
        // Where other shares were asked for, other answers are right.
        (kind === 'audit' || !reads.some((table) => mirrored.get(table)?.declared !== undefined)),
    );
    const answered = await watch.time('audit', undefined, async () =>
      asked.length === 0 ? [] : measureQueries(asked, config, await querySides({ workspace, source, mirrored, rows })),
    );
    const results = judgeRun([...measured.flatMap((table) => table.measured), ...answered]);
    const audits = new Map<string, readonly AuditResult[]>();
    for (const table of new Set([...measured.map(({ name }) => name), ...answered.map((query) => query.table)])) {
      audits.set(
        table,
        results.filter((result) => result.table === table),
      );
    }
    const reports: ReportTable[] = [];
    for (const { name, table, target } of measured) {
      if (audits.get(name)?.every(isUse)) continue;
      const seconds = took.get(name) ?? 0;
      const earlier = past.get(name) ?? [];
      const run = { id: release.id, at: release.createdAt };
      const found = audits.get(name) ?? [];
      const made = learnt.get(name)?.lineage;
      const lineage = made === undefined ? [] : ancestryOf(made, await options.state.read.lineage());
      reports.push(
        await reportTable(planned, workspace, { name, table, target, audits: found, earlier, run, seconds, lineage }),
      );
    }
    for (const table of gone) {
      rows.set(table, 0);
      // Drawn again for its children.
      const made = mirrored.get(table)?.target;
      if (made !== undefined) await workspace.execute(sql`drop table ${relationRef(made)}`.compile(workspace.db));
      progress({
        kind: 'note',
        message: `${table} is withdrawn: its mirror was rejected, or its approval has expired.`,
      });
    }
    if (publishes) {
      const made = [...learnt.values()].flatMap(({ lineage }) => lineage ?? []);
      await writeMeta(workspace, metaOf(options, steps, rows, results, made), options.state.read, before);
    }
    return { audits, rows, seconds: took, reports, learnt };
  } finally {
    await before?.[Symbol.asyncDispose]();
  }
}

/** Which audits look at a mirror that stays as it is; all of them where nothing is given. */
function pickFor({ action, reasons }: TableStep): ((audit: Audit) => boolean) | undefined {
  if (action !== 'keep') return undefined;
  const looks = reasons.filter((reason) => lookAgain.includes(reason));
  // Without a reason to look at it, only what uses it is measured.
  if (looks.length === 0) return isUse;
  if (looks.some((reason) => reason !== 'source changed little')) return undefined;
  // It learnt none of the rows that the source has now: what it gives away of them is chance, and its values are of then.
  return ({ family }) => family !== 'privacy' && family !== 'validity';
}

function staged(name: TableName): Relation {
  return { schema: name.schema, table: name.table };
}

function settingsOf({ tables }: Planned, name: string): LoadedAudits {
  const found = tables.find(({ schema }) => displayName(schema.name) === name);
  return (found as ResolvedTable).config.audits;
}

function columnOf({ target }: LoadedAudits): { readonly column?: string } {
  return target === undefined ? {} : { column: target };
}

function metaOf(
  { config, release }: ExecuteOptions,
  steps: readonly TableStep[],
  rows: ReadonlyMap<string, number>,
  audits: readonly AuditResult[],
  lineage: readonly MirrorLineage[],
): MetaRelease {
  const tables = steps.map(({ table, action, generator }) => ({
    table,
    action,
    generator,
    rows: rows.get(table) ?? 0,
  }));
  return { id: release.id, createdAt: release.createdAt, seed: config.seed, tables, audits, lineage };
}

/** Mirrors that stay as they are: copied into the release or, when none is made, only within reach of queries. */
async function carryOthers(
  workspace: Workspace,
  before: AttachedSource,
  steps: readonly TableStep[],
  mirrored: ReadonlyMap<string, MirroredTable>,
  rows: Map<string, number>,
  publishes: boolean,
): Promise<void> {
  const schemas = await before.tables();
  for (const { table } of steps) {
    if (mirrored.has(table)) continue;
    const schema = schemas.find(({ name }) => displayName(name) === table);
    if (schema === undefined) continue;
    if (publishes) rows.set(table, await carryTable(workspace, before, schema, staged(schema.name)));
    else await showTable(workspace, before, schema.name, staged(schema.name));
  }
}
