// Samples from a fit: code column after code column in blocks of rows, then codes become values.
import type { ColumnBatch, ColumnVector } from '../../core/batch.ts';
import { SynthError } from '../../core/errors.ts';
import type { Among, SampleContext, SampleRequest, WeighedRows } from '../../core/generator.ts';
import { type DrawStream, drawStream, drawWord, mix32, rowHash } from '../../core/random.ts';
import { displayName } from '../../core/schema.ts';
import { allowedCodes, type ColumnCodes, codeCount, columnOf, decodeColumn } from '../../models/codes/index.ts';
import { openSides } from './among.ts';
import { blockRows, type DrawWay, drawPart } from './draw-part.ts';
import type { Predictor } from './fit-part.ts';
import { leafRanks } from './follow.ts';
import { createMatrix, keepColumn } from './matrix.ts';
import type { BoostedFit, PartModel } from './model.ts';
import { type Moves, meanMoves, noMoves } from './moves.ts';
import { codesOfTie } from './tied.ts';
import { openTies, sourcesOf, type TieSource } from './ties.ts';

export function sampleBoosted(fit: BoostedFit, request: SampleRequest, context: SampleContext): ColumnBatch {
  return drawRows(fit, request, context);
}

export function weighBoosted(
  fit: BoostedFit,
  request: SampleRequest,
  context: SampleContext,
  among?: ReadonlyMap<string, readonly Among[]>,
  settled?: ReadonlySet<string>,
): WeighedRows {
  const logWeights = new Float64Array(request.rowIds.length);
  const moves = movesOf(fit, request, context, settled);
  return { rows: drawRows(fit, request, context, logWeights, among, { moves, settled }), logWeights };
}

const moved = new WeakMap<BoostedFit, readonly Moves[]>();
/** Blocks that are drawn to know what blocks are moved by: one alone moves small groups by chance. */
const rehearsals = 4;

/** What rows as learnt are moved by, so that those that are weighed come from the same distribution. */
function movesOf(
  fit: BoostedFit,
  { given, rowIds, ...request }: SampleRequest,
  context: SampleContext,
  settled: ReadonlySet<string> = new Set(),
): readonly Moves[] | undefined {
  const stays = new Map([...(given?.columns ?? [])].filter(([name]) => settled.has(name)));
  const asked = { ...request, ...(stays.size > 0 && { given: { rowCount: rowIds.length, columns: stays } }) };
  if (fit.draws !== 'balanced' || asked.attempt !== 0) return undefined;
  if (fit.context.length > 0 && asked.stratum === undefined) return undefined;
  const rehearse = (firstRow: number, rows: number): readonly Moves[] => {
    const record = fit.models.map(noMoves);
    const rehearsed = { ...asked, rowIds: Float64Array.from({ length: rows }, (_, row) => firstRow + row) };
    drawRows(fit, rehearsed, { ...context, seed: 0 }, undefined, undefined, { record });
    return record;
  };
  // With a context, as these rows are moved; without, as blocks are on average, whichever rows are asked for.
  if (fit.context.length > 0) return rehearse(0, rowIds.length);
  const known = moved.get(fit);
  if (known !== undefined) return known;
  const mean = meanMoves(Array.from({ length: rehearsals }, (_, i) => rehearse(i * blockRows, blockRows)));
  moved.set(fit, mean);
  return mean;
}

/**
 * @param logWeights receives how likely given columns are that come after drawn ones, and what is drawn among others
 * @param how one entry per part: `record` receives what the first block is moved by
 */
