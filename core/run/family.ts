// Learns, draws and audits a family of tables in an open session: what `synth mirror` and `synth build` share.
import { audits as builtinAudits } from '../../audits/index.ts';
import type { Measured } from '../../audits/judge-run.ts';
import { type AuditSettings, measureAudits } from '../../audits/run.ts';
import type { Audit, AuditHistory, AuditTarget, Relation } from '../audit.ts';
import type { LoadedQuery } from '../config/loaded.ts';
import type { ScenarioTable } from '../config/types.ts';
import type { Tilted } from '../mirror/demand/tilt.ts';
import { type MirrorResult, mirrorFamily, splitFamily } from '../mirror/family.ts';
import { markSynthetic, readGeneration } from '../mirror/mark.ts';
import type { FamilyPlan, TablePlan } from '../mirror/plan.ts';
import type { TableFit } from '../mirror/table-fit.ts';
import type { ProgressSink } from '../progress.ts';
import type { AuditDescription } from '../report/model.ts';
import { displayName, type TableName } from '../schema.ts';
import type { Split } from '../split/split.ts';
import { auditTarget, comparedColumns } from './audit-target.ts';
import { columnMaker } from './column-maker.ts';
import { type DeclaredSides, declaredSides, followingSides, thinBy } from './declared.ts';
import type { Blended } from './lineage/blend.ts';
import type { Origin } from './lineage/origin.ts';
import { sqlAudit } from './queries.ts';
import type { Session } from './session.ts';
import type { Stopwatch } from './stopwatch.ts';

/** Least group size when neither the generator's options nor the config say another. */
export const DEFAULT_K = 20;
export const HOLDOUT_PERCENT = 20;
/** Fixes who is in the holdout, for every project and for good. */
export const SALT = 'synthouse';

export interface FamilyRunOptions {
  readonly session: Session;
  readonly plan: FamilyPlan;
  /** Where SQL finds the real table. */
  source(table: TableName): Relation;
  /** Where the mirror is written. */
  target(table: TableName): Relation;
  readonly seed: number;
  /** Fixes the holdout for good: never the seed, or another seed would show held-out rows to a generator. */
  readonly salt: string;
  /** A holdout of the user's own, for a family of one table; then all rows of the source are learnt from. */
  readonly holdout?: Relation;
  readonly fits?: ReadonlyMap<string, TableFit>;
  readonly freeText: 'error' | 'pattern';
  readonly progress: ProgressSink;
  readonly watch: Stopwatch;
  readonly onFit?: (table: TablePlan, fit: TableFit) => Promise<void>;
  /** What is learnt instead of the training rows, where the config declares a loop. */
  blend?(table: TablePlan, split: Split): Promise<Blended | undefined>;
  /** Where it is known better than by the mark of the source. */
  origin?(table: TablePlan, blended: Blended | undefined): Origin | undefined;
  /** Tables that a scenario changes, by `displayName`. */
  readonly scenario?: ReadonlyMap<string, ScenarioTable>;
}

export interface MirroredTable extends MirrorResult {
  readonly split: Split;
  readonly real: Relation;
  readonly holdout?: Relation;
  /** Where rows were asked for: what likeness is judged against. */
  readonly declared?: DeclaredSides;
  /** Where a scenario changed it. */
  readonly tilted?: Tilted;
  /** Absent for copies. */
  readonly origin?: Origin;
  /** In a declared loop. */
  readonly blended?: Blended;
}

export async function mirrorTables(options: FamilyRunOptions): Promise<ReadonlyMap<string, MirroredTable>> {
  const { session, plan, watch } = options;
  const { workspace, pool } = session;
  const own = options.holdout;
  const splits = await watch.time(
    'read',
    undefined,
    () =>
      splitFamily({
        workspace,
        plan,
        relation: options.source,
        salt: options.salt,
        holdoutPercent: own === undefined ? HOLDOUT_PERCENT : 0,
      }),
    (all) => [...all.values()].reduce((sum, { trainRows, holdoutRows }) => sum + trainRows + holdoutRows, 0),
  );
  const blends = new Map<string, Blended>();
  const learntFrom = new Map(splits);
  for (const table of plan.tables) {
    const split = splits.get(table.label);
    if (split === undefined || table.reference || options.fits?.has(table.label) === true) continue;
    const blended = await options.blend?.(table, split);
    if (blended === undefined) continue;
    blends.set(table.label, blended);
    learntFrom.set(table.label, { ...split, train: blended.rows });
  }
  const tilts = new Map<string, Tilted>();
  const results = await mirrorFamily({
    workspace,
    pool,
    plan,
    splits: learntFrom,
    seed: options.seed,
    k: DEFAULT_K,
    ...(options.fits === undefined ? {} : { fits: options.fits }),
    target: options.target,
    progress: timing(options.progress, watch),
    clock: () => performance.now() / 1000,
    freeText: options.freeText,
    maker: columnMaker,
    ...(options.scenario && { scenario: options.scenario }),
    onTilt: (table, tilted) => void tilts.set(table.label, tilted),
    ...(options.onFit === undefined ? {} : { onFit: options.onFit }),
  });
  const tables = new Map<string, MirroredTable>();
  for (const result of results) {
    const { table, rows } = result;
    const split = splits.get(table.label) as Split;
    const holdout = own ?? split.holdout;
    const sides = { real: split.train, ...(holdout === undefined ? {} : { holdout }) };
    const tilted = tilts.get(table.label);
    const declaring = {
      workspace,
      table,
      rows,
      ...sides,
      parent: (name: TableName) => splits.get(displayName(name))?.all,
    };
    // Tables that follow a scenario have no target of their own to be judged by.
    const declaredOf = (name: TableName): DeclaredSides | undefined =>
      options.scenario === undefined ? tables.get(displayName(name))?.declared : undefined;
    const declared =
      tilted === undefined
        ? ((await declaredSides(declaring)) ?? (await followingSides(declaring, declaredOf)))
        : await thinBy(declaring, tilted.weight, `${table.label} is judged against real rows thinned to the scenario.`);
    const blended = blends.get(table.label);
    const origin = table.reference ? undefined : await markOrigin(options, result, blended);
    tables.set(table.label, {
      ...{ ...result, split, ...sides },
      ...(declared && { declared }),
      ...(tilted && { tilted }),
      ...(origin && { origin }),
      ...(blended && { blended }),
    });
  }
  return tables;
}

