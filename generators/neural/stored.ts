// Weights as bytes of a fit, and back.
import { type WeightSpec, weightCount } from '../../models/nets/index.ts';
import { unpackFit } from '../coded/stored.ts';

interface StoredFit {
  readonly version: number;
  /** 32-bit floats. */
  readonly weights: Uint8Array;
}

/** @throws SynthError `fit.not-readable` */
export function unpackNeural<Fit extends StoredFit>(
  bytes: Uint8Array,
  generator: string,
  version: number,
  weightsOf: (fit: Fit) => readonly WeightSpec[],
): Fit {
  return unpackFit(bytes, generator, version, (fit: Fit) =>
    fit.weights.byteLength === 4 * weightCount(weightsOf(fit)) ? undefined : 'its weights do not match its layout',
  );
}

export function bytesOf(weights: Float32Array): Uint8Array {
  return new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
}

export function floatsOf(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}
