// Loads TensorFlow.js once, when the first network is about to be trained, with gradients that can be differentiated again.
import { SynthError } from '../../core/errors.ts';
import { registerGradients } from './gradients.ts';
import type { Tf } from './types.ts';

let loading: Promise<Tf> | undefined;

/** @throws SynthError `nets.no-tfjs` */
export function loadTf(): Promise<Tf> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Tf> {
  let tf: Tf;
  try {
    tf = await import('@tensorflow/tfjs-core');
  } catch (cause) {
    throw new SynthError(
      'nets.no-tfjs',
      'Neural generators need the package @tensorflow/tfjs-core, which does not load.',
      {
        hint: 'Run `npm install @tensorflow/tfjs-core@4`, or use the generator boosted().',
        cause,
      },
    );
  }
  registerGradients(tf);
  return tf;
}
