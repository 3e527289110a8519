// Draws one distribution as SVG with Observable Plot: the real table filled, the mirror as a line or a dot on top.
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { formatPercent } from './format.ts';
import { cleanText, type Html, trusted } from './html.ts';
import type { CellCounts, ColumnDistribution, NumberUnit } from './model.ts';

type Numbers = Extract<ColumnDistribution, { kind: 'number' }>;
type Categories = Extract<ColumnDistribution, { kind: 'category' }>;

/** One row of a category's picture and table. */
export interface CategoryRow {
  readonly label: string;
  readonly real: number;
  readonly synthetic: number;
  /** Not a value but a pool: all other values, or the missing ones. */
  readonly pool: boolean;
}

const WIDTH = 340;
const LABEL_LENGTH = 16;

// Plot only ever creates elements through it; one document serves all charts.
const { document } = parseHTML('<html><body></body></html>') as unknown as Required<Pick<Plot.PlotOptions, 'document'>>;

/** A cell as shares of each side, 0 to 1. */
export interface Shares {
  readonly real: number;
  readonly synthetic: number;
}

/** Bins and spike as shares of each side's finite values. */
export function numberShares({ bins, spike }: Numbers): { readonly bins: readonly Shares[]; readonly spike?: Shares } {
  const cells = spike === undefined ? bins : [...bins, spike];
  const real = Math.max(1, sum(cells.map((cell) => cell.real)));
  const synthetic = Math.max(1, sum(cells.map((cell) => cell.synthetic)));
  const shares = (cell: CellCounts): Shares => ({ real: cell.real / real, synthetic: cell.synthetic / synthetic });
  return { bins: bins.map(shares), ...(spike === undefined ? {} : { spike: shares(spike) }) };
}

/** The rows of a category: values, then the pools that are not empty; shares of all rows of each side. */
export function categoryRows(distribution: Categories): readonly CategoryRow[] {
  const { levels, other, missing, otherHasMissing } = distribution;
  const cells = [
    ...levels.map((level) => ({ ...level, label: level.label === '' ? '(empty)' : level.label, pool: false })),
    { ...other, label: otherHasMissing ? '(other or missing)' : '(other)', pool: true },
    { ...missing, label: '(missing)', pool: true },
  ].filter((cell) => cell.real > 0 || cell.synthetic > 0);
  const real = Math.max(1, sum(cells.map((cell) => cell.real)));
  const synthetic = Math.max(1, sum(cells.map((cell) => cell.synthetic)));
  return cells.map((cell) => ({ ...cell, real: cell.real / real, synthetic: cell.synthetic / synthetic }));
}

/** Overlaid histograms. Heights are shares per bin width, so that merged bins keep their area. */
export function numberChart(distribution: Numbers): Html {
  const { bins, unit, column } = distribution;
  const shares = numberShares(distribution).bins;
  const width = Math.min(...bins.map(({ from, to }) => to - from));
  const axis = bins.map(({ from, to }, index) => {
    const share = shares[index] ?? { real: 0, synthetic: 0 };
    const scale = width / (to - from);
    return {
      from: onAxis(from, unit),
      to: onAxis(to, unit),
      real: share.real * scale,
      mirror: share.synthetic * scale,
    };
  });
  const outline = axis.flatMap(({ from, to, mirror }) => [
    { x: from, y: mirror },
    { x: to, y: mirror },
  ]);
  const calendar = unit === 'date' || unit === 'timestamp';
  return svg(
    {
      height: calendar ? 162 : 150,
      marginLeft: 40,
      marginRight: 10,
      marginTop: 10,
      marginBottom: calendar ? 36 : 24,
      x: {
        type: calendar ? 'utc' : 'linear',
        ticks: 5,
        label: null,
        ...(calendar ? {} : { tickFormat: axisLabel(unit) }),
      },
      y: { ticks: 3, label: null, grid: true, tickFormat: percentTick, zero: true },
      marks: [
        Plot.rectY(axis, { x1: 'from', x2: 'to', y: 'real', fill: 'var(--real-fill)', insetLeft: 0, insetRight: 0 }),
        Plot.ruleY(axis, { x1: 'from', x2: 'to', y: 'real', stroke: 'var(--real)', strokeWidth: 1.2 }),
        Plot.line(outline, { x: 'x', y: 'y', stroke: 'var(--mirror)', strokeWidth: 1.6, strokeLinejoin: 'miter' }),
        Plot.ruleY([0], { stroke: 'currentColor' }),
      ],
    },
    `Distribution of ${column}: the real table as filled bars, the mirror as a line. The numbers follow as a table.`,
  );
}

