// fid.missing: difference of the shares of NULL.
import { sql } from 'kysely';
import type { Audit, AuditInput, Bounds, Measurement, Relation } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import { type Frame, frameOf, type Side } from '../frame.ts';
import { memoryOf } from '../memory/table.ts';
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
    const { real, synthetic, holdout } = await nullCounts(input, frame);
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

/** Per column of the frame; none for a holdout that is not there. */
async function nullCounts(input: AuditInput, frame: Frame): Promise<Readonly<Record<Side, readonly number[]>>> {
  const memory = await memoryOf(input, frame);
  if (memory !== undefined) {
    const count = (side: Side): readonly number[] => memory.columns.map(({ counts }) => counts[side][0] ?? 0);
    return { real: count('real'), synthetic: count('synthetic'), holdout: count('holdout') };
  }
  const sides = await frame.sides();
  return {
    real: await queryNulls(input, frame, sides.real),
    synthetic: await queryNulls(input, frame, sides.synthetic),
    holdout: sides.holdout === undefined ? [] : await queryNulls(input, frame, sides.holdout),
  };
}

async function queryNulls(input: AuditInput, frame: Frame, relation: Relation): Promise<readonly number[]> {
  const counts = frame.columns.map(({ value }) => {
    return sql`CAST(count(*) - count(${sql.id(value)}) AS DOUBLE) AS ${sql.id(value)}`;
  });
  const query = sql<Record<string, number>>`SELECT ${sql.join(counts)} FROM ${relationRef(relation)}`;
  const row = (await query.execute(input.db)).rows[0] ?? {};
  return frame.columns.map(({ value }) => row[value] ?? 0);
}
