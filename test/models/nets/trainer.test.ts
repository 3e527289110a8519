import assert from 'node:assert/strict';
import {
  chooseEngine,
  createTrainer,
  denseWeights,
  type EngineChoice,
  type Network,
} from '../../../models/nets/index.ts';
import { testedEngines } from './support.ts';

/** Learns the exclusive or of two signs. */
const network: Network = {
  weights: [...denseWeights('hidden', 2, 16), ...denseWeights('out', 16, 1)],
  inputs: [
    { shape: [4, 2], dtype: 'float32' },
    { shape: [4, 1], dtype: 'float32' },
  ],
  loss(tf, at, [x, y]) {
    if (x === undefined || y === undefined) throw new Error('no input');
    const hidden = tf.relu(tf.add(tf.matMul(x, at('hidden/w')), at('hidden/b')));
    return tf.mean(tf.square(tf.sub(tf.add(tf.matMul(hidden, at('out/w')), at('out/b')), y)));
  },
};
const feeds = [Float32Array.of(-1, -1, -1, 1, 1, -1, 1, 1), Float32Array.of(0, 1, 1, 0)];

async function train(choice: EngineChoice, steps: number): Promise<{ losses: number[]; weights: Float32Array }> {
  const trainer = await createTrainer(await chooseEngine(choice), network, { seed: 5 });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push(await trainer.step(feeds, 0.02, 0.9));
  losses.push(await trainer.evaluate(feeds));
  const weights = trainer.averaged();
  await trainer.dispose();
  return { losses, weights };
}

describe('models/nets trainer', () => {
  it('learns what no linear model can', async () => {
    const { losses } = await train('auto', 300);
    assert.ok((losses[0] as number) > 0.1, `${losses[0]}`);
    assert.ok((losses.at(-1) as number) < 0.01, `${losses.at(-1)}`);
  });

  it('gives the same bits again', async () => {
    assert.deepEqual(await train('onnx', 20), await train('onnx', 20));
  });

  for (const choice of testedEngines) {
    it(`takes the steps of the reference on ${choice}`, async () => {
      const [found, expected] = [await train(choice, 5), await train('js', 5)];
      for (const [i, loss] of expected.losses.entries()) {
        assert.ok(Math.abs((found.losses[i] as number) - loss) < 1e-4 * Math.max(1, loss), `step ${i}`);
      }
    });
  }
});
