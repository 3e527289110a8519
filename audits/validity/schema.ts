// val.schema: the mirror has the source's columns, in its order, with its types and nullability.
import { sql } from 'kysely';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { columnRef, relationRef } from '../../core/sql.ts';
import { countRows } from '../frame.ts';
import { noOptions } from '../options.ts';

export const schemaAudit: Audit<Record<string, never>> = {
  id: 'val.schema',
  title: 'The mirror has the same columns, types and order as the real table.',
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
    const found = await sql<{ column_name: string; column_type: string }>`
      DESCRIBE SELECT * FROM ${relationRef(input.synthetic)}`.execute(db);
    const types = new Map(found.rows.map((row) => [row.column_name, row.column_type]));
    const faults: string[] = [];
    for (const { name, sqlType } of expected) {
      const type = types.get(name);
      if (type === undefined) faults.push(`'${name}' is missing`);
      else if (type.toUpperCase() !== sqlType.toUpperCase()) faults.push(`'${name}' has another type`);
    }
    const names = new Set(expected.map(({ name }) => name));
    for (const name of types.keys()) if (!names.has(name)) faults.push(`'${name}' is not in the source`);
    const shared = expected.filter(({ name }) => types.has(name)).map(({ name }) => name);
    const order = [...types.keys()].filter((name) => names.has(name));
    if (shared.some((name, i) => order[i] !== name)) faults.push('the columns are in another order');
    faults.push(...(await unexpectedNulls(input, types)));
    const n = {
      real: await countRows(db, input.real),
      synthetic: await countRows(db, input.synthetic),
      holdout: 0,
    };
    const reason = faults.length === 0 ? {} : { reason: capitalised(faults.join(', ')) };
    return [{ columns: [], value: faults.length, n, ...reason }];
  },
};

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
