// Picks what runs networks: the first engine that loads, or the one that the user named.
import { SynthError } from '../../../core/errors.ts';
import { loadTf } from '../tfjs.ts';
import type { Engine, EngineName, Tf } from '../types.ts';
import { nativeOnnx, wasmOnnx } from './onnx.ts';
import { nativeTensorflow, plainJs } from './tfjs.ts';

/** What a user may ask for. */
export const engineChoices: readonly ['auto', 'onnx', 'tensorflow', 'wasm', 'js'] = [
  'auto',
  'onnx',
  'tensorflow',
  'wasm',
  'js',
];

export type EngineChoice = (typeof engineChoices)[number];

interface EngineSource {
  load(tf: Tf): Promise<Engine>;
  readonly package: string;
}

const sources: Readonly<Record<EngineName, EngineSource>> = {
  onnx: { load: nativeOnnx, package: 'onnxruntime-node' },
  tensorflow: { load: nativeTensorflow, package: '@tensorflow/tfjs-node' },
  wasm: { load: wasmOnnx, package: 'onnxruntime-web' },
  js: { load: plainJs, package: '@tensorflow/tfjs-backend-cpu' },
};

/** TensorFlow's library is used only by name: it is level with ONNX Runtime on large steps and slower on small ones. */
const automatic: readonly EngineName[] = ['onnx', 'wasm', 'js'];

/** Whether the user was told that the fastest engine is missing: once is enough for all tables. */
let isTold = false;

/**
 * @param note told when the fastest engine is missing, once in the life of the process
 * @throws SynthError `nets.no-engine`
 */
export async function chooseEngine(choice: EngineChoice, note: (message: string) => void = () => {}): Promise<Engine> {
  const tf = await loadTf();
  if (choice !== 'auto') {
    try {
      return await sources[choice].load(tf);
    } catch (cause) {
      const name = sources[choice].package;
      throw new SynthError('nets.no-engine', `The engine "${choice}" needs the package ${name}, which does not load.`, {
        hint: `Run \`npm install ${name}\`, or leave the engine out.`,
        cause,
      });
    }
  }
  for (const name of automatic) {
    try {
      const engine = await sources[name].load(tf);
      if (name !== 'onnx' && !isTold) {
        isTold = true;
        note(`onnxruntime-node does not load: networks train on ${engine.detail}, several times slower.`);
      }
      return engine;
    } catch {
      // The next one may load.
    }
  }
  throw new SynthError('nets.no-engine', 'No engine that trains networks loads.', {
    hint: 'Run `npm install onnxruntime-node`, or use the generator boosted().',
  });
}
