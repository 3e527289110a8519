// Weights of a network as one flat array with names and shapes: what is trained, stored and copied at once.
import { sequence } from '../../core/random.ts';
import { normalSource } from './normals.ts';
import { sizeOf } from './types.ts';

export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Standard deviation of the first values; 0 for zeros. */
  readonly spread: number;
  /** The first values themselves. */
  readonly first?: Float32Array;
}

/** Weights of a dense layer; by default of a spread that keeps the variance through a relu (He et al. 2015). */
export function denseWeights(
  name: string,
  from: number,
  to: number,
  spread: number = Math.sqrt(2 / Math.max(1, from)),
): WeightSpec[] {
  return [
    { name: `${name}/w`, shape: [from, to], spread },
    { name: `${name}/b`, shape: [to], spread: 0 },
  ];
}

export function weightCount(specs: readonly WeightSpec[]): number {
  return specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

export function firstWeights(specs: readonly WeightSpec[], seed: number): Float32Array {
  const values = new Float32Array(weightCount(specs));
  let at = 0;
  for (const { name, shape, spread, first } of specs) {
    const part = values.subarray(at, at + sizeOf(shape));
    if (first !== undefined) part.set(first);
    else if (spread > 0) normalSource(sequence(seed, `weights ${name}`))(part, spread);
    at += part.length;
  }
  return values;
}
/** The part of each name, as views. */
export function namedWeights(specs: readonly WeightSpec[], values: Float32Array): ReadonlyMap<string, Float32Array> {
  let at = 0;
  return new Map(
    specs.map(({ name, shape }) => {
      const from = at;
      at += sizeOf(shape);
      return [name, values.subarray(from, at)];
    }),
  );
}
