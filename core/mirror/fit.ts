// Learns one table: reads whole subjects of the train rows, turns rules into transforms, fits the generator and the counts.
import type { ColumnBatch } from '../batch.ts';
import type { Constraint } from '../config/types.ts';
import type { Workspace } from '../connector.ts';
import { type LearntTransforms, learnTransforms } from '../constraints/index.ts';
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
import { CHILDREN, countColumn, elderContext, GAP, memoryContext, ownerContext } from './names.ts';
import { type FamilyPlan, type TablePlan, tablePlan } from './plan.ts';
import { type PreparedTable, trainOf } from './prepare.ts';
import { ruleNotes } from './rule-notes.ts';
import { constraintsByConstruction } from './rules.ts';
import { ownedRows, planSequence, takeBatch } from './sequence/learn.ts';
import { memoryOf } from './sequence/memory.ts';
import { resolveOrder } from './sequence/order.ts';
import { gapsOf, type TimePlan } from './sequence/time.ts';
import type { TimeFit } from './sequence/types.ts';
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

  const order = owner === undefined ? [] : await resolveOrder(workspace, table, owner.key, prepared.learnt);
  const memory = owner === undefined ? [] : learnt.flatMap((schema) => memoryOf(schema) ?? []);
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
          order,
          memory,
          ...(owner && { owner }),
        });
  const linked = read === undefined ? undefined : await learnLinks(table, links, learnt, read, options);
  const nullShare = owner === undefined ? 0 : await nullShareOf(table, options, owner);
  // Rows whose owner is not there say nothing of a key that is never NULL.
  const bucketed =
    linked === undefined || owner === undefined || nullShare > 0 ? linked : { ...linked, rows: ownedRows(linked.rows) };
  const publicLevels = await levelsOf(table, options, prepared);
  if (bucketed === undefined || bucketed.rows.rowCount === 0) {
    const ownerFit = owner && (await fitOwner(table, options, owner, nullShare, fitRows, publicLevels));
    options.progress(1);
    return { ...base, links: bucketed?.links ?? [], ...(ownerFit && { owner: ownerFit }) };
  }
  const transformed = transform(
    [...learnt, ...bucketed.columns],
    bucketed.rows,
    constraintsByConstruction(
      table,
      learnt.map(({ name }) => name),
    ),
    k,
  );
  const input = { transformed, rows: bucketed.rows, publicLevels };
  const share = owner === undefined ? 1 : 0.8;
  const progress = (done: number): void => options.progress(done * share);
  if (owner === undefined) {
    const model = await fitModel(table, options, { ...input, context: [], progress });
    options.progress(1);
    return { ...base, links: bucketed.links, model };
  }
  const plan = planSequence({
    order,
    memory,
    columns: transformed.columns.filter(({ name }) => learnt.some((column) => column.name === name)),
    owner: owner.columns,
    owned: nullShare === 0,
    rows: bucketed.rows,
    k,
  });
  const context = contextColumns(owner, prepared.learnt, plan.memory);
  const time = plan.time && (await fitTime(table, options, plan.time, { ...input, context }));
  const model = await fitModel(table, options, {
    ...(time === undefined ? input : withTime(input, time.column)),
    context: time === undefined ? context : [...context, timeSchema(learnt, time.column), countColumn(GAP, true)],
    progress,
  });
  const ownerFit = await fitOwner(table, options, owner, nullShare, fitRows, publicLevels);
  options.progress(1);
  const { time: _, ...sequence } = plan;
  return {
    ...base,
    links: bucketed.links,
    model,
    owner: { ...ownerFit, sequence: { ...sequence, ...(time && { time }) } },
  };
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
  /** What is drawn. */
  readonly transformed: LearntTransforms;
  /** With the columns of the context. */
  readonly rows: ColumnBatch;
  readonly context: readonly ColumnSchema[];
  readonly publicLevels: ReadonlyMap<string, readonly string[]>;
  progress(share: number): void;
}

function transform(
  columns: readonly ColumnSchema[],
  rows: ColumnBatch,
  constraints: readonly Constraint[],
  k: number,
): LearntTransforms {
  return learnTransforms(constraints, columns, pick(rows, columns), { k });
}

function pick(rows: ColumnBatch, columns: readonly ColumnSchema[]): ColumnBatch {
  return {
    rowCount: rows.rowCount,
    columns: new Map(columns.map(({ name }) => [name, vectorOf(rows, name)])),
  };
}

