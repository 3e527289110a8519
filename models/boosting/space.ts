// The memory in which rows are scored, and the functions that work on it: one of each per thread.
import { diffuseCode, weightsBytes } from './diffuse-kernel.ts';
import { addCode, gradientsCode, listCode } from './grow-kernel.ts';
import { type KernelDepth, kernelRows, leafCode, planeBytes, type ScoreKernel, scoreCode } from './kernel.ts';
import { logisticEntries } from './logit.ts';
import {
  bitsCode,
  carriesCode,
  entriesCode,
  gatherCode,
  logisticPairs,
  mapCode,
  partCode,
  stayingShuffles,
  sweepCode,
} from './rows-kernel.ts';
import { assemble, createMemory } from './wasm.ts';

/** Where rows are written before they are scored: views of the thread's memory, valid until the next {@link reserveRows}. */
export interface ScoringSpace {
  /** Codes (0 to 127), feature-major. */
  readonly codes: Uint8Array;
  /** Bytes from one feature to the next: at least the rows. */
  readonly stride: number;
  /** One per row, to be filled before scoring; entries beyond the rows are scratch. */
  readonly scores: Int32Array;
}

/** Trees per call of the kernel. */
export const chunk = 256;

/** Where things lie in the memory, in bytes; the scores of rows come after them, then their codes. */
export const questionsAt: number = 0;
export const leavesAt: number = questionsAt + chunk * 6 * 8;
export const logisticAt: number = leavesAt + chunk * 2 * planeBytes(6);
const logistic = logisticPairs();
export const shufflesAt: number = logisticAt + logistic.byteLength;
const shuffles = stayingShuffles();
export const movesAt: number = shufflesAt + shuffles.byteLength;
export const cellsAt: number = movesAt + 256 * 4;
export const tableAt: number = cellsAt + 256 * 16;
export const countsAt: number = tableAt + 256;
export const carrySumsAt: number = countsAt + 4 * logisticEntries;
export const weightsAt: number = carrySumsAt + 8 * logisticEntries;
export const scoresAt: number = weightsAt + weightsBytes;

const pageBytes = 65_536;
const memory = createMemory();
new Uint32Array(memory.buffer, logisticAt).set(logistic);
new Uint8Array(memory.buffer, shufflesAt).set(shuffles);

export const functions: Readonly<Record<string, (...values: number[]) => void>> = assemble(
  [
    scoreCode(2),
    scoreCode(4),
    scoreCode(6),
    sweepCode,
    entriesCode,
    carriesCode,
    diffuseCode,
    gatherCode,
    mapCode,
    bitsCode,
    partCode,
    gradientsCode,
    listCode,
    addCode(1),
    addCode(4),
    leafCode(2),
    leafCode(4),
    leafCode(6),
  ],
  memory,
);
export const scoreFunctions: Readonly<Record<KernelDepth, ScoreKernel>> = {
  2: functions.score2 as ScoreKernel,
  4: functions.score4 as ScoreKernel,
  6: functions.score6 as ScoreKernel,
};

type LeafKernel = (codes: number, targets: number, groups: number, questions: number, into: number) => void;
export const leafFunctions: Readonly<Record<KernelDepth, LeafKernel>> = {
  2: functions.leaf2 as LeafKernel,
  4: functions.leaf4 as LeafKernel,
  6: functions.leaf6 as LeafKernel,
};

/** The memory's buffer and where the codes start in it, since the last {@link reserveRows}. */
export const current: { buffer: ArrayBuffer; codesAt: number } = { buffer: memory.buffer, codesAt: scoresAt };

/**
 * Room for rows of a forest, in this thread.
 * @param more bytes beyond the codes, from codesAt + stride · features on
 */
export function reserveRows(rows: number, features: number, more = 0): ScoringSpace {
  const stride = Math.max(kernelRows, Math.ceil(rows / kernelRows) * kernelRows);
  const codesAt = scoresAt + stride * 4;
  const needed = codesAt + stride * features + more;
  const missing = needed - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil((missing + needed / 5) / pageBytes));
  current.codesAt = codesAt;
  current.buffer = memory.buffer;
  return {
    codes: new Uint8Array(current.buffer, codesAt, stride * features),
    stride,
    scores: new Int32Array(current.buffer, scoresAt, stride),
  };
}
