// The parts of SDMetrics' score (score.ts) of a table in memory: counts in arrays.
import type { Side } from '../frame.ts';
import type { MemoryColumn, MemoryTable } from '../memory/table.ts';
import { bins, type Extent, edgesOf, hasRange, unitOf } from './coded.ts';
import type { Contingency, ScoreParts } from './score.ts';

export function memoryParts(table: MemoryTable): ScoreParts {
  const numbers = table.columns
    .filter(({ column }) => column.kind === 'number')
    .map((column) => ({ column, extents: [extentOf(column, 'real'), extentOf(column, 'synthetic')] as const }));
  const ranged = numbers.filter(({ extents }) => extents.every((extent) => extent === undefined || hasRange(extent)));
  const places = ranged.flatMap(({ column, extents: [real, synthetic] }) => {
    const isVaried = (extent: Extent | undefined): extent is Extent => extent !== undefined && extent.low < extent.high;
    if (!isVaried(real) || !isVaried(synthetic)) return [];
    return [
      { real: placesOf(table, column, 'real', real), synthetic: placesOf(table, column, 'synthetic', synthetic) },
    ];
  });
  return {
    shapes: numbers.flatMap(({ column }) => shapeOf(column) ?? []),
    correlations: places.flatMap((a, i) =>
      places.slice(i + 1).map((b) => ({ real: pearson(a.real, b.real), synthetic: pearson(a.synthetic, b.synthetic) })),
    ),
    contingencies: contingencies(table, new Map(ranged.map(({ column, extents }) => [column, extents]))),
  };
}

/** std::round to 14 decimals, as the engine and numpy do. */
function rounded(value: number): number {
  const scaled = Math.sign(value) * Math.round(Math.abs(value) * 1e14);
  const result = scaled / 1e14;
  return Number.isFinite(result) ? result : value;
}

function shapeOf({ values, counts: { real, synthetic } }: MemoryColumn): number | undefined {
  const last = Number.isNaN(values.at(-1)) ? values.length - 1 : values.length;
  let [n, m] = [0, 0];
  for (let i = 0; i < last; i++) {
    n += real[i + 1] as number;
    m += synthetic[i + 1] as number;
  }
  if (n === 0 || m === 0) return undefined;
  let [a, b, most] = [0, 0, 0];
  for (let i = 0; i < last; i++) {
    a += real[i + 1] as number;
    b += synthetic[i + 1] as number;
    // Values that become one by rounding are one step.
    if (i + 1 < last && rounded(values[i] as number) === rounded(values[i + 1] as number)) continue;
    most = Math.max(most, Math.abs(a / n - b / m));
  }
  return 1 - most;
}

/** Least and greatest value of a side. */
function extentOf({ values, counts }: MemoryColumn, side: 'real' | 'synthetic'): Extent | undefined {
  let [low, high] = [Number.NaN, Number.NaN];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if ((counts[side][i + 1] as number) === 0 || Number.isNaN(value)) continue;
    if (Number.isNaN(low)) low = value;
    high = value;
  }
  return Number.isNaN(low) ? undefined : { low, high };
}

/** Where each row of the side lies in its range, 0 to 1; NaN when missing. */
interface Places {
  readonly values: Float64Array;
  /** Less their mean; undefined when some are missing, and the mean depends on the other column. */
  readonly centred?: Float64Array;
}

function placesOf({ rows }: MemoryTable, column: MemoryColumn, side: Side, { low, high }: Extent): Places {
  const { from, to } = rows[side];
  const ofLevel = new Float64Array(column.levels + 1).fill(Number.NaN);
  for (const [i, value] of column.values.entries()) ofLevel[i + 1] = (value - low) / (high - low);
  const values = new Float64Array(to - from);
  for (let row = from; row < to; row++) values[row - from] = ofLevel[column.codes[row] as number] as number;
  const centred = lessMean(values);
  return centred === undefined ? { values } : { values, centred };
}

/** Undefined when a value is missing. */
function lessMean(values: Float64Array): Float64Array | undefined {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  const mean = sum / values.length;
  return Number.isNaN(mean) ? undefined : values.map((value) => value - mean);
}

/** Over the rows that have both; NaN for a constant. */
function pearson(a: Places, b: Places): number {
  if (a.centred !== undefined && b.centred !== undefined) return ofCentred(a.centred, b.centred);
  const both = (i: number): boolean => !Number.isNaN(a.values[i]) && !Number.isNaN(b.values[i]);
  const x = lessMean(a.values.filter((_, i) => both(i)));
  const y = lessMean(b.values.filter((_, i) => both(i)));
  return x === undefined || y === undefined ? Number.NaN : ofCentred(x, y);
}

