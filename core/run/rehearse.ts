// `synth rehearse`: plays forward what happens to a table whose mirrors are learnt again, with the user's own generator.
import { join } from 'node:path';
import { followed } from '../../audits/collapse/trend.ts';
import { judgeRun } from '../../audits/judge-run.ts';
import type { AuditResult } from '../audit.ts';
import type { LoadedConfig, LoadedTable } from '../config/loaded.ts';
import { SynthError } from '../errors.ts';
import type { ProgressSink } from '../progress.ts';

import { countVerdicts, worstVerdict } from '../report/verdicts.ts';
import { writeJson, writeText } from '../report/write.ts';
import { openState } from '../state/index.ts';
import { withChampions } from './champions.ts';
import { measureTable } from './family.ts';
import { projectPaths } from './plan.ts';
import {
  answerRehearsal,
  type RehearsalAnswer,
  type RehearsedAudit,
  type RehearsedGeneration,
} from './rehearse/answer.ts';
import { type Arm, armName } from './rehearse/arms.ts';
import { loopPlan, playArm } from './rehearse/loop.ts';
import { renderRehearsal } from './rehearse/picture.ts';
import { openSession } from './session.ts';
import { createStopwatch } from './stopwatch.ts';
import { trainingSide } from './training-side.ts';

export interface RehearseOptions {
  readonly config: LoadedConfig;
  readonly table: string;
  readonly arms: readonly Arm[];
  readonly generations: number;
  /** How many times each arm is played. */
  readonly seeds: number;
  /** Rows of each generation: 10,000 or all when left out. */
  readonly rows?: number;
  readonly threads?: number;
  readonly signal: AbortSignal;
  readonly progress: ProgressSink;
}

export interface RehearsalResult extends RehearsalAnswer {
  readonly schemaVersion: 1;
  readonly table: string;
  readonly generator: string;
  readonly rows: number;
  readonly generations: number;
  readonly seeds: number;
  readonly measured: readonly RehearsedGeneration[];
  /** Path of the picture. */
  readonly report: string;
}

/** What `col.trend` follows, less what says the same as another one and costs as much as all. */
const watched = new Set(Object.keys(followed).filter((id) => id !== 'fid.kway' && id !== 'fid.jsd'));
const usualRows = 10_000;
/** Audits need so many to say anything. */
const leastRows = 1000;

/** @throws SynthError `table.unknown`, `rehearse.reference`, `rehearse.few-rows` */
export async function runRehearsal(options: RehearseOptions): Promise<RehearsalResult> {
  const { arms, generations, table: name, progress } = options;
  await using state = await openState(projectPaths(options.config).state);
  const config = await withChampions(options.config, state);
  await using session = await openSession(options);
  const side = await trainingSide(session, config, name);
  if (side.plan.reference) {
    throw new SynthError(
      'rehearse.reference',
      `${name} is copied as it is: there is no loop in which it could get worse.`,
      {
        hint: 'Name a table that is learnt.',
      },
    );
  }
  if (side.rowCount < leastRows || (options.rows ?? leastRows) < leastRows) {
    throw new SynthError('rehearse.few-rows', `A rehearsal needs at least ${leastRows} rows outside the holdout.`, {
      hint: `${name} has ${side.rowCount}; audits of fewer rows would say nothing.`,
    });
  }
  const n = Math.min(options.rows ?? usualRows, side.rowCount);
  const plan = loopPlan(side.plan);
  const settings = (config.tables.find((table) => table.name === name) as LoadedTable).audits;
  const measured: RehearsedGeneration[] = [];
  for (let seed = 1; seed <= options.seeds; seed++) {
    for (const arm of arms) {
      progress({ kind: 'note', message: `${name}: ${armName(arm)}, seed ${seed} of ${options.seeds}` });
      await playArm({
        ...{ session, plan, arm, generations, n, seed: config.seed + seed, rows: side.rows },
        ...(side.holdout && { holdout: side.holdout }),
        async onGeneration({ generation, table, mirrored }) {
          options.signal.throwIfAborted();
          const { measured: found } = await measureTable({
            ...{ session, mirrored, table, seed: config.seed, watch: createStopwatch(() => {}) },
            settings: { ...settings, tier: 'nightly', pick: ({ id }) => watched.has(id) },
          });
          measured.push({ arm: armName(arm), seed, generation, audits: byId(judgeRun(found)) });
        },
      });
    }
  }
  const folder = join(projectPaths(config).target, 'rehearse');
  const report = join(folder, `${name}.html`);
  const result: RehearsalResult = {
    schemaVersion: 1,
    table: name,
    generator: plan.choice.generator.name,
    ...{ rows: n, generations, seeds: options.seeds },
    ...answerRehearsal(arms, measured),
    ...{ measured, report },
  };
  await writeJson(result, join(folder, `${name}.json`));
  await writeText(renderRehearsal(result), report);
  return result;
}

function byId(results: readonly AuditResult[]): readonly RehearsedAudit[] {
  return [...new Set(results.map(({ id }) => id))].map((audit) => {
    const own = results.filter(({ id }) => id === audit);
    const values = own.flatMap(({ value }) => value ?? []);
    return {
      audit,
      verdict: worstVerdict(countVerdicts(own)),
      mean: values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length,
      lowerIsWorse: followed[audit] === -1,
    };
  });
}
