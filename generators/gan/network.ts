// The two networks of the gan: one makes rows out of noise, given any of their columns; the other, the critic, tells packs of
// made rows from packs of real ones (Wasserstein distance with gradient penalty, Gulrajani et al. 2017; packs: Lin et al. 2018).
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  denseWeights,
  type Network,
  namedTensors,
  type TensorSpec,
  type Tf,
  type WeightSpec,
} from '../../models/nets/index.ts';
import { dense } from '../neural/layers.ts';
import type { MixedParts } from '../neural/mixed.ts';
import { logShares } from '../neural/tokens.ts';
import { levelRows, runTrunk, type TrunkShape, trunkWeights } from '../neural/trunk.ts';
import { scoreFeatures } from '../neural/waves.ts';
import { type MadeRows, pairFeatures, pairLoss } from './pairs.ts';

export interface GanShape extends TrunkShape {
  /** Tokens and scores of context columns, which come first and are never drawn. */
  readonly givenTokens: number;
  readonly givenScores: number;
  /** Normal numbers that a row is made of. */
  readonly noise: number;
}

export interface GanTraining {
  readonly parts: MixedParts;
  readonly shape: GanShape;
  /** Rows of a step, a multiple of twice `pack`. */
  readonly batch: number;
  /** Rows that the critic judges together: it sees whether they differ as real rows do. */
  readonly pack: number;
  /** Hidden numbers of the critic's layers. */
  readonly critic: number;
  /** Weight of the gradient penalty. */
  readonly penalty: number;
  /** Weight of the difference of pairs. */
  readonly pairs: number;
  /** Length of the pair features, after they were cut down: see {@link pairLoss}. */
  readonly pairWidth: number;
}

/** Hardness of drawn levels while training (Jang et al. 2017). */
const temperature = 0.5;
/** Spread of the first embeddings: small, so that rows begin with much noise and few conditions. */
const noiseSpread = 0.3;
/** The critic sees a score as itself and as these waves of it. */
const criticWaves = [1.5, 4] as const;
/** The critic's slope below 0. */
const leak = 0.2;

export function generatorWeights({ tokens, scores }: MixedParts, shape: GanShape): WeightSpec[] {
  const drawn = tokens.slice(shape.givenTokens);
  const targets = scores.length - shape.givenScores;
  const biases = Float32Array.from([
    ...drawn.flatMap((token) => [...logShares(token)]),
    ...new Array<number>(targets).fill(0),
  ]);
  if (biases.length === 0) return [];
  return [
    ...trunkWeights('make', tokens, shape, scores.length * scoreFeatures + shape.noise, noiseSpread),
    { name: 'make out/w', shape: [shape.hidden, biases.length], spread: Math.sqrt(1 / shape.hidden) },
    { name: 'make out/b', shape: [biases.length], spread: 0, first: biases },
  ];
}

function criticWeights({ parts, shape, pack, critic }: GanTraining): WeightSpec[] {
  return [
    ...denseWeights('judge 0', pack * judgedWidth(parts, shape), critic),
    ...denseWeights('judge 1', critic, critic),
    ...denseWeights('judge out', critic, 1, Math.sqrt(1 / critic)),
  ];
}

/** Numbers that a row is to the critic: its levels and scores, and which of them were given. */
function judgedWidth({ tokens, scores }: MixedParts, shape: GanShape): number {
  const levels = tokens.reduce((sum, { size }) => sum + size, 0);
  const drawn = tokens.length - shape.givenTokens + scores.length - shape.givenScores;
  return levels + scores.length * (1 + 2 * criticWaves.length) + drawn;
}

/** Empty arrays cannot be fed. */
export function wide(count: number): number {
  return Math.max(1, count);
}

/**
 * Feeds of both networks: levels (a row per token); the levels that are given, one more than the last level where not; scores,
 * 0 where there is none; features of the given scores; 1 where a drawn token or score is given; normal noise; a uniform draw
 * for each value of each drawn token; one for each pack; and the two halves of the pair features.
 */
