// drf.repro: the same source, config and seed give the same mirror as before.
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { countRows } from '../frame.ts';
import { noOptions } from '../options.ts';

export const reproAudit: Audit<Record<string, never>> = {
  id: 'drf.repro',
  title: 'The same data, config and seed give the same mirror as before.',
  unit: 'mirrors that differ',
  tier: 'run',
  family: 'drift',
  scope: 'table',
  needs: ['history'],
  direction: 'zero',
  severity: 'warn',
  minRows: 0,
  options: noOptions,
  applies: ({ reference }) => !reference,
  /** Nothing when something that a mirror is made from has changed: then it should differ. */
  async run({ db, history, real, synthetic }: AuditInput): Promise<readonly Measurement[]> {
    const mirror = history?.mirror;
    if (mirror?.expected === undefined) return [];
    const same = mirror.digest === mirror.expected;
    const reason = same ? {} : { reason: 'Data, config and seed are those of the mirror before, but not its rows' };
    const n = { real: await countRows(db, real), synthetic: await countRows(db, synthetic), holdout: 0 };
    return [{ columns: [], value: same ? 0 : 1, ...reason, n }];
  },
};
