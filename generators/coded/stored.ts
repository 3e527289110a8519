// Reads stored fits: bytes of another version, or ones that end early, are refused in a sentence.
import { SynthError } from '../../core/errors.ts';
import { unpack } from '../../models/pack.ts';

/**
 * @param damage says what is wrong with a fit that was read, if anything
 * @throws SynthError `fit.not-readable`
 */
export function unpackFit<Fit extends { readonly version: number }>(
  bytes: Uint8Array,
  generator: string,
  version: number,
  damage: (fit: Fit) => string | undefined = () => undefined,
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
  const damaged = damage(fit);
  if (damaged !== undefined) throw refuse(`The stored fit of ${generator} is damaged: ${damaged}.`);
  return fit;
}
