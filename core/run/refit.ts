// Which tables with a `refit` policy are to be learnt again: a source that changed is held against what was learnt of it.
import { type AuditSettings, runAudits } from '../../audits/run.ts';
import type { AuditTarget, Relation, Verdict } from '../audit.ts';
import type { LoadedConfig, LoadedRefit } from '../config/loaded.ts';
import type { ResolvedTable } from '../config/resolve.ts';
import type { AttachedSource } from '../connector.ts';
import { splitFamily } from '../mirror/family.ts';
import { type KnownTable, type RefitReason, schemaChanges } from '../plan/index.ts';
import { displayName } from '../schema.ts';
import type { TableSketch } from '../sketch.ts';
import type { Split } from '../split/split.ts';
import type { StateReader } from '../state/index.ts';
import { HOLDOUT_PERCENT, SALT } from './family.ts';
import { planTables, withParents } from './family-plan.ts';
import type { Session } from './session.ts';
import { decayedUses } from './uses.ts';

export interface RefitOptions {
  readonly config: LoadedConfig;
  readonly session: Session;
  readonly source: AttachedSource;
  readonly tables: readonly ResolvedTable[];
  readonly fingerprints: ReadonlyMap<string, string>;
  readonly known: ReadonlyMap<string, KnownTable>;
  readonly read: StateReader;
  /** The run was started by the schedule. */
  readonly scheduled: boolean;
  readonly now: Date;
}

/**
 * For each table with a policy whose source is not as it was learnt, by name: why it is learnt again; no reason, and it stays as it
 * is. The audits of drift decide with the bounds of the config, on the rows that would be learnt.
 */
export async function refitReasons(options: RefitOptions): Promise<ReadonlyMap<string, readonly RefitReason[]>> {
  const { config, known, fingerprints, scheduled, now } = options;
  const found = new Map<string, readonly RefitReason[]>();
  const changed = options.tables.flatMap((table) => {
    const name = displayName(table.schema.name);
    const { refit, generator } = table.config;
    const before = known.get(name);
    if (refit === undefined || before === undefined || generator.generator.name === 'reference') return [];
    if (before.fingerprint === fingerprints.get(name)) return [];
    // Learnt again in any case.
    if (before.schema !== undefined && schemaChanges(before.schema, table.schema).length > 0) return [];
    return [{ name, table, refit, before }];
  });
  if (changed.length === 0) return found;
  const decayed = new Set((await decayedUses(config, options.read)).map(({ table }) => table));
  const measured = changed.filter(({ refit }) => refit.when.includes('drift') || refit.when.includes('stale'));
  const splits = measured.length === 0 ? new Map<string, Split>() : await splitOf(options, measured);
  await using mirrors = measured.some(({ refit }) => refit.when.includes('stale'))
    ? await config.mirrors.attach(options.session.workspace)
    : undefined;
  for (const { name, table, refit, before } of changed) {
    const reasons: RefitReason[] = [];
    const split = splits.get(name);
    if (split !== undefined && before.sketch !== undefined) {
      const mirror = mirrors?.relation(table.schema.name);
      const open = await openDrift(options, table, refit, { split, learnt: before.sketch, mirror });
      if (open.some((id) => id !== 'drf.stale')) reasons.push('source drifted');
      if (open.includes('drf.stale')) reasons.push('mirror stale');
    }
    if (refit.when.includes('schedule') && scheduled && isOld(before.learntAt, refit, now)) reasons.push('scheduled');
    if (refit.when.includes('downstream') && decayed.has(name)) reasons.push('use decayed');
    found.set(name, reasons);
  }
  return found;
}

function isOld(learntAt: string | undefined, { everyHours = 0 }: LoadedRefit, now: Date): boolean {
  return learntAt === undefined || now.getTime() - Date.parse(learntAt) >= everyHours * 3_600_000;
}

async function splitOf(
  { session, source, tables }: RefitOptions,
  wanted: readonly { readonly name: string }[],
): Promise<ReadonlyMap<string, Split>> {
  const whole = await planTables(session.workspace, source, tables);
  return splitFamily({
    workspace: session.workspace,
    plan: withParents(whole, new Set(wanted.map(({ name }) => name))),
    relation: (name) => source.relation(name),
    salt: SALT,
    holdoutPercent: HOLDOUT_PERCENT,
  });
}

/** A refit is cheap: a mirror that begins to be wrong is not kept until it is. */
const bad: readonly Verdict[] = ['warn', 'fail'];

/** Ids of the audits of drift that the policy goes by and that do not pass. */
async function openDrift(
  { config, session, now }: RefitOptions,
  { schema, config: { audits } }: ResolvedTable,
  { when }: LoadedRefit,
  sides: { readonly split: Split; readonly learnt: TableSketch; readonly mirror: Relation | undefined },
): Promise<readonly string[]> {
  const { split, learnt, mirror } = sides;
  const known = new Set(learnt.columns.map(({ column }) => column));
  const target: AuditTarget = {
    table: schema,
    columns: schema.columns.filter(({ name }) => known.has(name)),
    excluded: [],
    relations: [],
    rules: [],
    k: learnt.k,
    reference: false,
    publicColumns: [],
  };
  const only = [
    ...(when.includes('drift') ? ['drf.psi', 'drf.w1', 'drf.domain'] : []),
    ...(when.includes('stale') && mirror !== undefined ? ['drf.stale'] : []),
  ];
  const settings: AuditSettings = { ...audits, only };
  const { workspace } = session;
  const results = await runAudits(
    {
      db: workspace.db,
      target,
      real: split.train,
      synthetic: mirror ?? split.train,
      history: { now: now.toISOString(), runs: [], learnt },
    },
    settings,
    { seed: config.seed, signal: workspace.signal },
  );
  return [...new Set(results.flatMap(({ id, verdict }) => (bad.includes(verdict) ? [id] : [])))];
}
