// gov.stale_audit: the slower audits are run often enough.
import { z } from 'zod';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';

interface StaleAuditOptions {
  /** Days after which audits of the tier `nightly` are overdue; `null`: never. */
  readonly nightlyDays: number | null;
  readonly releaseDays: number | null;
}

const days = z.number().positive().nullable();
const dayMillis = 86_400_000;

export const staleAuditAudit: Audit<StaleAuditOptions> = {
  id: 'gov.stale_audit',
  title: 'The slower audits are not overdue.',
  unit: 'tiers overdue',
  tier: 'run',
  family: 'governance',
  scope: 'history',
  needs: ['history'],
  direction: 'zero',
  severity: 'warn',
  minRows: 0,
  options: z.strictObject({ nightlyDays: days.default(30), releaseDays: days.default(90) }),
  applies: ({ reference }) => !reference,
  /** A tier that has never run is overdue so many days after the table's first audit. */
  async run({ history }: AuditInput, options: StaleAuditOptions): Promise<readonly Measurement[]> {
    if (history?.tiers === undefined) return [];
    const { tiers, now, current = [] } = history;
    const limits = { nightly: options.nightlyDays, release: options.releaseDays };
    const overdue = (['nightly', 'release'] as const).filter((tier) => {
      const since = tiers[tier];
      const limit = limits[tier];
      if (since === undefined || limit === null || current.some((value) => value.tier === tier)) return false;
      return Date.parse(now) - Date.parse(since) > limit * dayMillis;
    });
    const advice = overdue.map((tier) => `not audited with --tier ${tier} for ${limits[tier]} days`).join(', and ');
    const reason = overdue.length === 0 ? {} : { reason: `It was ${advice}` };
    return [{ columns: [], value: overdue.length, ...reason, n: { real: 0, synthetic: 0, holdout: 0 } }];
  },
};
