// Holds a contest of generators: successive halving on growing samples (Jamieson and Talwalkar 2016), decided by a paired
// bootstrap of the last round, or by several draws where a command judges. The holdout of the project takes no part: rows to judge by are split off the training side.
import type { LoadedConfig, LoadedTable } from '../../config/loaded.ts';
import type { GeneratorChoice } from '../../generator.ts';
import type { ProgressSink } from '../../progress.ts';
import type { ContestRecord, ContestScore } from '../../state/contests.ts';
import { candidateName, candidatesDigest } from '../champions.ts';
import { openSession } from '../session.ts';
import { trainingSide } from '../training-side.ts';
import { compareTrials, type Decision, decideContest, type Trial } from './decide.ts';
import { tryOut } from './try-out.ts';

export interface ContestOptions {
  readonly config: LoadedConfig;
  readonly table: LoadedTable;
  /** The place of the champion among the candidates. */
  readonly champion: number;
  readonly threads?: number;
  readonly signal: AbortSignal;
  readonly progress: ProgressSink;
  readonly clock: () => Date;
}

/** Fewer rows say nothing about a generator. */
const leastRows = 500;

export async function holdContest(options: ContestOptions): Promise<ContestRecord> {
  const { config, table, clock, progress } = options;
  const { contest } = table;
  const use = config.uses.find(({ name }) => name === contest?.by);
  if (contest === undefined || use === undefined) throw new TypeError('Checked with the config.');
  await using session = await openSession(options);
  const { plan, rows, rowCount, fingerprint } = await trainingSide(session, config, table.name);
  const { candidates } = contest;
  const started = clock().getTime();
  const late = (): boolean => clock().getTime() - started > contest.minutes * 60_000;
  const names = candidates.map(candidateName);
  const all = Math.min(rowCount, table.fitRows);
  const rounds = Math.max(1, Math.ceil(Math.log2(candidates.length)));
  const scores: ContestScore[] = [];
  let running = candidates.map((_, position) => position);
  let last = new Map<number, Trial>();
  for (let round = 1; round <= rounds; round++) {
    const size = Math.min(all, Math.max(leastRows, Math.round(all / 2 ** (rounds - round))));
    const trials = new Map<number, Trial>();
    for (const position of running) {
      options.signal.throwIfAborted();
      if (late()) break;
      const begun = performance.now();
      const choice = candidates[position] as GeneratorChoice;
      const trial = await tryOut({ session, plan, rows, size, choice, use, isLast: round === rounds, options });
      trials.set(position, trial);
      scores.push({
        ...{ round, rows: size, candidate: names[position] ?? '', score: trial.score },
        ...(trial.reason === undefined ? {} : { reason: trial.reason }),
        seconds: Number(((performance.now() - begun) / 1000).toFixed(1)),
      });
      const said = trial.score === null ? trial.reason : `${use.metric} ${trial.score.toFixed(4)}`;
      progress({
        kind: 'note',
        message: `Contest of ${table.name}, round ${round}, ${size} rows, ${names[position]}: ${said}`,
      });
    }
    // Out of time: a round that not all have run is no comparison.
    if (trials.size < running.length) break;
    last = trials;
    const ranked = [...trials]
      .filter(([, { score }]) => score !== null)
      .sort(([, a], [, b]) => compareTrials(use, a, b))
      .map(([position]) => position);
    const kept = ranked.slice(0, Math.max(1, Math.ceil(ranked.length / 2)));
    // The champion is in the last round, or it could not be compared there.
    running = [...new Set([options.champion, ...kept])].sort((a, b) => a - b);
    if (round === rounds) return record(decideContest(use, options.champion, trials, names, config.seed));
  }
  const because = `The time of ${contest.minutes} minutes was over before the last round${last.size === 0 ? '' : '; the champion stays'}.`;
  return record({ position: options.champion, because });

  function record({ position, because }: Decision): ContestRecord {
    return {
      ...{ table: table.name, at: clock().toISOString(), by: use?.name ?? '', metric: use?.metric ?? '' },
      fingerprint,
      candidates: candidatesDigest(contest as NonNullable<typeof contest>),
      before: names[options.champion] ?? '',
      champion: names[position] ?? '',
      ...{ position, because, scores },
    };
  }
}
