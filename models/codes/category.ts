// Learns the codes of a category: levels with at least k rows, one code for the rare ones together, one for NULL.
import type { ColumnVector } from '../../core/batch.ts';
import { countUpTo } from '../sorted.ts';
import type { CategoryCodes } from './types.ts';

/** Strings as positions in a dictionary; -1 is NULL. */
interface Dictionary {
  readonly positions: Int32Array;
  readonly labels: readonly string[];
}

/** Most levels: code columns have 16 bits. */
const maximalLevels = 65_000;

function dictionary(vector: ColumnVector): Dictionary {
  const known = new Map<string, number>();
  const labels: string[] = [];
  const position = (label: string): number => {
    const found = known.get(label);
    if (found !== undefined) return found;
    known.set(label, labels.length);
    labels.push(label);
    return labels.length - 1;
  };
  if (vector.kind === 'category') {
    const { codes, valid } = vector;
    const byCode = Int32Array.from(vector.labels, position);
    const positions = new Int32Array(codes.length);
    for (let i = 0; i < codes.length; i++) {
      positions[i] = valid !== undefined && valid[i] === 0 ? -1 : (byCode[codes[i] as number] as number);
    }
    return { positions, labels };
  }
  if (vector.kind === 'text') {
    const positions = new Int32Array(vector.values.length);
    for (let i = 0; i < positions.length; i++) {
      const value = vector.values[i] ?? null;
      positions[i] = value === null ? -1 : position(value);
    }
    return { positions, labels };
  }
  const { values, valid } = vector;
  const positions = new Int32Array(values.length);
  for (let i = 0; i < positions.length; i++) {
    positions[i] = valid !== undefined && valid[i] === 0 ? -1 : position(String(values[i]));
  }
  return { positions, labels };
}

/** Up to this share of all rows, values that are all rare may be NULL in the mirror where others are, unsaid. */
const fewRows = 0.05;

/**
 * Undefined when the column has values, but none that k rows share, and NULL cannot stand for them.
 * @param publicLevels levels that are public knowledge: never pooled to protect anyone, only to learn better
 */
export function learnCategory(
  vector: ColumnVector,
  k: number,
  publicLevels?: readonly string[],
): CategoryCodes | undefined {
  const { positions, labels } = dictionary(vector);
  const counts = new Float64Array(labels.length);
  let missing = 0;
  for (let i = 0; i < positions.length; i++) {
    const at = positions[i] as number;
    if (at < 0) missing++;
    else counts[at] = (counts[at] as number) + 1;
  }
  const order = Array.from(labels.keys()).sort(
    (a, b) => (counts[b] as number) - (counts[a] as number) || compareText(labels[a] as string, labels[b] as string),
  );
  const used = order.filter((at) => (counts[at] as number) > 0);
  const kept = used.filter((at) => (counts[at] as number) >= k).slice(0, maximalLevels);
  const pooled = used.slice(kept.length);
  let rareCount = pooled.reduce((sum, at) => sum + (counts[at] as number), 0);
  const isPublic = new Set(publicLevels);
  const publicRare = pooled.map((at) => labels[at] as string).filter((label) => isPublic.has(label));
  const hasPublicRare = publicRare.length > 0;
  const canBeMissing = missing >= k && rareCount <= fewRows * positions.length;
  if (kept.length === 0 && used.length > 0 && !hasPublicRare && !canBeMissing) return undefined;
  // Fewer than k pooled rows are no group to protect: they count as the most frequent level.
  if (kept.length === 0 && !hasPublicRare) rareCount = 0;
  else if (rareCount < k && !hasPublicRare) rareCount = 0;
  return {
    kind: 'category',
    levels: kept.map((at) => labels[at] as string),
    counts: Float64Array.from(kept, (at) => counts[at] as number),
    rareCount,
    ...(hasPublicRare ? { publicRare } : {}),
    missingCount: missing >= k || kept.length + rareCount === 0 ? missing : 0,
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Writes the code of each entry; unknown levels count as rare, or else as the most frequent level. */
export function encodeCategory(vector: ColumnVector, codes: CategoryCodes, into: Uint16Array): void {
  const { positions, labels } = dictionary(vector);
  const levelOf = new Map(codes.levels.map((label, code) => [label, code]));
  const hasMissing = codes.missingCount > 0;
  const rare = codes.rareCount > 0 ? codes.levels.length : 0;
  const missing = hasMissing ? codes.levels.length + (codes.rareCount > 0 ? 1 : 0) : 0;
  const byPosition = Uint16Array.from(labels, (label) => levelOf.get(label) ?? rare);
  for (let i = 0; i < positions.length; i++) {
    const at = positions[i] as number;
    into[i] = at < 0 ? missing : (byPosition[at] as number);
  }
}

/** Turns codes into levels; `uniforms` choose what a rare code becomes. */
export function decodeCategory(codeColumn: Uint16Array, codes: CategoryCodes, uniforms: Float64Array): ColumnVector {
  const { levels, counts, publicRare } = codes;
  const rareCode = codes.rareCount > 0 ? levels.length : -1;
  const missingCode = codes.missingCount > 0 ? levels.length + (codes.rareCount > 0 ? 1 : 0) : -1;
  const labels = publicRare === undefined ? levels : [...levels, ...publicRare];
  const decoded = new Uint32Array(codeColumn.length);
  const valid = new Uint8Array(codeColumn.length).fill(1);
  const cumulative = new Float64Array(levels.length);
  let total = 0;
  for (let level = 0; level < levels.length; level++) cumulative[level] = total += counts[level] as number;
  let nulls = 0;
  for (let i = 0; i < codeColumn.length; i++) {
    const code = codeColumn[i] as number;
    if (code === missingCode) {
      valid[i] = 0;
      nulls++;
    } else if (code !== rareCode) decoded[i] = code;
    else if (publicRare !== undefined) {
      decoded[i] = levels.length + Math.floor((uniforms[i] as number) * publicRare.length);
    } else decoded[i] = Math.min(levels.length - 1, countUpTo(cumulative, (uniforms[i] as number) * total));
  }
  return { kind: 'category', codes: decoded, labels, ...(nulls > 0 ? { valid } : {}) };
}
