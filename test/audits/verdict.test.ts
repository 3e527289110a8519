// How values, bounds, nulls and row counts become verdicts, and verdicts a gate.
import assert from 'node:assert/strict';
import { judgeRun } from '../../audits/judge-run.ts';
import { band, noOptions } from '../../audits/options.ts';
import { gate, measured, runAudits, selectAudits, summarise } from '../../audits/run.ts';
import { judge } from '../../audits/verdict.ts';
import type { Audit, AuditResult, Bounds, Measurement, Verdict } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { SynthError } from '../../core/errors.ts';
import { badness } from '../../core/report/verdicts.ts';
import { audit, inputOf, openTestWorkspace } from './support.ts';

const n = { real: 5000, synthetic: 5000, holdout: 0 };
const above = { direction: 'above', family: 'fidelity', minRows: 1000, unit: 'share' } as const;
const bounds: Bounds = { warnAt: 0.05, failAt: 0.1 };
const zero: Bounds = { warnAt: null, failAt: 0 };

const outside = { direction: 'outside' } as const;
const ends: Bounds = { warnBelow: 0.45, warnAt: 0.65, failBelow: 0.4, failAt: 0.8 };

interface Case {
  readonly what: string;
  readonly audit?: Partial<Pick<Audit, 'direction' | 'family' | 'minRows'>>;
  readonly bounds?: Bounds;
  readonly measured: Partial<Measurement>;
  readonly verdict: Verdict;
}

const cases: readonly Case[] = [
  { what: 'a value within the bounds', measured: { value: 0.04 }, verdict: 'pass' },
  { what: 'a value at the bound', measured: { value: 0.05 }, verdict: 'pass' },
  { what: 'a value beyond the first bound', measured: { value: 0.06 }, verdict: 'warn' },
  { what: 'a value beyond the second bound', measured: { value: 0.2 }, verdict: 'fail' },
  { what: 'a value inside the noise', measured: { value: 0.2, null: { q50: 0.1, q99: 0.2 } }, verdict: 'pass' },
  { what: 'a value outside the noise', measured: { value: 0.2, null: { q50: 0.1, q99: 0.19 } }, verdict: 'fail' },
  {
    what: 'fidelity whose lower limit is within the bound',
    measured: { value: 0.12, ci: { low: 0.04, high: 0.2, method: '' } },
    verdict: 'pass',
  },
  {
    what: 'privacy whose upper limit is beyond the bound',
    audit: { family: 'privacy' },
    measured: { value: 0.04, ci: { low: 0.01, high: 0.07, method: '' } },
    verdict: 'warn',
  },
  { what: 'low is bad, and low', audit: { direction: 'below' }, measured: { value: 0.01 }, verdict: 'fail' },
  { what: 'low is bad, and high', audit: { direction: 'below' }, measured: { value: 0.5 }, verdict: 'pass' },
  {
    what: 'low is bad, and as low as noise goes',
    audit: { direction: 'below' },
    measured: { value: 0.01, null: { q50: 0.5, q99: 0.005 } },
    verdict: 'pass',
  },
  { what: 'no violation', audit: { direction: 'zero' }, bounds: zero, measured: { value: 0 }, verdict: 'pass' },
  { what: 'one violation', audit: { direction: 'zero' }, bounds: zero, measured: { value: 1 }, verdict: 'fail' },
  {
    what: 'fewer violations than the config allows',
    audit: { direction: 'zero' },
    bounds: { warnAt: 0, failAt: 10 },
    measured: { value: 10 },
    verdict: 'warn',
  },
  {
    what: 'more violations than the config allows',
    audit: { direction: 'zero' },
    bounds: { warnAt: 0, failAt: 10 },
    measured: { value: 11 },
    verdict: 'fail',
  },
  { what: 'bounds switched off', bounds: { warnAt: null, failAt: null }, measured: { value: 9 }, verdict: 'pass' },
  ...(
    [
      ['two bounds, and a value between them', 0.5, 'pass'],
      ['two bounds, and a value at the lower one', 0.45, 'pass'],
      ['two bounds, and a value below the first lower one', 0.44, 'warn'],
      ['two bounds, and a value below the second lower one', 0.1, 'fail'],
      ['two bounds, and a value above the first upper one', 0.7, 'warn'],
      ['two bounds, and a value above the second upper one', 0.9, 'fail'],
    ] as const
  ).map(([what, value, verdict]): Case => ({ what, audit: outside, bounds: ends, measured: { value }, verdict })),
  {
    what: 'two bounds, and a low value inside the noise',
    audit: outside,
    bounds: ends,
    measured: { value: 0.3, null: { q50: 0.5, q99: 0.6, q01: 0.29 } },
    verdict: 'pass',
  },
  {
    what: 'two bounds, and a low value outside the noise',
    audit: outside,
    bounds: ends,
    measured: { value: 0.3, null: { q50: 0.5, q99: 0.6, q01: 0.31 } },
    verdict: 'fail',
  },
  {
    what: 'two bounds, and a low value whose interval reaches the allowed',
    audit: outside,
    bounds: ends,
    measured: { value: 0.3, ci: { low: 0.1, high: 0.42, method: '' } },
    verdict: 'warn',
  },
  {
    what: 'two bounds, of which the lower ones are switched off',
    audit: outside,
    bounds: { ...ends, warnBelow: null, failBelow: null },
    measured: { value: 0.01 },
    verdict: 'pass',
  },
  { what: 'no value', measured: { value: null, reason: 'No rows.' }, verdict: 'inconclusive' },
  { what: 'NaN', measured: { value: Number.NaN }, verdict: 'inconclusive' },
  { what: 'few rows', measured: { value: 0.9, n: { ...n, synthetic: 999 } }, verdict: 'inconclusive' },
];

