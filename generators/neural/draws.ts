// Uniform draws of the rows of a request: one column of them per purpose, each row's own.
import type { SampleContext, SampleRequest } from '../../core/generator.ts';
import { type DrawStream, drawStream, drawUniform, rowHash } from '../../core/random.ts';
import { displayName } from '../../core/schema.ts';
import { normalQuantile } from '../../models/copula/normal.ts';

/** @returns a function that gives draws in [0, 1) for a purpose */
export function rowDraws(
  { rowIds, attempt }: SampleRequest,
  { seed, table }: SampleContext,
): (purpose: string) => Float64Array {
  const label = displayName(table);
  const streamOf = (purpose: string): DrawStream =>
    drawStream(seed, label, attempt === 0 ? purpose : `${purpose} #${attempt}`);
  const salt = streamOf('').rowSalt;
  const hashes = Uint32Array.from(rowIds, (row) => rowHash(row, salt));
  return (purpose) => {
    const draws = new Float64Array(rowIds.length);
    drawUniform(streamOf(purpose), hashes, draws);
    return draws;
  };
}

/** A normal draw for a uniform one of 32 bits: 0, too, has one. */
export function normalOf(uniform: number): number {
  return normalQuantile(uniform + 2 ** -33);
}
