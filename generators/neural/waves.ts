// Numbers as networks see them: as themselves and as waves of them, since a layer bends a line only once per unit.

const waves = [1, 2, 4, 8] as const;
/** Features of a score, the last of which says that there is one. */
export const scoreFeatures: number = 2 + 2 * waves.length;

export function writeFeatures(into: Float32Array, at: number, value: number): void {
  into[at] = value;
  for (const [i, wave] of waves.entries()) {
    into[at + 1 + 2 * i] = Math.sin(wave * value);
    into[at + 2 + 2 * i] = Math.cos(wave * value);
  }
  into[at + scoreFeatures - 1] = 1;
}
