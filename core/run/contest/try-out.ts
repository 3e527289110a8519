// One candidate of a contest, learnt from a part of the rows and scored on others.
import { sql } from 'kysely';
import { releaseFrame } from '../../../audits/frame.ts';
import { judgeRun } from '../../../audits/judge-run.ts';
import { gate } from '../../../audits/run.ts';
import { isPredicted, predictBySides } from '../../../audits/utility/use.ts';
import { score as scoreOf } from '../../../models/metrics/index.ts';
import type { AuditInput, Relation } from '../../audit.ts';
import type { LoadedUse } from '../../config/loaded.ts';
import { SynthError } from '../../errors.ts';
import type { GeneratorChoice } from '../../generator.ts';
import { planFamily, type TablePlan } from '../../mirror/plan.ts';
import { hashText } from '../../random.ts';
import { relationRef } from '../../sql.ts';
import { type MirroredTable, measureTable, mirrorTables } from '../family.ts';
import type { Session } from '../session.ts';
import { createStopwatch } from '../stopwatch.ts';
import { scoreByCommand } from '../use-command.ts';
import { commandDraws, type Trial } from './decide.ts';
import type { ContestOptions } from './hold.ts';

interface TrialOptions {
  readonly session: Session;
  readonly plan: TablePlan;
  readonly rows: Relation;
  readonly size: number;
  readonly choice: GeneratorChoice;
  readonly use: LoadedUse;
  readonly isLast: boolean;
  readonly options: ContestOptions;
}

/** Learns a part of the rows with one candidate, and scores its mirror on the rows that it did not learn. */
export async function tryOut(trial: TrialOptions): Promise<Trial> {
  if (trial.use.kind === 'model' || !trial.isLast) return await tryOnce(trial, 'contest');
  // A command gives one number: what of it is luck shows in draws with another part of the rows held back.
  const draws: number[] = [];
  for (let draw = 1; draw <= commandDraws; draw++) {
    const { score, reason } = await tryOnce(trial, `contest/${draw}`);
    if (score === null) return { score, ...(reason !== undefined && { reason }) };
    draws.push(score);
  }
  return { score: draws.reduce((sum, score) => sum + score, 0) / draws.length, draws };
}

async function tryOnce(trial: TrialOptions, salt: string): Promise<Trial> {
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
        salt,
        freeText: 'pattern',
        watch,
      },
      progress: () => {},
    });
    const table = mirrored.get(plan.label) as MirroredTable;
    const pick = ({ family }: { family: string }): boolean => trial.isLast && family === 'privacy';
    const { target, measured } = await measureTable({
      ...{ session, mirrored, table, seed, watch, ...(use.kind === 'model' && { column: use.target }) },
      settings: { tier: 'run', pick },
    });
    const blocking = options.table.contest?.privacy === 'pass' ? gate(judgeRun(measured)).blocking : [];
    if (blocking.length > 0) return { score: null, reason: `${blocking[0]?.id} does not pass.` };
    return await workspace.db.connection().execute(async (db) => {
      const sides = { real: table.real, synthetic: made, ...(table.holdout && { holdout: table.holdout }) };
      const input: AuditInput = { db, target, ...sides };
      try {
        if (use.kind === 'command') {
          return { score: (await scoreByCommand(use, input, options.config.directory, options.signal)).reached };
        }
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
