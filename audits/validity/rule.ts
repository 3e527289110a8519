// val.rule: the mirror keeps the rules that the config states.
import { type RawBuilder, sql } from 'kysely';
import type { Audit, AuditInput, Measurement, RuleTarget } from '../../core/audit.ts';
import { columnList, relationRef } from '../../core/sql.ts';
import { countRows, numberOf } from '../frame.ts';
import { noOptions } from '../options.ts';
import { duplicateRows } from './duplicates.ts';

export const ruleAudit: Audit<Record<string, never>> = {
  id: 'val.rule',
  title: 'The mirror keeps the rules that were written for the table.',
  advice:
    'A rule that real rows break themselves cannot be held: count those that do, and correct the rule or the source.',
  unit: 'violations',
  tier: 'run',
  family: 'validity',
  scope: 'table',
  needs: ['aggregates'],
  direction: 'zero',
  minRows: 1,
  options: noOptions,
  applies: ({ rules }) => rules.length > 0,
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const { db, target, real, synthetic } = input;
    const n = { real: await countRows(db, real), synthetic: await countRows(db, synthetic), holdout: 0 };
    const measurements: Measurement[] = [];
    for (const rule of target.rules) {
      const columns = [...(rule.unique ?? []), ...Object.values(rule.dependency ?? {}).flat()];
      measurements.push({ columns, value: await violations(input, rule), n, reason: `Rule '${rule.title}'` });
    }
    return measurements;
  },
};

async function violations({ db, synthetic }: AuditInput, rule: RuleTarget): Promise<number> {
  let value = 0;
  if (rule.expression !== undefined) value += await numberOf(db, brokenRows(relationRef(synthetic), rule.expression));
  if (rule.unique !== undefined) value += await duplicateRows(db, synthetic, rule.unique);
  if (rule.dependency !== undefined) {
    const { determinant, dependent } = rule.dependency;
    // Combinations of the determinant with more than one of the dependents; NULL counts as a value.
    value += await numberOf(
      db,
      sql`SELECT CAST(count(*) AS DOUBLE) AS n FROM (
        SELECT ${columnList(determinant)} FROM (
          SELECT DISTINCT ${columnList([...new Set([...determinant, ...dependent])])} FROM ${relationRef(synthetic)}
        ) AS combinations GROUP BY ${columnList(determinant)} HAVING count(*) > 1) AS broken`,
    );
  }
  return value;
}

/** The one place where SQL that the user wrote enters an audit. NULL counts as kept, as in a CHECK. */
function brokenRows(relation: RawBuilder<unknown>, expression: string): RawBuilder<unknown> {
  return sql`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${relation} WHERE NOT (${sql.raw(expression)}\n)`;
}
