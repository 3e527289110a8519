// Decides for the rows at one node which go right: each alone, or together so that as many go as are expected to.
import { type DrawStream, drawWord } from '../../core/random.ts';
import { scoreIndex, scoreUnit, thresholdTable } from '../../models/boosting/index.ts';

/** Every row by a draw of its own. Row i of the node is entry order[from + i]; `isRight` is by i. */
export function chooseAlone(
  scores: Int32Array,
  count: number,
  stream: DrawStream,
  hashes: Uint32Array,
  order: Uint32Array,
  from: number,
  isRight: Uint8Array,
): void {
  for (let i = 0; i < count; i++) {
    const threshold = thresholdTable[scoreIndex(scores[i] as number)] as number;
    isRight[i] = drawWord(stream, hashes[order[from + i] as number] as number) < threshold ? 1 : 0;
  }
}

/** Rows are sorted by score to 1/64 of a logit; beyond ±16 they count as ±16. */
const bucketShift = 6;
const buckets = (32 * scoreUnit) >> bucketShift;
const starts = new Uint32Array(buckets + 1);
let sorted = new Uint32Array(0);
let bucketOf = new Uint16Array(0);

/**
 * Systematic sampling (Madow 1949): along the rows sorted by score, a row goes right when the running sum of probabilities,
 * begun at `start`, passes a whole number. Any stretch of that order, and so the node, has the expected number within one.
 * Rows of equal score come in the order in which they are given, which must be random.
 * @param start of 2^32
 */
export function chooseTogether(
  scores: Int32Array,
  shift: number,
  count: number,
  start: number,
  isRight: Uint8Array,
): void {
  if (sorted.length < count) {
    sorted = new Uint32Array(count);
    bucketOf = new Uint16Array(count);
  }
  let least = buckets;
  let most = 0;
  for (let i = 0; i < count; i++) {
    const at = ((scores[i] as number) + shift + 16 * scoreUnit) >> bucketShift;
    const bucket = at < 0 ? 0 : at >= buckets ? buckets - 1 : at;
    bucketOf[i] = bucket;
    starts[bucket + 1] = (starts[bucket + 1] as number) + 1;
    if (bucket < least) least = bucket;
    if (bucket > most) most = bucket;
  }
  for (let bucket = least; bucket < most; bucket++) {
    starts[bucket + 1] = (starts[bucket + 1] as number) + (starts[bucket] as number);
  }
  for (let i = 0; i < count; i++) {
    const bucket = bucketOf[i] as number;
    const at = starts[bucket] as number;
    sorted[at] = i;
    starts[bucket] = at + 1;
  }
  starts.fill(0, least, most + 2);
  let sum = start;
  for (let at = 0; at < count; at++) {
    const i = sorted[at] as number;
    sum += thresholdTable[scoreIndex((scores[i] as number) + shift)] as number;
    const passes = sum >= 4294967296;
    if (passes) sum -= 4294967296;
    isRight[i] = passes ? 1 : 0;
  }
}

/** Rows in an order by their draws: counted by the high bits, rows of equal bits as they come. */
export function shuffleRows(stream: DrawStream, hashes: Uint32Array, order: Uint32Array): void {
  const rows = hashes.length;
  const bits = Math.max(4, Math.min(16, Math.ceil(Math.log2(rows + 1))));
  const places = new Uint32Array((1 << bits) + 1);
  const shift = 32 - bits;
  for (let row = 0; row < rows; row++) {
    const key = drawWord(stream, hashes[row] as number) >>> shift;
    places[key + 1] = (places[key + 1] as number) + 1;
  }
  for (let key = 0; key < 1 << bits; key++) places[key + 1] = (places[key + 1] as number) + (places[key] as number);
  for (let row = 0; row < rows; row++) {
    const key = drawWord(stream, hashes[row] as number) >>> shift;
    const at = places[key] as number;
    order[at] = row;
    places[key] = at + 1;
  }
}
