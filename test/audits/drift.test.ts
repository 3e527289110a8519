// drf.*: what a sketch holds and hides, the statistics of drift, and planted drifts with the verdicts that they must get.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { driftDistance, stabilityIndex } from '../../audits/drift/divergence.ts';
import { countInSketch, sketchTable } from '../../audits/drift/sketch.ts';
import { runAudits } from '../../audits/run.ts';
import { chiSquareQuantile, chiSquareTail } from '../../audits/statistics/chi-square.ts';
import type { AuditHistory, AuditResult } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { mirrorDigest } from '../../core/mirror/digest.ts';
import { sequence } from '../../core/random.ts';
import type { CategorySketch, NumberSketch, TableSketch } from '../../core/sketch.ts';
import { inputOf, openTestWorkspace, run } from './support.ts';

const golden = JSON.parse(readFileSync(new URL('../../../test/golden/drift.json', import.meta.url), 'utf8')) as {
  readonly tails: readonly { readonly x: number; readonly degrees: number; readonly tail: number }[];
  readonly quantiles: readonly { readonly x: number; readonly degrees: number; readonly tail: number }[];
};

describe('the chi-square distribution', () => {
  it("has scipy's tails and quantiles to 1e-9", () => {
    for (const { x, degrees, tail } of golden.tails) {
      assert.ok(Math.abs(chiSquareTail(x, degrees) - tail) < 1e-9 * Math.max(tail, 1e-6), `${x}, ${degrees}`);
    }
    for (const { x, degrees, tail } of golden.quantiles) {
      assert.ok(Math.abs(chiSquareQuantile(tail, degrees) - x) < 1e-9 * x, `${tail}, ${degrees}`);
    }
  });
});

/** Standard normal by Box and Muller, repeatable. */
const normal = (salt: number): string =>
  `sqrt(-2 * ln((hash(i, ${salt}) % 1000003 + 1) / 1000004)) * cos(2 * pi() * (hash(i, ${salt + 1}) % 1000003) / 1000003)`;
const label = (salt: number): string => `['red', 'red', 'green', 'blue'][1 + (hash(i, ${salt}) % 4)::int]`;
const base = (salt: number, rows = 8000): string =>
  `SELECT ${normal(salt)} AS height, ${label(salt + 2)} AS colour FROM range(${rows}) t(i)`;

