// The noise of the numbers: levels, scalings and the way back, as in EDM (Karras et al. 2022) for scores of variance 1.

/** Least and most standard deviation of the noise. */
export const leastNoise = 0.01;
export const mostNoise = 20;
/** The logarithm of the noise in training is normal. */
export const meanLogNoise = -0.5;
export const spreadLogNoise = 1.2;
const curve = 7;

/** Falling levels of noise, without the 0 at the end. */
export function noiseLevels(steps: number): Float64Array {
  const [most, least] = [mostNoise ** (1 / curve), leastNoise ** (1 / curve)];
  return Float64Array.from(
    { length: steps },
    (_, i) => (most + (i / Math.max(1, steps - 1)) * (least - most)) ** curve,
  );
}

/** Of a level: what scales the noisy score as an input, keeps it in the output, and scales the network's result. */
export function scalings(noise: number): { readonly input: number; readonly skip: number; readonly output: number } {
  const length = Math.sqrt(1 + noise * noise);
  return { input: 1 / length, skip: 1 / (1 + noise * noise), output: noise / length };
}