const lowBounds: Bounds = { warnAt: 0.3, failAt: 0.1 };

describe('a verdict', () => {
  for (const { what, audit: kind, bounds: given, measured, verdict } of cases) {
    it(`is ${verdict} for ${what}`, () => {
      const used = given ?? (kind?.direction === 'below' ? lowBounds : bounds);
      const judged = judge({ ...above, ...kind }, used, { columns: [], value: 0, n, ...measured });
      assert.equal(judged.verdict, verdict);
      assert.match(judged.reason, /\.$/);
    });
  }
});

describe('a verdict between two bounds', () => {
  const plugin: Audit<Bounds> = {
    ...above,
    ...outside,
    id: 'my.band',
    title: '',
    tier: 'run',
    scope: 'table',
    needs: [],
    options: band([0.45, 0.65], [0.4, 0.8]),
    applies: () => true,
    run: async () => [],
  };
  const verdictOf = (settings: Partial<Parameters<typeof measured>[2]>, options = {}) => {
    const measurement: Measurement = { columns: [], value: 0.42, null: { q50: 0.5, q99: 0.52, q01: 0.48 }, n };
    const found = measured(plugin, plugin.options.parse(options), settings, 't', measurement, 0);
    return judgeRun(found === undefined ? [] : [found])[0];
  };

  it('takes all four from options and from the rules of the config', () => {
    assert.equal(verdictOf({})?.verdict, 'warn');
    assert.equal(verdictOf({}, { failBelow: 0.43 })?.verdict, 'fail');
    assert.equal(verdictOf({ bounds: [{ audit: 'my.band', warnBelow: null }] })?.verdict, 'pass');
    assert.equal(verdictOf({ bounds: [{ audit: 'my.*', failBelow: 0.45 }] })?.verdict, 'fail');
  });

  it('has a p-value of both tails', () => {
    // Four times as far from the median as the .01 quantile: half a fiftieth to the fourth, and twice that.
    assert.ok(Math.abs((verdictOf({})?.p ?? 0) / 50 ** -4 - 1) < 1e-9);
  });

  it('says which bound was crossed, and orders results by the end that they are nearer to', () => {
    assert.match(verdictOf({})?.reason ?? '', /^0.42 share, beyond the bound of 0.45 and the noise of 0.48/);
    const near = (value: number): number => badness({ value, ...ends });
    assert.ok(near(0.3) > near(0.42) && near(0.42) > near(0.5) && near(0.9) > near(0.7));
  });
});

