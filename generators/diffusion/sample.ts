// Draws rows by diffusion.
import type { ColumnBatch } from '../../core/batch.ts';
import type { SampleContext, SampleRequest } from '../../core/generator.ts';
import { type TableCodes, tableParts } from '../coded/table.ts';
import { joinMixed, levelValues, mixedParts, scoreOf } from '../neural/mixed.ts';
import { type DrawCodes, drawRows } from '../neural/rows.ts';
import { normalScore, type ScoreKnots } from '../neural/shares.ts';
import { floatsOf } from '../neural/stored.ts';
import type { DiffusionFit } from './fit.ts';
import { type DiffusionModel, openDiffusion } from './model.ts';

/** Rows that go through the networks together. */
const blockRows = 256;

const opened = new WeakMap<DiffusionFit, DiffusionModel>();

function openFit(fit: DiffusionFit): DiffusionModel {
  const found = opened.get(fit);
  if (found !== undefined) return found;
  const model = openDiffusion(mixedParts(fit.codes), fit.shape, floatsOf(fit.weights), fit.steps);
  opened.set(fit, model);
  return model;
}

export function sampleDiffusion(fit: DiffusionFit, request: SampleRequest, context: SampleContext): ColumnBatch {
  return drawRows(
    fit.codes,
    request,
    context,
    diffusionDraws(fit.codes, () => openFit(fit), fit.knots),
  );
}

/** @param knots of each drawn score; none: scores are taken as they come */
export function diffusionDraws(
  codes: TableCodes,
  open: () => DiffusionModel,
  knots: readonly ScoreKnots[] = [],
): DrawCodes {
  const names = tableParts(codes).map(({ name }) => name);
  return (fixed, rows, draw) => {
    const model = open();
    const { tokens, scores } = model.parts;
    const known = levelValues(model.parts, fixed);
    const values = known.map((column) => column ?? new Uint16Array(rows));
    const levelDraws = tokens.map(({ part, digit }, t) =>
      known[t] === undefined ? draw(`${names[part]} ${digit}`) : undefined,
    );
    // A number that is given is somewhere inside its code; where there is none, it is NaN.
    const drawn = scores.map((score) => {
      const column = fixed[score.part];
      const inside = column === undefined ? undefined : draw(`${names[score.part]} place`);
      return Float32Array.from({ length: rows }, (_, row) =>
        column === undefined ? 0 : scoreOf(score, column[row] as number, inside?.[row] as number),
      );
    });
    const isGiven = scores.map(({ part }) => fixed[part] !== undefined);
    const noise = scores.map(({ part }, s) => (isGiven[s] === true ? undefined : draw(`${names[part]} noise`)));
    for (let from = 0; from < rows; from += blockRows) {
      const count = Math.min(blockRows, rows - from);
      model.unmask(values, levelDraws, drawn, isGiven, from, count);
      model.removeNoise(values, drawn, noise, from, count);
    }
    const normal = drawn.map((column, s) => {
      const map = isGiven[s] === true ? undefined : knots[s - model.shape.givenScores];
      return map === undefined ? column : column.map((score) => normalScore(map, score));
    });
    return joinMixed(model.parts, values, normal, fixed, rows);
  };
}
