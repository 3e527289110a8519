// col.trend and its statistics: against scipy, against all orders counted one by one, and on histories made up here.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runAudits } from '../../audits/run.ts';
import { mannKendall, senSlope } from '../../audits/statistics/trend.ts';
import type { AuditHistory, AuditResult, PastRun } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { inputOf, openTestWorkspace } from './support.ts';

interface Golden {
  readonly name: string;
  readonly values: readonly number[];
  readonly p: number;
  readonly slope: number;
}

const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/trend.json', import.meta.url), 'utf8'),
) as readonly Golden[];

describe('the trend of a short series', () => {
  for (const { name, values, p, slope } of golden) {
    it(`is scipy's to 1e-9: ${name}`, () => {
      assert.ok(Math.abs(mannKendall(values).p - p) < 1e-9, `${mannKendall(values).p} against ${p}`);
      assert.ok(Math.abs(senSlope(values) - slope) < 1e-9);
    });
  }

  for (const values of [
    [1, 1, 2, 2, 3],
    [3, 1, 3, 1, 2, 1],
    [5, 5, 5, 5],
    [0, 0, 0, 0, 1, 0, 1],
  ]) {
    it(`has the share of orders that score as high, for ${values.join(' ')}`, () => {
      const { score, p } = mannKendall(values);
      const scores = orders(values).map((order) => mannKendall(order).score);
      assert.ok(Math.abs(p - scores.filter((other) => other >= score).length / scores.length) < 1e-12);
    });
  }

  it('gives 1/120 to five values that only rise', () => {
    assert.ok(Math.abs(mannKendall([1, 2, 3, 4, 5]).p - 1 / 120) < 1e-15);
  });

  it('says nothing of less than two values', () => {
    assert.deepEqual([mannKendall([]).p, mannKendall([1]).p, senSlope([]), senSlope([1])], [1, 1, 0, 0]);
  });
});

describe('col.trend', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  /** The KS distance of the mirror made here is about .15. */
  async function judged(past: readonly number[], changes: Partial<PastRun> = {}): Promise<AuditResult | undefined> {
    const input = await inputOf(workspace.db, {
      real: 'SELECT range::DOUBLE AS a FROM range(4000)',
      synthetic: 'SELECT range * 0.85 AS a FROM range(4000)',
    });
    const runs = past.map((value, i): PastRun => {
      const values = [
        { audit: 'fid.ks', columns: ['a'], value: value - 0.01 },
        { audit: 'fid.ks', columns: ['b'], value: value + 0.01 },
      ];
      return { id: String(i), at: '2026-01-01T00:00:00Z', published: true, values, ...changes };
    });
    const history: AuditHistory = { now: '2026-02-01T00:00:00Z', runs };
    const only = ['col.trend', 'fid.ks'];
    const context = { seed: 1, signal: new AbortController().signal };
    const results = await runAudits({ ...input, history }, { tier: 'run', only }, context);
    return results.find(({ id }) => id === 'col.trend');
  }

  it('fails when each mirror is worse than the one before', async () => {
    const found = await judged([0.02, 0.03, 0.06, 0.08, 0.1]);
    assert.equal(found?.verdict, 'fail', found?.reason);
    assert.equal(found?.name, 'fid.ks');
  });

  for (const { name, past } of [
    { name: 'mirrors that vary without getting worse', past: [0.16, 0.1, 0.2, 0.12, 0.18] },
    { name: 'a rise that is too small to matter', past: [0.147, 0.1472, 0.1475, 0.1478, 0.148] },
    { name: 'mirrors that get better', past: [0.6, 0.5, 0.4, 0.3, 0.2] },
  ]) {
    it(`passes ${name}`, async () => {
      const found = await judged(past);
      assert.equal(found?.verdict, 'pass', found?.reason);
    });
  }

  it('asks nothing before there are five mirrors, nor of mirrors that nobody saw', async () => {
    assert.equal(await judged([0.02, 0.05, 0.1]), undefined);
    assert.equal(await judged([0.02, 0.03, 0.06, 0.08, 0.1], { published: false }), undefined);
  });
});

/** All orders of the values, equal ones counted apart. */
function orders(values: readonly number[]): readonly (readonly number[])[] {
  if (values.length < 2) return [values];
  return values.flatMap((first, i) =>
    orders([...values.slice(0, i), ...values.slice(i + 1)]).map((rest) => [first, ...rest]),
  );
}
