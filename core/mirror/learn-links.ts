// Learns the links of a table: which bucket of parents its rows belong to, as one more column, and how many children parents have.
import type { ColumnBatch, ColumnVector } from '../batch.ts';
import { takeRows } from '../batch.ts';
import type { Workspace } from '../connector.ts';
import type { ColumnSchema } from '../schema.ts';
import { ITSELF } from './assign.ts';
import { bucketLabels, type Coarse, chooseBuckets, vectorOf } from './buckets.ts';
import { sketchDegrees } from './degrees.ts';
import { LINK, linkState, type ParentSide, readDegrees } from './fit-source.ts';
import { isLearnable } from './learnable.ts';
import { bucketColumn, labelColumn, parentColumn } from './names.ts';
import type { TablePlan } from './plan.ts';
import type { LinkFit } from './table-fit.ts';

export interface Bucketed {
  readonly rows: ColumnBatch;
  readonly columns: readonly ColumnSchema[];
  readonly links: readonly LinkFit[];
}

/** Replaces the columns of linked parents by the label of their bucket. */
export async function learnLinks(
  table: TablePlan,
  links: readonly ParentSide[],
  learnt: readonly ColumnSchema[],
  read: ColumnBatch,
  options: { readonly workspace: Workspace; readonly k: number },
): Promise<Bucketed> {
  const known = withoutMissing(links, read);
  const vectors = new Map(known.columns);
  const columns: ColumnSchema[] = [];
  const fits: LinkFit[] = [];
  for (const { key, columns: parents } of links) {
    const renamed = parents.map((schema) => ({ ...schema, name: parentColumn(key.index, schema.name) }));
    const states = vectorOf(known, linkState(key.index));
    const found = rowsWhere(states, LINK.found);
    const chosen = chooseBuckets(renamed, takeBatch(known, found), learnt, takeBatch(known, found), options.k);
    const labels = bucketLabels(chosen, known);
    const vector = labelVector(labels, states);
    const schema = labelColumn(bucketColumn(key.index), key.nullable);
    const learns =
      isLearnable(vector, known.rowCount, options.k) && table.choice.generator.unsupported([schema]).length === 0;
    if (learns) {
      columns.push(schema);
      vectors.set(schema.name, vector);
    }
    for (const { name } of renamed) vectors.delete(name);
    vectors.delete(linkState(key.index));
    const own = (name: string): string => parents[renamed.findIndex((schema) => schema.name === name)]?.name ?? name;
    fits.push({
      key: key.index,
      learnt: learns,
      nullShare: rowsWhere(states, LINK.none).length / Math.max(1, known.rowCount),
      buckets: (learns ? chosen : []).map((coarse): Coarse => ({ ...coarse, column: own(coarse.column) })),
      degrees: sketchDegrees(await readDegrees(options.workspace, table, key), options.k),
    });
  }
  return { rows: { rowCount: known.rowCount, columns: vectors }, columns, links: fits };
}

/** Rows whose linked parents are in the holdout (or are not there) say nothing of them; at random, so they may go. */
function withoutMissing(links: readonly ParentSide[], read: ColumnBatch): ColumnBatch {
  let rows = read;
  for (const { key } of links) {
    const states = vectorOf(rows, linkState(key.index));
    const kept: number[] = [];
    for (let row = 0; row < rows.rowCount; row++) {
      if (states.kind === 'integer' && states.values[row] !== LINK.missing) kept.push(row);
    }
    if (kept.length > 0 && kept.length < rows.rowCount) rows = takeBatch(rows, Uint32Array.from(kept));
  }
  return rows;
}

function labelVector(labels: readonly string[], states: ColumnVector): ColumnVector {
  const valid = new Uint8Array(labels.length);
  const codes = new Uint32Array(labels.length);
  const names: string[] = [];
  const known = new Map<string, number>();
  for (const [row, label] of labels.entries()) {
    const state = states.kind === 'integer' ? states.values[row] : LINK.none;
    if (state === LINK.none) continue;
    const name = state === LINK.itself ? ITSELF : label;
    let code = known.get(name);
    if (code === undefined) {
      code = names.push(name) - 1;
      known.set(name, code);
    }
    valid[row] = 1;
    codes[row] = code;
  }
  return { kind: 'category', codes, labels: names, valid };
}

function rowsWhere(states: ColumnVector, state: bigint): Uint32Array {
  const rows: number[] = [];
  if (states.kind === 'integer')
    for (const [row, value] of states.values.entries()) if (value === state) rows.push(row);
  return Uint32Array.from(rows);
}

function takeBatch(batch: ColumnBatch, rows: Uint32Array): ColumnBatch {
  return {
    rowCount: rows.length,
    columns: new Map([...batch.columns].map(([name, vector]) => [name, takeRows(vector, rows)])),
  };
}
