// The loop of every audit that asks about one column of groups after the other.
import { z } from 'zod';
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { frameOf } from '../frame.ts';
import { countGroups, type GroupCounts, groupColumns, noGroups } from './groups.ts';

export interface GroupOptions extends Bounds {
  /** Columns whose values are groups; by default those whose names say so. */
  readonly groups?: readonly string[] | undefined;
}

export const groupsOption: z.ZodOptional<z.ZodArray<z.ZodString>> = z.array(z.string()).min(1).optional();

type Common = 'tier' | 'family' | 'scope' | 'needs' | 'minRows' | 'applies';

/** Of audits that look at groups. */
export const groupAudit: Pick<Audit, Common> = {
  tier: 'nightly',
  family: 'fairness',
  scope: 'column',
  needs: ['aggregates'],
  minRows: 100,
  applies: ({ reference, columns }) => !reference && columns.length > 0,
};

/** Of audits that look at outcomes of groups: not without a target. */
export const outcomeAudit: Pick<Audit, Common> = {
  ...groupAudit,
  applies: ({ reference, columns, target }) => !reference && columns.some(({ name }) => name === target),
};

type Score = Omit<Measurement, 'columns' | 'n'>;

/** Each column of groups with how its rows divide among the target's labels; one label that all rows have without `labels`. */
export async function scoreGroups(
  input: AuditInput,
  { id, labels }: { readonly id: string; readonly labels: boolean },
  options: GroupOptions,
  score: (counts: GroupCounts) => Score,
): Promise<readonly Measurement[]> {
  const frame = await frameOf(input);
  const { n } = frame;
  const { target } = input.target;
  const label = labels ? frame.columns.find(({ name }) => name === target) : undefined;
  if (labels && label === undefined) return [{ columns: [], value: null, reason: 'The mirror has no target.', n }];
  const groups = groupColumns(frame, id, options.groups, label?.name);
  if (groups.length === 0) return [{ columns: [], value: null, reason: noGroups, n }];
  const measurements: Measurement[] = [];
  for (const group of groups) {
    const columns = [group.name, ...(label === undefined ? [] : [label.name])];
    measurements.push({ columns, ...score(await countGroups(input, frame, group, label)), n });
  }
  return measurements;
}
