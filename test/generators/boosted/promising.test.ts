import assert from 'node:assert/strict';
import { sequence } from '../../../core/random.ts';
import type { Predictor } from '../../../generators/boosted/fit-part.ts';
import { promisingPredictors } from '../../../generators/boosted/promising.ts';

const rows = 2000;
const next = sequence(3, 'promising');
const predictors: readonly Predictor[] = Array.from({ length: 12 }, (_, p) => ({
  codeCount: p === 5 ? 900 : 20,
  isCategory: p % 2 === 1,
}));
const columns = predictors.map(({ codeCount }) => Uint16Array.from({ length: rows }, () => next() * codeCount));
const rowsHere = Uint32Array.from({ length: rows / 2 }, (_, i) => 2 * i);
/** Follows a threshold of predictor 2 and three levels of predictor 7; predictor 5 has many levels and says nothing. */
const isRight = Uint8Array.from(rowsHere, (row) => {
  const [two, seven] = [columns[2]?.[row] ?? 0, columns[7]?.[row] ?? 0];
  return next() < 0.2 + (two >= 12 ? 0.3 : 0) + (seven % 7 === 3 ? 0.3 : 0) ? 1 : 0;
});
const promising = (most: number, way = isRight): readonly number[] =>
  promisingPredictors(predictors, columns, rowsHere, way, most);

describe('generators/boosted/promising', () => {
  it('keeps the predictors that tell most, in their order', () => {
    assert.deepEqual(promising(2), [2, 7]);
    const five = promising(5);
    assert.equal(five.length, 5);
    assert.ok(five.includes(2) && five.includes(7));
    assert.deepEqual(
      [...five].sort((a, b) => a - b),
      five,
    );
  });

  it('keeps all when there are no more, and as many as asked for when none tells anything', () => {
    assert.deepEqual(promising(12), [...predictors.keys()]);
    assert.equal(promising(3, new Uint8Array(isRight.length)).length, 3);
  });
});