function ofCentred(x: Float64Array, y: Float64Array): number {
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [u, v] = [x[i] as number, y[i] as number];
    xx += u * u;
    yy += v * v;
    xy += u * v;
  }
  return xy / Math.sqrt(xx * yy);
}

/** A column as the report crosses it with others: codes below `width`, on either side. */
interface Crossed {
  readonly isNumber: boolean;
  readonly codes: Int32Array;
  readonly width: number;
}

type Extents = readonly [real: Extent | undefined, synthetic: Extent | undefined];

function contingencies(table: MemoryTable, ranged: ReadonlyMap<MemoryColumn, Extents>): readonly Contingency[] {
  const crossed = table.columns.flatMap((column): readonly Crossed[] => {
    if (column.column.kind === 'category') {
      return [{ isNumber: false, codes: column.codes, width: column.levels + 1 }];
    }
    const extents = ranged.get(column);
    return extents === undefined ? [] : [{ isNumber: true, codes: ownBins(table, column, extents), width: bins + 2 }];
  });
  return crossed.flatMap((a, i) =>
    crossed.slice(i + 1).flatMap((b) => (a.isNumber && b.isNumber ? [] : [contingency(table, a, b)])),
  );
}

/** Per row how many of its side's eleven edges are not above its value: the greatest has a bin of its own, with the missing ones. */
function ownBins({ rows }: MemoryTable, column: MemoryColumn, extents: Extents): Int32Array {
  const codes = new Int32Array(rows.synthetic.to);
  const unit = unitOf(column.column.schema);
  for (const [i, { from, to }] of [rows.real, rows.synthetic].entries()) {
    const extent = extents[i];
    const ofLevel = new Int32Array(column.levels + 1).fill(bins + 1);
    if (extent !== undefined) {
      const edges = edgesOf(extent.low * unit, extent.high * unit);
      let passed = 1;
      for (let level = 1; level <= column.levels; level++) {
        // NaN comes last, above all edges.
        const value = (column.values[level - 1] as number) * unit;
        while (passed <= bins && !(value < (edges[passed] as number))) passed++;
        ofLevel[level] = passed;
      }
    }
    for (let row = from; row < to; row++) codes[row] = ofLevel[column.codes[row] as number] as number;
  }
  return codes;
}

function contingency({ rows: { real, synthetic } }: MemoryTable, a: Crossed, b: Crossed): Contingency {
  const r = cellsOf(a, b, real.from, real.to);
  const s = cellsOf(a, b, synthetic.from, synthetic.to);
  const [n, m] = [real.to - real.from, synthetic.to - synthetic.from];
  const [ofA, ofB] = [new Float64Array(a.width), new Float64Array(b.width)];
  for (const [cell, count] of r) {
    const [x, y] = [Math.floor(cell / b.width), cell % b.width];
    ofA[x] = (ofA[x] as number) + count;
    ofB[y] = (ofB[y] as number) + count;
  }
  let [apart, together] = [0, 0];
  for (const [cell, count] of r) {
    apart += Math.abs(count / n - (s.get(cell) ?? 0) / m);
    together += (count * count) / ((ofA[Math.floor(cell / b.width)] as number) * (ofB[cell % b.width] as number));
  }
  for (const [cell, count] of s) if (!r.has(cell)) apart += count / m;
  const different = (totals: Float64Array): number => totals.reduce((sum, total) => sum + (total > 0 ? 1 : 0), 0);
  return {
    apart: n === 0 || m === 0 ? Number.NaN : apart / 2,
    together,
    least: Math.min(different(ofA), different(ofB)),
  };
}

/** Combinations up to which each has a place of its own. */
const mostPlaces = 2 ** 18;

/** Rows per combination that occurs. */
function cellsOf(a: Crossed, b: Crossed, from: number, to: number): ReadonlyMap<number, number> {
  const cells = new Map<number, number>();
  if (a.width * b.width > mostPlaces) {
    for (let row = from; row < to; row++) {
      const cell = (a.codes[row] as number) * b.width + (b.codes[row] as number);
      cells.set(cell, (cells.get(cell) ?? 0) + 1);
    }
    return cells;
  }
  const counts = new Uint32Array(a.width * b.width);
  for (let row = from; row < to; row++) {
    const cell = (a.codes[row] as number) * b.width + (b.codes[row] as number);
    counts[cell] = (counts[cell] as number) + 1;
  }
  for (let cell = 0; cell < counts.length; cell++) if (counts[cell] !== 0) cells.set(cell, counts[cell] as number);
  return cells;
}
