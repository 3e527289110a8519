// `synth audit` on files of a size that hurts: 100,000 categories.
import assert from 'node:assert/strict';
import { runAudit } from '../../core/run/audit.ts';
import { inFolder, parquet } from './support.ts';

describe('an audit of two files with 100,000 categories', () => {
  const many = (salt: number): string =>
    `select i + ${salt * 1_000_000} as id, 'c' || (hash(i, ${salt}) % 100000) as category, hash(i, ${salt}, 2) % 10 as size
     from range(200000) as t(i)`;

  it('finds two draws alike, and each value too rare to be shown', async () => {
    await inFolder(async (folder) => {
      const { audits, summary } = await runAudit({
        real: await parquet(folder, 'real', many(1)),
        synthetic: await parquet(folder, 'mirror', many(2)),
        tier: 'run',
        signal: new AbortController().signal,
        progress: () => {},
        clock: () => new Date(0),
      });
      const of = (id: string): string | undefined =>
        audits.find((result) => result.id === id && result.columns.includes('category'))?.verdict;
      assert.equal(summary.error, 0);
      assert.deepEqual([of('fid.tvd'), of('fid.pair'), of('prv.rare')], ['pass', 'pass', 'fail']);
    });
  });
});
