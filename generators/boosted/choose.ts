// Decides for the rows at one node which go right: each alone, or together so that as many go as are expected to.
import { type DrawStream, drawWord } from '../../core/random.ts';
import { probabilityTable, scoreIndex, scoreUnit, thresholdTable } from '../../models/boosting/index.ts';

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

/** Rows are sorted by score to 1/32 of a logit; beyond ±16 they count as ±16. */
const bucketShift = 7;
const zero = 16 * scoreUnit;
const buckets = (2 * zero) >> bucketShift;
const bucketRows = new Uint32Array(buckets);
/** By bucket, of 2^31: the probability of its rows, and the running sum of probabilities where the bucket's next row is. */
const steps = new Int32Array(buckets);
const sums = new Int32Array(buckets);
let bucketOf = new Uint16Array(0);

/**
 * Systematic sampling (Madow 1949): along the rows sorted by score, a row goes right when the running sum of probabilities,
 * begun at `start`, passes a whole number. Any stretch of that order, and so the node, has the expected number within one.
 * Rows of a bucket have one probability, so that counts by bucket give the sum where each bucket begins: nothing is sorted.
 * Within a bucket rows come in the order in which they are given, which must be random.
 * @param share where given, all scores are shifted so that the mean probability is this share
 * @param start of 2^32
 */
export function chooseTogether(
  scores: Int32Array,
  share: number | undefined,
  count: number,
  start: number,
  isRight: Uint8Array,
): void {
  if (bucketOf.length < count) bucketOf = new Uint16Array(count);
  let least = buckets;
  let most = 0;
  for (let i = 0; i < count; i++) {
    const at = ((scores[i] as number) + zero) >> bucketShift;
    const bucket = at < 0 ? 0 : at >= buckets ? buckets - 1 : at;
    bucketOf[i] = bucket;
    bucketRows[bucket] = (bucketRows[bucket] as number) + 1;
    if (bucket < least) least = bucket;
    if (bucket > most) most = bucket;
  }
  const shift = share === undefined ? 0 : shiftToShare(least, most, share * count);
  let sum = start >>> 1;
  for (let bucket = least; bucket <= most; bucket++) {
    const step = (thresholdTable[scoreIndex(middle(bucket) + shift)] as number) >>> 1;
    steps[bucket] = step;
    sums[bucket] = sum;
    sum = (sum + step * (bucketRows[bucket] as number)) % 2147483648;
  }
  bucketRows.fill(0, least, most + 1);
  for (let i = 0; i < count; i++) {
    const bucket = bucketOf[i] as number;
    const next = ((sums[bucket] as number) + (steps[bucket] as number)) | 0;
    // The sign bit is the carry of a sum of 31 bits.
    isRight[i] = next >>> 31;
    sums[bucket] = next & 0x7fffffff;
  }
}

function middle(bucket: number): number {
  return (bucket << bucketShift) + (1 << (bucketShift - 1)) - zero;
}

/** The shift of scores at which the rows in the buckets are expected to have `wanted` that go right (Newton steps). */
function shiftToShare(least: number, most: number, wanted: number): number {
  let shift = 0;
  for (let step = 0; step < 4; step++) {
    let expected = 0;
    let slope = 0;
    for (let bucket = least; bucket <= most; bucket++) {
      const rows = bucketRows[bucket] as number;
      const p = probabilityTable[scoreIndex(middle(bucket) + shift)] as number;
      expected += rows * p;
      slope += rows * p * (1 - p);
    }
    const missing = wanted - expected;
    if (Math.abs(missing) < 0.05) break;
    shift += Math.round(Math.max(-1, Math.min(1, missing / (slope + 0.5))) * scoreUnit);
  }
  return shift;
}

/** Most bits by which rows are shuffled: their counters stay in the fastest memory. */
const shuffleBits = 11;
const places = new Uint32Array((1 << shuffleBits) + 1);
let keys = new Uint16Array(0);

/** Rows in an order by the high bits of their draws; rows of equal bits, which lie far apart by chance, as they come. */
export function shuffleRows(stream: DrawStream, hashes: Uint32Array, order: Uint32Array): void {
  const rows = hashes.length;
  if (keys.length < rows) keys = new Uint16Array(rows);
  const shift = 32 - Math.max(4, Math.min(shuffleBits, Math.ceil(Math.log2(rows + 1))));
  const last = (0xffffffff >>> shift) + 1;
  places.fill(0, 0, last + 1);
  for (let row = 0; row < rows; row++) {
    const key = drawWord(stream, hashes[row] as number) >>> shift;
    keys[row] = key;
    places[key + 1] = (places[key + 1] as number) + 1;
  }
  for (let key = 0; key < last; key++) places[key + 1] = (places[key + 1] as number) + (places[key] as number);
  for (let row = 0; row < rows; row++) {
    const key = keys[row] as number;
    const at = places[key] as number;
    order[at] = row;
    places[key] = at + 1;
  }
}
