// Fills what is missing in rows: draws candidates for the missing columns, and picks one that fits what the row holds.
import { sql } from 'kysely';
import type { Relation } from '../../audit.ts';
import { type ColumnBatch, type ColumnVector, isNull, takeRows } from '../../batch.ts';
import type { Workspace } from '../../connector.ts';
import { SynthError } from '../../errors.ts';
import type { WeighedRows } from '../../generator.ts';
import type { ProgressSink } from '../../progress.ts';
import { drawStream, drawWord, rowHash } from '../../random.ts';
import type { ColumnSchema } from '../../schema.ts';
import { columnRef, relationRef } from '../../sql.ts';
import { vectorOf } from '../buckets.ts';
import { countColumn, ROW, scratch } from '../names.ts';
import type { TablePlan } from '../plan.ts';
import type { TableFit } from '../table-fit.ts';
import { createFilling, type Filling } from '../vectors.ts';

export interface CompleteRows {
  readonly workspace: Workspace;
  readonly table: TablePlan;
  readonly fit: TableFit;
  /** With {@link ROW} and the learnt columns. */
  readonly rows: Relation;
  /** Learnt columns to fill. */
  readonly targets: readonly ColumnSchema[];
  readonly seed: number;
  /** 0, 1, …: other draws of the same. */
  readonly draw: number;
  readonly progress: ProgressSink;
}

export interface Completed {
  /** {@link ROW} and the targets, for rows with something missing; NULL where a row had a value. */
  readonly relation: Relation;
  readonly rows: number;
  /** Values that no candidate had, by column. */
  readonly unfilled: ReadonlyMap<string, number>;
  /** Rows for which nearly all weight lay on one candidate. */
  readonly unlike: number;
}

/**
 * Candidates per row and round: one of them is picked by its weight (sampling importance resampling, Rubin 1987). The more
 * the better where a later column says nearly all about an earlier one; large tables get fewer.
 */
function candidatesFor(rows: number): number {
  return Math.max(20, Math.min(200, Math.floor(1_500_000 / Math.max(1, rows))));
}
/** Rounds for rows whose candidates all lack what is missing. */
const rounds = 6;
/** Rows times candidates that are drawn at a time. */
const chunk = 65_536;

/** Every row depends on its own number, the seed and the draw alone. */
export async function completeRows(options: CompleteRows): Promise<Completed> {
  const { workspace, table, fit, targets, progress } = options;
  const { model } = fit;
  const { generator } = table.choice;
  const { weigh } = generator;
  if (model === undefined || weigh === undefined || model.steps.length > 0) {
    throw new SynthError('complete.generator', `${generator.name} cannot draw columns given others.`, {
      hint: 'Use boosted().',
    });
  }
  const open = await readOpen(options);
  const candidates = candidatesFor(open.rowCount);
  const rowIds = numbersOf(vectorOf(open, ROW));
  const fitted = generator.deserialise(model.bytes);
  const picks = pickStream(options);
  const fillings = new Map(targets.map(({ name }): [string, Filling] => [name, createFilling(open.rowCount)]));
  const unfilled = new Map<string, number>();
  let unlike = 0;
  let done = 0;
  for (const { missing, rows } of patternsOf(open, targets)) {
    const given = model.columns.filter(({ name }) => !missing.includes(name));
    for (let from = 0; from < rows.length; from += Math.floor(chunk / candidates)) {
      let left = rows.subarray(from, from + Math.floor(chunk / candidates));
      const size = left.length;
      for (let round = 0; round < rounds && left.length > 0; round++) {
        workspace.signal.throwIfAborted();
        const weighed = weigh(
          fitted,
          {
            rowIds: candidateIds(left, rowIds, candidates),
            attempt: 1 + options.draw * rounds + round,
            ...(given.length > 0 && { given: repeated(open, given, left, candidates) }),
          },
          { seed: options.seed, table: table.name },
        );
        const picked = pick(weighed, missing, left, (row) => picks(rowIds[row] as number));
        if (round === 0) unlike += picked.alone;
        for (const name of missing) {
          fillings.get(name)?.fill(takeRows(vectorOf(weighed.rows, name), picked.from), picked.rows);
        }
        left = picked.left;
      }
      for (const name of missing) unfilled.set(name, (unfilled.get(name) ?? 0) + left.length);
      done += size;
      progress({ kind: 'step-progress', table: table.label, step: 'sample', rows: done, totalRows: open.rowCount });
    }
  }
  const relation = scratch(workspace, `filled_${options.draw}`, table.label);
  const columns = targets.map((schema) => ({ ...schema, nullable: true }));
  await using writer = await workspace.write(relation, [countColumn(ROW, false), ...columns]);
  await writer.append({
    rowCount: open.rowCount,
    columns: new Map([
      [ROW, vectorOf(open, ROW)],
      ...targets.map(({ name }): [string, ColumnVector] => [name, (fillings.get(name) as Filling).vector()]),
    ]),
  });
  await writer.finish();
  return { relation, rows: open.rowCount, unfilled, unlike };
}

