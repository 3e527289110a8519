// val.schema: the mirror has the source's columns, in its order, with its types and nullability.
import { sql } from 'kysely';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { nearestName, SynthError } from '../../core/errors.ts';
import type { ColumnSchema } from '../../core/schema.ts';
import { columnRef, relationRef } from '../../core/sql.ts';
import { columnTypes, countRows, frameOf, sameType } from '../frame.ts';
import { outline } from '../lookalikes.ts';
import { noOptions } from '../options.ts';

export const schemaAudit: Audit<Record<string, never>> = {
  id: 'val.schema',
  title: 'The mirror has the same columns, types and order as the real table.',
  advice:
    'Learn the table again with synth build --full-refresh; of two files, give both the same columns, or leave some out with --omit.',
  unit: 'columns',
  tier: 'run',
  family: 'validity',
  scope: 'table',
  needs: ['aggregates'],
  direction: 'zero',
  minRows: 0,
  options: noOptions,
  applies: () => true,
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const { db, target } = input;
    const expected = target.table.columns.filter(
      ({ name }) => target.excluded.includes(name) || target.columns.some((column) => column.name === name),
    );
    const unreadable = target.reference ? new Map<string, number>() : (await frameOf(input)).unreadable;
    const types = await columnTypes(db, input.synthetic);
    const names = new Set(expected.map(({ name }) => name));
    const extra = [...types.keys()].filter((name) => !names.has(name));
    const faults: string[] = [];
    for (const { name, sqlType } of expected) {
      const type = types.get(name);
      if (type === undefined) faults.push(`'${name}' is missing${meant(name, extra)}`);
      else if (!sameType(type, sqlType)) faults.push(`'${name}' has another type`);
    }
    faults.push(...extra.map((name) => `'${name}' is not in the source`));
    const shared = expected.filter(({ name }) => types.has(name)).map(({ name }) => name);
    const order = [...types.keys()].filter((name) => names.has(name));
    if (shared.some((name, i) => order[i] !== name)) faults.push('the columns are in another order');
    faults.push(...(await unexpectedNulls(input, types)));
    const n = {
      real: await countRows(db, input.real),
      synthetic: await countRows(db, input.synthetic),
      holdout: 0,
    };
    if (unreadable.size > 0) throw notReadable(expected, unreadable, faults);
    const reason = faults.length === 0 ? {} : { reason: capitalised(faults.join(', ')) };
    return [{ columns: [], value: faults.length, n, ...reason }];
  },
};

/** The name among those that the source does not have that may be it. */
function meant(name: string, extra: readonly string[]): string {
  const twin = extra.find((other) => outline(other) === outline(name));
  if (twin !== undefined) return ` ('${twin}' looks like it, and is written with other characters)`;
  const near = nearestName(name, extra);
  return near === undefined ? '' : ` (is '${near}' meant?)`;
}

/** What cannot be compared is an error, whatever else is wrong. */
function notReadable(
  columns: readonly ColumnSchema[],
  unreadable: ReadonlyMap<string, number>,
  faults: readonly string[],
): SynthError {
  const unread = [...unreadable].map(([name, count]) => {
    const type = columns.find((column) => column.name === name)?.sqlType ?? '';
    return `${count.toLocaleString('en')} ${count === 1 ? 'value' : 'values'} of '${name}' cannot be read as ${type}, so that it is not compared`;
  });
  return new SynthError('audit.types', `${capitalised([...unread, ...faults].join(', '))}.`);
}

/** Columns declared NOT NULL with a NULL in the mirror. */
async function unexpectedNulls(
  { db, target, synthetic }: AuditInput,
  types: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const required = target.table.columns.filter(({ name, nullable }) => !nullable && types.has(name));
  if (required.length === 0) return [];
  const counts = required.map(({ name }, i) => {
    return sql`CAST(count(*) - count(${columnRef(name)}) AS DOUBLE) AS ${sql.id(`n${i}`)}`;
  });
  const query = sql<Record<string, number>>`SELECT ${sql.join(counts)} FROM ${relationRef(synthetic)}`;
  const row = (await query.execute(db)).rows[0] ?? {};
  return required.filter((_, i) => Number(row[`n${i}`]) > 0).map(({ name }) => `'${name}' has NULLs`);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