/** One bar (real) and one dot (mirror) per value. */
export function categoryChart(distribution: Categories): Html {
  const rows = categoryRows(distribution).map((row, index) => ({ ...row, key: String(index) }));
  const labels = new Map(rows.map(({ key, label }) => [key, shorten(label)]));
  // A pool far beyond the largest value would flatten all others: it is written instead of drawn.
  const values = rows.filter(({ pool }) => !pool);
  const largest = Math.max(0, ...values.map(({ real, synthetic }) => Math.max(real, synthetic)));
  const isDrawn = ({ pool, real, synthetic }: CategoryRow): boolean =>
    !pool || largest === 0 || Math.max(real, synthetic) <= 1.5 * largest;
  const drawn = rows.filter(isDrawn);
  const written = rows.filter((row) => !isDrawn(row));
  return svg(
    {
      height: 30 + rows.length * 17,
      marginLeft: 122,
      marginRight: 12,
      marginTop: 4,
      marginBottom: 22,
      x: { ticks: 4, label: null, grid: true, tickFormat: percentTick, zero: true },
      y: {
        domain: rows.map(({ key }) => key),
        label: null,
        tickSize: 0,
        tickFormat: (key: string) => labels.get(key),
        padding: 0.25,
      },
      marks: [
        Plot.barX(drawn, { x: 'real', y: 'key', fill: 'var(--real-fill)' }),
        Plot.tickX(drawn, { x: 'real', y: 'key', stroke: 'var(--real)', strokeWidth: 1.6 }),
        Plot.dot(drawn, {
          x: 'synthetic',
          y: 'key',
          r: 3.2,
          fill: 'var(--mirror)',
          stroke: 'var(--paper)',
          strokeWidth: 0.8,
        }),
        Plot.ruleX([0], { stroke: 'currentColor' }),
        Plot.text(written, {
          x: 0,
          y: 'key',
          dx: 5,
          textAnchor: 'start',
          fill: 'currentColor',
          text: ({ real, synthetic }: CategoryRow) =>
            `${formatPercent(real)}% real, ${formatPercent(synthetic)}% mirror`,
        }),
      ],
    },
    `Shares of the values of ${distribution.column}: the real table as bars, the mirror as dots. The numbers follow as a table.`,
  );
}

function svg(options: Plot.PlotOptions, label: string): Html {
  const chart = Plot.plot({
    ...options,
    width: WIDTH,
    style: { background: 'none' },
    document,
  }) as unknown as Drawing;
  // Plot's own style sheet, once per chart, would override the page's.
  for (const style of chart.querySelectorAll('style')) style.remove();
  for (const name of ['class', 'font-family', 'font-size', 'width', 'height', 'style']) chart.removeAttribute(name);
  for (const group of chart.querySelectorAll('[aria-label]')) group.removeAttribute('aria-label');
  chart.setAttribute('role', 'img');
  chart.setAttribute('aria-label', cleanText(label));
  return trusted(compact(chart.outerHTML));
}

/** What is used of the DOM, whose types the project does not load. */
interface Drawing {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  remove(): void;
  querySelectorAll(selector: string): Iterable<Drawing>;
}

/** Coordinates to a tenth of a pixel: a third of the size. */
function compact(markup: string): string {
  return markup.replace(/(?<=[ ,"(MLHVZ-]\d{0,6}\d?\.\d)\d+(?=[ ,")MLHVZ])/g, '');
}

/** Dates for time axes, hours for clock times, days for durations, plain numbers otherwise. */
function onAxis(edge: number, unit: NumberUnit): number | Date {
  return unit === 'date' || unit === 'timestamp' ? new Date(Math.max(-8.64e15, Math.min(8.64e15, edge * 1000))) : edge;
}

function axisLabel(unit: NumberUnit): (value: number) => string {
  if (unit === 'number') return shortNumber;
  return (seconds) => edgeLabel(seconds, unit);
}

function percentTick(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(1).replace('e+', 'e');
  return new Intl.NumberFormat('en-US', {
    notation: size >= 10_000 ? 'compact' : 'standard',
    maximumSignificantDigits: 4,
  })
    .format(value)
    .replace('K', 'k');
}

/** A bin's edge as text. */
export function edgeLabel(edge: number, unit: NumberUnit): string {
  switch (unit) {
    case 'date':
      return isoDate(edge, 10);
    case 'timestamp':
      return isoDate(edge, edge % 60 === 0 ? 16 : 19).replace('T', ' ');
    case 'time':
      if (edge >= 86400) return '24:00';
      return edge < 0 ? '00:00' : isoDate(edge, 19).slice(11, edge % 60 === 0 ? 16 : 19);
    case 'duration':
      return Math.abs(edge) >= 86400 ? `${shortNumber(edge / 86400)} d` : `${shortNumber(edge / 3600)} h`;
    case 'number':
      return Math.abs(edge) >= 1e15 || (edge !== 0 && Math.abs(edge) < 1e-4)
        ? edge.toExponential()
        : new Intl.NumberFormat('en-US', { maximumSignificantDigits: 15 }).format(edge);
    default:
      return unit satisfies never;
  }
}

function isoDate(seconds: number, length: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds.toExponential(3)} s`;
  const text = date.toISOString();
  // Years beyond 9999 and before 0 carry a sign and six digits.
  return text.slice(0, /^[+-]/.test(text) ? length + 3 : length);
}

function shorten(label: string): string {
  const line = cleanText(label).replace(/\s+/g, ' ');
  const characters = [...line];
  return characters.length > LABEL_LENGTH ? `${characters.slice(0, LABEL_LENGTH - 1).join('')}…` : line;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
