// Trains a generator against a critic: each is fed the other's weights, and they step in turn.
import { createTrainer, type Network, type Trainer } from './trainer.ts';
import type { Engine } from './types.ts';
import { weightCount } from './weights.ts';

export interface AdversarialOptions {
  readonly seed: number;
  readonly betas: readonly [number, number];
  readonly clip: number;
  /** The critic's rate as a multiple of the generator's. */
  readonly criticRate: number;
}

/**
 * Both networks take the other's weights as their first feed and share all others. The trainer's weights are the averaged ones
 * of the generator, and then those of the critic.
 */
export async function createAdversarialTrainer(
  engine: Engine,
  generator: Network,
  critic: Network,
  { seed, betas, clip, criticRate }: AdversarialOptions,
): Promise<Trainer> {
  const maker = await createTrainer(engine, generator, { seed, betas, clip });
  const judge = await createTrainer(engine, critic, { seed: seed + 1, betas, clip });
  const size = weightCount(generator.weights);
  const together = (first: Float32Array): Float32Array => {
    const second = judge.current();
    const all = new Float32Array(size + second.length);
    all.set(first);
    all.set(second, size);
    return all;
  };
  return {
    async step(feeds, rate, average) {
      const distance = await judge.step([maker.current(), ...feeds], rate * criticRate, 0);
      const loss = await maker.step([judge.current(), ...feeds], rate, average);
      return Number.isFinite(distance) ? loss : distance;
    },
    evaluate: (feeds) => maker.evaluate([judge.current(), ...feeds]),
    current: () => together(maker.current()),
    averaged: () => together(maker.averaged()),
    restart(weights) {
      maker.restart(weights.slice(0, size));
      judge.restart(weights.slice(size));
    },
    async dispose() {
      await maker.dispose();
      await judge.dispose();
    },
  };
}
