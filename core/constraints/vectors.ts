// Small operations on column vectors that transforms share.
import { type ColumnVector, isNull, takeRows } from '../batch.ts';
import { drawStream, drawUniform, rowHash } from '../random.ts';

/** Where a draw of a transform comes from: each row's depends on these and its row id alone. */
export interface TransformDraw {
  readonly seed: number;
  readonly table: string;
  readonly rowIds: Float64Array;
  readonly attempt: number;
}

/** One uniform number in [0, 1) per row id. */
export function uniforms(draw: TransformDraw, purpose: string): Float64Array {
  const stream = drawStream(draw.seed, draw.table, draw.attempt === 0 ? purpose : `${purpose}#${draw.attempt}`);
  const hashes = new Uint32Array(draw.rowIds.length);
  for (let i = 0; i < hashes.length; i++) hashes[i] = rowHash(draw.rowIds[i] as number, stream.rowSalt);
  const drawn = new Float64Array(hashes.length);
  drawUniform(stream, hashes, drawn);
  return drawn;
}

/** The entries at `rows`, with only those labels that occur: what a fit keeps must not name rarer levels. */
export function extractRows(vector: ColumnVector, rows: Uint32Array): ColumnVector {
  const taken = takeRows(vector, rows);
  if (taken.kind !== 'category') return taken;
  const labels: string[] = [];
  const newCodes = new Map<number, number>();
  const codes = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    if (isNull(taken, i)) continue;
    const code = taken.codes[i] as number;
    let newCode = newCodes.get(code);
    if (newCode === undefined) {
      newCode = labels.length;
      newCodes.set(code, newCode);
      labels.push(taken.labels[code] as string);
    }
    codes[i] = newCode;
  }
  return { ...taken, codes, labels };
}

/** The index of the first entry of `cumulative` (increasing, positive) above `share` of its last. */
export function pickByWeight(cumulative: Float64Array, share: number): number {
  const at = share * (cumulative[cumulative.length - 1] ?? 0);
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] as number) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function cumulate(weights: ArrayLike<number>): Float64Array {
  const cumulative = new Float64Array(weights.length);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    total += weights[i] as number;
    cumulative[i] = total;
  }
  return cumulative;
}
