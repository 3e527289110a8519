// Trains generator and critic of a table: first lessons, then in turn, and the rows that come closest to held-back ones win.

import type { FitContext, FitSource } from '../../core/generator.ts';
import { sequence } from '../../core/random.ts';
import { displayName } from '../../core/schema.ts';
import {
  chooseEngine,
  createAdversarialTrainer,
  createTrainer,
  fitNetwork,
  weightCount,
} from '../../models/nets/index.ts';
import { encodeSource, type TableCodes } from '../coded/table.ts';
import { distanceFrom, judgeEvery, spreadRows } from '../neural/judge.ts';
import { checkMemory } from '../neural/memory.ts';
import type { MixedParts } from '../neural/mixed.ts';
import { type NeuralOptions, schedule } from '../neural/options.ts';
import type { ScoreKnots } from '../neural/shares.ts';
import { bytesOf } from '../neural/stored.ts';
import { contextRows, createFeeder } from './feed.ts';
import { openGan, sharpened } from './model.ts';
import {
  criticNetwork,
  feedSpecs,
  type GanShape,
  type GanTraining,
  generatorNetwork,
  generatorWeights,
} from './network.ts';
import { pairWidth } from './pairs.ts';
import { ganDraws } from './sample.ts';
import { matchShares } from './shares.ts';
import { warmNetwork } from './warm.ts';

export interface GanOptions extends NeuralOptions {
  /** Hidden numbers of each layer of the generator and of the critic. */
  readonly width: number;
  /** Normal numbers that a row is made of. */
  readonly noise: number;
  /** Rows that the critic judges together. */
  readonly pack: number;
  /** Weight of the gradient penalty. */
  readonly penalty: number;
  /** Weight of what the generator is told directly: how often values of two columns occur together. 0: nothing. */
  readonly pairs: number;
}

/** The trained generator. */
export interface TrainedGan {
  readonly weights: Float32Array;
  readonly knots: readonly ScoreKnots[];
}

const usualEpochs = 48;
/** Share of the epochs in which the generator is a decoder, and how much larger the rate is then. */
const warmShare = 0.5;
const warmFactor = 4;
/** Share of those in which the divergence of the noise from normal noise gets its weight. */
const riseShare = 0.5;
const keptAverage = 0.998;
/** How many times as sure the levels of a row may be made. */
const sharpness = [1, 1.25, 1.6, 2, 2.5, 3.2, 4] as const;
/** Rows that shares are matched on, at most, while training and at the end, and most numbers that they make together. */
const judgedOn = 2048;
const matchedRows = 8192;
const matchedNumbers = 16_000_000;

export const fitVersion = 1;

export async function trainGan(
  source: FitSource,
  options: GanOptions,
  context: FitContext,
  codes: TableCodes,
  parts: MixedParts,
  shape: GanShape,
): Promise<TrainedGan> {
  const specs = generatorWeights(parts, shape);
  const size = weightCount(specs);
  const rows = source.rows.rowCount;
  if (rows === 0 || size === 0) return { weights: new Float32Array(size), knots: [] };
  const multiple = 2 * options.pack;
  const batch = multiple * Math.max(1, Math.floor(Math.min(options.batch, rows) / multiple));
  const training: GanTraining = {
    parts,
    shape,
    batch,
    pack: options.pack,
    critic: options.width,
    penalty: options.penalty,
    pairs: options.pairs,
    pairWidth: pairWidth(parts),
  };
  const critic = criticNetwork(training);
  const fed = feedSpecs(training).reduce((sum, spec) => sum + spec.shape.reduce((a, b) => a * b, 1), 0);
  const numbers = Math.ceil(fed / batch) + 6 * options.width;
  checkMemory(size + weightCount(critic.weights), numbers, batch, displayName(source.table));
  const columns = encodeSource(codes, source);
  const engine = await chooseEngine(options.engine, context.note);
  const plan = schedule(options.epochs, rows, batch, usualEpochs);
  const feeder = createFeeder(training, columns);
  const matched = (weights: Float32Array, most: number): TrainedGan => {
    const matching = weights.slice(0, size);
    const model = openGan(parts, shape, matching);
    const count = Math.min(most, rows, Math.max(256, Math.floor(matchedNumbers / model.bias.length)));
    const picked = spreadRows(rows, count);
    const knots = matchShares(model, contextRows(parts, shape, columns, picked, sequence(context.seed, 'shares')));
    // The bias of the last layer is the last of the weights.
    matching.set(model.bias, size - model.bias.length);
    return { weights: matching, knots };
  };
  const planned = Math.ceil(plan.epochs * warmShare);
  let judged: Uint32Array = new Uint32Array();
  const common = {
    rows,
    batch,
    seed: context.seed,
    signal: context.signal,
    log: context.log,
    note: context.note,
    begin(train: Uint32Array, held: Uint32Array) {
      feeder.begin(train);
      judged = held;
    },
  };
  const first = await warmUp();
  const trainer = await createAdversarialTrainer(engine, generatorNetwork(training), critic, {
    seed: context.seed,
    betas: [0.5, 0.9],
    clip: 10,
    criticRate: 2,
  });
  try {
    const all = trainer.averaged();
    all.set(sharpest(first));
    trainer.restart(all);
    const { weights } = await fitNetwork({
      ...common,
      trainer,
      epochs: Math.max(1, plan.epochs - planned),
      // Gains come late.
      patience: plan.epochs,
      rate: options.rate,
      minutes: minutes(1 - warmShare),
      average: keptAverage,
      judgeEvery: judgeEvery(plan.epochs - planned),
      isGame: true,
      feeds: feeder.feeds,
      judge: async (held) => distance(trainer.averaged().slice(0, size), held),
      progress: (share) => context.progress(warmShare + (1 - warmShare) * share),
    });
    return matched(sharpest(weights.slice(0, size)), matchedRows);
  } finally {
    await trainer.dispose();
  }

  /** How far drawn rows are from held-back ones. */
  function distance(weights: Float32Array, held: Uint32Array): number {
    if (!weights.every(Number.isFinite)) return Number.NaN;
    const { weights: matching, knots } = matched(weights, judgedOn);
    return distanceFrom(
      codes,
      columns,
      held,
      held,
      context.seed,
      ganDraws({ version: fitVersion, codes, shape, knots, weights: bytesOf(matching) }),
    );
  }

  function sharpest(weights: Float32Array): Float32Array {
    let best = { weights, distance: Number.POSITIVE_INFINITY };
    for (const factor of sharpness) {
      const tried = sharpened(parts, shape, weights, factor);
      const found = distance(tried, judged);
      if (found < best.distance) best = { weights: tried, distance: found };
    }
    return best.weights;
  }

  async function warmUp(): Promise<Float32Array> {
    const warm = await createTrainer(engine, warmNetwork(training), { seed: context.seed, decay: 0.01 });
    try {
      const { weights } = await fitNetwork({
        ...common,
        trainer: warm,
        log: (message) => context.log(`before the critic, ${message}`),
        epochs: planned,
        patience: plan.patience,
        rate: options.rate * warmFactor,
        minutes: minutes(warmShare),
        feeds: (picked, next, share) => [
          ...feeder.rows(picked, next),
          // All at once it would silence the noise.
          Float32Array.of(Math.min(1, (share + 0.01) / riseShare)),
        ],
        progress: (share) => context.progress(warmShare * share),
      });
      return weights.slice(0, size);
    } finally {
      await warm.dispose();
    }
  }

  function minutes(share: number): number | undefined {
    return options.minutes === undefined ? undefined : options.minutes * share;
  }
}
