// Fairness audits: groups that a mirror thins out or treats otherwise are found, a fresh draw is not blamed.
import assert from 'node:assert/strict';
import { runAudits } from '../../audits/run.ts';
import type { AuditResult, Database } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { type Speed, testsOf } from './speed.ts';
import { audit, inputOf, openTestWorkspace, run } from './support.ts';

const ids = ['fair.repr', 'fair.label', 'fair.amp', 'fair.eo'];
const n = 6000;

/** Loans: 30 % women, granted in 40 % of their cases and in 60 % of men's, by income; ages; `salt` draws other people. */
function loans(rows: number, salt: number, women = 0.3, gap = 0.2): string {
  const u = (column: number): string => `((hash(i, ${salt}, ${column}) % 1000003) / 1000003.0)`;
  return `SELECT CASE WHEN woman THEN 'f' ELSE 'm' END AS sex, age, income,
      CASE WHEN ${u(4)} < (CASE WHEN woman THEN 0.5 - ${gap} / 2 ELSE 0.5 + ${gap} / 2 END) + (income - 50) / 250 THEN 'yes' ELSE 'no' END
      AS granted
    FROM (SELECT i, ${u(1)} < ${women} AS woman, CAST(18 + floor(60 * ${u(2)}) AS INTEGER) AS age,
      round(100 * ${u(3)}, 1)::DOUBLE AS income FROM range(${rows}) AS t(i)) AS drawn`;
}

/** What trains models on each of four mirrors. */
const slow: ReadonlySet<string> = new Set([
  'see women thinned out by a third',
  'see no women at all',
  'see a gap that is gone',
  'tell groups by their size and never by their name',
]);

