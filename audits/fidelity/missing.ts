// fid.missing: difference of the shares of NULL.
import { sql } from 'kysely';
import type { Audit, AuditInput, Bounds, Measurement, Relation } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import { type Frame, frameOf } from '../frame.ts';
import { noiseFloor } from '../noise.ts';
import { bounds } from '../options.ts';
import { absoluteDifference, differenceNull } from '../statistics/proportion.ts';

export const missingAudit: Audit<Bounds> = {
  id: 'fid.missing',
  title: 'Values are missing as often as in the real table.',
  advice: 'Constraints and rules on this column may change what is missing: see the config.',
  unit: 'share of rows',
  tier: 'run',
  family: 'fidelity',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 500,
  options: bounds(0.01, 0.05),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    if (frame.columns.length === 0) return [];
    const nulls = async (relation: Relation | undefined): Promise<readonly number[]> => {
      if (relation === undefined) return [];
      return nullCounts(input, frame, relation);
    };
    const real = await nulls(frame.sides.real);
    const synthetic = await nulls(frame.sides.synthetic);
    const holdout = await nulls(frame.sides.holdout);
    const { n } = frame;
    return frame.columns.map(({ name }, i): Measurement => {
      const [a, b, c] = [real[i] ?? 0, synthetic[i] ?? 0, holdout[i] ?? 0];
      if (n.real === 0 || n.synthetic === 0)
        return { columns: [name], value: null, reason: 'One side has no rows.', n };
      const observed = n.holdout === 0 ? null : Math.abs(a / n.real - c / n.holdout);
      return {
        columns: [name],
        value: Math.abs(a / n.real - b / n.synthetic),
        null: noiseFloor(differenceNull(a, n.real, b, n.synthetic), observed, n),
        ci: { ...absoluteDifference(a, n.real, b, n.synthetic), method: 'newcombe' },
        n,
      };
    });
  },
};

async function nullCounts(input: AuditInput, frame: Frame, relation: Relation): Promise<readonly number[]> {
  const counts = frame.columns.map(({ value }) => {
    return sql`CAST(count(*) - count(${sql.id(value)}) AS DOUBLE) AS ${sql.id(value)}`;
  });
  const query = sql<Record<string, number>>`SELECT ${sql.join(counts)} FROM ${relationRef(relation)}`;
  const row = (await query.execute(input.db)).rows[0] ?? {};
  return frame.columns.map(({ value }) => row[value] ?? 0);
}
