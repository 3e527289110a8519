// Tilted weights: means as wanted with least change, and rows picked that keep them.
import assert from 'node:assert/strict';
import { pickRows, solveTilt } from '../../../core/mirror/demand/tilt-solve.ts';
import { sequence } from '../../../core/random.ts';

const rows = 20_000;

function normal(seed: number): Float64Array {
  const next = sequence(seed, 'test');
  return Float64Array.from({ length: rows }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return radius * Math.cos(2 * Math.PI * next());
  });
}

const mean = (values: Float64Array, weights: Float64Array): number =>
  values.reduce((sum, value, i) => sum + value * (weights[i] as number), 0);

describe('solveTilt', () => {
  it('shifts a normal mean by the factor that theory names, and keeps the spread', () => {
    const x = normal(1);
    const tilt = solveTilt([x.map((value) => value - 0.5)], rows);
    assert.ok(tilt !== undefined);
    // Tilting N(0, 1) by exp(λx) gives N(λ, 1); the effective share of rows is exp(-λ²).
    assert.ok(Math.abs((tilt.lambda[0] as number) - 0.5) < 0.03);
    assert.ok(Math.abs(mean(x, tilt.weights) - 0.5) < 1e-5);
    assert.ok(
      Math.abs(
        mean(
          x.map((value) => (value - 0.5) ** 2),
          tilt.weights,
        ) - 1,
      ) < 0.05,
    );
    assert.ok(Math.abs(tilt.effective / rows - Math.exp(-0.25)) < 0.03);
  });

  it('meets several demands at once, also when two say the same', () => {
    const [x, y] = [normal(2), normal(3)];
    const share = x.map((value, i) => (value + (y[i] as number) > 0 ? 0.3 : -0.7));
    const tilt = solveTilt([x.map((value) => value + 0.2), share, share], rows);
    assert.ok(tilt !== undefined);
    assert.ok(Math.abs(mean(x, tilt.weights) + 0.2) < 1e-5);
    assert.ok(Math.abs(mean(share, tilt.weights)) < 1e-5);
  });

  it('says that a mean beyond all rows cannot be had', () => {
    assert.equal(solveTilt([normal(4).map((value) => value - 50)], rows), undefined);
  });
});

describe('pickRows', () => {
  it('picks different rows whose means are on the target', () => {
    const x = normal(5).map((value) => value - 0.4);
    const tilt = solveTilt([x], rows);
    assert.ok(tilt !== undefined);
    for (const count of [500, 5000]) {
      const picked = pickRows([x], tilt.weights, count, 7);
      assert.equal(new Set(picked).size, count);
      const off = picked.reduce((sum, row) => sum + (x[row] as number), 0) / count;
      assert.ok(Math.abs(off) < 0.001, String(off));
    }
  });
});
