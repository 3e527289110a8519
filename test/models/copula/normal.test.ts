import assert from 'node:assert/strict';
import { choleskyFactor } from '../../../models/copula/cholesky.ts';
import { normalBelow, normalQuantile } from '../../../models/copula/normal.ts';
import { codeScores, hermiteCoefficients, latentCorrelation, stepMargin } from '../../../models/copula/steps.ts';

describe('models/copula', () => {
  // scipy.stats.norm.cdf
  for (const [z, below] of [
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1.959963984540054, 0.025],
    [3.5, 0.9997673709209645],
    [-8, 6.220960574271785e-16],
  ] as const) {
    it(`knows the normal distribution at ${z}`, () => {
      assert.ok(Math.abs(normalBelow(z) / below - 1) < (Math.abs(z) < 7 ? 1e-11 : 1e-6));
      if (Math.abs(z) < 7) assert.ok(Math.abs(normalQuantile(below) - z) < 1e-11);
    });
  }

  it('finds the correlation behind two coded columns', () => {
    // P(both above 0) = 1/4 + asin(ρ)/2π for normal variables with correlation ρ.
    const margin = stepMargin(Uint16Array.of(0, 1), Float64Array.of(1, 1));
    const scores = codeScores(margin);
    const series = hermiteCoefficients(margin, scores);
    for (const correlation of [-0.6, 0, 0.3, 0.8]) {
      const agree = 0.5 + Math.asin(correlation) / Math.PI;
      const covariance = (2 * agree - 1) * (scores[1] ?? 0) ** 2;
      assert.ok(Math.abs(latentCorrelation(covariance, series, series) - correlation) < 0.005);
    }
  });

  it('makes a correlation matrix of pairs that contradict each other', () => {
    const factor = choleskyFactor(Float64Array.of(1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1), [0, 1, 2]);
    for (let row = 0; row < 3; row++) {
      assert.ok(Math.abs(Math.hypot(...factor.subarray(row * 3, row * 3 + 3)) - 1) < 1e-12);
    }
    assert.ok(Math.abs((factor[3] ?? 0) - 0.9) < 1e-12);
  });
});
