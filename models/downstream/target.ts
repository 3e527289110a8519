// Takes the target out of rows: what is left are features, rows without a target are left out.
import type { DownstreamColumn, DownstreamRows, DownstreamTask, MetricName } from '../../core/downstream.ts';
import { metrics } from '../metrics/index.ts';

export interface LabelledRows {
  readonly features: DownstreamRows;
  readonly target: Float64Array;
}

/**
 * The task that a target is for a metric, or why there is none. Numbers with the values 0 and 1 alone are classes.
 * @param sides all tables, since one may lack a class
 */
export function taskOf(sides: readonly DownstreamRows[], name: string, metric: MetricName): DownstreamTask | string {
  const columns = sides.flatMap(({ columns: all }) => all.find((column) => column.name === name) ?? []);
  const [first] = columns;
  if (first === undefined) return `The column ${name} is not in the mirror`;
  const wanted = metrics[metric].tasks;
  if (first.kind === 'number') {
    const isBinary = columns.every((column) => column.kind === 'number' && column.values.every(isZeroOrOne));
    if (wanted.includes('binary') && isBinary) return { kind: 'binary' };
    return wanted.includes('regression')
      ? { kind: 'regression' }
      : `${metric} needs classes, and ${name} holds numbers`;
  }
  const task: DownstreamTask = first.levels === 2 ? { kind: 'binary' } : { kind: 'multiclass', classes: first.levels };
  if (first.levels < 2) return `${name} has one class only`;
  return wanted.includes(task.kind) ? task : `${metric} cannot score the ${first.levels} classes of ${name}`;
}

function isZeroOrOne(value: number): boolean {
  return value === 0 || value === 1 || Number.isNaN(value);
}

export function labelled(rows: DownstreamRows, name: string): LabelledRows {
  const found = rows.columns.find((column) => column.name === name);
  const values = found === undefined ? new Float64Array(0) : found.kind === 'number' ? found.values : found.codes;
  const kept: number[] = [];
  for (let row = 0; row < rows.rowCount; row++) {
    const value = values[row] as number;
    if (found?.kind === 'number' ? Number.isFinite(value) : value >= 0) kept.push(row);
  }
  const index = Uint32Array.from(kept);
  return {
    features: pickRows({ rowCount: rows.rowCount, columns: rows.columns.filter((column) => column !== found) }, index),
    target: Float64Array.from(index, (row) => values[row] as number),
  };
}

export function pickRows(rows: DownstreamRows, index: Uint32Array): DownstreamRows {
  return {
    rowCount: index.length,
    columns: rows.columns.map((column): DownstreamColumn => {
      if (column.kind === 'number') {
        return { ...column, values: Float64Array.from(index, (row) => column.values[row] as number) };
      }
      return { ...column, codes: Int32Array.from(index, (row) => column.codes[row] as number) };
    }),
  };
}

export function pickLabelled({ features, target }: LabelledRows, index: Uint32Array): LabelledRows {
  return { features: pickRows(features, index), target: Float64Array.from(index, (row) => target[row] as number) };
}

/** Classes that occur. */
export function classesIn({ target }: LabelledRows): number {
  return new Set(target).size;
}

/** The rows of both, one after the other; columns stand in the same order. */
export function joinRows(a: LabelledRows, b: LabelledRows): LabelledRows {
  const columns = a.features.columns.map((column, i): DownstreamColumn => {
    const other = b.features.columns[i];
    if (column.kind === 'number' && other?.kind === 'number') {
      return { ...column, values: Float64Array.from([...column.values, ...other.values]) };
    }
    if (column.kind === 'category' && other?.kind === 'category') {
      return { ...column, codes: Int32Array.from([...column.codes, ...other.codes]) };
    }
    throw new RangeError(`The two sides of ${column.name} are of different kinds.`);
  });
  return {
    features: { rowCount: a.features.rowCount + b.features.rowCount, columns },
    target: Float64Array.from([...a.target, ...b.target]),
  };
}
