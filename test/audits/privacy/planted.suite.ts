// Privacy attacks on a fresh draw, on planted leaks, and on tables that nothing can be told of.
import assert from 'node:assert/strict';
import { gate } from '../../../audits/run.ts';
import type { AuditResult } from '../../../core/audit.ts';
import type { Workspace } from '../../../core/connector.ts';
import { type Speed, testsOf } from '../speed.ts';
import { openTestWorkspace, people, type Tables } from '../support.ts';
import { attacked, fresh, holdout, idsOf, n, planted, real } from './leaks.ts';

/** All attacks twice, and attacks with models. */
const slow: ReadonlySet<string> = new Set([
  'pass a fresh draw, give the same numbers whatever the order of rows, and tell no value',
  'count people and not their rows: many rows of few people are few people',
  'decide nothing with columns that are constant or NULL throughout',
]);

export function privacySuite(speed: Speed): void {
  const test = testsOf(speed, (title) => slow.has(title));
  describe('privacy attacks', function () {
    this.timeout(60_000);
    let workspace: Workspace;
    before(async () => {
      workspace = await openTestWorkspace();
    });
    after(() => workspace[Symbol.asyncDispose]());

    test('pass a fresh draw, give the same numbers whatever the order of rows, and tell no value', async () => {
      const mirror = fresh(3);
      const all = await attacked(workspace.db, { real, holdout, synthetic: mirror });
      const only = ['prv.single_out', 'prv.link', 'prv.mia'];
      assert.deepEqual([...idsOf(all, 'fail'), ...idsOf(all, 'warn'), ...idsOf(all, 'error')], []);
      assert.ok(idsOf(all, 'pass').includes('prv.mia'));
      assert.equal(gate(all).publish, true);
      const turned = (query: string): string => `SELECT * FROM (${query}) ORDER BY income`;
      const sides = { real: turned(real), holdout: turned(holdout), synthetic: turned(mirror) };
      const again = await attacked(workspace.db, sides, { only });
      const plain = (results: readonly AuditResult[]) =>
        results.map(({ id, name, value, null: floor, ci }) => ({ id, name, value, floor, ci }));
      assert.deepEqual(plain(again), plain(all.filter(({ id }) => only.includes(id))));
      assert.doesNotMatch(JSON.stringify(all), /Roma|Köln|gold|basic/);
    });

    // The others, and all audits on each, are in planted.slow.ts.
    for (const { what, mirror, caught } of planted.slice(0, 2)) {
      test(`see ${what}`, async () => {
        const only = ['prv.link', 'prv.mia'];
        const results = await attacked(workspace.db, { real, holdout, synthetic: mirror }, { only });
        assert.deepEqual(
          idsOf(results, 'fail'),
          only.filter((id) => caught.includes(id)),
        );
        assert.equal(gate(results).publish, false);
      });
    }

    const undecided: readonly { readonly what: string; readonly tables: Tables; readonly reason: RegExp }[] = [
      {
        what: 'ten rows',
        tables: { real: people(10, 1), holdout: people(3, 2), synthetic: people(10, 3) },
        reason: /people in the holdout/,
      },
      { what: 'no holdout', tables: { real, synthetic: fresh(3) }, reason: /people in the holdout/ },
      {
        what: 'one column',
        tables: { real: 'SELECT i AS x FROM range(3000) t(i)', synthetic: 'SELECT 1 AS x', holdout: 'SELECT 1 AS x' },
        reason: /two columns/,
      },
      { what: 'an empty mirror', tables: { real, holdout, synthetic: `${real} LIMIT 0` }, reason: /no rows/ },
    ];
    for (const { what, tables, reason } of undecided) {
      test(`decide nothing, and stop nothing, with ${what}`, async () => {
        const results = await attacked(workspace.db, tables);
        for (const { id, verdict, reason: said } of results) {
          assert.equal(verdict, 'inconclusive', id);
          assert.match(said, reason);
        }
        assert.equal(gate(results).publish, true);
      });
    }

    test('decide nothing with columns that are constant or NULL throughout', async () => {
      const dull = (rows: number): string =>
        `SELECT 1 AS one, NULL::VARCHAR AS income, 'x' AS city FROM range(${rows}) t(i)`;
      const results = await attacked(workspace.db, { real: dull(2500), holdout: dull(1500), synthetic: dull(2500) });
      assert.deepEqual([...idsOf(results, 'fail'), ...idsOf(results, 'warn'), ...idsOf(results, 'error')], []);
      assert.equal(gate(results).publish, true);
    });

    test('count people and not their rows: many rows of few people are few people', async () => {
      const visits = (salt: number, from: number): string =>
        `SELECT (rowid_of // 10)::INTEGER + ${from} AS id, age, income, city, plan, joined FROM
        (SELECT *, row_number() OVER () - 1 AS rowid_of FROM (${people(n, salt)}))`;
      const tables = { real: visits(1, 0), holdout: visits(2, 9000), synthetic: visits(3, 20_000) };
      const [byRow] = await attacked(workspace.db, tables, { target: { excluded: ['id'] }, only: ['prv.link'] });
      const [byPerson] = await attacked(workspace.db, tables, {
        target: { excluded: ['id'], subject: ['id'] },
        only: ['prv.link'],
      });
      assert.deepEqual([byRow?.n.real, byRow?.n.holdout], [n, n]);
      assert.equal(byPerson?.verdict, 'inconclusive');
      assert.match(byPerson?.reason ?? '', /there are 300/);
    });

    test('name a column that is not there, with the nearest, and refuse one that is in both files', async () => {
      const tables = { real, holdout, synthetic: fresh(3) };
      const secrets = { 'prv.infer': { secrets: ['incom'] } };
      const [found] = await attacked(workspace.db, tables, { only: ['prv.infer'], options: secrets });
      assert.equal(found?.verdict, 'error');
      assert.match(found?.reason ?? '', /'incom'/);
      const twice = { 'prv.link': { columns: [['age'], ['age', 'city']] } };
      await assert.rejects(
        attacked(workspace.db, tables, { only: ['prv.link'], options: twice }),
        /no column may be in both files/,
      );
    });
  });
}
