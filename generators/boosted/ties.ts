// Ties of a table's numbers to the columns before them: learnt from few rows, and what they predict of all.
import type { ColumnVector } from '../../core/batch.ts';
import { hashText } from '../../core/random.ts';
import {
  type CodePart,
  type ColumnCodes,
  codeCount,
  encodeColumn,
  encodeNumber,
  rangeOfCodes,
  valuesOfCodes,
  valuesOfPart,
} from '../../models/codes/index.ts';
import { learnTie, predict, rowsForTies, sampleForTies, type Tie, type TieColumn } from '../../models/ties/index.ts';
import { type Tied, tiedRows } from './tied.ts';

/** One code column and where it comes from; without a vector it is drawn. */
export interface TieSource {
  readonly vector?: ColumnVector;
  readonly column: ColumnCodes;
  readonly part: CodePart;
  readonly codes: Uint16Array;
}

export function sourcesOf(vector: ColumnVector, column: ColumnCodes): TieSource[] {
  return encodeColumn(vector, column).map((codes, i) => ({ vector, column, part: column.parts[i] as CodePart, codes }));
}

/** Finds the tie of a code column, by position, with its predictions of all rows in the codes of the column. */
export function createTies(
  sources: readonly TieSource[],
  rowCount: number,
  k: number,
  seed: number,
): (target: number) => { readonly tie: Tie; readonly codes: SharedArrayBuffer } | undefined {
  const rows = rowsForTies(rowCount, hashText('ties', seed));
  const sample = sampleForTies(
    sources.map((source) => atRows(tieColumn(source), rows)),
    k,
  );
  const whole: (TieColumn | undefined)[] = [];
  return (target) => {
    const { codes } = (sources[target] as TieSource).part;
    const tie = learnTie(sample, target);
    if (tie === undefined || codes.kind !== 'number') return undefined;
    for (const { column } of tie.functions) whole[column] ??= tieColumn(sources[column] as TieSource);
    const values = new Float64Array(rowCount);
    predict(tie, whole, values);
    const predicted = new SharedArrayBuffer(2 * rowCount);
    encodeNumber({ values, origin: codes.grid.origin }, codes, new Uint16Array(predicted));
    return { tie, codes: predicted };
  };
}

/** Of a number that is still to be drawn no value is there. */
function tieColumn({ vector, column, part, codes: own }: TieSource): TieColumn {
  const { codes } = part;
  return codes.kind === 'category'
    ? { kind: 'category', codes: own, codeCount: codeCount(codes) }
    : {
        kind: 'number',
        values: vector === undefined ? new Float64Array(0) : valuesOfPart(vector, column, { ...part, codes }),
        ...rangeOfCodes(codes),
      };
}

function atRows(column: TieColumn, rows: Uint32Array): TieColumn {
  return column.kind === 'category'
    ? { ...column, codes: Uint16Array.from(rows, (row) => column.codes[row] as number) }
    : { ...column, values: Float64Array.from(rows, (row) => column.values[row] as number) };
}

/** What ties say while rows are drawn, block after block. */
export interface OpenTies {
  begin(from: number, to: number): void;
  /** What the tie of a code column says of the block's rows: the columns that it uses are there. */
  rowsOf(target: number, tie: Tie | undefined): Tied | undefined;
  /** A column of the block was drawn; `inside` says where in its codes. */
  drawn(target: number, inside: Float64Array): void;
}

export function openTies(sources: readonly TieSource[], ties: readonly Tie[]): OpenTies {
  const used = new Set(ties.flatMap(({ functions }) => functions.map(({ column }) => column)));
  const whole = sources.map((source, at) => (used.has(at) ? tieColumn(source) : undefined));
  let [from, to] = [0, 0];
  let block: (TieColumn | undefined)[] = [];
  return {
    begin: (start, end) => {
      [from, to] = [start, end];
      block = whole.map((column) => column && partOf(column, from, to));
    },
    rowsOf: (target, tie) => {
      const { codes } = (sources[target] as TieSource).part;
      return tie === undefined || codes.kind !== 'number' ? undefined : tiedRows(tie, codes, block, to - from);
    },
    drawn: (target, inside) => {
      const { codes, part } = sources[target] as TieSource;
      const column = block[target];
      if (column?.kind !== 'number' || part.codes.kind !== 'number') return;
      block[target] = { ...column, values: valuesOfCodes(codes.subarray(from, to), part.codes, inside) };
    },
  };
}

function partOf(column: TieColumn, from: number, to: number): TieColumn {
  return column.kind === 'category'
    ? { ...column, codes: column.codes.subarray(from, to) }
    : { ...column, values: column.values.subarray(from, to) };
}
