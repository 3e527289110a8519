// Learns how the rows of one owner follow each other: what they share, what they remember, and how their time is told. Pure.
import { type ColumnBatch, isNull, takeRows } from '../../batch.ts';
import type { ColumnSchema } from '../../schema.ts';
import { vectorOf } from '../buckets.ts';
import { POSITION } from '../names.ts';
import { chooseMemories } from './memory.ts';
import { constantColumns } from './order.ts';
import { planTime, type TimePlan } from './time.ts';
import type { Memory, SequenceFit } from './types.ts';

export interface SequencePlan extends Omit<SequenceFit, 'time'> {
  readonly time?: TimePlan;
}

export interface SequenceInput {
  readonly order: readonly string[];
  /** What could be remembered; `rows` have it. */
  readonly memory: readonly Memory[];
  /** Columns that the generator draws. */
  readonly columns: readonly ColumnSchema[];
  readonly owner: readonly ColumnSchema[];
  /** Every row has an owner. */
  readonly owned: boolean;
  /** With the columns, their elder sibling's, the position, the number of siblings, the memories and the owner's columns. */
  readonly rows: ColumnBatch;
  readonly k: number;
}

export function planSequence(input: SequenceInput): SequencePlan {
  const { order, columns, rows, k } = input;
  const timed = columns.find(({ name }) => name === order[0]);
  const constants = constantColumns(
    columns.filter(({ name }) => !order.includes(name)),
    rows,
    k,
  );
  const changing = input.memory.filter(({ column }) => !constants.includes(column) && !order.includes(column));
  const time =
    timed === undefined || !input.owned || columns.length < 2 ? undefined : planTime(timed, input.owner, rows, k);
  return {
    order,
    constants,
    memory: chooseMemories(changing, laterRows(rows), k),
    ...(time && { time }),
  };
}

/** Rows without an owner left out. */
export function ownedRows(rows: ColumnBatch): ColumnBatch {
  return rowsWhere(rows, (position) => position >= 1n);
}

function laterRows(rows: ColumnBatch): ColumnBatch {
  return rowsWhere(rows, (position) => position > 1n);
}

function rowsWhere(rows: ColumnBatch, keep: (position: bigint) => boolean): ColumnBatch {
  const position = vectorOf(rows, POSITION);
  const kept: number[] = [];
  for (let row = 0; row < rows.rowCount; row++) {
    if (position.kind === 'integer' && !isNull(position, row) && keep(position.values[row] as bigint)) kept.push(row);
  }
  return kept.length === rows.rowCount ? rows : takeBatch(rows, Uint32Array.from(kept));
}

export function takeBatch(batch: ColumnBatch, rows: Uint32Array): ColumnBatch {
  return {
    rowCount: rows.length,
    columns: new Map([...batch.columns].map(([name, vector]) => [name, takeRows(vector, rows)])),
  };
}