function result(id: string, verdict: Verdict, rest: Partial<AuditResult> = {}): AuditResult {
  const common = {
    columns: [],
    value: 0,
    warnAt: null,
    failAt: 0,
    unit: '',
    reason: '',
    severity: 'error',
    seconds: 0,
  };
  return { ...common, n, table: 't', id, verdict, ...rest } as AuditResult;
}

describe('the gate', () => {
  const rows: readonly [string, AuditResult, boolean][] = [
    ['passes a pass', result('fid.ks', 'pass'), true],
    ['passes a warning', result('fid.ks', 'warn'), true],
    ['stops a fail', result('fid.ks', 'fail'), false],
    ['passes a fail that only warns', result('fid.ks', 'fail', { severity: 'warn' }), true],
    ['stops an audit that could not run', result('fid.ks', 'error'), false],
    ['passes undecided fidelity', result('fid.ks', 'inconclusive'), true],
    ['stops undecided privacy', result('prv.exact', 'inconclusive'), false],
    ['stops undecided validity', result('val.key', 'inconclusive'), false],
    ['passes undecided privacy that only warns', result('prv.exact', 'inconclusive', { severity: 'warn' }), true],
    ['passes an empty real table', result('prv.exact', 'inconclusive', { n: { ...n, real: 0 } }), true],
  ];
  for (const [what, given, publish] of rows) {
    it(what, () => assert.deepEqual(gate([given]), { publish, blocking: publish ? [] : [given] }));
  }

  it('counts verdicts', () => {
    const summary = summarise([result('a', 'pass'), result('b', 'pass'), result('c', 'error')]);
    assert.deepEqual(summary, { pass: 2, warn: 0, fail: 0, inconclusive: 0, error: 1 });
  });
});

