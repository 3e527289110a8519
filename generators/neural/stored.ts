// Reads stored neural fits: a file of another version, or one that ends early, is refused in a sentence.
import { SynthError } from '../../core/errors.ts';
import { type WeightSpec, weightCount } from '../../models/nets/index.ts';
import { unpack } from '../../models/pack.ts';

interface StoredFit {
  readonly version: number;
  /** 32-bit floats. */
  readonly weights: Uint8Array;
}

/** @throws SynthError `fit.not-readable` */
export function unpackFit<Fit extends StoredFit>(
  bytes: Uint8Array,
  generator: string,
  version: number,
  weightsOf: (fit: Fit) => readonly WeightSpec[],
): Fit {
  const refuse = (message: string, cause?: unknown): SynthError =>
    new SynthError('fit.not-readable', message, {
      hint: 'Fit the table again, for instance with `synth build --full-refresh`.',
      ...(cause === undefined ? {} : { cause }),
    });
  let fit: Fit;
  try {
    fit = unpack(bytes) as Fit;
  } catch (cause) {
    throw refuse(`The stored fit of ${generator} is damaged or incomplete.`, cause);
  }
  if (fit.version !== version) {
    throw refuse(`The stored fit of ${generator} has version ${fit.version}; this one reads version ${version}.`);
  }
  if (fit.weights.byteLength !== 4 * weightCount(weightsOf(fit))) {
    throw refuse(`The stored fit of ${generator} is damaged: its weights do not match its layout.`);
  }
  return fit;
}

/** Weights as bytes of a fit. */
export function bytesOf(weights: Float32Array): Uint8Array {
  return new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
}

/** The weights that bytes of a fit hold. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}
