// Rows of a table in memory that are equal in all compared columns.
import { HashCodes } from '../../core/hash-codes.ts';
import type { MemoryTable, Range } from './table.ts';

/** Rows by how often they occur among the real ones. */
export interface Copies {
  /** Rows of the mirror that equal a real row which occurs once. */
  readonly copies: number;
  /** The same of the holdout. */
  readonly holdoutHits: number;
  /** Different real rows that occur twice. */
  readonly twice: number;
}

/** Rows are compared by a 64-bit hash of their codes, in which NULL equals NULL: a false match has a chance of 1e-9. */
export function countCopiesInMemory({ columns, rows }: MemoryTable): Copies {
  const n = rows.holdout.to;
  const [low, high] = [new Uint32Array(n), new Uint32Array(n)];
  for (const { codes } of columns) {
    for (let row = 0; row < n; row++) {
      const code = codes[row] as number;
      low[row] = mixed(low[row] as number, code, 0xcc9e2d51, 0x1b873593);
      high[row] = mixed(high[row] as number, code, 0x239b961b, 0xab0e9789);
    }
  }
  const combinations = new HashCodes(n);
  const ids = new Uint32Array(n);
  for (let row = 0; row < n; row++) ids[row] = combinations.codeOf(low[row] as number, high[row] as number);
  const times = new Uint32Array(ids.length);
  for (let row = rows.real.from; row < rows.real.to; row++) {
    const id = ids[row] as number;
    times[id] = (times[id] as number) + 1;
  }
  const hits = ({ from, to }: Range): number => {
    let found = 0;
    for (let row = from; row < to; row++) if (times[ids[row] as number] === 1) found++;
    return found;
  };
  let twice = 0;
  for (let id = 0; id < times.length; id++) if (times[id] === 2) twice++;
  return { copies: hits(rows.synthetic), holdoutHits: hits(rows.holdout), twice };
}

/** One step of MurmurHash3 (A. Appleby), with multipliers of choice. */
function mixed(hash: number, code: number, first: number, second: number): number {
  const scrambled = Math.imul(code, first);
  const turned = Math.imul((scrambled << 15) | (scrambled >>> 17), second);
  const joined = hash ^ turned;
  return (Math.imul((joined << 13) | (joined >>> 19), 5) + 0xe6546b64) >>> 0;
}
