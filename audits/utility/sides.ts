// The rows of the three sides with their target apart: what audits that train models start from.
import type { AuditInput, Measurement } from '../../core/audit.ts';
import type { DownstreamTask, MetricName } from '../../core/downstream.ts';
import { classesIn, type LabelledRows, labelled, taskOf } from '../../models/downstream/index.ts';
import { frameOf } from '../frame.ts';
import { sampleRows } from '../rows.ts';

export interface LabelledSides {
  readonly real: LabelledRows;
  readonly mirror: LabelledRows;
  /** Held-out rows. */
  readonly test: LabelledRows;
  readonly task: DownstreamTask;
  /** The first of those asked for that can score the task. */
  readonly metric: MetricName;
  readonly n: Measurement['n'];
}

/** Rows per side that models are trained and scored on. */
const mostRows = 20_000;

/** @returns why nothing can be trained or scored, as a sentence without a value of the data, when it cannot */
export async function labelledSides(
  input: AuditInput,
  target: string,
  metrics: readonly MetricName[],
  seed: number,
): Promise<LabelledSides | string> {
  const frame = await frameOf(input);
  const read = (side: 'real' | 'synthetic' | 'holdout') => sampleRows(input, frame, side, mostRows, seed);
  const sides = [await read('real'), await read('synthetic'), await read('holdout')] as const;
  const [real, mirror, test] = sides.map((rows) => labelled(rows, target)) as [
    LabelledRows,
    LabelledRows,
    LabelledRows,
  ];
  const n = { real: real.target.length, synthetic: mirror.target.length, holdout: test.target.length };
  if (n.holdout < 50) return 'There are fewer than 50 held-out rows with a target.';
  const filled = sides.filter(({ rowCount }) => rowCount > 0);
  const tasks = metrics.map((metric) => ({ metric, task: taskOf(filled, target, metric) }));
  const [found = tasks[0]] = tasks.filter(({ task }) => typeof task !== 'string');
  if (found === undefined || typeof found.task === 'string') return `${found?.task ?? 'There is no metric'}.`;
  const { metric, task } = found;
  if (task.kind !== 'regression') {
    if (classesIn(real) < 2 || classesIn(test) < 2) return `${target} has one class only in the real rows.`;
    // Nothing can be learnt from such a mirror, however small the loss in the metric would be.
    if (classesIn(mirror) < 2) return `${target} has one class only in the mirror.`;
  }
  return { real, mirror, test, task, metric, n };
}
