// Holds a contest of generators: successive halving on growing samples (Jamieson and Talwalkar 2016), decided by a paired
// bootstrap of the last round. The holdout of the project takes no part: rows to judge by are split off the training side.
import { sql } from 'kysely';
import { releaseFrame } from '../../audits/frame.ts';
import { judgeRun } from '../../audits/judge-run.ts';
import { gate } from '../../audits/run.ts';
import { isPredicted, predictBySides } from '../../audits/utility/use.ts';
import { metrics, pairedBootstrap, score as scoreOf } from '../../models/metrics/index.ts';
import type { AuditInput, Relation } from '../audit.ts';
import type { LoadedConfig, LoadedTable, LoadedUse } from '../config/loaded.ts';
import { SynthError } from '../errors.ts';
import type { GeneratorChoice } from '../generator.ts';
import { planFamily, type TablePlan } from '../mirror/plan.ts';
import type { ProgressSink } from '../progress.ts';
import { hashText } from '../random.ts';
import { relationRef } from '../sql.ts';
import type { ContestRecord, ContestScore } from '../state/contests.ts';
import { candidateName, candidatesDigest } from './champions.ts';
import { type MirroredTable, measureTable, mirrorTables } from './family.ts';
import { openSession, type Session } from './session.ts';
import { createStopwatch } from './stopwatch.ts';
import { trainingSide } from './training-side.ts';

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

type ModelUse = Extract<LoadedUse, { kind: 'model' }>;

export async function holdContest(options: ContestOptions): Promise<ContestRecord> {
  const { config, table, clock, progress } = options;
  const { contest } = table;
  const use = config.uses.find(({ name }) => name === contest?.by);
  if (contest === undefined || use?.kind !== 'model') throw new TypeError('Checked with the config.');
  const { memoryLimit } = config;
  await using session = await openSession({ ...options, ...(memoryLimit !== undefined && { memoryLimit }) });
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
      .sort(([, a], [, b]) => compare(use, a, b))
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

interface Trial {
  readonly score: number | null;
  readonly reason?: string;
  readonly predicted?: Float64Array;
  readonly target?: Float64Array;
}

function compare({ metric }: ModelUse, a: Trial, b: Trial): number {
  const gain = (a.score ?? 0) - (b.score ?? 0);
  return metrics[metric].better === 'more' ? -gain : gain;
}

interface Decision {
  readonly position: number;
  readonly because: string;
}

/** The champion stays unless the best other one is better on 99 of 100 resampled test sets, or it fell out. */
export function decideContest(
  use: Pick<ModelUse, 'metric'>,
  champion: number,
  trials: ReadonlyMap<number, Trial>,
  names: readonly string[],
  seed: number,
): Decision {
  const [best] = [...trials]
    .filter(([position, { score }]) => position !== champion && score !== null)
    .sort(([, a], [, b]) => compare(use as ModelUse, a, b));
  const holder = trials.get(champion);
  if (best === undefined) return { position: champion, because: 'No other candidate got so far.' };
  const [position, challenger] = best;
  if (holder === undefined || holder.score === null) {
    return { position, because: `The champion fell out: ${holder?.reason ?? 'it did not take part.'}` };
  }
  const paired = pairedBootstrap(
    use.metric,
    holder.predicted as Float64Array,
    challenger.predicted as Float64Array,
    challenger.target as Float64Array,
    seed,
    1000,
  );
  const shown =
    paired === null
      ? ''
      : `: gain ${paired.gain.toFixed(4)} (98 % interval ${paired.low.toFixed(4)} to ${paired.high.toFixed(4)})`;
  if (paired !== null && paired.low > 0) return { position, because: `Better in ${use.metric}${shown}.` };
  return { position: champion, because: `${names[position]} is not shown to be better${shown}.` };
}

interface TrialOptions {
  readonly session: Session;
  readonly plan: TablePlan;
  readonly rows: Relation;
  readonly size: number;
  readonly choice: GeneratorChoice;
  readonly use: ModelUse;
  readonly isLast: boolean;
  readonly options: ContestOptions;
}

async function tryOut(trial: TrialOptions): Promise<Trial> {
  const { session, plan, size, choice, use, options } = trial;
  const { workspace } = session;
  const { seed } = options.config;
  const scratch = (table: string): Relation => ({ catalog: workspace.scratch, schema: 'main', table });
  const [sample, made] = [scratch('contest_sample'), scratch('contest_mirror')];
  const watch = createStopwatch(() => {});
  try {
    const order = sql`md5(concat(${sql.lit(`${seed}/`)}, md5(cast(f as varchar)))), md5(cast(f as varchar))`;
    await sql`create or replace table ${relationRef(sample)} as
      select * from ${relationRef(trial.rows)} as f order by ${order} limit ${sql.lit(size)}`.execute(workspace.db);
    const { rows: _, balance: __, atLeast: ___, ...config } = plan.config;
    const solo = planFamily([{ schema: { ...plan.schema, foreignKeys: [] }, choice, config }]);
    const mirrored = await mirrorTables({
      ...{
        session,
        plan: solo,
        source: () => sample,
        target: () => made,
        seed,
        salt: 'contest',
        freeText: 'pattern',
        watch,
      },
      progress: () => {},
    });
    const table = mirrored.get(plan.label) as MirroredTable;
    const pick = ({ family }: { family: string }): boolean => trial.isLast && family === 'privacy';
    const { target, measured } = await measureTable({
      ...{ session, mirrored, table, seed, column: use.target, watch },
      settings: { tier: 'run', pick },
    });
    const blocking = options.table.contest?.privacy === 'pass' ? gate(judgeRun(measured)).blocking : [];
    if (blocking.length > 0) return { score: null, reason: `${blocking[0]?.id} does not pass.` };
    return await workspace.db.connection().execute(async (db) => {
      const sides = { real: table.real, synthetic: made, ...(table.holdout && { holdout: table.holdout }) };
      const input: AuditInput = { db, target, ...sides };
      try {
        const found = await predictBySides(input, use, hashText('contest', seed), false);
        if (!isPredicted(found)) return { score: null, reason: found };
        const score = scoreOf(use.metric, found.byMirror, found.target);
        return { score, predicted: found.byMirror, target: found.target };
      } finally {
        await releaseFrame(input);
      }
    });
  } catch (error) {
    if (!(error instanceof SynthError) || options.signal.aborted) throw error;
    return { score: null, reason: error.message };
  } finally {
    for (const relation of [sample, made])
      await sql`drop table if exists ${relationRef(relation)}`.execute(workspace.db);
  }
}
