// `synth roi`: how many real labels, and how much money, pre-training on a mirror saves.
import { join } from 'node:path';
import { frameOf, releaseFrame } from '../../audits/frame.ts';
import { sampleRows } from '../../audits/rows.ts';
import {
  classesIn,
  type LabelledRows,
  type LearnerName,
  labelCurve,
  labelled,
  labelSavings,
  type Savings,
  taskOf,
} from '../../models/downstream/index.ts';
import type { AuditInput } from '../audit.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import type { DownstreamRows, MetricName } from '../downstream.ts';
import { nearestName, SynthError } from '../errors.ts';
import { splitFamily } from '../mirror/family.ts';
import type { TablePlan } from '../mirror/plan.ts';
import { writeJson } from '../report/write.ts';
import type { Split } from '../split/split.ts';
import { auditTarget } from './audit-target.ts';
import { openBuilt } from './built.ts';
import { HOLDOUT_PERCENT, SALT } from './family.ts';
import { mirrorStore, projectPaths } from './plan.ts';
import { openSession } from './session.ts';

export interface RoiOptions {
  readonly config: LoadedConfig;
  readonly table: string;
  readonly target: string;
  /** Default: auc of two classes, logloss of more, rmse of numbers. */
  readonly metric?: MetricName;
  /** Default: boosting. */
  readonly model?: LearnerName;
  /** Default: 10, 20, 50, 100, … up to all. */
  readonly labels?: readonly number[];
  readonly draws: number;
  /** Spent on the mirror, at `costs.hour`. */
  readonly hours: number;
  readonly threads?: number;
  readonly signal: AbortSignal;
}

export interface RoiPoint extends Savings {
  /** Saved labels at `costs.label`, less `hours` at `costs.hour`; absent without costs. */
  readonly money?: { readonly value: number; readonly low: number; readonly high: number };
}

export interface RoiResult {
  readonly schemaVersion: 1;
  readonly table: string;
  readonly target: string;
  readonly metric: MetricName;
  readonly model: LearnerName;
  readonly currency?: string;
  readonly rows: { readonly synthetic: number; readonly real: number; readonly test: number };
  readonly points: readonly RoiPoint[];
  /** From so many labels on, no gain is shown any more; absent when there always is. */
  readonly stopsAt?: number;
  /** Numbers of labels at which pre-training is shown to do harm. */
  readonly hurtsAt: readonly number[];
}

/** Rows per side. */
const mostRows = 20_000;

/** @throws SynthError `table.unknown`, `built.*`, `roi.*` */
export async function runRoi(options: RoiOptions): Promise<RoiResult> {
  const { config, table, target, draws, hours } = options;
  const { seed, costs } = config;
  const sides = await readSides(options);
  const metric = options.metric ?? metricFor(sides.rows, target);
  const task = taskOf(sides.rows, target, metric);
  if (typeof task === 'string') throw refused('roi.task', `${task}.`, 'Name another --metric or --target.');
  const [real, synthetic, test] = sides.rows.map((rows) => labelled(rows, target)) as [
    LabelledRows,
    LabelledRows,
    LabelledRows,
  ];
  const all = real.target.length;
  if (test.target.length < 50) {
    throw refused(
      'roi.few-rows',
      `Only ${test.target.length} held-out rows of ${table} have a ${target}.`,
      'At least 50 are needed to score by.',
    );
  }
  if (task.kind !== 'regression') {
    for (const [side, rows] of [
      ['real table', real],
      ['mirror', synthetic],
      ['holdout', test],
    ] as const) {
      if (classesIn(rows) > 1) continue;
      throw refused('roi.one-class', `${target} has one class only in the ${side}.`, 'Nothing can be learnt from it.');
    }
  }
  const labels = options.labels ?? usualLabels(all);
  const tooMany = labels.find((k) => k > all);
  if (tooMany !== undefined) {
    const many = (n: number): string => n.toLocaleString('en');
    throw refused(
      'roi.labels',
      `${many(tooMany)} labels are asked for, and ${table} has ${many(all)} outside the holdout.`,
      `Ask for at most ${all}.`,
    );
  }
  const points = labelCurve({
    ...{ synthetic, real, test, task, metric, draws, seed },
    labels: [...new Set(labels)].sort((a, b) => a - b),
    ...(options.model === undefined ? {} : { learner: options.model }),
  });
  if (points === null)
    throw refused('roi.metric', `${metric} is not defined on the held-out rows.`, 'Name another --metric.');
  const savings = labelSavings(points, metric, seed);
  const spent = hours * (costs?.hour ?? 0);
  const found = savings.map((point): RoiPoint => {
    if (costs === undefined) return point;
    const price = (saved: number): number => Number((saved * costs.label - spent).toFixed(2));
    const { value, low, high } = point.saved;
    return { ...point, money: { value: price(value), low: price(low), high: price(high) } };
  });
  const lastHelp = found.findLastIndex(({ gain, single }) => gain.low > 0 && !single);
  const stopsAt = found[lastHelp + 1]?.labels;
  const result: RoiResult = {
    ...{ schemaVersion: 1, table, target, metric, model: options.model ?? 'boosting' },
    ...(costs === undefined ? {} : { currency: costs.currency }),
    rows: { synthetic: synthetic.target.length, real: all, test: test.target.length },
    points: found,
    ...(stopsAt === undefined ? {} : { stopsAt }),
    hurtsAt: found.filter(({ gain, single }) => gain.high < 0 && !single).map(({ labels: k }) => k),
  };
  await writeJson(result, join(projectPaths(config).target, 'roi', `${table}.${target}.json`));
  return result;
}

