// What a config asks of a table's rows, as kinds of rows and how many of each. Pure.
import { sql } from 'kysely';
import type { RowGroup, TableConfig } from '../../config/types.ts';
import { columnRef, sqlText } from '../../sql.ts';

type Asked = Pick<TableConfig, 'rows' | 'balance' | 'atLeast'>;

export function isDemanded({ rows, balance = {}, atLeast }: Asked): boolean {
  return typeof rows === 'object' || Object.keys(balance).length > 0 || atLeast !== undefined;
}

/** Disjoint kinds (or those of a list, as written) that make up all rows; undefined when `atLeast` alone decides. */
export function askedGroups({ rows: wanted, balance = {} }: Asked, rows: number): readonly RowGroup[] | undefined {
  if (typeof wanted === 'object') return wanted;
  const [column] = Object.keys(balance);
  if (column === undefined) return undefined;
  const shares = Object.entries(balance[column] ?? {});
  const rest = Math.max(0, 1 - shares.reduce((sum, [, share]) => sum + share, 0));
  const counts = apportion([...shares.map(([, share]) => share), rest], rows);
  const kinds = [
    ...shares.map(([value]) => sqlText(sql`${columnRef(column)} = ${sql.lit(value)}`)),
    otherThan(column, shares),
  ];
  return kinds
    .map((where, i) => ({ where, count: counts[i] as number }))
    .filter(({ count }, i) => count > 0 || i < shares.length);
}

function otherThan(column: string, shares: readonly (readonly [value: string, share: number])[]): string {
  const values = sql.join(shares.map(([value]) => sql.lit(value)));
  return sqlText(sql`coalesce(${columnRef(column)} not in (${values}), true)`);
}

/** Whole numbers in proportion to the shares that add up to `total`: the largest remainders get one more. */
function apportion(shares: readonly number[], total: number): readonly number[] {
  const sum = shares.reduce((all, share) => all + share, 0);
  const exact = shares.map((share) => (share / sum) * total);
  const counts = exact.map(Math.floor);
  const left = total - counts.reduce((all, count) => all + count, 0);
  const byRemainder = [...exact.keys()].sort(
    (a, b) => ((exact[b] as number) % 1) - ((exact[a] as number) % 1) || a - b,
  );
  for (const i of byRemainder.slice(0, left)) counts[i] = (counts[i] as number) + 1;
  return counts;
}
