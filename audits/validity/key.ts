// val.key: primary keys and unique columns are unique in the mirror, and primary keys are not NULL.
import { sql } from 'kysely';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import { columnNames, countRows, numberOf } from '../frame.ts';
import { noOptions } from '../options.ts';
import { allPresent, duplicateRows } from './duplicates.ts';

export const keyAudit: Audit<Record<string, never>> = {
  id: 'val.key',
  title: 'Every key of the mirror identifies one row.',
  advice: "Say what the key is (key: in the config), or leave the table's rows unique by no key.",
  unit: 'rows',
  tier: 'run',
  family: 'validity',
  scope: 'table',
  needs: ['aggregates'],
  direction: 'zero',
  minRows: 1,
  options: noOptions,
  applies: ({ table }) => table.primaryKey.length > 0 || table.uniques.length > 0,
  async run({ db, target, real, synthetic }: AuditInput): Promise<readonly Measurement[]> {
    const names = await columnNames(db, synthetic);
    const n = { real: await countRows(db, real), synthetic: await countRows(db, synthetic), holdout: 0 };
    const { primaryKey, uniques } = target.table;
    const keys = [primaryKey, ...uniques].filter((key) => key.length > 0 && key.every((name) => names.has(name)));
    const measurements: Measurement[] = [];
    for (const key of keys) {
      let value = await duplicateRows(db, synthetic, key);
      if (key === primaryKey) {
        const nulls = sql`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${relationRef(synthetic)} WHERE NOT ${allPresent(key)}`;
        value += await numberOf(db, nulls);
      }
      measurements.push({ columns: key, value, n });
    }
    return measurements;
  },
};
