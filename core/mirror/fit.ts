// Learns one table: reads whole subjects of the train rows, turns rules into transforms, fits the generator and the counts.
import type { ColumnBatch } from '../batch.ts';
import type { Constraint } from '../config/types.ts';
import type { Workspace } from '../connector.ts';
import { learnTransforms } from '../constraints/index.ts';
import { SynthError } from '../errors.ts';
import type { Generator } from '../generator.ts';
import type { WorkerPool } from '../pool.ts';
import { type ColumnSchema, displayName } from '../schema.ts';
import type { Split } from '../split/split.ts';
import { vectorOf } from './buckets.ts';
import { sketchDegrees } from './degrees.ts';
import {
  contextColumns,
  type ParentSide,
  readChildCounts,
  readDegrees,
  readFitRows,
  readKeyFacts,
} from './fit-source.ts';
import { learnLinks } from './learn-links.ts';
import { isLearnable } from './learnable.ts';
import { lookupLabels } from './learnt.ts';
import { CHILDREN, countColumn, elderContext, ownerContext } from './names.ts';
import { type FamilyPlan, type TablePlan, tablePlan } from './plan.ts';
import { type PreparedTable, trainOf } from './prepare.ts';
import { ruleNotes } from './rule-notes.ts';
import { constraintsByConstruction } from './rules.ts';
import { fitVersion, type ModelFit, type OwnerFit, type TableFit } from './table-fit.ts';

export interface FitOptions {
  readonly workspace: Workspace;
  readonly pool: WorkerPool;
  readonly plan: FamilyPlan;
  readonly prepared: ReadonlyMap<string, PreparedTable>;
  readonly splits: ReadonlyMap<string, Split>;
  readonly seed: number;
  readonly k: number;
  readonly signal: AbortSignal;
  readonly defaultFitRows: number;
  /** Called with the share done, 0 to 1. */
  progress(share: number): void;
}

/** The learnt columns of a table of the plan, whose fit need not exist yet. */
function parentSide(options: FitOptions, key: ParentSide['key']): ParentSide {
  const prepared = options.prepared.get(displayName(key.parent));
  return { key, columns: (prepared?.learnt ?? []).map(({ schema }) => schema) };
}

/** @throws SynthError `fit.unsupported` when the generator cannot learn the table */
export async function fitTable(table: TablePlan, options: FitOptions): Promise<TableFit> {
  const { workspace, k } = options;
  const prepared = options.prepared.get(table.label) as PreparedTable;
  const split = options.splits.get(table.label) as Split;
  const ownerKey = table.foreignKeys.find(({ strategy }) => strategy === 'owner');
  const owner = ownerKey === undefined ? undefined : parentSide(options, ownerKey);
  const links = table.foreignKeys.filter(({ strategy }) => strategy === 'link').map((key) => parentSide(options, key));
  const notes = [
    ...table.notes,
    ...prepared.notes,
    ...(await orphanNotes(table, options)),
    ...(await ruleNotes(options.workspace, table, trainOf(options.splits, table.label))),
  ];
  const fitRows = table.config.fitRows ?? options.defaultFitRows;

  const learnt = prepared.learnt.map(({ schema }) => schema);
  const generator = table.choice.generator;
  refuse(table, generator, learnt);
  const base = {
    version: fitVersion,
    label: table.label,
    generator: { name: generator.name, version: generator.version },
    k,
    sourceRows: split.trainRows + split.holdoutRows,
    keys: prepared.keys,
    learnt: prepared.learnt,
    notes,
  } as const;
  if (split.trainRows === 0) return { ...base, links: [], ...(owner && { owner: ownerless(owner) }) };

  const read =
    learnt.length + links.length === 0
      ? undefined
      : await readFitRows({
          workspace,
          table,
          train: split.train,
          learnt: prepared.learnt,
          links,
          fitRows,
          ...(owner && { owner }),
        });
  const bucketed = read === undefined ? undefined : await learnLinks(table, links, learnt, read, options);
  const publicLevels = await levelsOf(table, options, prepared);
  const model =
    bucketed === undefined || bucketed.rows.rowCount === 0
      ? undefined
      : await fitModel(table, options, {
          columns: [...learnt, ...bucketed.columns],
          rows: bucketed.rows,
          context: contextColumns(owner, prepared.learnt),
          constraints: constraintsByConstruction(
            table,
            learnt.map(({ name }) => name),
          ),
          publicLevels,
          progress: (share) => options.progress(share * (owner === undefined ? 1 : 0.8)),
        });
  const ownerFit = owner === undefined ? undefined : await fitOwner(table, options, owner, fitRows, publicLevels);
  options.progress(1);
  return { ...base, links: bucketed?.links ?? [], ...(model && { model }), ...(ownerFit && { owner: ownerFit }) };
}

function ownerless(owner: ParentSide): OwnerFit {
  return { key: owner.key.index, nullShare: 0, columns: owner.columns, degrees: { shares: [], means: [] } };
}

