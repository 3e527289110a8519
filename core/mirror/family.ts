// Mirrors a whole family of tables: split, look, learn (or take up an earlier fit), draw, finish.
import type { Relation } from '../audit.ts';
import type { ScenarioTable } from '../config/types.ts';
import type { Workspace } from '../connector.ts';
import { SynthError } from '../errors.ts';
import type { WorkerPool } from '../pool.ts';
import type { ProgressSink } from '../progress.ts';
import type { TableName } from '../schema.ts';
import { type Split, type SplitTable, splitSource } from '../split/split.ts';
import { isDemanded } from './demand/cells.ts';
import { drawDemand } from './demand/demand.ts';
import { type Tilted, tiltTable } from './demand/tilt.ts';
import { copyReference, createFinisher } from './finish.ts';
import { fitTable } from './fit.ts';
import type { ColumnMaker } from './made.ts';
import { asList, type FamilyPlan, type TablePlan } from './plan.ts';
import { createLookups, type PreparedTable, prepareFamily } from './prepare.ts';
import { type DrawnTable, drawTable } from './sample.ts';
import type { TableFit } from './table-fit.ts';

export interface SplitFamilyOptions {
  readonly workspace: Workspace;
  readonly plan: FamilyPlan;
  /** Where the real table is. */
  relation(table: TableName): Relation;
  readonly salt: string;
  /** 0 when the user gives a holdout. */
  readonly holdoutPercent: number;
}

/** Splits all tables of a plan: children follow their owners. By `displayName`. */
export function splitFamily(options: SplitFamilyOptions): Promise<ReadonlyMap<string, Split>> {
  const tables = options.plan.tables.map((table): SplitTable => {
    const { subject } = table.config;
    const owner = table.foreignKeys.find(({ strategy }) => strategy === 'owner');
    return {
      schema: table.schema,
      relation: options.relation(table.name),
      reference: table.reference,
      ...(subject !== undefined && { subject: asList(subject) }),
      ...(owner && { inherit: { columns: owner.columns, parent: owner.parent, parentColumns: owner.parentColumns } }),
    };
  });
  return splitSource({ ...options, tables });
}

/** The least group size of a table: its generator's own, else the project's. */
export function tableK(table: TablePlan, k: number): number {
  const own = table.choice.options.k;
  return typeof own === 'number' ? own : k;
}

export interface FamilyOptions {
  readonly workspace: Workspace;
  readonly pool: WorkerPool;
  readonly plan: FamilyPlan;
  readonly splits: ReadonlyMap<string, Split>;
  readonly seed: number;
  /** Other draws of single tables. */
  seedOf?(table: TablePlan): number | undefined;
  /** Tables that a scenario changes, by `displayName`. */
  readonly scenario?: ReadonlyMap<string, ScenarioTable>;
  /** Called when such a table is drawn. */
  onTilt?(table: TablePlan, tilted: Tilted): void;
  /** Most rows to draw in search of those that were asked for. */
  readonly tries?: number;
  /** The least number of real rows behind anything that a fit holds. */
  readonly k: number;
  /** Earlier fits that are still true, by `displayName`: these tables are not learnt again. */
  readonly fits?: ReadonlyMap<string, TableFit>;
  /** Where a mirror is written; must not exist. */
  target(table: TableName): Relation;
  readonly progress: ProgressSink;
  /** Seconds of a steady clock, for progress events alone. */
  clock(): number;
  readonly freeText?: 'error' | 'pattern';
  readonly maker?: ColumnMaker;
  readonly defaultFitRows?: number;
  /** Called when a table is learnt, for storing its fit before anything else can fail. */
  onFit?(table: TablePlan, fit: TableFit): Promise<void>;
  /** Called when a mirror is finished. */
  onMirror?(result: MirrorResult): Promise<void>;
}

export interface MirrorResult {
  readonly table: TablePlan;
  readonly target: Relation;
  readonly rows: number;
  /** Rows that were drawn again to keep rules. */
  readonly redrawn: number;
  /** Absent for copied tables. */
  readonly fit?: TableFit;
}

const defaultFitRows = 250_000;

/** Mirrors in the plan's order; each is finished as soon as its parents are drawn. */
export async function mirrorFamily(options: FamilyOptions): Promise<readonly MirrorResult[]> {
  const fits = await fitFamily(options);
  return sampleFamily(options, fits);
}

/** Learns the tables that have no fit yet. By `displayName`. */
export async function fitFamily(options: FamilyOptions): Promise<ReadonlyMap<string, TableFit>> {
  const { workspace, plan, splits } = options;
  const fits = new Map(options.fits);
  const open = plan.tables.filter((table) => !table.reference && !fits.has(table.label));
  if (open.length === 0) return fits;
  const prepared = await prepareFamily({
    workspace,
    plan,
    splits,
    k: (table) => tableK(table, options.k),
    freeText: options.freeText ?? 'error',
  });
  for (const table of open) {
    const fit = await learn(table, prepared, options);
    fits.set(table.label, fit);
    await options.onFit?.(table, fit);
  }
  return fits;
}

