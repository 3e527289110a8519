// Samples from a fit: code column after code column in blocks of rows, then codes become values.
import type { ColumnBatch, ColumnVector } from '../../core/batch.ts';
import { SynthError } from '../../core/errors.ts';
import type { SampleContext, SampleRequest } from '../../core/generator.ts';
import { type DrawStream, drawStream, drawUniform, rowHash } from '../../core/random.ts';
import { displayName } from '../../core/schema.ts';
import { type ColumnCodes, codeCount, columnOf, decodeColumn, encodeColumn } from '../../models/codes/index.ts';
import { blockRows, drawBuffers, drawPart } from './draw-part.ts';
import type { Predictor } from './fit-part.ts';
import type { BoostedFit, PartModel } from './model.ts';

export function sampleBoosted(fit: BoostedFit, request: SampleRequest, context: SampleContext): ColumnBatch {
  const { rowIds, given, attempt } = request;
  const rows = rowIds.length;
  const table = displayName(context.table);
  const stream = (purpose: string): DrawStream =>
    drawStream(context.seed, table, attempt === 0 ? purpose : `${purpose} #${attempt}`);
  const salt = stream('').rowSalt;
  const hashes = Uint32Array.from(rowIds, (row) => rowHash(row, salt));

  const codes: Uint16Array[] = [];
  for (const column of fit.context) {
    if (request.context === undefined) {
      throw new SynthError('sample.no-context', `The fit needs the context column "${column.name}".`, {
        kind: 'unexpected',
      });
    }
    codes.push(...encodeColumn(columnOf(request.context, column.name), column));
  }
  const sorted = fit.order.map((at) => fit.columns[at] as ColumnCodes);
  const predictors: Predictor[] = [...fit.context, ...sorted].flatMap((column) =>
    column.parts.map((part) => ({ codeCount: codeCount(part.codes), isCategory: part.codes.kind === 'category' })),
  );
  const first = codes.length;
  const steps: Step[] = [];
  for (const column of sorted) {
    const fixed = given?.columns.get(column.name);
    const encoded = fixed === undefined ? undefined : encodeColumn(fixed, column);
    for (const [i, part] of column.parts.entries()) {
      const target = codes.length;
      codes.push(encoded?.[i] ?? new Uint16Array(rows));
      if (encoded !== undefined) continue;
      const levels: DrawStream[] = [];
      const streams = (level: number): DrawStream => {
        levels[level] ??= stream(`${part.name} ${level}`);
        return levels[level];
      };
      steps.push({ target, model: fit.models[target - first] as PartModel, streams });
    }
  }
  const buffers = drawBuffers(predictors.length);
  for (let from = 0; from < rows; from += blockRows) {
    const to = Math.min(rows, from + blockRows);
    const block = codes.map((column) => column.subarray(from, to));
    for (const { target, model, streams } of steps) {
      drawPart(model, predictors, block, hashes.subarray(from, to), streams, block[target] as Uint16Array, buffers);
    }
  }

  const decoded = new Map<string, ColumnVector>();
  let at = first;
  for (const column of sorted) {
    const fixed = given?.columns.get(column.name);
    const uniforms = column.parts.map((part) => {
      const draws = new Float64Array(fixed === undefined ? rows : 0);
      if (fixed === undefined) drawUniform(stream(`${part.name} value`), hashes, draws);
      return draws;
    });
    decoded.set(column.name, fixed ?? decodeColumn(codes.slice(at, at + column.parts.length), column, uniforms));
    at += column.parts.length;
  }
  return {
    rowCount: rows,
    columns: new Map(fit.columns.map(({ name }) => [name, decoded.get(name) as ColumnVector])),
  };
}

interface Step {
  readonly target: number;
  readonly model: PartModel;
  readonly streams: (level: number) => DrawStream;
}
