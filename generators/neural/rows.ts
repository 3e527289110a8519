// Rows of a table from a model that draws codes: what is around the model is the same for all neural generators.
import type { ColumnBatch } from '../../core/batch.ts';
import type { SampleContext, SampleRequest } from '../../core/generator.ts';
import { decodeRows, fixedCodes, type TableCodes, tableParts } from '../coded/table.ts';
import { rowDraws } from './draws.ts';

/**
 * Draws code columns, one per part of the table, context first.
 * @param fixed the codes that are given; undefined where a part is to be drawn
 * @param draw gives a uniform draw per row for a purpose
 */
export type DrawCodes = (
  fixed: readonly (Uint16Array | undefined)[],
  rows: number,
  draw: (purpose: string) => Float64Array,
) => readonly Uint16Array[];

export function drawRows(
  codes: TableCodes,
  request: SampleRequest,
  context: SampleContext,
  drawCodes: DrawCodes,
): ColumnBatch {
  const rows = request.rowIds.length;
  const draw = rowDraws(request, context);
  const fixed = fixedCodes(codes, request);
  const drawn = drawCodes(fixed, rows, draw);
  const inside = tableParts(codes).map(({ name }, p) =>
    fixed[p] === undefined ? draw(`${name} value`) : new Float64Array(rows),
  );
  return decodeRows(codes, request, drawn, inside);
}
