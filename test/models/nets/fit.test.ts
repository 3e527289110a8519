import assert from 'node:assert/strict';
import { type FitResult, fitNetwork, type Trainer } from '../../../models/nets/index.ts';

/** A trainer whose held-back losses are written down beforehand; its weights count the epochs. */
function scripted(losses: readonly number[]): Trainer & { readonly restarts: number[]; readonly rates: number[] } {
  let judged = 0;
  const restarts: number[] = [];
  const rates: number[] = [];
  return {
    restarts,
    rates,
    step: async (_, rate) => rates.push(rate),
    evaluate: async () => losses[judged++] ?? Number.NaN,
    averaged: () => Float32Array.of(judged),
    restart: (weights) => restarts.push(weights[0] as number),
    dispose: async () => {},
  };
}

function run(trainer: Trainer, log: string[] = []): Promise<FitResult> {
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

  it('ends with a clear error when the loss is no number again', async () => {
    await assert.rejects(run(scripted([5, Number.NaN, Number.NaN])), { code: 'fit.diverged' });
  });
});
