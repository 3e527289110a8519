import assert from 'node:assert/strict';
import type { Tensor } from '@tensorflow/tfjs-core';
import { sequence } from '../../../core/random.ts';
import { criticLoss } from '../../../generators/gan/network.ts';
import {
  chooseEngine,
  createAdversarialTrainer,
  type Engine,
  type Network,
  namedTensors,
  type Program,
  type Tf,
  type WeightSpec,
} from '../../../models/nets/index.ts';
import { testedEngines } from './support.ts';

const [rows, inputs, hidden] = [5, 3, 4];
const layout = { w: inputs * hidden, b: hidden, v: hidden } as const;

/** Bends of a critic, in ops and in plain double precision. */
const bends = {
  leakyRelu: [(tf: Tf, x: Tensor) => tf.maximum(x, tf.mul(x, 0.2)), (x: number) => Math.max(x, 0.2 * x)],
  tanh: [(tf: Tf, x: Tensor) => tf.tanh(x), Math.tanh],
  silu: [(tf: Tf, x: Tensor) => tf.mul(x, tf.sigmoid(x)), (x: number) => x / (1 + Math.exp(-x))],
  softplus: [(tf: Tf, x: Tensor) => tf.softplus(x), (x: number) => Math.log1p(Math.exp(x))],
  waves: [(tf: Tf, x: Tensor) => tf.add(tf.sin(x), tf.cos(tf.mul(x, 2))), (x: number) => Math.sin(x) + Math.cos(2 * x)],
} as const;

function draws(size: number, name: string): Float32Array {
  const next = sequence(7, name);
  return Float32Array.from({ length: size }, () => 2 * next() - 1);
}

/** The critic's loss in double precision; the slopes of the critic are differences, too. */
function plainLoss(weights: Float64Array, sets: readonly Float32Array[], bend: (x: number) => number): number {
  const judge = (x: ArrayLike<number>): number => {
    let sum = 0;
    for (let h = 0; h < hidden; h++) {
      let state = weights[layout.w + h] as number;
      for (let i = 0; i < inputs; i++) state += (x[i] as number) * (weights[i * hidden + h] as number);
      sum += bend(state) * (weights[layout.w + layout.b + h] as number);
    }
    return sum;
  };
  const rowsOf = (set: Float32Array): Float64Array[] =>
    Array.from({ length: rows }, (_, r) => Float64Array.from(set.subarray(r * inputs, (r + 1) * inputs)));
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [real, made, between] = sets.map(rowsOf) as [Float64Array[], Float64Array[], Float64Array[]];
  const excess = between.map((x) => {
    const slopes = Array.from(x, (value, i) => {
      const step = 1e-4;
      return (judge(x.with(i, value + step)) - judge(x.with(i, value - step))) / (2 * step);
    });
    return (Math.hypot(...slopes) - 1) ** 2;
  });
  return mean(made.map(judge)) - mean(real.map(judge)) + 10 * mean(excess);
}

describe('models/nets second-order gradients', () => {
  let engines: readonly Engine[];
  before(async () => {
    engines = await Promise.all((['js', ...testedEngines] as const).map((name) => chooseEngine(name)));
  });

  for (const [name, [bend, plainBend]] of Object.entries(bends)) {
    it(`of a gradient penalty through ${name} are those of differences in double precision`, async () => {
      const size = layout.w + layout.b + layout.v;
      const first = draws(size, 'weights');
      const sets = ['real', 'made', 'between'].map((set) => draws(rows * inputs, set));
      const expected = Float64Array.from(first, (_, i) => {
        const step = 1e-5;
        const at = (by: number): number => {
          const moved = Float64Array.from(first);
          moved[i] = (moved[i] as number) + by;
          return plainLoss(moved, sets, plainBend);
        };
        return (at(step) - at(-step)) / (2 * step);
      });
      const program: Program = {
        inputs: [
          { shape: [size], dtype: 'float32' },
          ...sets.map(() => ({ shape: [rows, inputs], dtype: 'float32' as const })),
        ],
        run: (library, [flat, ...tensors]) =>
          library.grads((...[all]: Tensor[]) => {
            const [w, b, v] = library.split(all as Tensor, Object.values(layout)) as [Tensor, Tensor, Tensor];
            const judge = (x: Tensor): Tensor => {
              const state = bend(library, library.add(library.matMul(x, library.reshape(w, [inputs, hidden])), b));
              return library.matMul(state, library.reshape(v, [hidden, 1]));
            };
            const [real, made, between] = tensors as [Tensor, Tensor, Tensor];
            return library.reshape(criticLoss(library, judge, real, made, between, 10), []);
          })([flat as Tensor]),
      };
      for (const engine of engines) {
        const executable = await engine.compile(program);
        const found = new Float32Array(size);
        await executable.run([first, ...sets], [found]);
        await executable.dispose();
        for (const [i, slope] of expected.entries()) {
          const bound = 2e-4 * Math.max(1, Math.abs(slope));
          assert.ok(Math.abs((found[i] as number) - slope) < bound, `${engine.name} ${i}: ${found[i]} is not ${slope}`);
        }
      }
    });
  }
});

const weights = (name: string): WeightSpec[] => [{ name, shape: [1], spread: 0, first: Float32Array.of(3) }];
const scalar = [{ shape: [1], dtype: 'float32' as const }];

/** A tug of war: one wants the product of both small, the other large, and both are pulled to 0. */
function side(own: string, other: string, sign: number): Network {
  return {
    weights: weights(own),
    inputs: [...scalar, ...scalar],
    loss(tf, at, [flat, one]) {
      const x = at(own);
      const y = namedTensors(tf, weights(other), flat as Tensor)(other);
      return tf.add(tf.mul(tf.mul(tf.mul(x, y), sign), one as Tensor), tf.square(x));
    },
  };
}

describe('models/nets adversarial training', () => {
  it('steps both networks in turn, each fed the other, and starts again where it is told to', async () => {
    const engine = await chooseEngine('auto');
    const options = { seed: 1, betas: [0, 0.9], clip: 10, criticRate: 2 } as const;
    const trainer = await createAdversarialTrainer(engine, side('x', 'y', 1), side('y', 'x', -1), options);
    assert.deepEqual([...trainer.averaged()], [3, 3]);
    for (let step = 0; step < 400; step++) await trainer.step([Float32Array.of(1)], 0.02, 0.9);
    // The two meet where neither gains: at 0.
    for (const value of trainer.averaged()) assert.ok(Math.abs(value) < 0.1, `${value}`);
    trainer.restart(Float32Array.of(2, 5));
    assert.deepEqual([...trainer.averaged()], [2, 5]);
    await trainer.dispose();
  });
});
