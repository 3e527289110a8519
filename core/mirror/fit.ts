// Learns one table: reads whole subjects of the train rows, turns rules into transforms, fits the generator and the counts.
import { SynthError } from '../errors.ts';
import type { Generator } from '../generator.ts';
import { type ColumnSchema, displayName } from '../schema.ts';
import type { Split } from '../split/split.ts';
import { type FitOptions, fitModel, transform } from './fit-model.ts';
import { fitOwner, nullShareOf, ownerless } from './fit-owner.ts';
import { contextColumns, type ParentSide, readFitRows, readKeyFacts } from './fit-source.ts';
import { fitTime, timeSchema, withTime } from './fit-time.ts';
import { learnLinks } from './learn-links.ts';
import { fewRowsNote } from './learnable.ts';
import { lookupLabels } from './learnt.ts';
import { countColumn, elderContext, GAP, memoryContext, ownerContext } from './names.ts';
import { type TablePlan, tablePlan } from './plan.ts';
import { type PreparedTable, trainOf } from './prepare.ts';
import { ruleNotes } from './rule-notes.ts';
import { constraintsByConstruction } from './rules.ts';
import { ownedRows, planSequence } from './sequence/learn.ts';
import { memoryOf } from './sequence/memory.ts';
import { resolveOrder } from './sequence/order.ts';
import { fitVersion, type TableFit } from './table-fit.ts';

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
  const few = fewRowsNote(bucketed.rows.rowCount, k);
  if (few !== undefined) notes.push(few);
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