/** A mirror of a mirror says so. */
async function markOrigin(options: FamilyRunOptions, result: MirrorResult, blended?: Blended): Promise<Origin> {
  const { db } = options.session.workspace;
  const { table, target } = result;
  let origin = options.origin?.(table, blended);
  if (origin === undefined) {
    const deeper = await readGeneration(db, options.source(table.name));
    origin = { generation: 1 + deeper, realShare: deeper > 0 ? 0 : 1 };
  }
  if (origin.generation > 1) await markSynthetic(db, target, table.label, origin.generation, origin.realShare);
  return origin;
}

/** Steps of the family count towards the run's seconds. */
function timing(progress: ProgressSink, watch: Stopwatch): ProgressSink {
  return (event) => {
    if (event.kind === 'step-end') watch.add(event.step, event.seconds);
    progress(event);
  };
}

export interface MeasuredTable {
  readonly target: AuditTarget;
  /** To be judged together with those of the run's other tables. */
  readonly measured: readonly Measured[];
}

export interface AuditTableOptions {
  readonly session: Session;
  readonly mirrored: ReadonlyMap<string, MirroredTable>;
  readonly table: MirroredTable;
  readonly settings: AuditSettings;
  readonly seed: number;
  readonly column?: string;
  readonly history?: AuditHistory;
  /** What holds whatever was asked for, alone. */
  readonly factsOnly?: boolean;
  readonly watch: Stopwatch;
}

export async function measureTable(options: AuditTableOptions): Promise<MeasuredTable> {
  const { session, mirrored, table, watch } = options;
  const { workspace } = session;
  return watch.time('audit', table.table.label, async () => {
    const target = await auditTarget({
      workspace,
      table: table.table,
      ...(table.fit === undefined ? {} : { fit: table.fit }),
      real: (name) => mirrored.get(displayName(name))?.split.all,
      synthetic: (name) => mirrored.get(displayName(name))?.target,
      compared: (name) => {
        const parent = mirrored.get(displayName(name));
        // Other parents were asked for than there are: their children are others, too.
        if (parent === undefined || parent.declared !== undefined) return [];
        return comparedColumns(parent.table, parent.fit);
      },
      ...(options.column === undefined ? {} : { target: options.column }),
      ...(table.origin === undefined ? {} : { origin: table.origin }),
    });
    const { history } = options;
    const measure = (
      { real, holdout }: Pick<MirroredTable, 'real' | 'holdout'>,
      pick: (audit: Audit) => boolean,
      of: AuditTarget = target,
    ): Promise<readonly Measured[]> =>
      measureAudits(
        {
          db: workspace.db,
          target: of,
          real,
          synthetic: table.target,
          ...(holdout && { holdout }),
          ...(history && { history }),
        },
        { ...options.settings, pick: (audit) => pick(audit) && options.settings.pick?.(audit) !== false },
        { seed: options.seed, signal: workspace.signal },
      );
    const { declared } = table;
    if (options.factsOnly === true) return { target, measured: await measure(table, isFact) };
    if (declared === undefined) return { target, measured: await measure(table, () => true) };
    return {
      target,
      measured: [
        ...(await measure(table, isFact)),
        ...(await measure(declared, (audit) => !isFact(audit), amongParents(target, declared))),
      ],
    };
  });
}

/** Children of parents that were thinned are counted among these. */
function amongParents(target: AuditTarget, { following }: DeclaredSides): AuditTarget {
  if (following === undefined) return target;
  const relations = target.relations.map((relation) =>
    relation.parent === displayName(following.parent) ? { ...relation, realParent: following.rows } : relation,
  );
  return { ...target, relations };
}

/** What was asked for is no fault, but a real row is a real row whatever was asked for. */
function isFact({ family, needs }: Audit): boolean {
  return ['validity', 'privacy', 'governance'].includes(family) || (family === 'drift' && needs.includes('history'));
}

/** The audits whose results a report may show. */
export function describedAudits(
  plugins: readonly Audit[] = [],
  queries: readonly LoadedQuery[] = [],
): readonly AuditDescription[] {
  return [
    ...builtinAudits,
    ...plugins,
    ...queries.filter(({ kind }) => kind === 'audit').map(({ name }) => sqlAudit(name)),
  ];
}
