// Compares two answers to one query: rows aligned by their keys, numbers by relative error, order by rank.
import type { ColumnRole } from '../../core/query-shape.ts';

/** Column names in their order, and rows of plain values. */
export interface AnswerTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface AnswerOptions {
  /** One per column; guessed from the values when absent: text, dates and booleans are keys, numbers are measures. */
  readonly roles?: readonly ColumnRole[];
  /** Names of the key columns, instead of `roles`. */
  readonly keys?: readonly string[];
  /** Numbers below this share of the column's largest count as that large, so that tiny ones do not decide. */
  readonly floor: number;
  /** Rows of the other side's tables per row of the real ones: additive columns are divided by it. */
  readonly scale?: number;
}

export interface ComparedColumn {
  readonly column: string;
  /** Σ|s − r| / Σ max(|r|, floor), over the union of the keys; a group that one side lacks counts as 0 there. */
  readonly error: number;
  /** (Σw)²/Σw² of the weights: how many groups the error is a mean of, in effect. */
  readonly groups: number;
}

export interface Compared {
  readonly columns: readonly ComparedColumn[];
  /** 1 − Spearman's correlation of the positions of the keys; absent below three. */
  readonly disorder?: number;
  /** Keys that only one side has. */
  readonly unmatched: number;
  readonly matched: number;
}

/** Why two answers cannot be compared, as one sentence; or how they differ. */
export function compareAnswers(real: AnswerTable, other: AnswerTable, options: AnswerOptions): Compared | string {
  if (real.columns.length !== other.columns.length) return 'The answers have different columns.';
  const roles = rolesOf(real, other, options);
  if (typeof roles === 'string') return roles;
  const a = byKey(real, roles);
  const b = byKey(other, roles);
  if (a === undefined || b === undefined) {
    return 'Several rows have the same key: name the columns that tell them apart in `keys`.';
  }
  const keys = [...new Set([...a.keys(), ...b.keys()])];
  const matched = keys.filter((key) => a.has(key) && b.has(key)).length;
  const columns = real.columns.flatMap((column, i): readonly ComparedColumn[] => {
    const role = roles[i];
    if (role === undefined || role === 'key' || ![...real.rows, ...other.rows].some((row) => isNumber(row[i])))
      return [];
    const scale = role === 'additive' ? (options.scale ?? 1) : 1;
    const pairs = keys.map((key) => [numberOf(a.get(key)?.[i]), numberOf(b.get(key)?.[i]) / scale] as const);
    return [{ column, ...relativeError(pairs, options.floor) }];
  });
  if (columns.length === 0) return 'The answers hold no number to compare.';
  const disorder = rankDistance([...a.keys()], [...b.keys()]);
  return { columns, matched, unmatched: keys.length - matched, ...(disorder === undefined ? {} : { disorder }) };
}

function relativeError(
  pairs: readonly (readonly [real: number, other: number])[],
  floor: number,
): Omit<ComparedColumn, 'column'> {
  const least = floor * Math.max(...pairs.map(([r]) => Math.abs(r)));
  let difference = 0;
  let sum = 0;
  let squares = 0;
  for (const [r, s] of pairs) {
    const weight = Math.max(Math.abs(r), least);
    difference += Math.abs(s - r);
    sum += weight;
    squares += weight * weight;
  }
  if (sum === 0) return { error: difference === 0 ? 0 : 1, groups: 1 };
  return { error: difference / sum, groups: (sum * sum) / squares };
}

function rolesOf(real: AnswerTable, other: AnswerTable, options: AnswerOptions): readonly ColumnRole[] | string {
  const { keys, roles } = options;
  if (keys !== undefined) {
    const missing = keys.find((key) => !real.columns.includes(key));
    if (missing !== undefined) return `The answer has no column "${missing}", which \`keys\` names.`;
    return real.columns.map((column, i) =>
      keys.includes(column) ? 'key' : roles?.[i] === 'additive' ? 'additive' : 'measure',
    );
  }
  if (roles !== undefined && roles.length === real.columns.length) return roles;
  const rows = [...real.rows, ...other.rows];
  const guessed = real.columns.map((_, i): ColumnRole => {
    return rows.some((row) => row[i] !== null && !isNumber(row[i])) ? 'key' : 'measure';
  });
  // Numbers only, in several rows: the first column tells them apart, as a year or an id does.
  if (!guessed.includes('key') && Math.max(real.rows.length, other.rows.length) > 1) return guessed.with(0, 'key');
  return guessed;
}

function byKey(answer: AnswerTable, roles: readonly ColumnRole[]): ReadonlyMap<string, readonly unknown[]> | undefined {
  const rows = new Map<string, readonly unknown[]>();
  for (const row of answer.rows) {
    const parts = row.filter((_, i) => roles[i] === 'key');
    const key = JSON.stringify(parts, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
    if (rows.has(key)) return undefined;
    rows.set(key, row);
  }
  return rows;
}

/** Keys that one side lacks share the places behind its last. */
function rankDistance(a: readonly string[], b: readonly string[]): number | undefined {
  const keys = [...new Set([...a, ...b])];
  if (keys.length < 3) return undefined;
  const ranksIn = (order: readonly string[]): readonly number[] => {
    const places = new Map(order.map((key, i) => [key, i + 1]));
    return keys.map((key) => places.get(key) ?? (order.length + 1 + keys.length) / 2);
  };
  const x = ranksIn(a);
  const y = ranksIn(b);
  const mean = (keys.length + 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < keys.length; i++) {
    const dx = (x[i] as number) - mean;
    const dy = (y[i] as number) - mean;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx === 0 || yy === 0 ? 1 : 1 - xy / Math.sqrt(xx * yy);
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** What is missing or not finite counts as nothing. */
function numberOf(value: unknown): number {
  const number = isNumber(value) ? Number(value) : 0;
  return Number.isFinite(number) ? number : 0;
}