async function fitModel(table: TablePlan, options: FitOptions, input: ModelInput): Promise<ModelFit> {
  const { seed, k, pool, signal } = options;
  const { generator } = table.choice;
  const { steps, columns, rows } = input.transformed;
  // A context of which nothing may be told (too few rows share a value) is left out.
  const context = input.context.filter(
    ({ name }) => input.publicLevels.has(name) || isLearnable(vectorOf(input.rows, name), rows.rowCount, k),
  );
  const source = {
    table: table.name,
    columns,
    rows,
    publicLevels: input.publicLevels,
    ...(context.length > 0 && { context: { columns: context, rows: pick(input.rows, context) } }),
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

/** Learns the first times of owners and the gaps between times; undefined when the generator cannot, or nothing may be told. */
async function fitTime(
  table: TablePlan,
  options: FitOptions,
  plan: TimePlan,
  { rows, context, publicLevels }: Pick<ModelInput, 'rows' | 'context' | 'publicLevels'>,
): Promise<TimeFit | undefined> {
  const { first, later, ...time } = plan;
  const parts = [first, later];
  if (table.choice.generator.unsupported(parts.map(({ column }) => column)).length > 0) return undefined;
  if (parts.some(({ rows: some, values }) => !isLearnable(values, some.length, options.k))) return undefined;
  const models: ModelFit[] = [];
  for (const { rows: some, column, values } of parts) {
    const columns = new Map([[column.name, values]]);
    models.push(
      await fitModel(table, options, {
        transformed: { steps: [], columns: [column], rows: { rowCount: some.length, columns } },
        rows: takeBatch(pick(rows, context), some),
        context,
        publicLevels,
        progress: () => {},
      }),
    );
  }
  const [start, gap] = models;
  return start === undefined || gap === undefined ? undefined : { ...time, start, gap };
}

/** The time is drawn before: it and the gap to the elder sibling are context of everything else. */
function withTime<Input extends Pick<ModelInput, 'transformed' | 'rows'>>(input: Input, time: string): Input {
  const { transformed, rows } = input;
  const gaps = gapsOf(vectorOf(rows, time), vectorOf(rows, elderContext(time)));
  return {
    ...input,
    transformed: { ...transformed, columns: transformed.columns.filter(({ name }) => name !== time) },
    rows: { rowCount: rows.rowCount, columns: new Map([...rows.columns, [GAP, gaps]]) },
  };
}

function timeSchema(learnt: readonly ColumnSchema[], time: string): ColumnSchema {
  return learnt.find(({ name }) => name === time) as ColumnSchema;
}

async function nullShareOf(table: TablePlan, options: FitOptions, { key }: ParentSide): Promise<number> {
  const sides = [trainOf(options.splits, table.label), trainOf(options.splits, displayName(key.parent))] as const;
  return (await readKeyFacts(options.workspace, key, ...sides)).nullShare;
}

async function fitOwner(
  table: TablePlan,
  options: FitOptions,
  owner: ParentSide,
  nullShare: number,
  fitRows: number,
  publicLevels: ReadonlyMap<string, readonly string[]>,
): Promise<OwnerFit> {
  const { key, columns } = owner;
  const parent = trainOf(options.splits, displayName(key.parent));
  const degrees = sketchDegrees(await readDegrees(options.workspace, table, key), options.k);
  const fit = { key: key.index, nullShare, columns, degrees };
  const rows = await readChildCounts(options.workspace, table, owner, parent, fitRows, CHILDREN);
  const children = countColumn(CHILDREN, false);
  if (rows.rowCount < 2 * options.k || table.choice.generator.unsupported([children]).length > 0) return fit;
  const own = new Map(columns.map(({ name }) => [name, publicLevels.get(ownerContext(name)) ?? []]));
  const counts = await fitModel(table, options, {
    transformed: transform([children], rows, [], options.k),
    rows,
    context: columns,
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
  await add(prepared, (name) => [name, elderContext(name), memoryContext(name)]);
  const owner = table.foreignKeys.find(({ strategy }) => strategy === 'owner');
  const parent = owner === undefined ? undefined : options.prepared.get(tablePlan(options.plan, owner.parent).label);
  if (parent !== undefined) await add(parent, (name) => [ownerContext(name)]);
  return levels;
}