describe('drift', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  async function sketched(query: string, k = 20): Promise<TableSketch> {
    const { target } = await inputOf(workspace.db, { real: query, synthetic: 'SELECT 1 AS a' });
    return sketchTable(workspace.db, { table: 'real' }, target.columns, k);
  }

  /** Verdicts by audit and column, of a source that was `before` when it was learnt. */
  async function drifted(before: string, today: string): Promise<ReadonlyMap<string, AuditResult>> {
    const learnt = await sketched(before);
    const history: AuditHistory = { now: '2026-02-01T00:00:00Z', runs: [], learnt };
    const input = { ...(await inputOf(workspace.db, { real: today, synthetic: today })), history };
    const only = ['drf.psi', 'drf.w1', 'drf.domain'];
    const results = await runAudits(input, { tier: 'run', only }, { seed: 1, signal: new AbortController().signal });
    return new Map(results.map((result) => [`${result.id} ${result.columns.join()}`, result]));
  }

  it('is sketched in counts of at least k rows, without the rare values and the extremes', async () => {
    const { rows, columns } = await sketched(
      `SELECT i * i AS n, CASE WHEN i < 7 THEN 'rare' WHEN i < 300 THEN 'some' ELSE 'many' END AS c,
        CASE WHEN i < 5 THEN NULL ELSE i END AS m FROM range(1000) t(i)`,
    );
    assert.equal(rows, 1000);
    const [n, c, m] = columns as [NumberSketch, CategorySketch, NumberSketch];
    for (const count of [...n.rows, ...m.rows, n.missing, m.missing, c.other, c.missing]) {
      assert.ok(count === 0 || count >= 20, String(count));
    }
    assert.deepEqual(
      c.levels.map(({ label: name }) => name),
      ['many', 'some'],
    );
    const [first = 0, last = 0] = [n.edges[0], n.edges.at(-1)];
    assert.ok(first >= 19 ** 2 && last <= 979 ** 2, String(n.edges));
  });

  for (const { name, query } of [
    { name: 'an empty table', query: 'SELECT 1.5 AS a WHERE false' },
    { name: 'a table of NULLs', query: 'SELECT NULL::DOUBLE AS a, NULL::VARCHAR AS b FROM range(500)' },
    { name: 'infinities and NaN', query: "SELECT ['inf', '-inf', 'nan'][1 + i % 3]::DOUBLE AS a FROM range(90) t(i)" },
    { name: 'a constant', query: 'SELECT 7 AS a FROM range(500)' },
  ]) {
    it(`of ${name} is no error`, async () => {
      for (const [, result] of await drifted(query, query)) assert.notEqual(result.verdict, 'error', result.reason);
      for (const [, result] of await drifted(query, base(1))) assert.notEqual(result.verdict, 'error', result.reason);
    });
  }

  it('has the distance that scipy has of the same normals, within what cells blur', async () => {
    const learnt = await sketched(base(1, 40_000));
    await run(
      workspace.db,
      `CREATE OR REPLACE TABLE today AS SELECT height * 1.5 + 0.25 AS height FROM (${base(50, 40_000)})`,
    );
    const { target } = await inputOf(workspace.db, { real: base(1, 10), synthetic: 'SELECT 1 AS a' });
    const today = await countInSketch(workspace.db, { table: 'today' }, target.columns, learnt);
    const found = driftDistance(learnt.columns[0] as NumberSketch, today.columns[0] as NumberSketch);
    // scipy.stats.wasserstein_distance of 400,000 quantiles of norm(0, 1) and norm(.25, 1.5): .4478.
    assert.ok(Math.abs((found?.value ?? 0) - 0.4478) < 0.02, String(found?.value));
  });

  it('has an interval that covers the true distance, which is what a verdict goes by', () => {
    const edges = Array.from({ length: 21 }, (_, i) => i / 20);
    const next = sequence(5, 'drift');
    // Learnt: uniform over [0, 1). Today: more of the lower half, as in a season.
    const cells = (of: (cell: number) => number): NumberSketch => ({
      ...{ kind: 'number', column: 'x', edges, missing: 0, mean: 0.5, deviation: Math.sqrt(1 / 12) },
      rows: [0, ...edges.slice(1).map((_, i) => of(i)), 0],
    });
    const rate = (cell: number, more: number): number => (1 + (cell < 10 ? more : -more)) / 20;
    const drawn = (rows: number, more: number): NumberSketch => {
      const counts = new Array<number>(20).fill(0);
      for (let row = 0; row < rows; row++) {
        const lower = next() < (1 + more) / 2;
        const cell = Math.floor(next() * 10) + (lower ? 0 : 10);
        counts[cell] = (counts[cell] ?? 0) + 1;
      }
      return cells((cell) => counts[cell] ?? 0);
    };
    const truth = driftDistance(
      cells((cell) => 1e9 * rate(cell, 0)),
      cells((cell) => 1e9 * rate(cell, 0.3)),
    )?.value as number;
    assert.ok(Math.abs(truth - 0.3 / 4 / Math.sqrt(1 / 12)) < 0.01, String(truth));
    let [covered, blamed] = [0, 0];
    for (let round = 0; round < 200; round++) {
      const found = driftDistance(drawn(2000, 0), drawn(3000, 0.3));
      const { low, high } = found?.ci ?? { low: Number.NaN, high: Number.NaN };
      if (low <= truth && truth <= high) covered++;
      if (low > truth) blamed++;
    }
    assert.ok(covered >= 184 && blamed <= 10, `${covered} covered, ${blamed} above`);
  });

  it('passes a source that was drawn again, in 29 of 30 draws or more', async () => {
    let alarms = 0;
    for (let salt = 0; salt < 30; salt++) {
      const found = await drifted(base(salt * 10, 2000), base(salt * 10 + 5, 2000));
      if ([...found.values()].some(({ verdict }) => verdict !== 'pass')) alarms++;
    }
    assert.ok(alarms <= 1, `${alarms} false alarms`);
  });

  for (const { name, today, expected } of [
    {
      name: 'a column that shifts',
      today: `SELECT height + 0.8 AS height, colour FROM (${base(50)})`,
      expected: { 'drf.psi height': 'fail', 'drf.w1 height': 'fail', 'drf.psi colour': 'pass' },
    },
    {
      name: 'a column that goes NULL',
      today: `SELECT NULL::DOUBLE AS height, colour FROM (${base(50)})`,
      expected: { 'drf.psi height': 'fail', 'drf.psi colour': 'pass' },
    },
    {
      name: 'a new category',
      today: `SELECT height, CASE WHEN height > 1 THEN 'new' ELSE colour END AS colour FROM (${base(50)})`,
      expected: { 'drf.domain colour': 'fail', 'drf.psi height': 'pass' },
    },
    {
      name: 'values far beyond all that were learnt',
      today: `SELECT CASE WHEN height > 1.5 THEN 1e6 ELSE height END AS height, colour FROM (${base(50)})`,
      expected: { 'drf.domain height': 'fail', 'drf.w1 height': 'fail' },
    },
  ] as const) {
    it(`finds ${name}`, async () => {
      const found = await drifted(base(1), today);
      for (const [key, verdict] of Object.entries(expected)) {
        assert.equal(found.get(key)?.verdict, verdict, `${key}: ${found.get(key)?.reason}`);
        assert.equal(found.get(key)?.severity, 'warn');
      }
    });
  }

  it('has a stability index of Σ (p − q) ln(p / q) with half a row in each cell', () => {
    const of = (red: number, green: number): CategorySketch => ({
      kind: 'category',
      column: 'c',
      levels: [
        { label: 'red', rows: red },
        { label: 'green', rows: green },
      ],
      other: 0,
      missing: 0,
    });
    const [p, q] = [60.5 / 101, 30.5 / 101];
    const value = (p - q) * Math.log(p / q) + (q - p) * Math.log((1 - p) / (1 - q));
    assert.ok(Math.abs((stabilityIndex(of(60, 40), of(30, 70))?.value ?? 0) - value) < 1e-12);
    assert.ok(Math.abs((stabilityIndex(of(60, 40), of(60, 40))?.null.q99 ?? 0) - 0.02 * 6.634896601021214) < 1e-9);
    assert.equal(stabilityIndex(of(0, 0), of(1, 2)), undefined);
  });

  it('away from a mirror that was kept is staleness; a mirror that was learnt again has none', async () => {
    const moved = `SELECT height + 0.6 AS height, colour FROM (${base(50)})`;
    const judged = async (today: string, synthetic: string): Promise<AuditResult | undefined> => {
      const history: AuditHistory = { now: '2026-02-01T00:00:00Z', runs: [], learnt: await sketched(base(1)) };
      const input = { ...(await inputOf(workspace.db, { real: today, synthetic })), history };
      const context = { seed: 1, signal: new AbortController().signal };
      return (await runAudits(input, { tier: 'run', only: ['drf.stale'] }, context))[0];
    };
    assert.equal((await judged(base(30), base(60)))?.verdict, 'pass');
    assert.equal((await judged(moved, base(60)))?.verdict, 'fail');
    assert.equal((await judged(moved, moved))?.value, 0);
    // As unlike the source as on its first day: that is for fid.* to say.
    const unlike = `SELECT height * 3 AS height, colour FROM (${base(60)})`;
    assert.equal((await judged(base(30), unlike))?.verdict, 'pass');
    assert.equal((await judged(moved, base(60, 10)))?.verdict, 'inconclusive');
  });
});

