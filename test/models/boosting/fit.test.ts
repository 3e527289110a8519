import assert from 'node:assert/strict';
import { sequence } from '../../../core/random.ts';
import {
  defaultBoosting,
  evenOffsets,
  type Forest,
  fitForest,
  layOut,
  probabilityTable,
  reserveRows,
  reserveTraining,
  scoreForest,
  scoreIndex,
  usedFeatures,
} from '../../../models/boosting/index.ts';
import { scoreRow } from './forest.ts';

/** Fits on codes where the odds depend on two features and their interaction. */
function fitted(
  rows: number,
  features: number,
  bins: number,
  options = {},
): { forest: Forest; codes: number[][]; target: Uint8Array; scores: Int32Array } {
  const next = sequence(rows, 'test');
  const codes = Array.from({ length: features }, () => Array.from({ length: rows }, () => Math.floor(next() * bins)));
  const logit = (row: number): number => {
    const a = (codes[0]?.[row] ?? 0) / bins;
    const b = (codes[features - 1]?.[row] ?? 0) / bins;
    return 3 * (a > 0.5 ? 1 : -1) * (b > 0.3 ? 1 : -1) + a;
  };
  const target = Uint8Array.from({ length: rows }, (_, row) => (next() < 1 / (1 + Math.exp(-logit(row))) ? 1 : 0));
  const space = reserveTraining(rows, features, 6);
  for (const [f, column] of codes.entries()) space.codes.set(column, f * space.stride);
  const { forest, scores } = fitForest(
    { rows, features, space, bins: new Uint8Array(features).fill(bins), target },
    { ...defaultBoosting, ...options },
    7,
  );
  return { forest, codes, target, scores: scores.slice(0, rows) };
}

describe('models/boosting/fit', () => {
  for (const [rows, features, bins] of [
    [37, 1, 2],
    [500, 3, 16],
    [1003, 5, 128],
    [5000, 9, 100],
  ] as const) {
    it(`scores its ${rows} training rows as the forest that it returns does`, () => {
      for (const depth of [1, 2, 3, 4, 5, 6]) {
        const { forest, codes, scores } = fitted(rows, features, bins, { depth, minimalGain: 0.5, rounds: 12 });
        const [first] = scores;
        const shift = (first ?? 0) - scoreRow(forest, (f) => codes[f]?.[0] ?? 0);
        for (let row = 0; row < rows; row++) {
          assert.equal(
            scores[row],
            scoreRow(forest, (f) => codes[f]?.[row] ?? 0) + shift,
            `depth ${depth}, row ${row}`,
          );
        }
        const used = usedFeatures(forest);
        const space = reserveRows(rows, used.length);
        for (const [slot, f] of used.entries()) space.codes.set(codes[f] ?? [], slot * space.stride);
        space.scores.fill(forest.base);
        scoreForest(layOut([forest]), 0, rows, evenOffsets(used.length, space.stride));
        for (let row = 0; row < rows; row++) {
          assert.equal(
            space.scores[row],
            scoreRow(forest, (f) => codes[f]?.[row] ?? 0),
            `depth ${depth}, row ${row}`,
          );
        }
      }
    });
  }

  it('learns an interaction that no single feature shows', () => {
    const { forest, codes, target } = fitted(8000, 4, 50);
    let right = 0;
    for (let row = 0; row < target.length; row++) {
      right += (scoreRow(forest, (f) => codes[f]?.[row] ?? 0) > 0 ? 1 : 0) === target[row] ? 1 : 0;
    }
    assert.ok(right / target.length > 0.9, String(right / target.length));
  });

  it('predicts the share of positives on average', () => {
    const { forest, codes, target } = fitted(5000, 4, 50);
    let expected = 0;
    for (let row = 0; row < target.length; row++) {
      expected += probabilityTable[scoreIndex(scoreRow(forest, (f) => codes[f]?.[row] ?? 0))] ?? 0;
    }
    const positives = target.reduce((sum, one) => sum + one, 0);
    assert.ok(Math.abs(expected - positives) < 10, `${expected} for ${positives}`);
  });

  it('gives the same forest again', () => {
    assert.deepEqual(fitted(2000, 4, 50).forest, fitted(2000, 4, 50).forest);
  });

  it('needs no tree when the target never varies', () => {
    const space = reserveTraining(100, 1, 6);
    space.codes.fill(1);
    const { forest } = fitForest(
      { rows: 100, features: 1, space, bins: Uint8Array.of(2), target: new Uint8Array(100).fill(1) },
      defaultBoosting,
      1,
    );
    assert.equal(forest.trees.length, 0);
    assert.ok(forest.base > 0);
  });
});