async function learn(
  table: TablePlan,
  prepared: ReadonlyMap<string, PreparedTable>,
  options: FamilyOptions,
): Promise<TableFit> {
  const { progress } = options;
  const fit = await timed(options, table, 'fit', async () =>
    fitTable(table, {
      workspace: options.workspace,
      pool: options.pool,
      plan: options.plan,
      prepared,
      splits: options.splits,
      seed: options.seed,
      k: tableK(table, options.k),
      signal: options.workspace.signal,
      defaultFitRows: options.defaultFitRows ?? defaultFitRows,
      progress: (share) => progress({ kind: 'step-progress', table: table.label, step: 'fit', share }),
      log: (detail) => progress({ kind: 'step-progress', table: table.label, step: 'fit', detail }),
      note: (message) => progress({ kind: 'note', table: table.label, message }),
    }),
  );
  for (const message of fit.notes) progress({ kind: 'note', message, table: table.label });
  return fit;
}

/** Draws and finishes all tables from their fits. */
export async function sampleFamily(
  options: FamilyOptions,
  fits: ReadonlyMap<string, TableFit>,
): Promise<readonly MirrorResult[]> {
  const { workspace, pool, plan, splits, seed, progress } = options;
  const drawn = new Map<string, DrawnTable>();
  const lookups = new Map<string, ReadonlyMap<number, Relation>>();
  const finisher = createFinisher({
    workspace,
    pool,
    drawn,
    lookups,
    log: (table, detail) => progress({ kind: 'step-progress', table, step: 'write', detail }),
    ...(options.maker && { maker: options.maker }),
  });
  const results: MirrorResult[] = [];
  const waiting: TablePlan[] = [];
  for (const table of plan.tables) {
    if (!table.reference) {
      const fit = fits.get(table.label);
      if (fit === undefined)
        throw new SynthError('mirror.no-fit', `${table.label} was not learnt.`, { kind: 'unexpected' });
      lookups.set(table.label, await createLookups(workspace, table, splits));
      const drawing = {
        workspace,
        pool,
        seed: options.seedOf?.(table) ?? seed,
        drawn,
        progress: (done: number, totalRows: number) =>
          progress({ kind: 'step-progress', table: table.label, step: 'sample', rows: done, totalRows }),
      };
      const collecting = {
        ...drawing,
        plan,
        splits,
        lookups,
        ...(options.maker && { maker: options.maker }),
        ...(options.tries !== undefined && { tries: options.tries }),
      };
      const scenario = options.scenario?.get(table.label);
      const rows = await timed(options, table, 'sample', async () => {
        if (scenario !== undefined) {
          const tilted = await tiltTable(table, fit, scenario, collecting);
          options.onTilt?.(table, tilted);
          return tilted.drawn;
        }
        return isDemanded(table.config) ? drawDemand(table, fit, collecting) : drawTable(table, fit, drawing);
      });
      drawn.set(table.label, rows);
    }
    waiting.push(table);
    for (const ready of waiting.filter((candidate) => isReady(candidate, plan, drawn))) {
      waiting.splice(waiting.indexOf(ready), 1);
      const result = await finishOne(ready, options, drawn, finisher);
      results.push(result);
      await options.onMirror?.(result);
    }
  }
  return results;
}

async function finishOne(
  table: TablePlan,
  options: FamilyOptions,
  drawn: ReadonlyMap<string, DrawnTable>,
  finisher: ReturnType<typeof createFinisher>,
): Promise<MirrorResult> {
  const target = options.target(table.name);
  const rows = drawn.get(table.label);
  if (rows === undefined) {
    const split = options.splits.get(table.label) as Split;
    const columns = table.schema.columns;
    await timed(options, table, 'write', () =>
      copyReference(options.workspace, columns, split.all, target, table.label),
    );
    return { table, target, rows: split.trainRows + split.holdoutRows, redrawn: 0 };
  }
  const finished = await timed(options, table, 'write', () => finisher.finish(rows, target));
  return { table, target, ...finished, fit: rows.fit };
}

/** All tables that its foreign keys lead to, its parents' keys included, are drawn. */
function isReady(table: TablePlan, plan: FamilyPlan, drawn: ReadonlyMap<string, DrawnTable>): boolean {
  const seen = new Set<string>();
  const ready = (current: TablePlan): boolean => {
    if (current.reference || seen.has(current.label)) return true;
    seen.add(current.label);
    return (
      drawn.has(current.label) &&
      current.foreignKeys.every((key) => {
        if (key.strategy === 'outside') return true;
        const parent = plan.tables.find(
          ({ name }) => name.schema === key.parent.schema && name.table === key.parent.table,
        );
        return parent === undefined || ready(parent);
      })
    );
  };
  return ready(table);
}

async function timed<Result>(
  { progress, clock }: FamilyOptions,
  table: TablePlan,
  step: 'fit' | 'sample' | 'write',
  work: () => Promise<Result>,
): Promise<Result> {
  const started = clock();
  progress({ kind: 'step-start', table: table.label, step });
  const result = await work();
  progress({ kind: 'step-end', table: table.label, step, seconds: clock() - started });
  return result;
}
