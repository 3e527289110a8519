// Codes of a table in memory: on the real table's deciles and most frequent categories, as codes.ts makes them in the engine.
import { sql } from 'kysely';
import type { AuditInput } from '../../core/audit.ts';
import { columnRef, relationRef } from '../../core/sql.ts';
import { type CodeCounts, codeBase } from '../code-counts.ts';
import { deciles, topCategories } from '../codes.ts';
import { type Frame, plainValue, type Side } from '../frame.ts';
import type { MemoryColumn, MemoryTable, Range } from './table.ts';

/** By name in the frame, a code per row. */
export type MemoryCodes = ReadonlyMap<string, Uint8Array>;

export function memoryCodes(input: AuditInput, frame: Frame, { columns }: MemoryTable): Promise<MemoryCodes> {
  return frame.memo('memory codes', async () => {
    const codes = new Map<string, Uint8Array>();
    for (const column of columns) {
      const levels = column.column.kind === 'number' ? decileCodes(column) : await categoryCodes(input, column);
      codes.set(column.column.value, lookedUp(levels, column.codes));
    }
    return codes;
  });
}

function lookedUp(levels: Uint8Array, codes: Int32Array): Uint8Array {
  const rows = new Uint8Array(codes.length);
  for (let row = 0; row < rows.length; row++) rows[row] = levels[codes[row] as number] as number;
  return rows;
}

/** Per level 1 + the number of deciles of the finite real values below it; 0 for NULL. */
function decileCodes({ values, counts: { real } }: MemoryColumn): Uint8Array {
  const rowsOf = (i: number): number => (Number.isFinite(values[i]) ? (real[i + 1] as number) : 0);
  let n = 0;
  for (let i = 0; i < values.length; i++) n += rowsOf(i);
  // The value at position ⌈n d/10⌉ is the decile: integers, as the engine counts with decimals.
  const positions = deciles.map((_, i) => Math.max(1, Math.ceil((n * (i + 1)) / 10)));
  const codes = new Uint8Array(values.length + 1);
  let [upTo, next, passed] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    codes[i + 1] = 1 + passed;
    const rows = rowsOf(i);
    upTo += rows;
    if (rows === 0 || upTo < (positions[next] ?? Number.POSITIVE_INFINITY)) continue;
    while (upTo >= (positions[next] ?? Number.POSITIVE_INFINITY)) next++;
    passed++;
  }
  return codes;
}

/** Per level 2 and more for the most frequent real categories, 1 for the others, 0 for NULL. */
async function categoryCodes(input: AuditInput, column: MemoryColumn): Promise<Uint8Array> {
  const { levels, counts } = column;
  const real = (level: number): number => counts.real[level] as number;
  const present = Array.from({ length: levels }, (_, i) => i + 1).filter((level) => real(level) > 0);
  present.sort((a, b) => real(b) - real(a));
  const codes = new Uint8Array(levels + 1).fill(1);
  codes[0] = 0;
  let top = present.slice(0, topCategories);
  const next = present[topCategories];
  if (next !== undefined && real(next) === real(top.at(-1) ?? 0)) top = await topByValue(input, column);
  for (const [i, level] of top.entries()) codes[level] = i + 2;
  return codes;
}

/** Of categories with as many rows the first by value are taken, which only the engine knows. */
async function topByValue({ db, real }: AuditInput, { column, hashes }: MemoryColumn): Promise<number[]> {
  const value = plainValue(column.schema);
  const { rows } = await sql<{ h: string }>`
    SELECT CAST(hash(v) AS VARCHAR) AS h FROM (
      SELECT v, count(*) AS m FROM (SELECT ${value} AS v FROM ${relationRef(real)} WHERE ${columnRef(column.name)} IS NOT NULL) AS plain
      WHERE v IS NOT NULL GROUP BY v ORDER BY m DESC, v LIMIT ${sql.lit(topCategories)}) AS top ORDER BY m DESC, v`.execute(
    db,
  );
  const levels = new Map<string, number>();
  for (let level = 0; 2 * level < hashes.length; level++) {
    const [low, high] = [hashes[2 * level] as number, hashes[2 * level + 1] as number];
    levels.set(String((BigInt(high) << 32n) | BigInt(low)), level + 1);
  }
  return rows.flatMap(({ h }) => levels.get(h) ?? []);
}

/** Rows per combination of codes on one side, one map per group of columns. */
export function countCodesInMemory(
  codes: MemoryCodes,
  { rows }: MemoryTable,
  side: Side,
  groups: readonly (readonly string[])[],
): readonly CodeCounts[] {
  return groups.map((group) =>
    countGroup(
      group.map((name) => codes.get(name) as Uint8Array),
      rows[side],
    ),
  );
}

function countGroup(columns: readonly Uint8Array[], rows: Range): CodeCounts {
  const [a, b, c] = columns;
  const cells = new Uint32Array(codeBase ** columns.length);
  if (a !== undefined && b !== undefined && c === undefined) countPairs(cells, a, b, rows);
  else countCells(cells, columns, rows);
  const counts = new Map<number, number>();
  for (let cell = 0; cell < cells.length; cell++) if (cells[cell] !== 0) counts.set(cell, cells[cell] as number);
  return counts;
}

function countCells(cells: Uint32Array, columns: readonly Uint8Array[], { from, to }: Range): void {
  for (let row = from; row < to; row++) {
    let cell = 0;
    for (let i = 0; i < columns.length; i++) cell = cell * codeBase + ((columns[i] as Uint8Array)[row] as number);
    cells[cell] = (cells[cell] as number) + 1;
  }
}

function countPairs(cells: Uint32Array, a: Uint8Array, b: Uint8Array, { from, to }: Range): void {
  // Neighbouring rows often fall into one cell: two sets of cells spare the second the wait for the first.
  const others = new Uint32Array(cells.length);
  for (let row = from; row + 1 < to; row += 2) {
    const cell = (a[row] as number) * codeBase + (b[row] as number);
    cells[cell] = (cells[cell] as number) + 1;
    const other = (a[row + 1] as number) * codeBase + (b[row + 1] as number);
    others[other] = (others[other] as number) + 1;
  }
  if ((to - from) % 2 === 1) {
    const cell = (a[to - 1] as number) * codeBase + (b[to - 1] as number);
    cells[cell] = (cells[cell] as number) + 1;
  }
  for (let cell = 0; cell < cells.length; cell++) cells[cell] = (cells[cell] as number) + (others[cell] as number);
}