function refused(code: string, message: string, hint: string): SynthError {
  return new SynthError(code, message, { hint });
}

/** 10, 20, 50, 100, 200, … and all. */
function usualLabels(all: number): readonly number[] {
  const found: number[] = [];
  for (let ten = 10; ten < all; ten *= 10) found.push(...[ten, 2 * ten, 5 * ten].filter((k) => k < all));
  return [...found, all];
}

function metricFor(rows: readonly DownstreamRows[], target: string): MetricName {
  const auc = taskOf(rows, target, 'auc');
  if (typeof auc !== 'string') return 'auc';
  return typeof taskOf(rows, target, 'rmse') === 'string' ? 'logloss' : 'rmse';
}

/** Real rows outside the holdout, the visible mirror and the holdout, coded alike. */
async function readSides(options: RoiOptions): Promise<{ readonly rows: readonly DownstreamRows[] }> {
  const { config, table: name, target } = options;
  await using session = await openSession(options);
  const { workspace } = session;
  await using source = await config.source.attach(workspace);
  const { plan, fits } = await openBuilt({ config, session, source, tables: [name] });
  if ((await mirrorStore(config).current()) === undefined) {
    throw refused('built.none', `${name} has no mirror yet.`, 'Run `synth build` first.');
  }
  await using mirrors = await config.mirrors.attach(workspace);
  const table = plan.tables.find(({ label }) => label === name) as TablePlan;
  const { columns } = table.schema;
  if (!columns.some((column) => column.name === target)) {
    const known = columns.map((column) => column.name);
    const near = nearestName(target, known);
    throw refused(
      'roi.column',
      `${name} has no column "${target}".`,
      near === undefined ? `Columns: ${known.join(', ')}.` : `Did you mean "${near}"?`,
    );
  }
  const splits = await splitFamily({
    ...{ workspace, plan, salt: SALT, holdoutPercent: HOLDOUT_PERCENT },
    relation: (one) => source.relation(one),
  });
  const { train, holdout } = splits.get(name) as Split;
  const fit = fits.get(name);
  const nowhere = (): undefined => undefined;
  const audited = await auditTarget({
    ...{ workspace, table, real: nowhere, synthetic: nowhere, target },
    ...(fit === undefined ? {} : { fit }),
  });
  if (!audited.columns.some((column) => column.name === target)) {
    throw refused(
      'roi.column',
      `${target} is a key or made by a rule, so a mirror says nothing of it.`,
      'Name another --target.',
    );
  }
  return await workspace.db.connection().execute(async (db) => {
    const input: AuditInput = {
      ...{ db, target: audited, real: train, synthetic: mirrors.relation(table.name) },
      ...(holdout === undefined ? {} : { holdout }),
    };
    try {
      const frame = await frameOf(input);
      const rows: DownstreamRows[] = [];
      for (const side of ['real', 'synthetic', 'holdout'] as const) {
        rows.push(await sampleRows(input, frame, side, mostRows, config.seed));
      }
      return { rows };
    } finally {
      await releaseFrame(input);
    }
  });
}
