import assert from 'node:assert/strict';
import { sequence } from '../../../core/random.ts';
import { denseSpace } from '../../../models/nets/index.ts';

describe('models/nets dense layers', () => {
  const next = sequence(3, 'dense');
  const draws = (length: number): Float32Array => Float32Array.from({ length }, () => next() - 0.5);
  const space = denseSpace();

  for (const [rows, inputs, outputs] of [
    [1, 1, 1],
    [3, 7, 5],
    [4, 16, 16],
    [130, 33, 50],
    [1000, 64, 128],
  ] as const) {
    it(`multiply ${rows} × ${inputs} by ${inputs} × ${outputs} as plain loops do`, () => {
      const [x, w, b] = [draws(rows * inputs), draws(inputs * outputs), draws(outputs)];
      const layer = space.layer(w, b, inputs, outputs);
      const y = layer.run(x, rows);
      assert.equal(y.length, rows * layer.stride);
      for (let row = 0; row < rows; row++) {
        for (let o = 0; o < outputs; o++) {
          let sum = b[o] as number;
          for (let i = 0; i < inputs; i++) sum += (x[row * inputs + i] as number) * (w[i * outputs + o] as number);
          assert.ok(Math.abs((y[row * layer.stride + o] as number) - sum) < 1e-5);
        }
      }
    });
  }

  it('keep their weights when others are added', () => {
    const ones = space.layer(Float32Array.of(1, 1), Float32Array.of(1), 2, 1);
    space.layer(draws(1_000_000), draws(1000), 1000, 1000).run(draws(5000), 5);
    assert.equal(ones.run(Float32Array.of(2, 3), 1)[0], 6);
  });
});
