import assert from 'node:assert/strict';
import type { Tensor } from '@tensorflow/tfjs-core';
import { sequence } from '../../../core/random.ts';
import { chooseEngine, type Engine, type Program, type TensorSpec, type Tf } from '../../../models/nets/index.ts';
import { normalSource } from '../../../models/nets/normals.ts';
import { loadTf } from '../../../models/nets/tfjs.ts';
import { testedEngines } from './support.ts';

function draws(spec: TensorSpec, seed: number): Float32Array | Int32Array {
  const size = spec.shape.reduce((product, length) => product * length, 1);
  const next = sequence(seed, 'draws');
  if (spec.dtype === 'int32') return Int32Array.from({ length: size }, () => Math.floor(next() * 4));
  const values = new Float32Array(size);
  normalSource(next)(values);
  return values;
}

async function results(engine: Engine, program: Program): Promise<Float32Array[]> {
  const executable = await engine.compile(program);
  const into = executable.outputs.map((shape) => new Float32Array(shape.reduce((n, length) => n * length, 1)));
  await executable.run(
    program.inputs.map((spec, i) => draws(spec, i)),
    into,
  );
  await executable.dispose();
  return into;
}

function assertNear(actual: readonly Float32Array[], expected: readonly Float32Array[], bound: number): void {
  assert.equal(actual.length, expected.length);
  for (const [o, values] of expected.entries()) {
    assert.equal(actual[o]?.length, values.length);
    for (const [i, value] of values.entries()) {
      const found = actual[o]?.[i] as number;
      assert.ok(Math.abs(found - value) <= bound * Math.max(1, Math.abs(value)), `${found} is not ${value}`);
    }
  }
}

const f = (...shape: number[]): TensorSpec => ({ shape, dtype: 'float32' });
const positive = (tf: Tf, x: Tensor): Tensor => tf.add(tf.square(x), 0.5);

type Op = (tf: Tf, ...inputs: Tensor[]) => Tensor;

/** Differentiable ops: their results, and the gradients of a sum that weighs every entry differently. */
const smooth: Readonly<Record<string, readonly [readonly TensorSpec[], Op]>> = {
  neg: [[f(3, 4)], (tf, x) => tf.neg(x)],
  exp: [[f(3, 4)], (tf, x) => tf.exp(x)],
  log: [[f(3, 4)], (tf, x) => tf.log(positive(tf, x))],
  sqrt: [[f(3, 4)], (tf, x) => tf.sqrt(positive(tf, x))],
  square: [[f(3, 4)], (tf, x) => tf.square(x)],
  sin: [[f(3, 4)], (tf, x) => tf.sin(x)],
  cos: [[f(3, 4)], (tf, x) => tf.cos(x)],
  tanh: [[f(3, 4)], (tf, x) => tf.tanh(x)],
  sigmoid: [[f(3, 4)], (tf, x) => tf.sigmoid(x)],
  softplus: [[f(3, 4)], (tf, x) => tf.softplus(x)],
  relu: [[f(3, 4)], (tf, x) => tf.relu(x)],
  abs: [[f(3, 4)], (tf, x) => tf.abs(x)],
  'add of a row': [[f(3, 4), f(4)], (tf, a, b) => tf.add(a as Tensor, b as Tensor)],
  'sub of a column': [[f(3, 4), f(3, 1)], (tf, a, b) => tf.sub(a as Tensor, b as Tensor)],
  'mul of a scalar': [[f(3, 4), f()], (tf, a, b) => tf.mul(a as Tensor, b as Tensor)],
  div: [[f(3, 4), f(4)], (tf, a, b) => tf.div(a as Tensor, positive(tf, b as Tensor))],
  maximum: [[f(3, 4), f(4)], (tf, a, b) => tf.maximum(a as Tensor, b as Tensor)],
  addN: [[f(3, 4), f(3, 4), f(3, 4)], (tf, ...all) => tf.addN(all)],
  'sum of an axis': [[f(3, 4)], (tf, x) => tf.sum(x, -1)],
  'mean of all': [[f(3, 4)], (tf, x) => tf.mul(tf.mean(x), x)],
  'mean of an axis, kept': [[f(3, 4)], (tf, x) => tf.mean(x, 0, true)],
  softmax: [[f(3, 4)], (tf, x) => tf.softmax(x)],
  logSoftmax: [[f(3, 4)], (tf, x) => tf.logSoftmax(x)],
  'matMul, both turned': [[f(3, 5), f(4, 3)], (tf, a, b) => tf.matMul(a as Tensor, b as Tensor, true, true)],
  'matMul, first turned': [[f(3, 5), f(3, 4)], (tf, a, b) => tf.matMul(a as Tensor, b as Tensor, true)],
  'matMul, second turned': [[f(5, 3), f(4, 3)], (tf, a, b) => tf.matMul(a as Tensor, b as Tensor, false, true)],
  'matMul of stacks': [[f(2, 5, 3), f(2, 3, 4)], (tf, a, b) => tf.matMul(a as Tensor, b as Tensor)],
  reshape: [[f(3, 4)], (tf, x) => tf.reshape(x, [2, -1])],
  expandDims: [[f(3, 4)], (tf, x) => tf.expandDims(x, -1)],
  transpose: [[f(2, 3, 4)], (tf, x) => tf.transpose(x, [2, 0, 1])],
  concat: [[f(3, 4), f(3, 2)], (tf, a, b) => tf.concat([a as Tensor, b as Tensor], 1)],
  split: [[f(3, 6)], (tf, x) => tf.mul(...(tf.split(x, 2, 1) as [Tensor, Tensor]))],
  pad: [
    [f(3, 4)],
    (tf, x) =>
      tf.mul(
        tf.pad(x, [
          [1, 0],
          [0, 2],
        ]),
        2,
      ),
  ],
  slice: [[f(3, 4)], (tf, x) => tf.slice(x, [1, 1], [2, -1])],
};

