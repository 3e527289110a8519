// Which engines tests run on beside the reference: TensorFlow's own library only where it is installed.
import { createRequire } from 'node:module';
import type { EngineName } from '../../../models/nets/index.ts';

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

export const hasTensorflow: boolean = isInstalled('@tensorflow/tfjs-node');

export const testedEngines: readonly EngineName[] = [
  'onnx',
  'wasm',
  ...(hasTensorflow ? (['tensorflow'] as const) : []),
];
