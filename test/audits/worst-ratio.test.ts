import assert from 'node:assert/strict';
import { worstOf, worstP } from '../../audits/fairness/worst-ratio.ts';
import { sequence } from '../../core/random.ts';

describe('the p-value of the worst of many groups', () => {
  it('is .01 where the noise ends, whatever made it wide', () => {
    for (const tests of [1, 2, 7, 40]) {
      assert.ok(Math.abs(worstP(0.3, 0.3, tests) - 0.01) < 1e-9);
      assert.ok(worstP(0.31, 0.3, tests) < 0.01);
      assert.equal(worstP(0, 0.3, tests), 1);
      assert.equal(worstP(Number.POSITIVE_INFINITY, 0.3, tests), 0);
    }
  });

  it('is as small as it says no more often than it says, of 4,000 draws of five groups', () => {
    const next = sequence(5, 'worst of five');
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    const draws = 4000;
    const ps = Array.from({ length: draws }, () => {
      const largest = Math.max(...Array.from({ length: 5 }, () => Math.abs(normal())));
      return worstP(largest, worstOf(5), 5);
    });
    for (const level of [0.01, 0.05, 0.2]) {
      const share = ps.filter((p) => p <= level).length / draws;
      const error = Math.sqrt((level * (1 - level)) / draws);
      assert.ok(share <= level + 3 * error, `${share} at ${level}`);
      assert.ok(share >= 0.8 * level - 3 * error, `${share} at ${level}: no power`);
    }
  });
});