const weighted = (tf: Tf, y: Tensor): Tensor =>
  tf.sum(
    tf.mul(y, tf.reshape(tf.tensor1d(Float32Array.from({ length: y.size }, (_, i) => 0.3 + (i % 7) / 5)), y.shape)),
  );

const stepped: Readonly<Record<string, Program>> = {
  'comparisons, cast': {
    inputs: [f(3, 4), f(4)],
    run: (tf, [a, b]) =>
      [tf.greater, tf.less, tf.equal].map((compare) => tf.cast(compare(a as Tensor, b as Tensor), 'float32')),
  },
  'minimum, max, step': {
    inputs: [f(3, 4), f(4)],
    run: (tf, [a, b]) => [
      tf.minimum(a as Tensor, b as Tensor),
      tf.max(a as Tensor, -1, true),
      tf.max(a as Tensor, 0),
      tf.step(a as Tensor, -1),
    ],
  },
  'oneHot of codes': {
    inputs: [{ shape: [6], dtype: 'int32' }],
    run: (tf, [x]) => [tf.cast(tf.oneHot(x as Tensor, 5), 'float32')],
  },
  'split, pad, fill, zeros and ones like': {
    inputs: [f(3, 6)],
    run: (tf, [x]) => [
      ...tf.split(x as Tensor, [1, 3, 2], 1),
      tf.pad(x as Tensor, [
        [1, 0],
        [0, 2],
      ]),
      tf.fill([2, 2], 1.5),
      tf.zerosLike(x as Tensor),
      tf.onesLike(x as Tensor),
    ],
  },
};

describe('models/nets', () => {
  let tf: Tf;
  let reference: Engine;
  before(async () => {
    tf = await loadTf();
    reference = await chooseEngine('js');
  });

  for (const name of testedEngines) {
    describe(`engine ${name}`, () => {
      let engine: Engine;
      before(async () => {
        engine = await chooseEngine(name);
      });

      for (const [title, [inputs, op]] of Object.entries(smooth)) {
        it(`computes ${title} and its gradients as the reference does`, async () => {
          const program: Program = {
            inputs,
            run: (library, tensors) => [
              op(library, ...tensors),
              ...library.grads((...xs: Tensor[]) => weighted(library, op(library, ...xs)))([...tensors]),
            ],
          };
          assertNear(await results(engine, program), await results(reference, program), 1e-5);
        });
      }

      for (const [title, program] of Object.entries(stepped)) {
        it(`computes ${title} as the reference does`, async () => {
          assertNear(await results(engine, program), await results(reference, program), 1e-5);
        });
      }
    });
  }

  for (const [title, [inputs, op]] of Object.entries(smooth)) {
    it(`differentiates ${title} as finite differences do, once and twice`, async () => {
      const loss = (...xs: Tensor[]): Tensor => weighted(tf, tf.tanh(op(tf, ...xs)));
      const slopes = (...xs: Tensor[]): Tensor =>
        tf.addN(
          tf
            .grads(loss)(xs)
            .map((gradient) => weighted(tf, tf.square(gradient))),
        );
      const program = (of: (...xs: Tensor[]) => Tensor): Program => ({ inputs, run: (_, xs) => [of(...xs)] });
      const exact = await results(reference, {
        inputs,
        run: (_, xs) => [loss, slopes].flatMap((of) => tf.grads(of)([...xs])),
      });
      for (const [half, of] of [loss, slopes].entries()) {
        const executable = await reference.compile(program(of));
        const at = async (moved: number, entry: number, by: number): Promise<number> => {
          const feeds = inputs.map((spec, i) => draws(spec, i));
          const feed = feeds[moved] as Float32Array;
          feed[entry] = (feed[entry] as number) + by;
          const value = new Float32Array(1);
          await executable.run(feeds, [value]);
          return value[0] as number;
        };
        for (const moved of inputs.keys()) {
          const found = exact[half * inputs.length + moved] as Float32Array;
          const step = 4e-3;
          const slope = ((await at(moved, 0, step)) - (await at(moved, 0, -step))) / (2 * step);
          const scale = Math.max(1, Math.abs(slope));
          // 32-bit differences are no better than this.
          assert.ok(Math.abs((found[0] as number) - slope) < 0.02 * scale, `${found[0]} is not ${slope}`);
        }
      }
    });
  }
});