describe('a run of audits', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  const plugin = (id: string, body: () => Promise<readonly Measurement[]>): Audit => ({
    ...above,
    id,
    title: '',
    tier: 'nightly',
    scope: 'table',
    needs: [],
    options: noOptions,
    applies: () => true,
    run: body,
  });
  const crash = plugin('my.crash', async () => {
    throw new Error("Conversion Error: Could not convert string 'Secret Name' to INT32");
  });
  const fine = plugin('my.fine', async () => [{ columns: [], value: 0, n }]);
  const tables = { real: 'SELECT 1 AS a', synthetic: 'SELECT 1 AS a' };
  const context = { seed: 1, signal: new AbortController().signal };

  it('goes on after an audit that throws, and does not quote its message', async () => {
    const input = await inputOf(workspace.db, tables);
    const settings = { tier: 'run' as const, plugins: [crash, fine], only: ['my.crash', 'my.fine'] };
    const results = await runAudits(input, settings, context);
    assert.deepEqual(
      results.map(({ verdict }) => verdict),
      ['error', 'pass'],
    );
    assert.equal(results[0]?.reason, 'The audit stopped with an unexpected error (Conversion Error).');
  });

  it('stops when it is aborted', async () => {
    const input = await inputOf(workspace.db, tables);
    const settings = { tier: 'run' as const };
    await assert.rejects(runAudits(input, settings, { seed: 1, signal: AbortSignal.abort(new Error('stop')) }), /stop/);
  });

  it('leaves no temporary table behind', async () => {
    const { db } = workspace;
    await audit(await inputOf(db, tables));
    const left = await db.selectFrom('duckdb_tables').select('table_name').where('temporary', '=', true).execute();
    assert.deepEqual(left, []);
  });

  it('chooses by tier, name and severity', () => {
    const ids = (settings: Parameters<typeof selectAudits>[0]): readonly string[] =>
      selectAudits(settings).map((a) => a.id);
    assert.ok(!ids({ tier: 'run', plugins: [fine] }).includes('my.fine'));
    assert.ok(ids({ tier: 'nightly', plugins: [fine] }).includes('my.fine'));
    assert.deepEqual(ids({ tier: 'run', only: ['fid.ks'] }), ['fid.ks']);
    assert.ok(!ids({ tier: 'run', severity: { 'fid.ks': 'off' } }).includes('fid.ks'));
  });

  it('names the nearest audit for an unknown one', () => {
    const wrong = (): unknown => selectAudits({ tier: 'run', severity: { 'fid.kss': 'warn' } });
    assert.throws(wrong, (error) => error instanceof SynthError && error.hint === "Did you mean 'fid.ks'?");
  });

  it('names a wrong option', async () => {
    const input = await inputOf(workspace.db, tables);
    const settings = { tier: 'run' as const, options: { 'fid.ks': { failsAt: 0.2 } } };
    await assert.rejects(runAudits(input, settings, context), /'fid.ks': there is no option 'failsAt'/);
  });

  it('takes bounds and severity from the settings', async () => {
    const input = await inputOf(workspace.db, {
      real: 'SELECT i::DOUBLE AS a FROM range(2000) AS t(i)',
      synthetic: 'SELECT i * 1.2 AS a FROM range(2000) AS t(i)',
    });
    const options = { 'fid.ks': { failAt: 0.2 } };
    const severity = { 'fid.ks': 'warn' as const };
    const [ks] = await runAudits(input, { tier: 'run', only: ['fid.ks'], options, severity }, context);
    assert.equal(ks?.verdict, 'warn');
    assert.equal(ks?.severity, 'warn');
    assert.equal(ks?.failAt, 0.2);
  });

  it('takes severities of all audits of a kind, and of a single one before them', async () => {
    const rows = 'SELECT i::DOUBLE AS a FROM range(2000) AS t(i)';
    const input = await inputOf(workspace.db, { real: rows, synthetic: rows });
    const severity = { 'fid.w1': 'error', 'fid.*': 'warn', 'val.*': 'off' } as const;
    const results = await runAudits(input, { tier: 'run', severity }, context);
    const found = new Map(results.map(({ id, severity: own }) => [id, own]));
    assert.deepEqual(
      ['fid.ks', 'fid.w1', 'val.range', 'prv.exact'].map((id) => found.get(id)),
      ['warn', 'error', undefined, 'error'],
    );
    await assert.rejects(
      runAudits(input, { tier: 'run', severity: { 'fit.*': 'warn' } }, context),
      (error: unknown) => error instanceof SynthError && error.hint === "Did you mean 'fid.*'?",
    );
  });

  it('lays bounds of single columns over those of the audit, later ones over earlier ones', async () => {
    const select = (factor: number): string =>
      `SELECT i * ${factor} AS a, i * ${factor} AS b, i * ${factor} AS c FROM range(2000) AS t(i)`;
    const input = await inputOf(workspace.db, { real: select(1), synthetic: select(1.2) });
    const results = await runAudits(
      input,
      {
        tier: 'run',
        only: ['fid.ks'],
        options: { 'fid.ks': { warnAt: 0.15 } },
        bounds: [
          { audit: 'fid.*', failAt: 0.3, owner: 'ops', because: 'It is scaled at source.' },
          { audit: 'fid.ks', column: 'b', failAt: 0.12, warnAt: null, severity: 'warn' },
          { audit: 'fid.ks', column: ['c'], severity: 'off' },
          { audit: 'fid.tvd', column: 'a', failAt: 0 },
        ],
      },
      context,
    );
    assert.deepEqual(
      results.map(({ columns, verdict, severity, warnAt, failAt, owner, because }) => ({
        columns,
        verdict,
        severity,
        warnAt,
        failAt,
        owner,
        because,
      })),
      [
        {
          columns: ['a'],
          verdict: 'warn',
          severity: 'error',
          warnAt: 0.15,
          failAt: 0.3,
          owner: 'ops',
          because: 'It is scaled at source.',
        },
        {
          columns: ['b'],
          verdict: 'fail',
          severity: 'warn',
          warnAt: null,
          failAt: 0.12,
          owner: 'ops',
          because: 'It is scaled at source.',
        },
      ],
    );
  });
});
