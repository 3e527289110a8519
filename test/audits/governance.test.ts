// gov.*: holdouts that overlap with what was learnt, logs that were changed, audits that are overdue.
import assert from 'node:assert/strict';
import { runAudits } from '../../audits/run.ts';
import type { AuditHistory, AuditResult, AuditTarget, Verdict } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { inputOf, openTestWorkspace, type Tables } from './support.ts';

describe('governance', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  async function judged(
    id: string,
    tables: Partial<Tables>,
    target: Partial<AuditTarget> = {},
    history?: AuditHistory,
    options: Readonly<Record<string, unknown>> = {},
  ): Promise<AuditResult | undefined> {
    const sides = { real: 'SELECT 1 AS a', synthetic: 'SELECT 1 AS a', ...tables };
    const input = { ...(await inputOf(workspace.db, sides, target)), ...(history && { history }) };
    const settings = { tier: 'run', only: [id], options: { [id]: options } } as const;
    return (await runAudits(input, settings, { seed: 1, signal: new AbortController().signal }))[0];
  }

  const people = (from: number, to: number): string =>
    `SELECT i AS id, i % 7 AS person, (hash(i) % 1000)::INT AS income FROM range(${from}, ${to}) t(i)`;
  const table: AuditTarget['table'] = {
    name: { schema: 'main', table: 'people' },
    columns: [],
    primaryKey: ['id'],
    uniques: [],
    foreignKeys: [],
  };

  describe('gov.holdout', () => {
    const cases: readonly { name: string; tables: Partial<Tables>; target?: Partial<AuditTarget>; verdict: Verdict }[] =
      [
        {
          name: 'passes keys that are on one side alone',
          tables: { real: people(0, 800), holdout: people(800, 1000) },
          target: { table },
          verdict: 'pass',
        },
        {
          name: 'fails a single key that is on both',
          tables: { real: people(0, 800), holdout: people(799, 1000) },
          target: { table },
          verdict: 'fail',
        },
        {
          name: 'compares keys of another type',
          tables: { real: people(0, 800), holdout: `SELECT id::VARCHAR AS id, income FROM (${people(700, 1000)})` },
          target: { table },
          verdict: 'fail',
        },
        {
          name: 'fails people whose rows are on both sides, whatever the key of the rows',
          tables: { real: people(0, 800), holdout: people(800, 1000) },
          target: { table, subject: ['person'] },
          verdict: 'fail',
        },
        {
          name: 'passes chance matches of coarse rows without a key',
          tables: {
            real: 'SELECT (hash(i) % 40)::INT AS a, (hash(i, 1) % 30)::INT AS b FROM range(3000) t(i)',
            holdout: 'SELECT (hash(i, 7) % 40)::INT AS a, (hash(i, 8) % 30)::INT AS b FROM range(800) t(i)',
          },
          verdict: 'pass',
        },
        {
          name: 'fails a twentieth of a holdout that was learnt, without a key and in another type',
          tables: {
            real: 'SELECT (hash(i) % 10000000)::INT AS a, (hash(i, 1) % 30)::INT AS b FROM range(3000) t(i)',
            holdout:
              'SELECT (hash(i) % 10000000)::DOUBLE AS a, (hash(i, 1) % 30)::BIGINT AS b FROM range(2960, 3760) t(i)',
          },
          verdict: 'fail',
        },
      ];
    for (const { name, tables, target = {}, verdict } of cases) {
      it(name, async () => {
        const found = await judged('gov.holdout', tables, target);
        assert.equal(found?.verdict, verdict, found?.reason);
      });
    }

    it('asks nothing without a holdout, or of an empty one', async () => {
      assert.equal(await judged('gov.holdout', { real: people(0, 10) }), undefined);
      assert.equal(await judged('gov.holdout', { real: people(0, 10), holdout: people(0, 0) }), undefined);
    });
  });

  it('gov.chain fails a log that was changed', async () => {
    const chain = (broken: number): AuditHistory => ({
      now: '2026-02-01T00:00:00Z',
      runs: [],
      chain: { links: 9, broken },
    });
    assert.equal((await judged('gov.chain', {}, {}, chain(0)))?.verdict, 'pass');
    assert.equal((await judged('gov.chain', {}, {}, chain(1)))?.verdict, 'fail');
    assert.equal(await judged('gov.chain', {}), undefined);
  });

  for (const { name, tiers, options, verdict } of [
    { name: 'passes audits of last week', tiers: { nightly: '2026-01-25T00:00:00Z' }, options: {}, verdict: 'pass' },
    { name: 'fails audits of last year', tiers: { nightly: '2025-11-25T00:00:00Z' }, options: {}, verdict: 'fail' },
    { name: 'has a policy', tiers: { nightly: '2026-01-25T00:00:00Z' }, options: { nightlyDays: 2 }, verdict: 'fail' },
    {
      name: 'can be told never',
      tiers: { release: '2020-01-25T00:00:00Z' },
      options: { releaseDays: null },
      verdict: 'pass',
    },
  ] as const) {
    it(`gov.stale_audit ${name}`, async () => {
      const history: AuditHistory = { now: '2026-02-01T00:00:00Z', runs: [], tiers };
      const found = await judged('gov.stale_audit', {}, {}, history, options);
      assert.equal(found?.verdict, verdict, found?.reason);
      assert.equal(found?.severity, 'warn');
    });
  }
});