export function fairnessSuite(speed: Speed): void {
  const test = testsOf(speed, (title) => slow.has(title));
  describe('fairness audits', () => {
    let workspace: Workspace;
    let db: Database;
    before(async () => {
      workspace = await openTestWorkspace();
      db = workspace.db;
    });
    after(() => workspace[Symbol.asyncDispose]());

    const measure = async (mirror: string, target = 'granted'): Promise<readonly AuditResult[]> => {
      const input = await inputOf(
        db,
        { real: loans(n, 1), synthetic: 'SELECT 1', holdout: loans(n / 2, 2) },
        { target },
      );
      await run(db, `CREATE OR REPLACE TABLE synthetic AS ${mirror}`);
      return audit(input, ...ids);
    };
    const verdicts = (results: readonly AuditResult[], column: string): Record<string, string> =>
      Object.fromEntries(
        results.filter(({ columns }) => columns[0] === column).map(({ id, verdict }) => [id, verdict]),
      );

    test('pass a fresh draw, for sexes and for ages', async () => {
      const results = await measure(loans(n, 3));
      assert.deepEqual(
        results.filter(({ verdict }) => verdict !== 'pass'),
        [],
      );
      assert.deepEqual(
        results.map(({ id, columns }) => `${id} ${columns.join(' ')}`),
        [
          'fair.repr sex',
          'fair.repr age',
          'fair.label sex granted',
          'fair.label age granted',
          'fair.amp sex granted',
          'fair.amp age granted',
          'fair.eo sex granted',
          'fair.eo age granted',
        ],
      );
    });

    const planted: readonly { what: string; mirror: string; expected: Record<string, string> }[] = [
      {
        what: 'women thinned out by a third',
        mirror: loans(n, 3, 0.2),
        expected: { 'fair.repr': 'fail', 'fair.label': 'pass', 'fair.amp': 'pass' },
      },
      {
        what: 'no women at all',
        mirror: `SELECT * FROM (${loans(2 * n, 3)}) WHERE sex = 'm'`,
        expected: { 'fair.repr': 'fail' },
      },
      {
        what: 'a gap twice as large',
        mirror: loans(n, 3, 0.3, 0.4),
        expected: { 'fair.repr': 'pass', 'fair.label': 'fail', 'fair.amp': 'fail', 'fair.eo': 'fail' },
      },
      {
        // Less unfair than the real table: other rates, yet nothing is amplified.
        what: 'a gap that is gone',
        mirror: loans(n, 3, 0.3, 0),
        expected: { 'fair.repr': 'pass', 'fair.label': 'warn', 'fair.amp': 'pass', 'fair.eo': 'pass' },
      },
    ];
    for (const { what, mirror, expected } of planted) {
      test(`see ${what}`, async () => {
        const found = verdicts(await measure(mirror), 'sex');
        for (const [id, verdict] of Object.entries(expected)) assert.equal(found[id], verdict, id);
      });
    }

    test('tell groups by their size and never by their name', async () => {
      for (const { reason } of await measure(loans(n, 3, 0.2))) assert.doesNotMatch(reason, /\b[fm]\b|yes|no\b(?!ise)/);
    });

    test('compute ratios and differences as they are counted', async () => {
      const rows = (women: number, granted: number): string =>
        `SELECT CASE WHEN i < ${women} THEN 'f' ELSE 'm' END AS sex,
        CASE WHEN i % 100 < (CASE WHEN i < ${women} THEN ${granted} ELSE 50 END) THEN 1 ELSE 0 END AS y FROM range(2000) AS t(i)`;
      const input = await inputOf(db, { real: rows(1000, 40), synthetic: rows(500, 20) }, { target: 'y' });
      const of = new Map(
        (await audit(input, 'fair.repr', 'fair.label', 'fair.amp')).map((result) => [result.id, result]),
      );
      assert.equal(of.get('fair.repr')?.value, 0.5);
      assert.equal(of.get('fair.label')?.value, 0.5);
      // Women: 40 % against 45 % of all; in the mirror 20 % against (500 · .2 + 1500 · .5) / 2000 = 42.5 %.
      assert.ok(Math.abs((of.get('fair.amp')?.value ?? 0) - 0.175) < 1e-9);
    });

    test('ask for groups that the config names, and say which column is meant', async () => {
      const input = await inputOf(db, { real: loans(n, 1), synthetic: loans(n, 3) }, { target: 'granted' });
      const asked = (groups: readonly string[]): Promise<readonly AuditResult[]> =>
        runAudits(
          input,
          { tier: 'run', only: ['fair.repr'], options: { 'fair.repr': { groups } } },
          { seed: 1, signal: new AbortController().signal },
        );
      assert.deepEqual(
        (await asked(['income'])).map(({ columns }) => columns),
        [['income']],
      );
      const [wrong] = await asked(['sexe']);
      assert.equal(wrong?.verdict, 'error');
      assert.match(wrong?.reason ?? '', /no column 'sexe'/);
    });

    test('cannot say without groups, of small groups, of one outcome and of many', async () => {
      const bare = await inputOf(
        db,
        { real: 'SELECT 1 AS a, 2 AS y', synthetic: 'SELECT 1 AS a, 2 AS y' },
        { target: 'y' },
      );
      for (const { verdict } of await audit(bare, ...ids)) assert.equal(verdict, 'inconclusive');
      const few = await inputOf(
        db,
        { real: loans(150, 1), synthetic: loans(150, 3), holdout: loans(150, 2) },
        { target: 'granted' },
      );
      const small = await audit(few, ...ids);
      assert.ok(small.filter(({ columns }) => columns[0] === 'age').every(({ verdict }) => verdict === 'inconclusive'));
      const one = await measure(`SELECT * REPLACE ('no' AS granted) FROM (${loans(n, 3)})`);
      assert.equal(one.find(({ id }) => id === 'fair.eo')?.verdict, 'inconclusive');
      assert.equal(one.find(({ id }) => id === 'fair.label')?.verdict, 'fail');
      const many = await measure(loans(n, 3), 'income');
      assert.ok(many.filter(({ id }) => id === 'fair.eo').every(({ verdict }) => verdict === 'inconclusive'));
      assert.ok(!many.some(({ verdict }) => verdict === 'error'));
    });

    test('ask nothing of outcomes where no target is known', async () => {
      const input = await inputOf(db, { real: loans(n, 1), synthetic: loans(n, 3) });
      assert.deepEqual([...new Set((await audit(input, ...ids)).map(({ id }) => id))], ['fair.repr']);
    });
  });
}