export function feedSpecs({ parts, shape, batch, pack, pairWidth }: GanTraining): TensorSpec[] {
  const { tokens, scores } = parts;
  const drawn = tokens.slice(shape.givenTokens);
  const values = drawn.reduce((sum, { size }) => sum + size, 0);
  const f = (...of: number[]): TensorSpec => ({ shape: of, dtype: 'float32' });
  return [
    { shape: [wide(tokens.length), batch], dtype: 'int32' },
    { shape: [wide(tokens.length), batch], dtype: 'int32' },
    f(batch, wide(scores.length)),
    f(batch, wide(scores.length * scoreFeatures)),
    f(batch, wide(drawn.length + scores.length - shape.givenScores)),
    f(batch, shape.noise),
    f(batch, wide(values)),
    f(batch / pack, 1),
    f(pairFeatures(parts), pairWidth),
    f(pairFeatures(parts), pairWidth),
  ];
}

/** The critic's network: its first feed is the generator's weights. */
export function criticNetwork(training: GanTraining): Network {
  const maker = generatorWeights(training.parts, training.shape);
  return {
    weights: criticWeights(training),
    inputs: [flatSpec(maker), ...feedSpecs(training)],
    loss(tf, at, [flat, ...feeds]) {
      const real = realRows(tf, training, feeds);
      const made = madeRows(tf, training, namedTensors(tf, maker, flat as Tensor), feeds);
      const judge = (packs: Tensor): Tensor => judgePacks(tf, at, packs);
      const [realPacks, madePacks] = [real, made].map((rows) => packsOf(tf, training, rows, feeds)) as [Tensor, Tensor];
      const mix = feeds[7] as Tensor;
      const between = tf.add(tf.mul(realPacks, mix), tf.mul(madePacks, tf.sub(1, mix)));
      return criticLoss(tf, judge, realPacks, madePacks, between, training.penalty);
    },
  };
}

/** Exported for tests: Wasserstein distance and the penalty of gradients whose length is not 1. */
export function criticLoss(
  tf: Tf,
  judge: (packs: Tensor) => Tensor,
  real: Tensor,
  made: Tensor,
  between: Tensor,
  penalty: number,
): Tensor {
  const slopes = tf.grad((x) => tf.sum(judge(x)))(between);
  const lengths = tf.sqrt(tf.add(tf.sum(tf.square(slopes), 1), 1e-12));
  const excess = tf.mean(tf.square(tf.sub(lengths, 1)));
  return tf.add(tf.sub(tf.mean(judge(made)), tf.mean(judge(real))), tf.mul(excess, penalty));
}

/** The generator's network: its first feed is the critic's weights. */
export function generatorNetwork(training: GanTraining): Network {
  const judge = criticWeights(training);
  return {
    weights: generatorWeights(training.parts, training.shape),
    inputs: [flatSpec(judge), ...feedSpecs(training)],
    loss(tf, at, [flat, ...feeds]) {
      const made = madeRows(tf, training, at, feeds);
      const packs = packsOf(tf, training, made, feeds);
      const distance = tf.neg(tf.mean(judgePacks(tf, namedTensors(tf, judge, flat as Tensor), packs)));
      if (training.pairs === 0) return distance;
      const pairs = pairLoss(
        tf,
        training.parts,
        realRows(tf, training, feeds),
        made,
        feeds[8] as Tensor,
        feeds[9] as Tensor,
      );
      return tf.add(distance, tf.mul(pairs, training.pairs));
    },
  };
}

function flatSpec(specs: readonly WeightSpec[]): TensorSpec {
  const size = specs.reduce((sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1), 0);
  return { shape: [size], dtype: 'float32' };
}

/** Rows as they are. */
export function realRows(tf: Tf, { parts, batch }: GanTraining, feeds: readonly Tensor[]): MadeRows {
  const { tokens, scores } = parts;
  const levels = tokens.length === 0 ? [] : levelRows(tf, tokens, feeds[0] as Tensor, batch, false);
  const values = scores.length === 0 ? [] : [tf.split(feeds[2] as Tensor, scores.length, 1)].flat();
  return { levels, shares: levels, values };
}

