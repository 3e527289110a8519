// What a column rule draws with, and the stream of random numbers that belongs to one row.
import type { ColumnVector } from '../../core/batch.ts';
import { type DrawStream, drawStream, drawWord, mix32, rowHash } from '../../core/random.ts';
import type { ColumnSchema } from '../../core/schema.ts';

export interface RuleDraw {
  readonly seed: number;
  readonly table: string;
  readonly column: ColumnSchema;
  readonly rowIds: Float64Array;
  /** Greater than 0 when rows are drawn again. */
  readonly attempt?: number;
  /** The column named by a rule's `per`, one entry per row id: rows with equal values get equal results. */
  readonly per?: ColumnVector;
  /** The column's values must differ from row to row. */
  readonly unique?: boolean;
}

export function ruleStream({ seed, table, column, attempt = 0 }: RuleDraw): DrawStream {
  return drawStream(seed, table, attempt === 0 ? column.name : `${column.name}#${attempt}`);
}

export function rowWord(stream: DrawStream, rowId: number): number {
  return drawWord(stream, rowHash(rowId, stream.rowSalt));
}

/** A restartable sequence of uniform numbers in [0, 1): the same start word gives the same sequence. */
export interface RestartableSequence {
  restart(word: number): void;
  next(): number;
}

export function restartableSequence(): RestartableSequence {
  let low = 0;
  let high = 0;
  let step = 0;
  return {
    restart(word) {
      low = word;
      high = mix32(word ^ 0x6a09e667);
      step = 0;
    },
    next() {
      // 53 random bits: faker draws integers up to 2^53 with one number.
      step = (step + 0x9e3779b9) | 0;
      const upper = mix32(low ^ step) >>> 5;
      const lower = mix32(high + step) >>> 6;
      return (upper * 67108864 + lower) / 9007199254740992;
    },
  };
}
