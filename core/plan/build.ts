// Decides what a build does to each table, and why. Pure: the same inputs give the same plan, and nothing is read.
import { digestTable } from '../config/digest.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import type { ResolvedTable } from '../config/resolve.ts';
import { SynthError } from '../errors.ts';
import { displayName, type TableSchema } from '../schema.ts';
import { mirroredKeys, orderTables } from './order.ts';
import { schemaChanges } from './schema-change.ts';
import { selectTables } from './select.ts';
import type { KnownTable, Plan, PlanReason, PlanStep, RefitReason, TableAction, TableStep } from './types.ts';

export interface PlanInput {
  readonly config: LoadedConfig;
  /** The config's tables with their schemas, from checkAgainstSchemas. */
  readonly tables: readonly ResolvedTable[];
  /** Of the sources, by table. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** Of earlier builds, by table. */
  readonly known: ReadonlyMap<string, KnownTable>;
  readonly select?: readonly string[];
  readonly fullRefresh?: boolean;
  /** The user's queries that read a table, by table: it is audited again when they change. */
  readonly queries?: ReadonlyMap<string, readonly unknown[]>;
  /** Of tables with a policy whose source changed: why they are learnt again; none, and they stay as they are. */
  readonly refit?: ReadonlyMap<string, readonly RefitReason[]>;
  /** Tables that something downstream uses: how well they serve it is measured by each run. */
  readonly used?: ReadonlySet<string>;
  /** Audit what is selected even when nothing changed. */
  readonly auditAll?: boolean;
}

/** @throws SynthError `plan.cycle`, `plan.unknown-selector`, `plan.parent-missing` */
export function planBuild(input: PlanInput): Plan {
  const { config, known } = input;
  const select = input.select ?? [];
  const fullRefresh = input.fullRefresh ?? false;
  const auditAll = input.auditAll ?? false;
  const byName = new Map(input.tables.map((table) => [displayName(table.schema.name), table]));
  const names = new Set(byName.keys());
  const order = orderTables(input.tables.map((table) => table.schema));
  const allParents = new Map(
    order.map(({ table, parents, deferred }) => [
      table,
      [...parents, ...deferred.map((key) => displayName(key.references.table))],
    ]),
  );
  const selected = selectTables(select, allParents);

  const steps = new Map<string, TableStep>();
  const skipped: string[] = [];
  for (const { table, parents, deferred } of order) {
    const resolved = byName.get(table);
    if (resolved === undefined) continue;
    if (!selected.has(table) && known.get(table)?.mirrored !== true) {
      skipped.push(table);
      continue;
    }
    const generator = resolved.config.generator.generator;
    const keys = mirroredKeys(resolved.schema, names);
    const digests = digestTable(resolved.config, config.seed, keys, input.queries?.get(table));
    const fingerprint = input.fingerprints.get(table) ?? '';
    const decision = selected.has(table)
      ? decide({
          known: known.get(table),
          digests,
          fingerprint,
          generator,
          fullRefresh,
          auditAll,
          refit: input.refit?.get(table),
          schema: resolved.schema,
        })
      : { action: 'keep' as const, reasons: ['not selected' as const] };
    steps.set(table, {
      kind: 'table',
      table,
      ...decision,
      generator: generator.name,
      parents: parents.filter((parent) => selected.has(parent) || known.get(parent)?.mirrored === true),
      deferred,
      fingerprint,
      digests,
    });
  }
  requireParents(steps, allParents, skipped);
  cascade(steps, allParents, known);
  return {
    schemaVersion: 1,
    seed: config.seed,
    select,
    fullRefresh,
    steps: withAuditsAndPublish([...steps.values()], (table) => selected.has(table) && input.used?.has(table) === true),
    skipped,
  };
}

interface Decision {
  readonly action: TableAction;
  readonly reasons: readonly PlanReason[];
}

