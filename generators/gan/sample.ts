// Draws rows from the generator of a gan.
import type { ColumnBatch } from '../../core/batch.ts';
import type { SampleContext, SampleRequest } from '../../core/generator.ts';
import { decodeRows, fixedCodes, tableParts } from '../coded/table.ts';
import { rowDraws } from '../neural/draws.ts';
import { joinMixed, levelValues, mixedParts, scoreOf } from '../neural/mixed.ts';
import { floatsOf } from '../neural/stored.ts';
import type { GanFit } from './fit.ts';
import { drawMixed, type GanModel, openGan } from './model.ts';
import { asNormal } from './train.ts';

const opened = new WeakMap<GanFit, GanModel>();

function openFit(fit: GanFit): GanModel {
  const found = opened.get(fit);
  if (found !== undefined) return found;
  const model = openGan(mixedParts(fit.codes), fit.shape, floatsOf(fit.weights));
  opened.set(fit, model);
  return model;
}

export function sampleGan(fit: GanFit, request: SampleRequest, context: SampleContext): ColumnBatch {
  const count = request.rowIds.length;
  const draw = rowDraws(request, context);
  const names = tableParts(fit.codes).map(({ name }) => name);
  const fixed = fixedCodes(fit.codes, request);
  const parts = mixedParts(fit.codes);
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
  const codes = joinMixed(parts, values, drawn, fixed, count);
  const inside = names.map((name, p) => (fixed[p] === undefined ? draw(`${name} value`) : new Float64Array(count)));
  return decodeRows(fit.codes, request, codes, inside);
}
