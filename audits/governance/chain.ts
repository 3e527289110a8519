// gov.chain: the log of audit results is whole: no result was changed, taken out or put in later.
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { noOptions } from '../options.ts';

export const chainAudit: Audit<Record<string, never>> = {
  id: 'gov.chain',
  title: 'No earlier audit result was changed or removed.',
  unit: 'broken links',
  tier: 'run',
  family: 'governance',
  scope: 'history',
  needs: ['history'],
  direction: 'zero',
  minRows: 0,
  options: noOptions,
  applies: () => true,
  async run({ history }: AuditInput): Promise<readonly Measurement[]> {
    const chain = history?.chain;
    if (chain === undefined || chain.links === 0) return [];
    const reason =
      chain.broken === 0 ? {} : { reason: 'The results of earlier runs in .synth/state.db are not those recorded' };
    return [{ columns: [], value: chain.broken, ...reason, n: { real: 0, synthetic: 0, holdout: 0 } }];
  },
};