function decide(input: {
  readonly known: KnownTable | undefined;
  readonly digests: TableStep['digests'];
  readonly fingerprint: string;
  readonly generator: { readonly name: string; readonly version: number };
  readonly fullRefresh: boolean;
  readonly auditAll: boolean;
  readonly refit: readonly RefitReason[] | undefined;
  readonly schema: TableSchema;
}): Decision {
  const { known, digests, fingerprint, generator } = input;
  const relearn: TableAction = generator.name === 'reference' ? 'reference' : 'fit';
  if (known === undefined) return { action: relearn, reasons: ['new'] };
  const fitReasons: PlanReason[] = [];
  if (input.fullRefresh) fitReasons.push('requested');
  if (known.fitDigest !== digests.fit) fitReasons.push('config changed');
  const moved = known.fingerprint !== fingerprint;
  const restructured = known.schema !== undefined && schemaChanges(known.schema, input.schema).length > 0;
  // What was learnt does not fit other columns, whatever a policy says.
  if (moved && restructured) fitReasons.push('schema changed');
  else if (moved) fitReasons.push(...(input.refit ?? (['source changed'] as const)));
  if (known.generator === generator.name && known.generatorVersion !== generator.version) {
    fitReasons.push('generator version changed');
  }
  if (fitReasons.length > 0) return { action: relearn, reasons: fitReasons };

  const sampleReasons: PlanReason[] = [];
  if (known.sampleDigest !== digests.sample) sampleReasons.push('config changed');
  if (!known.mirrored) sampleReasons.push('mirror missing');
  if (sampleReasons.length > 0) return drawAgain(relearn, known, sampleReasons);
  const little: readonly PlanReason[] = moved ? ['source changed little'] : [];
  if (known.auditDigest !== digests.audit) return { action: 'keep', reasons: [...little, 'audits changed'] };
  if (moved) return { action: 'keep', reasons: little };
  return { action: 'keep', reasons: [input.auditAll ? 'audits requested' : 'unchanged'] };
}

/** Draws from the stored fit, or learns again when the fit is gone; references are copied again. */
function drawAgain(relearn: TableAction, known: KnownTable | undefined, reasons: readonly PlanReason[]): Decision {
  if (relearn === 'reference') return { action: relearn, reasons };
  if (known?.fitAvailable === true) return { action: 'resample', reasons };
  return { action: 'fit', reasons: [...reasons, 'fit missing'] };
}

function requireParents(
  steps: ReadonlyMap<string, TableStep>,
  parents: ReadonlyMap<string, readonly string[]>,
  skipped: readonly string[],
): void {
  for (const table of steps.keys()) {
    const missing = (parents.get(table) ?? []).filter((parent) => skipped.includes(parent));
    if (missing.length === 0) continue;
    throw new SynthError('plan.parent-missing', `${table} refers to ${missing.join(', ')}, which has no mirror yet.`, {
      hint: `Build its parents too: --select +${table}.`,
    });
  }
}

/**
 * A child's keys point into its parents' mirrors, and it is learnt together with their columns: it follows them, selected
 * or not, else a release would hold keys that lead nowhere. Until nothing changes, since cycles may hand it on.
 */
function cascade(
  steps: Map<string, TableStep>,
  parents: ReadonlyMap<string, readonly string[]>,
  known: ReadonlyMap<string, KnownTable>,
): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (const [table, step] of steps) {
      const actions = (parents.get(table) ?? []).map((parent) => steps.get(parent)?.action);
      const learnt = actions.some((action) => action === 'fit' || action === 'reference');
      const drawn = learnt || actions.includes('resample');
      const relearn: TableAction = step.generator === 'reference' ? 'reference' : 'fit';
      // Copies of public tables do not depend on other mirrors.
      if (relearn === 'reference' || step.action === 'fit') continue;
      if (step.action === 'keep' && drawn) {
        const before = step.reasons.filter((reason) => reason !== 'unchanged' && reason !== 'not selected');
        const reasons: readonly PlanReason[] = [...before, 'parent rebuilt'];
        const decision: Decision = learnt
          ? { action: relearn, reasons }
          : drawAgain(relearn, known.get(table), reasons);
        steps.set(table, { ...step, ...decision });
        changed = true;
      } else if (step.action === 'resample' && learnt) {
        const reasons = step.reasons.filter((reason) => reason !== 'parent rebuilt');
        steps.set(table, { ...step, action: relearn, reasons: [...reasons, 'parent rebuilt'] });
        changed = true;
      }
    }
  }
}

/** Why a mirror that stays as it is is audited. */
export const lookAgain: readonly PlanReason[] = ['audits changed', 'audits requested', 'source changed little'];

function withAuditsAndPublish(tables: readonly TableStep[], isUsed: (table: string) => boolean): readonly PlanStep[] {
  const audited = tables.filter(({ table, action, reasons }) => {
    return action !== 'keep' || isUsed(table) || reasons.some((reason) => lookAgain.includes(reason));
  });
  const rebuilt = tables.some((step) => step.action !== 'keep');
  return [
    ...tables,
    ...audited.map(({ table }): PlanStep => ({ kind: 'audit', table })),
    ...(rebuilt ? [{ kind: 'publish', tables: tables.map(({ table }) => table) } satisfies PlanStep] : []),
  ];
}
