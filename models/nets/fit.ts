// The loop around a trainer: epochs, a falling rate, a held-back part that says when to stop, and a way back from divergence.
import { SynthError } from '../../core/errors.ts';
import { sequence } from '../../core/random.ts';
import type { Trainer } from './trainer.ts';

export interface FitLoop {
  readonly trainer: Trainer;
  readonly rows: number;
  readonly batch: number;
  readonly epochs: number;
  /** Highest rate of the schedule: a short rise, then half a cosine down to 0. */
  readonly rate: number;
  /** Epochs without a better held-back part before training ends. */
  readonly patience: number;
  /** Stop after so many minutes. Without it the result does not depend on the machine's speed. */
  readonly minutes?: number | undefined;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** What a step is fed for these rows of the table; `share` is how much of the training is done, 1 while judging. */
  feeds(rows: Uint32Array, next: () => number, share: number): readonly (Float32Array | Int32Array)[];
  /** Told which rows are trained on and which are held back, before the first step. */
  begin?(train: Uint32Array, held: Uint32Array): void;
  /**
   * How far rows of the network with the averaged weights are from real ones: says which weights are kept. Without it the
   * loss does.
   */
  judge?(held: Uint32Array): Promise<number>;
  /** Epochs between two judgements. Default: 1. */
  readonly judgeEvery?: number;
  /** The loss means nothing by itself, as against a critic: judgements alone say when to stop. Default: false. */
  readonly isGame?: boolean;
  /** Share of the moving average of the weights that a step keeps. */
  readonly average?: number;
  progress(share: number): void;
  log(message: string): void;
  /** Something that the user has to know. */
  note(message: string): void;
}

/** The averaged weights that did best. */
export interface FitResult {
  readonly weights: Float32Array;
  /** How far their rows are from real ones; the loss where rows are not judged. */
  readonly distance: number;
  /** On the held-back part. */
  readonly loss: number;
  readonly epochs: number;
}

/** Share of rows that are not trained on but tell when to stop. */
const heldBackShare = 0.05;
const mostHeldBack = 4096;
/** Below it too few rows are left over to judge by: all are trained on, and all judge. */
const leastRows = 400;
const keptAverage = 0.995;
/** A held-back loss so many times that of the first weights, and beyond 1, is no training any more. */
const explosion = 3;
/** Weights are judged while the held-back loss is no further above its least value than this share of it. */
const mostExcess = 0.01;
/** Distances that differ by less than this share are the same to chance: the loss then decides. */
const sameDistance = 0.05;

/** @throws SynthError `fit.diverged` */
export async function fitNetwork(loop: FitLoop): Promise<FitResult> {
  const { trainer, rows, batch, epochs, signal, average = keptAverage, judgeEvery = 1, isGame = false } = loop;
  const judge = async (held: Uint32Array): Promise<number> => (await loop.judge?.(held)) ?? Number.NaN;
  const drawsRows = !isGame && loop.judge !== undefined;
  const next = sequence(loop.seed, 'training order');
  const order = shuffled(rows, next);
  const heldCount = rows < leastRows ? 0 : Math.min(mostHeldBack, Math.max(batch, Math.floor(rows * heldBackShare)));
  const isJudged = heldCount > 0 && heldCount < rows / 2;
  const held = isJudged ? order.slice(0, heldCount) : order;
  const train = isJudged ? order.slice(heldCount) : order;
  const stepsPerEpoch = Math.max(1, Math.floor(train.length / batch));
  const total = stepsPerEpoch * epochs;
  const deadline = loop.minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + loop.minutes * 60_000;
  const picked = new Uint32Array(batch);
  const none = Number.POSITIVE_INFINITY;
  let best: FitResult = { weights: trainer.averaged(), distance: none, loss: none, epochs: 0 };
  let factor = 1;
  let least = Number.POSITIVE_INFINITY;
  let sinceLeast = 0;
  let step = 0;

  loop.begin?.(train, held);
  const heldLoss = async (): Promise<number> => {
    // The same draws each time, so that epochs compare.
    const same = sequence(loop.seed, 'held-back part');
    const batches = Math.max(1, Math.min(8, Math.floor(held.length / batch)));
    let sum = 0;
    for (let b = 0; b < batches; b++) {
      pick(held, b * batch, picked);
      sum += await trainer.evaluate(loop.feeds(picked, same, 1));
    }
    return sum / batches;
  };

  // In a game, the rows of the first weights are the ones to beat.
  if (isGame) best = { ...best, distance: await judge(held) };
  const most = explosion * Math.max(1, isGame ? best.distance : Math.abs(await heldLoss()));
  for (let epoch = 1; epoch <= epochs; epoch++) {
    shuffle(train, next);
    let sum = 0;
    let spent = false;
    for (let i = 0; i < stepsPerEpoch && !spent; i++) {
      signal.throwIfAborted();
      pick(train, i * batch, picked);
      const share = step / total;
      const rise = Math.min(1, (step + 1) / Math.max(1, Math.min(100, total / 20)));
      const rate = loop.rate * factor * rise * (0.5 + 0.5 * Math.cos(Math.PI * share));
      sum += await trainer.step(loop.feeds(picked, next, share), rate, Math.min(average, (step + 1) / (step + 10)));
      step++;
      if (step % 10 === 0) loop.progress(step / total);
      spent = performance.now() > deadline;
    }
    let isLast = spent || epoch === epochs;
    const isDue = epoch % judgeEvery === 0;
    if (isGame && Number.isFinite(sum) && !isDue && !isLast) continue;
    const loss = !Number.isFinite(sum) ? Number.NaN : isGame ? await judge(held) : await heldLoss();
    if (!(Math.abs(loss) <= most)) {
      if (factor < 1) {
        throw new SynthError(
          'fit.diverged',
          'Training diverged twice: the loss is no number any more, or far larger than before training.',
          {
            hint: 'Set a smaller rate, or use the generator boosted().',
          },
        );
      }
      factor = 0.3;
      loop.note(
        'The loss is no number any more, or far too large: training goes back to the best weights with a smaller rate.',
      );
      trainer.restart(best.weights);
      continue;
    }
    sinceLeast = loss < least ? 0 : sinceLeast + (isGame ? judgeEvery : 1);
    least = Math.min(least, loss);
    isLast ||= sinceLeast >= loop.patience;
    let told = `held back ${loss.toFixed(4)}`;
    // Rows of weights that know the trained rows by heart come close to real ones, too: such weights are not judged.
    const isOpen = loss <= least + mostExcess * Math.abs(least);
    if (!drawsRows || (isOpen && (isDue || isLast)) || (isLast && best.epochs === 0)) {
      const distance = drawsRows ? await judge(held) : loss;
      const isSame = Math.abs(distance - best.distance) < sameDistance * best.distance;
      if (drawsRows && isSame ? loss < best.loss : distance < best.distance) {
        best = { weights: trainer.averaged(), distance, loss, epochs: epoch };
      }
      if (drawsRows) told += `, rows ${distance.toFixed(4)} away`;
    }
    loop.log(`epoch ${epoch} of ${epochs}: loss ${(sum / stepsPerEpoch).toFixed(4)}, ${told}`);
    if (isLast) break;
  }
  loop.progress(1);
  return best;
}

function pick(from: Uint32Array, start: number, into: Uint32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = from[(start + i) % from.length] as number;
}

function shuffled(rows: number, next: () => number): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  shuffle(order, next);
  return order;
}

/** Fisher and Yates. */
function shuffle(order: Uint32Array, next: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
}
