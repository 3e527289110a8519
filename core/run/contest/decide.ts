// Who wins a round of a contest, and whether the champion changes.
import { metrics, pairedBootstrap } from '../../../models/metrics/index.ts';
import type { LoadedUse } from '../../config/loaded.ts';

/** What a candidate reached in a round. */
export interface Trial {
  /** The mean over draws where there are several; null when it fell out. */
  readonly score: number | null;
  readonly reason?: string;
  /** Of a model: what it predicts for the test rows, and what is right. */
  readonly predicted?: Float64Array;
  readonly target?: Float64Array;
  /** Of a command, in the last round: the metric of each draw. */
  readonly draws?: readonly number[];
}

/** Draws of the last round of a contest by a command: better in all of them happens to equals once in 64 times. */
export const commandDraws = 6;

type Measured = Pick<LoadedUse, 'metric'> & { readonly better?: 'more' | 'less' };

/** Of two trials of one use, the better first. */
export function compareTrials(use: Measured, a: Trial, b: Trial): number {
  return -gainOf(use, a.score ?? 0, b.score ?? 0);
}

/** How much better the first is. */
function gainOf({ metric, better }: Measured, a: number, b: number): number {
  const known = metrics as Readonly<Record<string, { readonly better: 'more' | 'less' }>>;
  return (better ?? known[metric]?.better ?? 'more') === 'more' ? a - b : b - a;
}

export interface Decision {
  readonly position: number;
  readonly because: string;
}

/**
 * The champion stays unless the best other one is shown to be better, or it fell out. Shown is, of models, a win on 99 of 100
 * resampled test sets (paired bootstrap, 1,000 draws), and of commands a win in each of {@link commandDraws} draws (sign test).
 */
export function decideContest(
  use: Measured,
  champion: number,
  trials: ReadonlyMap<number, Trial>,
  names: readonly string[],
  seed: number,
): Decision {
  const [best] = [...trials]
    .filter(([position, { score }]) => position !== champion && score !== null)
    .sort(([, a], [, b]) => compareTrials(use, a, b));
  const holder = trials.get(champion);
  if (best === undefined) return { position: champion, because: 'No other candidate got so far.' };
  const [position, challenger] = best;
  if (holder === undefined || holder.score === null) {
    return { position, because: `The champion fell out: ${holder?.reason ?? 'it did not take part.'}` };
  }
  const { shown, said } =
    challenger.draws === undefined ? byRows(use, holder, challenger, seed) : byDraws(use, holder, challenger);
  if (shown) return { position, because: `Better in ${use.metric}: ${said}.` };
  return {
    position: champion,
    because: `${names[position]} is not shown to be better${said === '' ? '' : `: ${said}`}.`,
  };
}

interface Evidence {
  readonly shown: boolean;
  readonly said: string;
}

function byRows({ metric }: Measured, holder: Trial, challenger: Trial, seed: number): Evidence {
  const paired = pairedBootstrap(
    metric as keyof typeof metrics,
    holder.predicted as Float64Array,
    challenger.predicted as Float64Array,
    challenger.target as Float64Array,
    seed,
    1000,
  );
  if (paired === null) return { shown: false, said: '' };
  const { gain, low, high } = paired;
  const said = `gain ${gain.toFixed(4)} (98 % interval ${low.toFixed(4)} to ${high.toFixed(4)})`;
  return { shown: low > 0, said };
}

function byDraws(use: Measured, holder: Trial, challenger: Trial): Evidence {
  const gains = (challenger.draws ?? []).map((draw, i) => gainOf(use, draw, holder.draws?.[i] ?? Number.NaN));
  const wins = gains.filter((gain) => gain > 0).length;
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const said = `better in ${wins} of ${gains.length} draws, mean gain ${mean.toFixed(4)}`;
  return { shown: gains.length > 0 && wins === gains.length, said };
}
