// Weights of a network as one flat array with names and shapes: what is trained, stored and copied at once.
import { sequence } from '../../core/random.ts';
import { normalSource } from './normals.ts';
import { sizeOf } from './types.ts';

export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Standard deviation of the first values; 0 for zeros. */
  readonly spread: number;
}

/** Weights of a dense layer that keep the variance of what passes (He et al. 2015 for `gain` √2). */
export function denseWeights(name: string, from: number, to: number, gain: number = Math.SQRT2): WeightSpec[] {
  return [
    { name: `${name}/w`, shape: [from, to], spread: gain / Math.sqrt(from) },
    { name: `${name}/b`, shape: [to], spread: 0 },
  ];
}

export function weightCount(specs: readonly WeightSpec[]): number {
  return specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

export function firstWeights(specs: readonly WeightSpec[], seed: number): Float32Array {
  const values = new Float32Array(weightCount(specs));
  let at = 0;
  for (const { name, shape, spread } of specs) {
    const part = values.subarray(at, at + sizeOf(shape));
    if (spread > 0) normalSource(sequence(seed, `weights ${name}`))(part, spread);
    at += part.length;
  }
  return values;
}
