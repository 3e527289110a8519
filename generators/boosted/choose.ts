// Decides for the rows at one node which go right: each alone, or together so that as many go as are expected to.
import { type DrawStream, drawWord } from '../../core/random.ts';
import {
  carry,
  debtBits,
  diffuse,
  enterScores,
  probabilityOf,
  scoreEntries,
  scoreIndex,
  scoreOfEntry,
  scoreUnit,
  thresholdTable,
  weightBits,
} from '../../models/boosting/index.ts';
import type { Debts } from './debts.ts';

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

/** Weight of what is owed to a row's groups, at even odds, over the root of the number of columns. */
const debtWeight = 0.6;
/** Odds so clear that their rows are chosen by their score alone: p (1 − p). */
const clearOdds = 0.02;

/**
 * Systematic sampling (Madow 1949) with error diffusion (Floyd and Steinberg 1976). Along the rows sorted by score, a row goes
 * right when the running sum of probabilities, begun at `start`, passes a whole number: any stretch of that order, and so
 * the node, has the expected number within one. What each choice leaves over is also owed to the row's group in each column,
 * and moves the choices of later rows of the group, the more the less sure their scores are: groups have about the expected
 * numbers too. Scores are told apart to 1/32 of a logit, and rows of one entry have one probability, so that counts by entry
 * give the sum where each entry begins: nothing is sorted. Rows come in the order in which they are given, which must be
 * random. The scores are lost.
 * @param share where given, all scores are shifted so that the mean probability is this share
 * @param from place of the first row
 * @param moved codes by which scores are still to move
 * @param start of 2^32
 * @param into where a byte per row says whether it goes right
 * @returns the shift
 */
export function chooseTogether(
  share: number | undefined,
  from: number,
  count: number,
  moved: number,
  start: number,
  debts: Debts | undefined,
  into: number,
): number {
  enterScores(moved, count);
  const { counts, sums, weights } = scoreEntries();
  let least = 0;
  while (counts[least] === 0) least++;
  let end = counts.length;
  while (end > least && counts[end - 1] === 0) end--;
  const shift = share === undefined ? 0 : shiftToShare(counts, least, end, share * count);
  const columns = debts?.columns ?? 0;
  const weight = (debtWeight / Math.sqrt(Math.max(1, columns))) * 2 ** (weightBits + 2);
  let sum = start >>> 1;
  for (let entry = least; entry < end; entry++) {
    const rows = counts[entry] as number;
    if (rows === 0) continue;
    const p = probabilityOf(scoreOfEntry(entry) + shift);
    const step = Math.floor(p * 2147483648);
    const odds = p * (1 - p);
    const weighed = columns === 0 || odds < clearOdds ? 0 : Math.round(weight * odds);
    const shorter = weighed === 0 ? 0 : 31 - debtBits;
    weights[entry] = weighed;
    sums[2 * entry] = sum >> shorter;
    sums[2 * entry + 1] = step >> shorter;
    sum = (sum + step * rows) % 2147483648;
  }
  if (debts === undefined || columns === 0) carry(count, into);
  else {
    debts.owed.fill(0);
    diffuse(count, from, debts, into);
  }
  return shift;
}

/** The shift of scores at which the rows of the entries are expected to have `wanted` that go right (Newton steps). */
function shiftToShare(counts: Uint32Array, least: number, end: number, wanted: number): number {
  let shift = 0;
  for (let step = 0; step < 4; step++) {
    let expected = 0;
    let slope = 0;
    for (let entry = least; entry < end; entry++) {
      const rows = counts[entry] as number;
      const p = probabilityOf(scoreOfEntry(entry) + shift);
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
