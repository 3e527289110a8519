// What must not change a result: order of rows and columns, threads, names of categories; and how often fresh draws alarm.
import assert from 'node:assert/strict';
import type { AuditResult, Database } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { audit, failing, inputOf, openTestWorkspace, people, type Tables } from './support.ts';

// More rows than the sample of 50,000, so that sampling is tested as well.
const tables: Tables = { real: people(60_000, 1), synthetic: people(70_000, 2), holdout: people(15_000, 3) };

/** Everything but the time taken, by audit and columns, whatever their order. */
function comparable(results: readonly AuditResult[]): Record<string, unknown> {
  return Object.fromEntries(
    results.map(({ seconds: _, columns, ...rest }) => [`${rest.id} ${[...columns].sort().join(' ')}`, rest]),
  );
}

const map = (change: (select: string) => string): Tables => ({
  real: change(tables.real),
  synthetic: change(tables.synthetic),
  holdout: change(tables.holdout ?? ''),
});

describe('audit results', () => {
  let workspace: Workspace;
  let db: Database;
  let plain: Record<string, unknown>;
  before(async () => {
    workspace = await openTestWorkspace();
    db = workspace.db;
    plain = comparable(await audit(await inputOf(db, tables)));
  });
  after(() => workspace[Symbol.asyncDispose]());

  const changes: readonly [string, Tables][] = [
    ['run again', tables],
    ['rows in another order', map((select) => `SELECT * FROM (${select}) ORDER BY hash(income, age, joined)`)],
    ['columns in another order', map((select) => `SELECT joined, plan, income, age, city FROM (${select})`)],
  ];
  for (const [what, changed] of changes) {
    it(`are the same for ${what}`, async () => {
      assert.deepEqual(comparable(await audit(await inputOf(db, changed))), plain);
    });
  }

  it('are the same on one thread', async () => {
    await using single = await openTestWorkspace(1);
    assert.deepEqual(comparable(await audit(await inputOf(single.db, tables))), plain);
  });

  it('keep their distances when categories are renamed', async () => {
    const renamed = map((select) => `SELECT * REPLACE (md5(city) AS city) FROM (${select})`);
    const found = comparable(await audit(await inputOf(db, renamed), 'fid.tvd', 'fid.missing'));
    // Fewer audits, hence fewer tests to correct for.
    const alone = (result: unknown): object => ({ ...(result as object), adjustedP: undefined });
    for (const key of Object.keys(found)) assert.deepEqual(alone(found[key]), alone(plain[key]));
  });

  // Fewer than the sample of 50,000, which is picked by the values that change here.
  const few: Tables = { real: people(5000, 1), synthetic: people(5000, 2), holdout: people(1200, 3) };
  const ofRanks = ['fid.ks', 'fid.tvd', 'fid.jsd', 'fid.missing', 'fid.pair', 'fid.kway', 'prv.exact'];
  const changed = (tables: Tables, change: (select: string) => string): Tables => ({
    real: change(tables.real),
    synthetic: change(tables.synthetic),
    holdout: change(tables.holdout ?? ''),
  });

  const monotone = ['sqrt(income)', 'income * 3 + 7', 'ln(income)', 'pow(income, 3)'];
  for (const income of monotone) {
    it(`keep their distances when both sides have ${income} for income`, async () => {
      const before = comparable(await audit(await inputOf(db, few), ...ofRanks));
      const after = changed(few, (select) => `SELECT * REPLACE (${income} AS income) FROM (${select})`);
      assert.deepEqual(comparable(await audit(await inputOf(db, after), ...ofRanks)), before);
    });
  }

  for (const income of ['income * 1.5', 'income + 2000', '-income']) {
    it(`move fid.pair when the mirror alone has ${income} for income`, async () => {
      const mirror = `SELECT * REPLACE (${income} AS income) FROM (${few.synthetic})`;
      const found = await audit(await inputOf(db, { ...few, synthetic: mirror }), 'fid.pair');
      for (const { columns, verdict } of found) {
        assert.equal(verdict, columns.includes('income') ? 'fail' : 'pass', columns.join());
      }
    });
  }

  it('raise no more than nominal false alarms on fresh draws', async () => {
    const replicates = 25;
    const ids = ['fid.ks', 'fid.w1', 'fid.tvd', 'fid.missing', 'fid.pair', 'fid.corr', 'prv.exact'];
    let exceeded = 0;
    let measured = 0;
    for (let k = 0; k < replicates; k++) {
      const input = await inputOf(db, { real: people(2000, 100 + 2 * k), synthetic: people(2500, 101 + 2 * k) });
      const results = await audit(input, ...ids);
      assert.deepEqual(failing(results), []);
      for (const { value, null: floor } of results) {
        if (value === null || floor === undefined) continue;
        measured++;
        if (value > floor.q99) exceeded++;
      }
    }
    // Measurements of one table depend on each other: three standard errors of as many as there are tables.
    assert.ok(exceeded / measured <= 0.01 + 3 * Math.sqrt(0.0099 / replicates), `${exceeded} of ${measured}`);
  });

  it('let coarse rows coincide as often as holdout rows do', async () => {
    const coarse = map(
      (select) => `SELECT age // 4 AS age, city, date_trunc('year', joined) AS joined FROM (${select}) LIMIT 9000`,
    );
    const [exact] = await audit(await inputOf(db, coarse), 'prv.exact');
    assert.equal(exact?.verdict, 'pass');
    const { holdout: _, ...without } = coarse;
    assert.equal((await audit(await inputOf(db, without), 'prv.exact'))[0]?.verdict, 'pass');
  });

  it('judge copies without a holdout by how often real rows repeat', async () => {
    const real = people(5000, 1);
    const fresh = await audit(await inputOf(db, { real, synthetic: people(5000, 2) }), 'prv.exact');
    assert.equal(fresh[0]?.verdict, 'pass');
    const copied = `SELECT * FROM (${people(4800, 2)}) UNION ALL (SELECT * FROM (${real}) LIMIT 200)`;
    assert.equal((await audit(await inputOf(db, { real, synthetic: copied }), 'prv.exact'))[0]?.verdict, 'fail');
  });
});
