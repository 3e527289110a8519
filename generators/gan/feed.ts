// What a step of a gan is fed: rows of the table, some of them with columns given, rare levels more often than they occur.
import { normalSource } from '../../models/nets/index.ts';
import { levelValues, type MixedParts, scoreOf } from '../neural/mixed.ts';
import { scoreFeatures, writeFeatures } from '../neural/waves.ts';
import type { GanRows } from './model.ts';
import { feedSpecs, type GanShape, type GanTraining } from './network.ts';
import { dealSides } from './pairs.ts';

export function uniforms(next: () => number, length: number): Float64Array {
  return Float64Array.from({ length }, next);
}

/** Rows of which the context is given and nothing else. */
export function contextRows(
  parts: MixedParts,
  shape: GanShape,
  columns: readonly Uint16Array[],
  picked: Uint32Array,
  next: () => number,
): GanRows {
  const { tokens, scores } = parts;
  const here = columns.map((column) => Uint16Array.from(picked, (row) => column[row] as number));
  const levels = levelValues(parts, here);
  return {
    count: picked.length,
    levels: tokens.map((_, t) => (t < shape.givenTokens ? levels[t] : undefined)),
    scores: scores.map((score, s) =>
      s < shape.givenScores
        ? Float32Array.from(here[score.part] as Uint16Array, (code) => scoreOf(score, code, next()))
        : undefined,
    ),
    noise: Array.from({ length: shape.noise }, () => uniforms(next, picked.length)),
  };
}

/** Rows that are looked through for those with a level. */
const indexedRows = 65_536;
/** Shares of rows with one level given, and with any columns given; the others are made of nothing but their context. */
const oneGiven = 0.2;
const anyGiven = 0.2;

type Feed = Float32Array | Int32Array;

/** What steps are fed. The arrays of a step are those of the step before, written anew. */
export interface Feeder {
  /** Told which rows are trained on. */
  begin(train: Uint32Array): void;
  /** The feeds up to and with the noise. */
  rows(picked: Uint32Array, next: () => number): readonly Feed[];
  /** All feeds. */
  feeds(picked: Uint32Array, next: () => number): readonly Feed[];
}

export function createFeeder(training: GanTraining, columns: readonly Uint16Array[]): Feeder {
  const { parts, shape, batch } = training;
  const { tokens, scores } = parts;
  const { givenTokens, givenScores } = shape;
  const values = levelValues(parts, columns) as Uint16Array[];
  const drawn = tokens.length - givenTokens;
  const targets = scores.length - givenScores;
  const sizes = feedSpecs(training).map((spec) => spec.shape.reduce((product, length) => product * length, 1));
  const array = (feed: number): Float32Array => new Float32Array(sizes[feed] as number);
  const levels = new Int32Array(sizes[0] as number);
  const shown = new Int32Array(sizes[1] as number);
  const [scored, clean, flags, noise, uniform, mix] = [array(2), array(3), array(4), array(5), array(6), array(7)];
  const sides = [array(8), array(9)] as const;
  const isGiven = new Uint8Array(drawn + targets);
  const partOf = [...tokens.slice(givenTokens), ...scores.slice(givenScores)].map(({ part }) => part);
  let rowsOf: readonly (readonly number[][])[] = [];
  const feeder: Feeder = {
    begin(train) {
      rowsOf = values.slice(givenTokens).map((column, t) => {
        const lists = Array.from({ length: tokens[givenTokens + t]?.size as number }, (): number[] => []);
        for (const row of train.subarray(0, indexedRows)) lists[column[row] as number]?.push(row);
        return lists.filter((list) => list.length > 0);
      });
    },
    rows(picked, next) {
      scored.fill(0);
      clean.fill(0);
      for (let i = 0; i < batch; i++) {
        let row = picked[i] as number;
        isGiven.fill(0);
        const kind = next();
        if (kind < oneGiven && drawn > 0) {
          const t = Math.floor(next() * drawn);
          row = rowWithLevel(rowsOf[t] ?? [], next) ?? row;
          isGiven[t] = 1;
        } else if (kind < oneGiven + anyGiven) {
          const share = next();
          const kept = new Map<number, number>();
          for (const [c, part] of partOf.entries()) {
            if (!kept.has(part)) kept.set(part, next() < share ? 1 : 0);
            isGiven[c] = kept.get(part) as number;
          }
        }
        flags.set(isGiven, i * isGiven.length);
        for (const [t, column] of values.entries()) {
          const level = column[row] as number;
          levels[t * batch + i] = level;
          const isShown = t < givenTokens || isGiven[t - givenTokens] === 1;
          shown[t * batch + i] = isShown ? level : (tokens[t]?.size as number);
        }
        for (const [s, score] of scores.entries()) {
          const value = scoreOf(score, columns[score.part]?.[row] as number, next());
          if (Number.isNaN(value)) continue;
          scored[i * scores.length + s] = value;
          if (s < givenScores || isGiven[drawn + s - givenScores] === 1) {
            writeFeatures(clean, (i * scores.length + s) * scoreFeatures, value);
          }
        }
      }
      normalSource(next)(noise);
      return [levels, shown, scored, clean, flags, noise];
    },
    feeds(picked, next) {
      const rows = feeder.rows(picked, next);
      for (let i = 0; i < uniform.length; i++) uniform[i] = Math.min(1 - 1e-6, Math.max(1e-6, next()));
      for (let i = 0; i < mix.length; i++) mix[i] = next();
      dealSides(parts, next, sides);
      return [...rows, uniform, mix, ...sides];
    },
  };
  return feeder;
}

/** A level in proportion to the logarithm of its rows, as CTGAN does (Xu et al. 2019), and one of them. */
function rowWithLevel(lists: readonly (readonly number[])[], next: () => number): number | undefined {
  const odds = lists.map((list) => Math.log(1 + list.length));
  let left = next() * odds.reduce((sum, odd) => sum + odd, 0);
  const chosen = lists.find((_, v) => {
    left -= odds[v] as number;
    return left < 0;
  });
  return chosen?.[Math.floor(next() * chosen.length)];
}
