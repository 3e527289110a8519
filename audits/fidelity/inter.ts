// fid.inter: total variation distance of column pairs across a key, child's column by parent's, above the noise of whole subjects.
import type { Audit, AuditInput, Bounds, Measurement, RelationTarget } from '../../core/audit.ts';
import { excessDistances } from '../excess.ts';
import { frameOf, releaseFrame } from '../frame.ts';
import { joinParents } from '../joined.ts';
import { bounds } from '../options.ts';

export const interAudit: Audit<Bounds> = {
  id: 'fid.inter',
  title: 'Rows go together with the row that they belong to as in the real tables.',
  advice: 'Declare the relation (relations:), so that children are learnt beside their parents.',
  unit: 'share of rows above noise',
  tier: 'run',
  family: 'fidelity',
  scope: 'relation',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 500,
  options: bounds(0.05, 0.1),
  applies: (target) => !target.reference && comparable(target).length > 0,
  /** `n` counts parents with children. */
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const measurements: Measurement[] = [];
    for (const relation of comparable(input.target)) measurements.push(...(await measure(input, relation)));
    return measurements;
  },
};

/** Keys into public tables are compared as the categories that they are, by fid.pair. */
function comparable(target: AuditInput['target']): readonly RelationTarget[] {
  return target.relations.filter(
    ({ columns, comparedParentColumns = [] }) =>
      comparedParentColumns.length > 0 && !columns.every((column) => target.publicColumns.includes(column)),
  );
}

async function measure(input: AuditInput, relation: RelationTarget): Promise<readonly Measurement[]> {
  const joined = await joinParents(input, relation, await frameOf(input));
  try {
    return await excessDistances(joined.input, joined.pairs, joined.n);
  } finally {
    await releaseFrame(joined.input);
  }
}
