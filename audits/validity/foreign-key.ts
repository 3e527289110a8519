// val.fk: every reference of the mirror finds its row in the mirrored parent.
import { sql } from 'kysely';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { columnRef, relationRef } from '../../core/sql.ts';
import { countRows, numberOf } from '../frame.ts';
import { noOptions } from '../options.ts';
import { allPresent } from './duplicates.ts';

export const foreignKeyAudit: Audit<Record<string, never>> = {
  id: 'val.fk',
  title: 'Every reference to another table finds its row there.',
  advice: 'Build the parent with the table: synth build --select +TABLE.',
  unit: 'rows',
  tier: 'run',
  family: 'validity',
  scope: 'relation',
  needs: ['aggregates'],
  direction: 'zero',
  minRows: 1,
  options: noOptions,
  applies: ({ relations }) => relations.length > 0,
  /** Orphans of the mirror beyond the share that the real table has itself. */
  async run({ db, target, real, synthetic, holdout }: AuditInput): Promise<readonly Measurement[]> {
    const n = {
      real: await countRows(db, real),
      synthetic: await countRows(db, synthetic),
      holdout: holdout === undefined ? 0 : await countRows(db, holdout),
    };
    const measurements: Measurement[] = [];
    for (const relation of target.relations) {
      const matches = relation.columns.map((column, i) => {
        return sql`${columnRef(column, 'c')} = ${columnRef(relation.parentColumns[i] ?? column, 'p')}`;
      });
      const orphans = await numberOf(
        db,
        sql`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${relationRef(synthetic)} AS c
          WHERE ${allPresent(relation.columns, 'c')} AND NOT EXISTS (
            SELECT 1 FROM ${relationRef(relation.syntheticParent)} AS p WHERE ${sql.join(matches, sql` AND `)})`,
      );
      const allowed = n.real === 0 ? 0 : Math.ceil((relation.realOrphans / (n.real + n.holdout)) * n.synthetic);
      const reason = { reason: `References to ${relation.parent}` };
      measurements.push({ columns: relation.columns, value: Math.max(0, orphans - allowed), n, ...reason });
    }
    return measurements;
  },
};