function refuse(table: TablePlan, generator: Generator, columns: readonly ColumnSchema[]): void {
  const reason = generator.unsupported(columns)[0];
  if (reason === undefined) return;
  throw new SynthError('fit.unsupported', `${generator.name} cannot learn ${table.label}: ${reason.message}`, {
    hint: reason.hint,
  });
}

async function orphanNotes(table: TablePlan, options: FitOptions): Promise<string[]> {
  const notes: string[] = [];
  for (const key of table.foreignKeys) {
    if (key.strategy === 'outside') continue;
    const parent = displayName(key.parent);
    // Both sides of the split: a child's parent may be in the holdout.
    const { orphans } = await readKeyFacts(
      options.workspace,
      key,
      allOf(options.splits, table.label),
      allOf(options.splits, parent),
    );
    if (orphans > 0) {
      notes.push(
        `${orphans} rows of ${table.label} reference no row of ${parent} by ${key.columns.join(', ')}; the mirror has no such rows.`,
      );
    }
  }
  return notes;
}

function allOf(splits: ReadonlyMap<string, Split>, label: string): Split['all'] {
  return splits.get(label)?.all ?? trainOf(splits, label);
}

interface ModelInput {
  readonly columns: readonly ColumnSchema[];
  readonly rows: ColumnBatch;
  readonly context: readonly ColumnSchema[];
  readonly constraints: readonly Constraint[];
  readonly publicLevels: ReadonlyMap<string, readonly string[]>;
  progress(share: number): void;
}

async function fitModel(table: TablePlan, options: FitOptions, input: ModelInput): Promise<ModelFit> {
  const { seed, k, pool, signal } = options;
  const { generator } = table.choice;
  const pick = (columns: readonly ColumnSchema[]): ColumnBatch => ({
    rowCount: input.rows.rowCount,
    columns: new Map(columns.map(({ name }) => [name, vectorOf(input.rows, name)])),
  });
  const { steps, columns, rows } = learnTransforms(input.constraints, input.columns, pick(input.columns), { k });
  // A context of which nothing may be told (too few rows share a value) is left out.
  const context = input.context.filter(
    ({ name }) => input.publicLevels.has(name) || isLearnable(vectorOf(input.rows, name), rows.rowCount, k),
  );
  const source = {
    table: table.name,
    columns,
    rows,
    publicLevels: input.publicLevels,
    ...(context.length > 0 && { context: { columns: context, rows: pick(context) } }),
  };
  const fitted = await generator.fit(source, generator.options.parse(table.choice.options), {
    seed,
    k,
    pool,
    signal,
    progress: input.progress,
    log: () => {},
  });
  return { bytes: generator.serialise(fitted), steps, columns, context };
}

async function fitOwner(
  table: TablePlan,
  options: FitOptions,
  owner: ParentSide,
  fitRows: number,
  publicLevels: ReadonlyMap<string, readonly string[]>,
): Promise<OwnerFit> {
  const { key, columns } = owner;
  const parent = trainOf(options.splits, displayName(key.parent));
  const { nullShare } = await readKeyFacts(options.workspace, key, trainOf(options.splits, table.label), parent);
  const degrees = sketchDegrees(await readDegrees(options.workspace, table, key), options.k);
  const fit = { key: key.index, nullShare, columns, degrees };
  const rows = await readChildCounts(options.workspace, table, owner, parent, fitRows, CHILDREN);
  const children = countColumn(CHILDREN, false);
  if (rows.rowCount < 2 * options.k || table.choice.generator.unsupported([children]).length > 0) return fit;
  const own = new Map(columns.map(({ name }) => [name, publicLevels.get(ownerContext(name)) ?? []]));
  const counts = await fitModel(table, options, {
    columns: [children],
    rows,
    context: columns,
    constraints: [],
    publicLevels: new Map([...own].filter(([, levels]) => levels.length > 0)),
    progress: (share) => options.progress(0.8 + share * 0.2),
  });
  return { ...fit, counts };
}

/** Levels of the columns, and of those of the context, that are keys of copied tables. */
async function levelsOf(
  table: TablePlan,
  options: FitOptions,
  prepared: PreparedTable,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const levels = new Map<string, readonly string[]>();
  const add = async (from: PreparedTable, names: (name: string) => readonly string[]): Promise<void> => {
    for (const { schema, lookup } of from.learnt) {
      const relation = lookup === undefined ? undefined : from.lookups.get(lookup);
      if (relation === undefined) continue;
      const labels = await lookupLabels(options.workspace, relation);
      for (const name of names(schema.name)) levels.set(name, labels);
    }
  };
  await add(prepared, (name) => [name, elderContext(name)]);
  const owner = table.foreignKeys.find(({ strategy }) => strategy === 'owner');
  const parent = owner === undefined ? undefined : options.prepared.get(tablePlan(options.plan, owner.parent).label);
  if (parent !== undefined) await add(parent, (name) => [ownerContext(name)]);
  return levels;
}
