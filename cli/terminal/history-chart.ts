// An audit's values over the runs as a picture of characters: a column per run, a line per bound.
import type { Verdict } from '../../core/audit.ts';
import { formatStatistic } from '../../core/report/format.ts';
import { type HistoryLine, type HistoryPoint, historyExtent } from '../../core/report/history.ts';
import { verdictStyle } from './summary.ts';
import { type Colours, printable } from './text.ts';

const HEIGHT = 10;
const MARKS: Readonly<Record<Verdict, string>> = { pass: '●', warn: '▲', fail: '✕', inconclusive: '?', error: '!' };
const BARS = '▁▂▃▄▅▆▇█';

/** One character per run, as high as its value; `·` where there is none. */
export function sparkline(points: readonly HistoryPoint[]): string {
  const values = points.flatMap(({ value }) => value ?? []);
  const low = Math.min(0, ...values);
  const high = Math.max(...values);
  return points
    .map(({ value }) => {
      if (value === null) return '·';
      return BARS[high > low ? Math.round(((value - low) / (high - low)) * (BARS.length - 1)) : 0];
    })
    .join('');
}

/**
 * Lines of text, none wider than `width`: the last runs that fit, oldest on the left. Marks say the verdict without colour.
 */
export function historyChart(line: HistoryLine, colours: Colours, width: number): string {
  const labels = 11;
  const step =
    width - labels < line.points.length * 2 ? 1 : Math.min(4, Math.floor((width - labels) / line.points.length));
  const points = line.points.slice(-Math.max(1, Math.floor((width - labels) / step)));
  const { low, high } = historyExtent(points);
  const rowOf = (value: number): number => Math.round(((high - value) / (high - low)) * (HEIGHT - 1));
  const latest = points.at(-1);
  const rows = Array.from({ length: HEIGHT }, (_, row) => {
    const cells = points.map((point) => cell(point, row, rowOf, step, colours)).join('');
    const label =
      row === 0 || row === HEIGHT - 1
        ? formatStatistic(Number((row === 0 ? high : low).toPrecision(3)))
        : boundName(latest, row, rowOf);
    return `${label.slice(0, labels - 2).padStart(labels - 2)} ┤${cells}`.trimEnd();
  });
  const from = points[0]?.at.slice(0, 10) ?? '';
  const to = latest?.at.slice(0, 10) ?? '';
  const gap = points.length * step - from.length - to.length;
  const dates = gap > 0 ? `${from}${' '.repeat(gap)}${to}` : to;
  return `${rows.join('\n')}\n${' '.repeat(labels)}${dates}\n`;
}

function cell(
  { value, verdict, warnAt, failAt }: HistoryPoint,
  row: number,
  rowOf: (value: number) => number,
  step: number,
  colours: Colours,
): string {
  const bound =
    failAt !== null && rowOf(failAt) === row ? 'fail' : warnAt !== null && rowOf(warnAt) === row ? 'warn' : undefined;
  const rule = bound === undefined ? ' ' : verdictStyle(bound, colours)('┄');
  const mark = value !== null && rowOf(value) === row ? verdictStyle(verdict, colours)(MARKS[verdict]) : rule;
  const atFoot = value === null && row === HEIGHT - 1;
  return (atFoot ? MARKS[verdict] : mark) + (bound === undefined ? ' ' : rule).repeat(step - 1);
}

function boundName(latest: HistoryPoint | undefined, row: number, rowOf: (value: number) => number): string {
  for (const [name, bound] of [
    ['fail', latest?.failAt],
    ['warn', latest?.warnAt],
  ] as const) {
    if (bound !== null && bound !== undefined && rowOf(bound) === row) return `${name} ${formatStatistic(bound)}`;
  }
  return '';
}

/** What the picture shows, in one line. */
export function historyTitle({ audit, unit, points }: HistoryLine, table: string): string {
  const latest = points.at(-1);
  const bounds = [
    ...(latest?.warnAt == null ? [] : [`warn at ${formatStatistic(latest.warnAt)}`]),
    ...(latest?.failAt == null ? [] : [`fail at ${formatStatistic(latest.failAt)}`]),
  ];
  return printable(
    `${audit} of ${table}: the worst of each run, in ${unit}${bounds.length === 0 ? '' : `; ${bounds.join(', ')}`}`,
  );
}
