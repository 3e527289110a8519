import assert from 'node:assert/strict';
import { sequence } from '../../../core/random.ts';
import {
  defaultBoosting,
  fitForest,
  probabilityTable,
  reserveTraining,
  scoreIndex,
  scoreUnit,
} from '../../../models/boosting/index.ts';
import { scoreRow } from './forest.ts';

describe('models/boosting/refit', () => {
  for (const [rows, heldRows, depth] of [
    [700, 70, 2],
    [5000, 500, 4],
    // More rows than one pass of sums holds, and than a tree sees.
    [70_000, 7000, 3],
  ] as const) {
    it(`takes the leaves of ${rows} rows from all of them, ${heldRows} held-back ones included`, () => {
      const next = sequence(rows, 'refit');
      const space = reserveTraining(rows, 3, depth);
      const target = new Uint8Array(rows);
      for (let row = 0; row < rows; row++) {
        for (let f = 0; f < 3; f++) space.codes[f * space.stride + row] = Math.floor(next() * 40);
        const logit = (space.codes[row] as number) > 20 ? 1.5 : -1;
        // Held-back rows are positive more often: leaves that forgot them would show it.
        target[row] = next() < 1 / (1 + Math.exp(-logit - (row >= rows - heldRows ? 2 : 0))) ? 1 : 0;
      }
      const codes = space.codes.slice();
      const code = (row: number) => (f: number) => codes[f * space.stride + row] as number;
      const set = { rows, features: 3, space, bins: new Uint8Array(3).fill(40), target, heldRows };
      const { forest, scores } = fitForest(set, { ...defaultBoosting, depth, patience: 3 }, 11);
      assert.ok(forest.trees.length > 0);
      const [first] = forest.trees;
      if (first === undefined) return;
      // The first tree starts from the share of positives: its leaves are Newton steps of the rows that fall into them.
      let positives = 0;
      for (const bit of target) positives += bit;
      const share = (positives + 0.5) / (rows + 1);
      const total = { rows: Array.from(first.leaves, () => 0), ones: Array.from(first.leaves, () => 0) };
      for (let row = 0; row < rows; row++) {
        let leaf = 0;
        for (const [level, f] of first.features.entries()) {
          if (code(row)(f) >= (first.thresholds[level] as number)) leaf |= 1 << level;
        }
        total.rows[leaf] = (total.rows[leaf] as number) + 1;
        total.ones[leaf] = (total.ones[leaf] as number) + (target[row] as number);
      }
      for (const [leaf, value] of first.leaves.entries()) {
        const [n, one] = [total.rows[leaf] as number, total.ones[leaf] as number];
        const step = ((one - n * share) / (n * share * (1 - share) + defaultBoosting.ridge)) * defaultBoosting.rate;
        assert.ok(Math.abs(value / scoreUnit - step) < 0.02, `leaf ${leaf}: ${value / scoreUnit}, ${step} expected`);
      }
      const shift = (scores[0] as number) - scoreRow(forest, code(0));
      let mean = 0;
      for (let row = 0; row < rows; row++) {
        if (row % 97 === 0) assert.equal(scores[row], scoreRow(forest, code(row)) + shift);
        mean += probabilityTable[scoreIndex(scoreRow(forest, code(row)))] as number;
      }
      assert.ok(Math.abs(mean - positives) < 1e-3 * rows);
    });
  }
});
