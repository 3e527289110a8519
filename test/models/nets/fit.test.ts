import assert from 'node:assert/strict';
import { type FitLoop, fitNetwork } from '../../../models/nets/fit.ts';
import type { FitResult, Trainer } from '../../../models/nets/index.ts';

/** A trainer whose held-back losses are written down beforehand, 10 before the first epoch; its weights count the epochs. */
function scripted(losses: readonly number[]): Trainer & { readonly restarts: number[]; readonly rates: number[] } {
  let judged = -1;
  const restarts: number[] = [];
  const rates: number[] = [];
  return {
    restarts,
    rates,
    step: async (_, rate) => rates.push(rate),
    evaluate: async () => (judged++ < 0 ? 10 : (losses[judged - 1] ?? Number.NaN)),
    current: () => Float32Array.of(Math.max(0, judged)),
    averaged: () => Float32Array.of(Math.max(0, judged)),
    restart: (weights) => restarts.push(weights[0] as number),
    dispose: async () => {},
  };
}

function run(trainer: Trainer, log: string[] = [], more: Partial<FitLoop> = {}): Promise<FitResult> {
  return fitNetwork({
    trainer,
    rows: 1000,
    batch: 50,
    epochs: 30,
    rate: 0.1,
    patience: 3,
    seed: 1,
    signal: new AbortController().signal,
    feeds: () => [],
    progress: () => {},
    log: (line) => log.push(line),
    note: (line) => log.push(line),
    ...more,
  });
}

describe('models/nets fit', () => {
  it('keeps the weights that did best on the held-back part and stops when it gets no better', async () => {
    const result = await run(scripted([5, 4, 3, 6, 7, 8, 1]));
    assert.deepEqual([...result.weights], [3]);
    assert.equal(result.loss, 3);
    assert.equal(result.epochs, 3);
  });

  it('goes back to the best weights with a smaller rate when the loss is no number', async () => {
    const trainer = scripted([5, 4, Number.NaN, 3, 3.5, 3.6, 3.7]);
    const log: string[] = [];
    const result = await run(trainer, log);
    assert.deepEqual(trainer.restarts, [2]);
    assert.equal(result.loss, 3);
    assert.ok((trainer.rates.at(-1) as number) < 0.04);
    assert.ok(log.some((line) => line.includes('smaller rate')));
  });

  it('goes back as well when the loss is far larger than before training', async () => {
    const trainer = scripted([5, 4, 31, 3, 3.5, 3.6, 3.7]);
    const result = await run(trainer);
    assert.deepEqual(trainer.restarts, [2]);
    assert.equal(result.loss, 3);
  });

  it('starts again when the very first loss is no number', async () => {
    const trainer = scripted([Number.NaN, 3, 3.5, 3.6, 3.7]);
    assert.equal((await run(trainer)).loss, 3);
    assert.deepEqual(trainer.restarts, [0]);
  });

  it('keeps the weights whose rows come closest, and stops by the loss', async () => {
    const distances = [0.5, 0.2, 0.3, 0.4];
    let judged = 0;
    const trainer = scripted([9, 8, 7, 6, 5, 4, 3, 2, 3, 3, 3, 1]);
    const log: string[] = [];
    const judge = async (): Promise<number> => distances[judged++] ?? 1;
    const result = await run(trainer, log, { epochs: 30, judgeEvery: 2, judge });
    // Epochs 2, 4, 6 and 8: the loss of epoch 10 is too far above that of epoch 8, and epoch 11 is the third without gain.
    assert.equal(judged, 4);
    assert.equal(log.length, 11);
    assert.deepEqual([result.distance, result.loss, result.epochs, [...result.weights]], [0.2, 6, 4, [4]]);
    assert.match(log[3] ?? '', /held back 6\.0000, rows 0\.2000 away/);
  });

  it('lets the loss decide between distances that differ by chance alone', async () => {
    const distances = [0.2, 0.205, 0.3, 0.196];
    let judged = 0;
    const judge = async (): Promise<number> => distances[judged++] ?? 1;
    const result = await run(scripted([5, 4, 3, 3.01]), [], { epochs: 4, judge });
    assert.deepEqual([result.distance, result.epochs], [0.196, 4]);
    judged = 0;
    const other = await run(scripted([5, 4, 3.99, 4.01]), [], { epochs: 4, judge });
    assert.deepEqual([other.distance, other.epochs], [0.205, 2]);
  });

  it('judges the last weights at least, also where the loss rose before rows were due', async () => {
    const result = await run(scripted([1, 5, 6, 7]), [], { judgeEvery: 10, judge: async () => 0.3 });
    assert.deepEqual([result.distance, result.epochs], [0.3, 4]);
  });

  it('judges nothing but rows in a game, those of the first weights too, and not after every epoch', async () => {
    const distances = [0.2, 0.4, 0.3, 0.25, 0.5];
    const seen: number[] = [];
    const trainer = scripted([]);
    const judge = async (held: Uint32Array): Promise<number> => {
      seen.push(held.length);
      return distances[seen.length - 1] ?? 1;
    };
    const result = await run(trainer, [], { epochs: 7, judgeEvery: 2, patience: 100, isGame: true, judge });
    // The first weights, epochs 2, 4 and 6, and the last.
    assert.deepEqual(seen, [50, 50, 50, 50, 50]);
    assert.deepEqual([result.distance, result.epochs], [0.2, 0]);
  });

  it('ends with a clear error when the loss is no number again, or still too large', async () => {
    for (const losses of [
      [5, Number.NaN, Number.NaN],
      [1e33, 31],
    ]) {
      await assert.rejects(run(scripted(losses)), { code: 'fit.diverged', hint: /smaller rate/ });
    }
  });
});
