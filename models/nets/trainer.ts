// Trains a network: one program makes a whole step, forward, gradients, Adam and the moving average of the weights.
import type { Tensor } from '@tensorflow/tfjs-core';
import { type Engine, type Executable, type Program, sizeOf, type TensorSpec, type Tf } from './types.ts';
import { firstWeights, type WeightSpec, weightCount } from './weights.ts';

type Feed = Float32Array | Int32Array;

export interface Network {
  readonly weights: readonly WeightSpec[];
  /** What each step is fed. */
  readonly inputs: readonly TensorSpec[];
  /** A scalar to make small. `at` gives a weight by its name. */
  loss(tf: Tf, at: (name: string) => Tensor, inputs: readonly Tensor[]): Tensor;
}

export interface TrainerOptions {
  readonly seed: number;
  /** Adam's decays of the gradient and of its square. */
  readonly betas?: readonly [number, number];
  /** Decoupled weight decay per unit of the rate (Loshchilov and Hutter 2019). */
  readonly decay?: number;
  /** Gradients longer than this are scaled down to it. */
  readonly clip?: number;
}

export interface Trainer {
  /** One step; gives the loss before it. `average` is the share of the old moving average that is kept. */
  step(feeds: readonly Feed[], rate: number, average: number): Promise<number>;
  /** The loss with the averaged weights. */
  evaluate(feeds: readonly Feed[]): Promise<number>;
  /** The weights as they are, overwritten by later steps. */
  current(): Float32Array;
  /** A copy of the averaged weights. */
  averaged(): Float32Array;
  /** Goes back: weights and average become these, Adam starts anew. */
  restart(weights: Float32Array): void;
  dispose(): Promise<void>;
}

/** Kingma and Ba's ε, larger than theirs: 32-bit gradients near 0 are rounding noise. */
const epsilon = 1e-7;

export async function createTrainer(engine: Engine, network: Network, options: TrainerOptions): Promise<Trainer> {
  const size = weightCount(network.weights);
  const { betas: [beta1, beta2] = [0.9, 0.99], decay = 0, clip = 1 } = options;
  const flat: TensorSpec = { shape: [size], dtype: 'float32' };
  // Rates that change from step to step: Adam's, weight decay, kept share of the average, and the correction of the variance.
  const rates: TensorSpec = { shape: [4], dtype: 'float32' };
  const stepProgram: Program = {
    inputs: [flat, flat, flat, flat, rates, ...network.inputs],
    run(tf, [weights, mean, square, average, scalars, ...inputs]) {
      const { loss, gradient } = lossAndGradient(tf, network, weights as Tensor, inputs);
      const [rate, shrink, keep, correction] = tf.split(scalars as Tensor, 4) as [Tensor, Tensor, Tensor, Tensor];
      const length = tf.sqrt(tf.add(tf.sum(tf.square(gradient)), 1e-12));
      const bounded = tf.div(gradient, tf.maximum(tf.div(length, clip), 1));
      const newMean = tf.add(tf.mul(mean as Tensor, beta1), tf.mul(bounded, 1 - beta1));
      const newSquare = tf.add(tf.mul(square as Tensor, beta2), tf.mul(tf.square(bounded), 1 - beta2));
      const move = tf.div(newMean, tf.add(tf.mul(tf.sqrt(newSquare), correction), epsilon));
      const kept = tf.mul(weights as Tensor, tf.sub(1, shrink));
      const moved = tf.sub(kept, tf.mul(move, rate));
      const newAverage = tf.add(tf.mul(average as Tensor, keep), tf.mul(moved, tf.sub(1, keep)));
      return [moved, newMean, newSquare, newAverage, tf.reshape(loss, [1])];
    },
  };
  const lossProgram: Program = {
    inputs: [flat, ...network.inputs],
    run: (tf, [weights, ...inputs]) => [tf.reshape(lossOf(tf, network, weights as Tensor, inputs), [1])],
  };
  const stepping = await engine.compile(stepProgram);
  // Made when it is first asked for: some trainings are judged by other means.
  let evaluating: Promise<Executable> | undefined;
  const first = firstWeights(network.weights, options.seed);
  const fresh = (): Float32Array[] => [first.slice(), new Float32Array(size), new Float32Array(size), first.slice()];
  let [state, spare] = [fresh(), fresh()];
  let steps = 0;
  const loss = new Float32Array(1);
  return {
    async step(feeds, rate, average) {
      steps++;
      const correction = 1 / Math.sqrt(1 - beta2 ** steps);
      const scalars = Float32Array.of(rate / (1 - beta1 ** steps), rate * decay, average, correction);
      await stepping.run([...state, scalars, ...feeds], [...spare, loss]);
      [state, spare] = [spare, state];
      return loss[0] as number;
    },
    async evaluate(feeds) {
      evaluating ??= engine.compile(lossProgram);
      await (await evaluating).run([state[3] as Float32Array, ...feeds], [loss]);
      return loss[0] as number;
    },
    current: () => state[0] as Float32Array,
    averaged: () => (state[3] as Float32Array).slice(),
    restart(weights) {
      state = [weights.slice(), new Float32Array(size), new Float32Array(size), weights.slice()];
      steps = 0;
    },
    async dispose() {
      await stepping.dispose();
      await (await evaluating)?.dispose();
    },
  };
}

function unflatten(tf: Tf, weights: readonly WeightSpec[], flat: Tensor): Tensor[] {
  const parts = [
    tf.split(
      flat,
      weights.map(({ shape }) => sizeOf(shape)),
    ),
  ].flat();
  return weights.map(({ shape }, i) => tf.reshape(parts[i] as Tensor, [...shape]));
}

function byName(weights: readonly WeightSpec[], tensors: readonly Tensor[]): (name: string) => Tensor {
  const all = new Map(weights.map(({ name }, i) => [name, tensors[i] as Tensor]));
  return (name) => all.get(name) as Tensor;
}

/** Weights by their names, out of all of them side by side. */
export function namedTensors(tf: Tf, weights: readonly WeightSpec[], flat: Tensor): (name: string) => Tensor {
  return byName(weights, unflatten(tf, weights, flat));
}

function lossOf(tf: Tf, network: Network, flat: Tensor, inputs: readonly Tensor[]): Tensor {
  return network.loss(tf, namedTensors(tf, network.weights, flat), inputs);
}

function lossAndGradient(
  tf: Tf,
  network: Network,
  flat: Tensor,
  inputs: readonly Tensor[],
): { loss: Tensor; gradient: Tensor } {
  const differentiate = tf.valueAndGrads((...tensors: Tensor[]) =>
    tf.reshape(network.loss(tf, byName(network.weights, tensors), inputs), []),
  );
  const { value, grads } = differentiate(unflatten(tf, network.weights, flat));
  return { loss: value, gradient: tf.concat(grads.map((gradient) => tf.reshape(gradient, [-1]))) };
}
