// Stable hashes of a table's config, by what they make stale: the fit, the sample drawn from it, or only the audits.
import { createHash } from 'node:crypto';
import type { ForeignKey } from '../schema.ts';
import { displayName } from '../schema.ts';
import type { LoadedTable } from './loaded.ts';

export interface TableDigests {
  /** Changes when the table must be learnt again. */
  readonly fit: string;
  /** Changes when rows must be drawn again from the same fit. */
  readonly sample: string;
  /** Changes when the same mirror must be audited again. */
  readonly audit: string;
}

/**
 * @param foreignKeys those of the table to mirrored parents: a child is learnt together with its parents' columns
 * @param queries the user's, that read the table
 */
export function digestTable(
  table: LoadedTable,
  seed: number,
  foreignKeys: readonly ForeignKey[],
  queries: readonly unknown[] = [],
): TableDigests {
  const { generator, options } = table.generator;
  const parents = foreignKeys.map(({ columns, references }) => [
    columns,
    displayName(references.table),
    references.columns,
  ]);
  return {
    // A rule takes its column out of what is learnt; what the rule says matters only when rows are drawn.
    fit: digest({
      seed,
      generator: generator.name,
      options,
      subject: table.subject,
      key: table.key,
      ...(table.order.length > 0 && { order: table.order }),
      ruleColumns: [...Object.keys(table.columns), ...Object.keys(table.labels)].sort(),
      parents: parents.map((parent) => stableJson(parent)).sort(),
      constraints: table.constraints,
      fitRows: table.fitRows,
      ...(table.blend && { blend: table.blend }),
    }),
    sample: digest({
      seed,
      rows: table.rows,
      columns: table.columns,
      // What is not asked for is left out, so that mirrors of before stay as they are.
      ...(Object.keys(table.balance).length > 0 && { balance: table.balance }),
      ...(table.atLeast && { atLeast: table.atLeast }),
      ...(Object.keys(table.labels).length > 0 && { labels: table.labels }),
    }),
    audit: digest(queries.length === 0 ? table.audits : [table.audits, queries]),
  };
}

/** The first 16 hexadecimal digits of the SHA-256 of a value's stable JSON. */
export function digest(value: unknown): string {
  return createHash('sha256').update(stableJson(value)).digest('hex').slice(0, 16);
}

/** JSON with sorted keys; what is undefined is left out, functions count by their text, bigints by their digits. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) => {
    if (typeof entry === 'function') return `function ${String(entry)}`;
    if (typeof entry === 'bigint') return `${entry}n`;
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return entry;
    return Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}