describe('the digest of a mirror', () => {
  it('depends on its rows and not on their order, and drf.repro holds two of them against each other', async () => {
    await using workspace = await openTestWorkspace();
    const digestOf = async (query: string): Promise<string> => {
      await run(workspace.db, `CREATE OR REPLACE TABLE m AS ${query}`);
      return mirrorDigest(workspace.db, { table: 'm' });
    };
    const digest = await digestOf('SELECT i, i::VARCHAR AS t FROM range(1000) s(i)');
    assert.equal(await digestOf('SELECT i, i::VARCHAR AS t FROM range(1000) s(i) ORDER BY hash(i)'), digest);
    const others = [
      'SELECT i, i::VARCHAR AS t FROM range(999) s(i)',
      "SELECT i, CASE WHEN i = 3 THEN '' ELSE i::VARCHAR END AS t FROM range(1000) s(i)",
      'SELECT i, CASE WHEN i = 3 THEN NULL ELSE i::VARCHAR END AS t FROM range(1000) s(i)',
    ];
    const digests = [digest];
    for (const other of others) digests.push(await digestOf(other));
    digests.push(await digestOf("SELECT 'ab' AS a, 'c' AS b"), await digestOf("SELECT 'a' AS a, 'bc' AS b"));
    assert.equal(new Set(digests).size, digests.length);
    const input = await inputOf(workspace.db, { real: 'SELECT 1 AS a', synthetic: 'SELECT 1 AS a' });
    for (const [expected, verdicts] of [
      [digest, ['pass']],
      ['other', ['fail']],
      [undefined, []],
    ] as const) {
      const mirror = { digest, ...(expected === undefined ? {} : { expected }) };
      const history = { now: '2026-02-01T00:00:00Z', runs: [], mirror };
      const context = { seed: 1, signal: new AbortController().signal };
      const found = await runAudits({ ...input, history }, { tier: 'run', only: ['drf.repro'] }, context);
      assert.deepEqual(
        found.map(({ verdict }) => verdict),
        verdicts,
      );
    }
  });
});