/** Rows with something missing, in order. */
function readOpen({ workspace, rows, fit, targets }: CompleteRows): Promise<ColumnBatch> {
  const columns = [countColumn(ROW, false), ...(fit.model?.columns ?? [])];
  const isOpen = targets.map(({ name }) => sql`${columnRef(name)} is null`);
  const query = sql`select ${sql.join(columns.map(({ name }) => columnRef(name)))} from ${relationRef(rows)}
    where ${sql.join(isOpen, sql` or `)} order by ${columnRef(ROW)}`;
  return workspace.read(query.compile(workspace.db), columns);
}

function patternsOf(
  open: ColumnBatch,
  targets: readonly ColumnSchema[],
): readonly { readonly missing: readonly string[]; readonly rows: Uint32Array }[] {
  const patterns = new Map<string, { missing: readonly string[]; rows: number[] }>();
  const vectors = targets.map(({ name }) => ({ name, vector: vectorOf(open, name) }));
  for (let row = 0; row < open.rowCount; row++) {
    const missing = vectors.filter(({ vector }) => isNull(vector, row)).map(({ name }) => name);
    const key = missing.join('\0');
    const pattern = patterns.get(key);
    if (pattern === undefined) patterns.set(key, { missing, rows: [row] });
    else pattern.rows.push(row);
  }
  return [...patterns.values()].map(({ missing, rows }) => ({ missing, rows: Uint32Array.from(rows) }));
}

function candidateIds(rows: Uint32Array, rowIds: Float64Array, candidates: number): Float64Array {
  const ids = new Float64Array(rows.length * candidates);
  for (let i = 0; i < ids.length; i++) {
    ids[i] = (rowIds[rows[Math.floor(i / candidates)] as number] as number) * candidates + (i % candidates);
  }
  return ids;
}

function repeated(
  open: ColumnBatch,
  given: readonly ColumnSchema[],
  rows: Uint32Array,
  candidates: number,
): ColumnBatch {
  const at = Uint32Array.from(
    { length: rows.length * candidates },
    (_, i) => rows[Math.floor(i / candidates)] as number,
  );
  return { rowCount: at.length, columns: new Map(given.map(({ name }) => [name, takeRows(vectorOf(open, name), at)])) };
}

interface Picked {
  /** Candidates, and the rows that they fill. */
  readonly from: Uint32Array;
  readonly rows: Uint32Array;
  /** Rows none of whose candidates has all that is missing. */
  readonly left: Uint32Array;
  /** Rows with an effective number of candidates below 1.5. */
  readonly alone: number;
}

function pick(
  { rows: drawn, logWeights }: WeighedRows,
  missing: readonly string[],
  rows: Uint32Array,
  uniform: (row: number) => number,
): Picked {
  const candidates = rows.length === 0 ? 0 : drawn.rowCount / rows.length;
  const vectors = missing.map((name) => vectorOf(drawn, name));
  const picked: number[] = [];
  const filled: number[] = [];
  const left: number[] = [];
  let alone = 0;
  const weights = new Float64Array(candidates);
  for (const [i, row] of rows.entries()) {
    let most = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < candidates; c++) {
      const at = i * candidates + c;
      if (vectors.every((vector) => !isNull(vector, at))) most = Math.max(most, logWeights[at] as number);
    }
    if (most === Number.NEGATIVE_INFINITY) {
      left.push(row);
      continue;
    }
    let sum = 0;
    let squares = 0;
    for (let c = 0; c < candidates; c++) {
      const at = i * candidates + c;
      const fits = vectors.every((vector) => !isNull(vector, at));
      const weight = fits ? Math.exp((logWeights[at] as number) - most) : 0;
      weights[c] = weight;
      sum += weight;
      squares += weight * weight;
    }
    if ((sum * sum) / squares < 1.5) alone += 1;
    let rest = uniform(row) * sum;
    let chosen = -1;
    for (let c = 0; c < candidates; c++) {
      if ((weights[c] as number) === 0) continue;
      chosen = c;
      rest -= weights[c] as number;
      if (rest < 0) break;
    }
    picked.push(i * candidates + chosen);
    filled.push(row);
  }
  return { from: Uint32Array.from(picked), rows: Uint32Array.from(filled), left: Uint32Array.from(left), alone };
}

/** A number in [0, 1) per row number. */
function pickStream({ seed, table, draw }: CompleteRows): (row: number) => number {
  const stream = drawStream(seed, table.label, `pick ${draw}`);
  return (row) => drawWord(stream, rowHash(row, stream.rowSalt)) / 4294967296;
}

function numbersOf(vector: ColumnVector): Float64Array {
  return vector.kind === 'integer' ? Float64Array.from(vector.values, Number) : new Float64Array(0);
}
