// Draws rows from the generator of a gan.
import type { ColumnBatch } from '../../core/batch.ts';
import type { SampleContext, SampleRequest } from '../../core/generator.ts';
import { tableParts } from '../coded/table.ts';
import { joinMixed, levelValues, mixedParts, scoreOf } from '../neural/mixed.ts';
import { type DrawCodes, drawRows } from '../neural/rows.ts';
import { normalScore, type ScoreKnots } from '../neural/shares.ts';
import { floatsOf } from '../neural/stored.ts';
import type { GanFit } from './fit.ts';
import { drawMixed, type GanModel, openGan } from './model.ts';
import type { GanShape } from './network.ts';

const opened = new WeakMap<GanFit, GanModel>();

function openFit(fit: GanFit): GanModel {
  const found = opened.get(fit);
  if (found !== undefined) return found;
  const model = openGan(mixedParts(fit.codes), fit.shape, floatsOf(fit.weights));
  opened.set(fit, model);
  return model;
}

export function sampleGan(fit: GanFit, request: SampleRequest, context: SampleContext): ColumnBatch {
  return drawRows(fit.codes, request, context, ganDraws(fit));
}

export function ganDraws(fit: GanFit): DrawCodes {
  const parts = mixedParts(fit.codes);
  const names = tableParts(fit.codes).map(({ name }) => name);
  return (fixed, count, draw) => {
    const levels = levelValues(parts, fixed);
    const scores = parts.scores.map((score) => {
      const codes = fixed[score.part];
      if (codes === undefined) return undefined;
      const inside = draw(`${names[score.part]} place`);
      return Float32Array.from(codes, (code, row) => scoreOf(score, code, inside[row] as number));
    });
    let values: readonly Uint16Array[] = levels.map((known) => known ?? new Uint16Array(count));
    let drawn: readonly Float32Array[] = scores.map((known) => known ?? new Float32Array(count));
    // A table of constants has no network.
    if (fit.weights.length > 0) {
      const noise = Array.from({ length: fit.shape.noise }, (_, n) => draw(`noise ${n}`));
      const draws = parts.tokens.map(({ part, digit }, t) =>
        levels[t] === undefined ? draw(`${names[part]} ${digit}`) : undefined,
      );
      const result = drawMixed(openFit(fit), { count, levels, scores, noise }, draws);
      [values, drawn] = [result.levels, asNormal(result.scores, fit.knots, fit.shape)];
    }
    return joinMixed(parts, values, drawn, fixed, count);
  };
}

/** Drawn scores, given ones as they are, on the normal scale. */
function asNormal(scores: readonly Float32Array[], knots: readonly ScoreKnots[], shape: GanShape): Float32Array[] {
  return scores.map((column, s) => {
    const map = knots[s - shape.givenScores];
    return map === undefined ? column : column.map((score) => normalScore(map, score));
  });
}
