// How fast this machine is right now: the same training step everywhere, so that seconds of a busy machine can be compared.
import { chooseEngine, createTrainer, denseWeights, type Network } from '../models/nets/index.ts';

const widths = [128, 256, 256, 128] as const;
const batch = 512;

const network: Network = {
  weights: widths.slice(1).flatMap((to, i) => denseWeights(`layer ${i}`, widths[i] as number, to)),
  inputs: [{ shape: [batch, widths[0]], dtype: 'float32' }],
  loss(tf, at, [x]) {
    if (x === undefined) throw new Error('no input');
    let state = x;
    for (const i of widths.slice(1).keys()) {
      const next = tf.add(tf.matMul(state, at(`layer ${i}/w`)), at(`layer ${i}/b`));
      state = i + 2 < widths.length ? tf.relu(next) : next;
    }
    return tf.mean(tf.square(tf.sub(state, x)));
  },
};

/** CPU milliseconds of one training step of a perceptron 128-256-256-128 with 512 rows. */
export async function referenceStep(): Promise<number> {
  const trainer = await createTrainer(await chooseEngine('auto'), network, { seed: 1 });
  const x = Float32Array.from({ length: batch * widths[0] }, (_, i) => Math.sin(i));
  for (let step = 0; step < 5; step++) await trainer.step([x], 1e-3, 0.9);
  const start = process.cpuUsage();
  const steps = 30;
  for (let step = 0; step < steps; step++) await trainer.step([x], 1e-3, 0.9);
  const { user, system } = process.cpuUsage(start);
  await trainer.dispose();
  return (user + system) / 1000 / steps;
}