/** What the generator makes of noise, given what is shown: logits of each drawn token, then drawn scores. */
export function outputsOf(
  tf: Tf,
  { parts, shape, batch }: GanTraining,
  at: (name: string) => Tensor,
  shown: Tensor,
  clean: Tensor,
  noise: Tensor,
): Tensor[] {
  const { tokens, scores } = parts;
  const hot = tokens.length === 0 ? [] : levelRows(tf, tokens, shown, batch, true);
  const numbers = scores.length === 0 ? noise : tf.concat([clean, noise], 1);
  const out = dense(tf, at, 'make out', runTrunk(tf, at, 'make', hot, numbers));
  const sizes = tokens.slice(shape.givenTokens).map(({ size }) => size);
  return [tf.split(out, [...sizes, ...new Array<number>(scores.length - shape.givenScores).fill(1)], 1)].flat();
}

function madeRows(tf: Tf, training: GanTraining, at: (name: string) => Tensor, feeds: readonly Tensor[]): MadeRows {
  const { parts, shape } = training;
  const { tokens, scores } = parts;
  const { givenTokens, givenScores } = shape;
  const drawn = tokens.slice(givenTokens);
  const targets = scores.length - givenScores;
  const [, shown, , clean, flags, noise, uniforms] = feeds as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
  const sizes = drawn.map(({ size }) => size);
  const outputs = outputsOf(tf, training, at, shown, clean, noise);
  const draws = drawn.length === 0 ? [] : [tf.split(uniforms, sizes, 1)].flat();
  const isGiven = [tf.split(flags, drawn.length + targets, 1)].flat();
  const real = realRows(tf, training, feeds);
  const keep = (made: Tensor, known: Tensor | undefined, given: Tensor | undefined): Tensor =>
    tf.add(made, tf.mul(tf.sub(known as Tensor, made), given as Tensor));
  const levels: Tensor[] = [];
  const shares: Tensor[] = [];
  for (const t of drawn.keys()) {
    const [logits, known] = [outputs[t] as Tensor, real.levels[givenTokens + t]];
    const gumbel = tf.neg(tf.log(tf.neg(tf.log(draws[t] as Tensor))));
    const soft = tf.softmax(tf.div(tf.add(logits, gumbel), temperature));
    levels.push(keep(straightThrough(tf, soft), known, isGiven[t]));
    shares.push(keep(tf.softmax(logits), known, isGiven[t]));
  }
  const context = real.levels.slice(0, givenTokens);
  const values = outputs
    .slice(drawn.length)
    .map((made, s) => keep(made, real.values[givenScores + s], isGiven[drawn.length + s]));
  return {
    levels: [...context, ...levels],
    shares: [...context, ...shares],
    values: [...real.values.slice(0, givenScores), ...values],
  };
}

/** 1 at the largest share, else 0; gradients pass as if nothing had happened. */
function straightThrough(tf: Tf, soft: Tensor): Tensor {
  const through = tf.customGrad((x) => ({
    value: tf.cast(tf.equal(x as Tensor, tf.max(x as Tensor, -1, true)), 'float32'),
    gradFunc: (dy) => dy as Tensor,
  }));
  return through(soft);
}

/** Rows as the critic sees them, `pack` of them side by side. */
function packsOf(tf: Tf, training: GanTraining, rows: MadeRows, feeds: readonly Tensor[]): Tensor {
  const { parts, shape, batch, pack } = training;
  const scores = parts.scores.flatMap(({ token }, s) => {
    const value = rows.values[s] as Tensor;
    const seen = [
      value,
      ...criticWaves.flatMap((wave) => {
        const scaled = tf.mul(value, wave);
        return [tf.sin(scaled), tf.cos(scaled)];
      }),
    ];
    if (token === undefined) return seen;
    const hot = rows.levels[token.index] as Tensor;
    const exists = tf.slice(hot, [0, token.level], [batch, 1]);
    return seen.map((feature) => tf.mul(feature, exists));
  });
  const all = tf.concat([...rows.levels, ...scores, feeds[4] as Tensor], 1);
  return tf.reshape(all, [batch / pack, pack * judgedWidth(parts, shape)]);
}

function judgePacks(tf: Tf, at: (name: string) => Tensor, packs: Tensor): Tensor {
  const bend = (x: Tensor): Tensor => tf.maximum(x, tf.mul(x, leak));
  return dense(tf, at, 'judge out', bend(dense(tf, at, 'judge 1', bend(dense(tf, at, 'judge 0', packs)))));
}
