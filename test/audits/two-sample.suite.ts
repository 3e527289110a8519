// Models and neighbours that tell a mirror from real rows: what they see, what they pass, and that they repeat.
import assert from 'node:assert/strict';
import type { AuditResult, Database } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { type Speed, testsOf } from './speed.ts';
import { audit, inputOf, openTestWorkspace, people, run } from './support.ts';

const n = 1200;

/** Every column fair by itself, and none knows of another. */
const parts = ['age', 'income', 'city', 'plan', 'joined'].map(
  (name, i) =>
    `(SELECT ${name}, row_number() OVER (ORDER BY hash(income, joined, ${i})) AS k FROM (${people(n, 3)})) AS side${i}`,
);
const shuffled = `SELECT * EXCLUDE (k) FROM ${parts[0]} ${parts
  .slice(1)
  .map((part) => `JOIN ${part} USING (k)`)
  .join(' ')}`;

const mirrors = {
  'a fresh draw': { select: people(n, 3), c2st: 'pass', prdc: [] },
  'all rows copied': { select: 'SELECT * FROM real', c2st: 'fail', prdc: [] },
  'columns shuffled': { select: shuffled, c2st: 'warn', prdc: ['coverage', 'density', 'precision'] },
  'forty rows over and over': {
    select: `SELECT a.* FROM (${people(40, 3)}) AS a, range(${n / 40})`,
    c2st: 'fail',
    prdc: ['coverage', 'recall'],
  },
  'the older half left out': {
    select: `SELECT * FROM (${people(2 * n, 3)}) WHERE age < 48`,
    c2st: 'warn',
    prdc: ['coverage', 'recall'],
  },
  // Their blind spot: five copies in a hundred rows.
  'few copies': {
    select: `SELECT * FROM (${people(n * 0.95, 4)}) UNION ALL (SELECT * FROM real WHERE rowid % 20 = 7)`,
    c2st: 'pass',
    prdc: [],
  },
} as const;

const fast: ReadonlySet<string> = new Set([
  'see a fresh draw',
  'see all rows copied',
  'cannot say of few rows, of no column, and of one value',
]);

export function twoSampleSuite(speed: Speed): void {
  const test = testsOf(speed, (title) => !fast.has(title));
  describe('fid.c2st and fid.prdc', () => {
    let workspace: Workspace;
    let db: Database;
    before(async () => {
      workspace = await openTestWorkspace();
      db = workspace.db;
    });
    after(() => workspace[Symbol.asyncDispose]());

    const measure = async (select: string, real = people(n, 1)): Promise<readonly AuditResult[]> => {
      const input = await inputOf(db, { real, synthetic: 'SELECT 1' });
      await run(db, `CREATE OR REPLACE TABLE synthetic AS ${select}`);
      return audit(input, 'fid.c2st', 'fid.prdc');
    };

    for (const [what, { select, c2st, prdc }] of Object.entries(mirrors)) {
      test(`see ${what}`, async () => {
        const results = await measure(select);
        const failed = results.flatMap(({ id, name, verdict }) =>
          id === 'fid.prdc' && verdict === 'fail' && name !== undefined ? [name] : [],
        );
        if (prdc.length === 0) assert.deepEqual(failed, []);
        for (const name of prdc) assert.ok(failed.includes(name), `${name} is not among ${failed.join()}`);
        assert.equal(results.find(({ id }) => id === 'fid.c2st')?.verdict, c2st);
        assert.ok(results.every(({ value }) => value !== null && Number.isFinite(value)));
      });
    }

    test('say that copies are copies, and which columns tell rows apart', async () => {
      const [copies] = await measure('SELECT * FROM real');
      assert.ok((copies?.value ?? 1) < 0.4);
      assert.match(copies?.reason ?? '', /copies/);
      const [dearer] = await measure(`SELECT * REPLACE (income * 3 AS income) FROM (${people(n, 3)})`);
      assert.match(dearer?.reason ?? '', /^Told apart most by income/);
    });

    test('are the same again, with rows and columns in another order', async () => {
      const numbers = (results: readonly AuditResult[]): unknown =>
        results.map(({ id, name, value }) => [id, name, value]);
      const first = numbers(await measure(people(n, 3)));
      const turned = (select: string): string =>
        `SELECT joined, plan, income, city, age FROM (${select}) ORDER BY hash(income)`;
      assert.deepEqual(numbers(await measure(turned(people(n, 3)), turned(people(n, 1)))), first);
    });

    test('pass what a holdout of other people differs by as well', async () => {
      // Ten rows of each person: rows are known by their person, whose like the mirror has not.
      const persons = (salt: number): string => `SELECT a.* FROM (${people(n / 10, salt)}) AS a, range(10)`;
      const tables = { real: persons(1), synthetic: persons(3) };
      const alone = await audit(await inputOf(db, tables), 'fid.c2st', 'fid.prdc');
      assert.ok(alone.some(({ verdict }) => verdict === 'fail'));
      const held = await audit(await inputOf(db, { ...tables, holdout: persons(2) }), 'fid.c2st', 'fid.prdc');
      for (const [i, { id, name, null: floor }] of held.entries()) {
        if (id !== 'fid.prdc' || name === 'density') continue;
        assert.ok((floor?.q99 ?? 1) < (alone[i]?.null?.q99 ?? 0), `${name} knows of the holdout`);
      }
      const [c2st] = held;
      assert.ok((c2st?.null?.q99 ?? 0) > (alone[0]?.null?.q99 ?? 1));
    });

    test('cannot say of few rows, of no column, and of one value', async () => {
      const small = await inputOf(db, { real: people(10, 1), synthetic: people(10, 3) });
      for (const { verdict } of await audit(small, 'fid.c2st', 'fid.prdc')) assert.equal(verdict, 'inconclusive');
      const constant = 'SELECT 1 AS a, NULL::VARCHAR AS b FROM range(1100)';
      const same = await audit(await inputOf(db, { real: constant, synthetic: constant }), 'fid.c2st', 'fid.prdc');
      for (const { verdict } of same) assert.equal(verdict, 'pass');
      const none = await inputOf(db, { real: people(1100, 1), synthetic: people(1100, 1) }, { columns: [] });
      assert.deepEqual(await audit(none, 'fid.c2st', 'fid.prdc'), []);
    });
  });
}
