// Judges weights by the rows that they draw: a loss says how likely real rows are, not how real the drawn ones look.
import { sequence } from '../../core/random.ts';
import { contextParts, type TableCodes, tableParts } from '../coded/table.ts';
import { pairDistance } from './fidelity.ts';
import type { DrawCodes } from './rows.ts';

/** Most judgements while a network trains: each draws rows. */
const judgements = 10;

export function judgeEvery(epochs: number): number {
  return Math.ceil(epochs / judgements);
}

/** Most rows that are drawn for a judgement, and most real ones that they are compared with. */
const drawnRows = 2048;
const realRows = 65_536;

/** So many rows of a table at most, evenly spread. */
export function spreadRows(rows: number, most: number): Uint32Array {
  const count = Math.min(rows, most);
  return Uint32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}

/**
 * How far drawn rows are from all rows of a table, those trained on included, in [0, 1]: a held-back part is too small to tell
 * weights apart by, and its loss says when rows become known by heart.
 * @param columns the codes of all rows, one column per part
 */
export function distanceFromTable(
  codes: TableCodes,
  columns: readonly Uint16Array[],
  rows: number,
  seed: number,
  drawCodes: DrawCodes,
): number {
  return distanceFrom(codes, columns, spreadRows(rows, realRows), spreadRows(rows, drawnRows), seed, drawCodes);
}

/**
 * How far drawn rows are from real ones, in [0, 1]: see {@link pairDistance}. The draws are the same each time, so that weights
 * compare.
 * @param real the rows to compare with
 * @param given rows whose context drawn ones get, one each
 */
export function distanceFrom(
  codes: TableCodes,
  columns: readonly Uint16Array[],
  real: Uint32Array,
  given: Uint32Array,
  seed: number,
  drawCodes: DrawCodes,
): number {
  const parts = tableParts(codes);
  const context = contextParts(codes);
  const take = (rows: Uint32Array, column: Uint16Array): Uint16Array =>
    Uint16Array.from(rows, (row) => column[row] as number);
  const fixed = columns.map((column, p) => (p < context ? take(given, column) : undefined));
  const drawn = drawCodes(fixed, given.length, (purpose) =>
    Float64Array.from({ length: given.length }, sequence(seed, `judgement ${purpose}`)),
  );
  const compared = columns.map((column) => take(real, column));
  return pairDistance(parts, compared, drawn, [...parts.keys()].slice(context));
}