function drawRows(
  fit: BoostedFit,
  request: SampleRequest,
  context: SampleContext,
  logWeights?: Float64Array,
  among?: ReadonlyMap<string, readonly Among[]>,
  how: {
    readonly record?: readonly Moves[];
    readonly moves?: readonly Moves[] | undefined;
    readonly settled?: ReadonlySet<string> | undefined;
  } = {},
): ColumnBatch {
  const { rowIds, given, attempt } = request;
  const rows = rowIds.length;
  const table = displayName(context.table);
  const stream = (purpose: string): DrawStream =>
    drawStream(context.seed, table, attempt === 0 ? purpose : `${purpose} #${attempt}`);
  const salt = stream('').rowSalt;
  const hashes = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) hashes[i] = rowHash(rowIds[i] as number, salt);

  const sources: TieSource[] = [];
  for (const column of fit.context) {
    if (request.context === undefined) {
      throw new SynthError('sample.no-context', `The fit needs the context column "${column.name}".`, {
        kind: 'unexpected',
      });
    }
    sources.push(...sourcesOf(columnOf(request.context, column.name), column));
  }
  const sorted = fit.order.map((at) => fit.columns[at] as ColumnCodes);
  const predictors: Predictor[] = [...fit.context, ...sorted].flatMap((column) =>
    column.parts.map((part) => ({ codeCount: codeCount(part.codes), isCategory: part.codes.kind === 'category' })),
  );
  const first = sources.length;
  const together = fit.draws === 'balanced' && attempt === 0;
  // Rows in a context, with given columns or weighed need not be like those learnt from.
  const calibrated =
    logWeights === undefined &&
    (request.stratum === undefined
      ? fit.context.length === 0 && given === undefined
      : request.stratum === true || firstPart(fit.context, request.stratum));
  const uniforms = new Map<number, Float64Array>();
  const steps: Step[] = [];
  for (const column of sorted) {
    const fixed = given?.columns.get(column.name);
    const givenParts = fixed === undefined ? undefined : sourcesOf(fixed, column);
    for (const [i, part] of column.parts.entries()) {
      const target = sources.length;
      sources.push(givenParts?.[i] ?? { column, part, codes: new Uint16Array(rows) });
      const model = fit.models[target - first] as PartModel;
      const moves = how.moves?.[target - first];
      const record = how.record?.[target - first];
      if (givenParts !== undefined) {
        if (logWeights === undefined || steps.length === 0 || how.settled?.has(column.name)) continue;
        const ranks = leafRanks(model.tree, codeCount(part.codes));
        steps.push({
          target,
          model,
          way: (_, from) => ({ kind: 'given', ranks, logWeights: logWeights.subarray(from), moves }),
        });
        continue;
      }
      uniforms.set(target, new Float64Array(rows));
      const value = stream(`${part.name} value`);
      const alone = drawAlone((level) => stream(`${part.name} ${level}`), value, moves);
      const wanted = i === 0 ? among?.get(column.name) : undefined;
      if (wanted !== undefined && logWeights !== undefined) {
        const sides = openSides(model.tree, allowedCodes(column, wanted));
        if (sides === undefined) logWeights.fill(Number.NEGATIVE_INFINITY);
        else {
          const way = (_: Uint32Array, from: number): DrawWay => ({
            ...alone(),
            among: { sides, logWeights: logWeights.subarray(from) },
          });
          steps.push({ target, model, way });
          continue;
        }
      }
      const way = together ? drawTogether(stream(`${part.name} order`), value, calibrated, { record, moves }) : alone;
      steps.push({ target, model, way });
    }
  }
  const drawn = new Set(uniforms.keys());
  const ties = openTies(
    sources,
    steps.flatMap(({ model }) => model.tie ?? []),
  );
  const matrix = createMatrix(Math.min(rows, blockRows), predictors.length);
  for (let from = 0; from < rows; ) {
    const to = blockEnd(rowIds, from);
    const block = sources.map(({ codes }) => codes.subarray(from, to));
    const places = hashes.subarray(from, to);
    for (const [p, column] of block.entries()) if (!drawn.has(p)) keepColumn(matrix, p, column);
    ties.begin(from, to);
    for (const { target, model, way } of steps) {
      const inside = (uniforms.get(target) ?? new Float64Array(0)).subarray(from, to);
      const tied = ties.rowsOf(target, model.tie);
      // Until the column itself is there, what is predicted of it has its place.
      if (tied !== undefined) keepColumn(matrix, target, codesOfTie(tied));
      const known = predictors.slice(0, tied === undefined ? target : target + 1);
      drawPart(model, known, block, target, places, way(places, from), inside, matrix, tied);
      if (drawn.has(target)) ties.drawn(target, inside);
      if (drawn.has(target) || tied !== undefined) keepColumn(matrix, target, block[target] as Uint16Array);
    }
    from = to;
  }

  const codes = sources.map((source) => source.codes);
  const decoded = new Map<string, ColumnVector>();
  let at = first;
  for (const column of sorted) {
    const fixed = given?.columns.get(column.name);
    const inside = column.parts.map((_, i) => uniforms.get(at + i) ?? new Float64Array(0));
    decoded.set(column.name, fixed ?? decodeColumn(codes.slice(at, at + column.parts.length), column, inside));
    at += column.parts.length;
  }
  return {
    rowCount: rows,
    columns: new Map(fit.columns.map(({ name }) => [name, decoded.get(name) as ColumnVector])),
  };
}

/** Position of the first part of a context column; false when the fit has no such column. */
function firstPart(context: readonly ColumnCodes[], name: string): number | false {
  const at = context.findIndex((column) => column.name === name);
  return at >= 0 && context.slice(0, at).reduce((sum, { parts }) => sum + parts.length, 0);
}

interface Step {
  readonly target: number;
  readonly model: PartModel;
  /** How the rows with these hashes, the first of which is row `from`, are drawn. */
  readonly way: (hashes: Uint32Array, from: number) => DrawWay;
}

/** Rows are drawn together while their numbers are in one block. */
function blockEnd(rowIds: Float64Array, from: number): number {
  const block = Math.floor((rowIds[from] as number) / blockRows);
  const last = Math.min(rowIds.length, from + blockRows);
  let to = from + 1;
  while (to < last && Math.floor((rowIds[to] as number) / blockRows) === block) to++;
  return to;
}

function drawAlone(
  streamOf: (level: number) => DrawStream,
  value: DrawStream,
  moves: Moves | undefined,
): () => DrawWay & { kind: 'alone' } {
  const levels: DrawStream[] = [];
  const streams = (level: number): DrawStream => {
    levels[level] ??= streamOf(level);
    return levels[level];
  };
  return () => ({ kind: 'alone', streams, value, moves });
}

function drawTogether(
  shuffle: DrawStream,
  value: DrawStream,
  calibrated: boolean | number,
  { record, moves }: { readonly record: Moves | undefined; readonly moves: Moves | undefined },
): (hashes: Uint32Array, from: number) => DrawWay {
  return (hashes, from) => {
    const first = drawWord({ ...shuffle, k2: shuffle.k2 ^ 0x2545f491 }, hashes[0] as number);
    const start = (node: number): number => mix32(first + Math.imul(node + 1, 0x9e3779b9));
    return { kind: 'together', start, shuffle, value, calibrated, moves, ...(from === 0 && { record }) };
  };
}
