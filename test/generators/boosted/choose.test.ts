import assert from 'node:assert/strict';
import { sequence } from '../../../core/random.ts';
import { chooseTogether } from '../../../generators/boosted/choose.ts';
import type { Predictor } from '../../../generators/boosted/fit-part.ts';
import { createMatrix, debtsOf, keepColumn } from '../../../generators/boosted/matrix.ts';
import { codeSums, probabilityOf, scoreUnit } from '../../../models/boosting/index.ts';

const rows = 8000;
const predictors: readonly Predictor[] = [
  { codeCount: 3, isCategory: true },
  { codeCount: 40, isCategory: true },
  { codeCount: 128, isCategory: false },
  { codeCount: 300, isCategory: true },
  { codeCount: 20, isCategory: false },
];

/** Chooses among rows of random codes and scores; returns which go right and how likely each was to. */
function chosen(seed: number): {
  isRight: Uint8Array;
  probabilities: readonly number[];
  codes: readonly Uint16Array[];
} {
  const next = sequence(seed, 'choose');
  const matrix = createMatrix(rows, predictors.length);
  const codes = predictors.map(({ codeCount }) => Uint16Array.from({ length: rows }, () => next() * codeCount));
  for (const [p, column] of codes.entries()) {
    keepColumn(matrix, p, column);
    for (let i = 0; i < rows; i++) matrix.space.codes[p * matrix.space.stride + i] = column[i] as number;
  }
  for (let i = 0; i < rows; i++) matrix.space.scores[i] = Math.round((next() * 16 - 10) * scoreUnit);
  const probabilities = Array.from(matrix.space.scores.subarray(0, rows), probabilityOf);
  codeSums().moves.fill(0);
  const debts = debtsOf(matrix, predictors);
  chooseTogether(undefined, 0, rows, 0, seed * 12345, debts, matrix.parting.isRight);
  return { isRight: matrix.isRight.slice(), probabilities, codes };
}

describe('generators/boosted/choose', () => {
  it('sends about as many rows of each group right as are expected, far closer than chance would', () => {
    for (const seed of [1, 2, 3]) {
      const { isRight, probabilities, codes } = chosen(seed);
      for (const p of [0, 1, 4]) {
        const owed = new Float64Array(300);
        const variances = new Float64Array(300);
        for (const [i, code] of (codes[p] ?? []).entries()) {
          const probability = probabilities[i] as number;
          owed[code] = (owed[code] as number) + probability - (isRight[i] as number);
          variances[code] = (variances[code] as number) + probability * (1 - probability);
        }
        const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
        const ratio = mean(owed.map((value) => value * value)) / mean(variances);
        assert.ok(ratio < 0.35, `predictor ${p}: ${ratio} of the variance of chance`);
      }
    }
  });

  it('sends as many rows right as are expected in all, and at every level of the score', () => {
    const { isRight, probabilities } = chosen(4);
    const owed = new Float64Array(10);
    for (const [i, p] of probabilities.entries()) {
      const level = Math.min(9, Math.floor(p * 10));
      owed[level] = (owed[level] as number) + p - (isRight[i] as number);
    }
    assert.ok(Math.abs(owed.reduce((sum, value) => sum + value, 0)) < 6);
    // Chance would be off by 4 to 10, and nearly sure rows are no payment for what is owed elsewhere.
    for (const value of owed) assert.ok(Math.abs(value) < 8, `${[...owed]}`);
    const sure = probabilities.filter((p, i) => p < 0.001 && isRight[i] === 1).length;
    assert.ok(sure <= 1 + probabilities.reduce((sum, p) => sum + (p < 0.001 ? p : 0), 0));
  });

  it('chooses the same again', () => {
    assert.deepEqual(chosen(5).isRight, chosen(5).isRight);
  });
});
