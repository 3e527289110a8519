// Failures planted in a mirror, and which audits see them.
import assert from 'node:assert/strict';
import { gate, summarise } from '../../audits/run.ts';
import type { AuditTarget, Database } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { type Speed, testsOf } from './speed.ts';
import { audit, failing, inputOf, openTestWorkspace, people, run } from './support.ts';

const n = 8000;

interface Planted {
  readonly what: string;
  readonly mirror: string;
  /** Audits that must fail. */
  readonly caught: readonly string[];
  /** Audits that must not fail: their blind spots, or what is right in this mirror. */
  readonly blind: readonly string[];
  readonly target?: Partial<AuditTarget>;
}

const shuffled = `SELECT a.age, b.income, a.city, a.plan, a.joined
  FROM (SELECT *, row_number() OVER (ORDER BY hash(age, income, joined)) AS i FROM (${people(n, 3)})) AS a
  JOIN (SELECT income, row_number() OVER (ORDER BY hash(joined, income, age, 9)) AS i FROM (${people(n, 3)})) AS b USING (i)`;

const cases: readonly Planted[] = [
  {
    what: 'one column shuffled against the others',
    mirror: shuffled,
    caught: ['fid.pair', 'fid.corr'],
    blind: ['fid.ks', 'fid.w1', 'fid.tvd', 'fid.missing', 'prv.exact'],
  },
  {
    what: 'a bootstrap copy of the real rows',
    mirror: `SELECT real.* FROM real JOIN (SELECT hash(i, 5) % ${n} + 1 AS pick FROM range(${n}) AS t(i)) AS picks
      ON picks.pick = real.rowid + 1`,
    caught: ['prv.exact'],
    blind: ['fid.ks', 'fid.tvd', 'fid.pair', 'fid.corr'],
  },
  {
    what: 'five rows of 100 copied',
    mirror: `SELECT * FROM (${people(n * 0.95, 4)}) UNION ALL (SELECT * FROM real WHERE rowid % 20 = 7)`,
    caught: ['prv.exact'],
    blind: ['fid.ks', 'fid.tvd', 'fid.pair', 'fid.corr', 'prv.rare'],
  },
  {
    what: 'income times ten',
    mirror: `SELECT age, income * 10 AS income, city, plan, joined FROM (${people(n, 3)})`,
    caught: ['val.range', 'fid.ks', 'fid.w1', 'fid.pair'],
    blind: ['fid.corr', 'fid.tvd', 'fid.missing'],
  },
  {
    what: 'a category of two real rows',
    mirror: `SELECT age, income, CASE WHEN income = (SELECT max(income) FROM (${people(n, 3)})) THEN 'Vaduz' ELSE city END
      AS city, plan, joined FROM (${people(n, 3)})`,
    caught: ['prv.rare'],
    blind: ['fid.tvd', 'val.domain', 'prv.exact'],
  },
  {
    what: 'a category that the real table does not have',
    mirror: `SELECT age, income, city, CASE WHEN age = 33 THEN 'platinum' ELSE plan END AS plan, joined FROM (${people(n, 3)})`,
    caught: ['val.domain'],
    blind: ['prv.rare', 'val.schema'],
  },
  {
    what: 'NULLs filled',
    mirror: `SELECT age, income, coalesce(city, 'Roma') AS city, plan, joined FROM (${people(n, 3)})`,
    caught: [],
    blind: ['val.domain', 'prv.rare'],
  },
  {
    what: 'a rule broken',
    mirror: people(n, 3),
    caught: ['val.rule'],
    blind: ['val.schema'],
    target: { rules: [{ title: 'age < 60', expression: 'age < 60' }] },
  },
  {
    what: 'a dependency broken and a combination repeated',
    mirror: people(n, 3),
    caught: ['val.rule'],
    blind: [],
    target: {
      rules: [
        { title: 'plan follows from age', dependency: { determinant: ['age'], dependent: ['plan'] } },
        { title: 'one row per city and age', unique: ['city', 'age'] },
      ],
    },
  },
];

const fast: ReadonlySet<string> = new Set(['pass a fresh draw of the same people', 'see five rows of 100 copied']);

export function plantedSuite(speed: Speed): void {
  const test = testsOf(speed, (title) => !fast.has(title));
  describe('audits on planted failures', () => {
    let workspace: Workspace;
    let db: Database;
    before(async () => {
      workspace = await openTestWorkspace();
      db = workspace.db;
    });
    after(() => workspace[Symbol.asyncDispose]());

    const real = `${people(n, 1)} UNION ALL SELECT 44, 3000.0 + i, 'Vaduz', 'basic', DATE '2020-02-02' FROM range(2) AS t(i)`;

    test('pass a fresh draw of the same people', async () => {
      const input = await inputOf(db, { real, synthetic: people(n, 3), holdout: people(n / 4, 2) });
      const results = await audit(input);
      const bad = results.filter(({ verdict, id }) => verdict !== 'pass' && !['val.range', 'prv.extreme'].includes(id));
      assert.deepEqual(bad, []);
      assert.equal(summarise(results).error, 0);
    });

    for (const { what, mirror, caught, blind, target } of cases) {
      test(`see ${what}`, async () => {
        const input = await inputOf(db, { real, synthetic: 'SELECT 1', holdout: people(n / 4, 2) }, target);
        await run(db, `CREATE OR REPLACE TABLE synthetic AS ${mirror}`);
        const results = await audit(input);
        const failed = failing(results);
        assert.deepEqual(
          caught.filter((id) => !failed.includes(id)),
          [],
          'missed',
        );
        assert.deepEqual(
          blind.filter((id) => failed.includes(id)),
          [],
          'false alarms',
        );
        assert.equal(summarise(results).error, 0);
        assert.equal(gate(results).publish, failed.length === 0);
      });
    }
  });
}
