// Tables at the edge: empty, tiny, constant, missing, infinite, oddly named, or different from each other.
import assert from 'node:assert/strict';
import { gate, summarise } from '../../audits/run.ts';
import type { AuditResult, Database } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { audit, failing, inputOf, openTestWorkspace, people, type Tables } from './support.ts';

const numbers = (n: number, salt: number, expression: string): string =>
  `SELECT ${expression} AS a, hash(i, ${salt}, 1) % 7 AS b FROM range(${n}) AS t(i)`;

describe('audits at the edges', () => {
  let workspace: Workspace;
  let db: Database;
  before(async () => {
    workspace = await openTestWorkspace();
    db = workspace.db;
  });
  after(() => workspace[Symbol.asyncDispose]());

  async function results(tables: Tables): Promise<readonly AuditResult[]> {
    const found = await audit(await inputOf(db, tables));
    assert.equal(summarise(found).error, 0, JSON.stringify(found.find(({ verdict }) => verdict === 'error')));
    for (const { value } of found) assert.ok(value === null || Number.isFinite(value));
    return found;
  }

  it('let two empty tables through', async () => {
    const empty = 'SELECT 1 AS a, 2.0::DOUBLE AS b, NULL::VARCHAR AS c WHERE false';
    assert.ok(gate(await results({ real: empty, synthetic: empty, holdout: empty })).publish);
  });

  it('stop an empty mirror of a table with rows', async () => {
    const found = await results({ real: people(100, 1), synthetic: `${people(1, 1)} LIMIT 0` });
    assert.ok(!gate(found).publish);
  });

  it('let a mirror of 300 rows through that copies nothing', async () => {
    const found = await results({ real: people(240, 1), synthetic: people(300, 3), holdout: people(60, 2) });
    const blocking = gate(found).blocking.filter(({ id }) => !['val.range', 'prv.extreme', 'prv.rare'].includes(id));
    assert.deepEqual(blocking, []);
    assert.equal(found.find(({ id }) => id === 'prv.exact')?.verdict, 'pass');
  });

  it('stop a mirror of 300 rows that copies all', async () => {
    const found = await results({ real: people(240, 1), synthetic: people(240, 1), holdout: people(60, 2) });
    assert.ok(failing(found).includes('prv.exact'));
  });

  it('do not decide on copies in ten rows', async () => {
    const found = await results({ real: people(8, 1), synthetic: people(10, 3), holdout: people(2, 2) });
    assert.equal(found.find(({ id }) => id === 'prv.exact')?.verdict, 'inconclusive');
    assert.ok(!gate(found).publish);
  });

  it('bear columns of NULL only, and see them come and go', async () => {
    const nulls = 'SELECT NULL::DOUBLE AS a, NULL::VARCHAR AS b, i AS c FROM range(2000) AS t(i)';
    const values = `SELECT i::DOUBLE AS a, 'x' AS b, i AS c FROM range(2000) AS t(i)`;
    assert.ok(!failing(await results({ real: nulls, synthetic: nulls })).includes('fid.missing'));
    for (const [real, synthetic] of [
      [nulls, values],
      [values, nulls],
    ] as const) {
      const failed = failing(await results({ real, synthetic, holdout: real }));
      assert.ok(failed.includes('fid.missing') && failed.includes('fid.tvd'));
    }
  });

  it('bear constant columns', async () => {
    const constant = `SELECT 5 AS a, 'x' AS b, 0.0::DOUBLE AS c FROM range(3000)`;
    const found = await results({ real: constant, synthetic: constant, holdout: constant });
    assert.deepEqual(failing(found), []);
    const moved = `SELECT 6 AS a, 'x' AS b, 0.0::DOUBLE AS c FROM range(3000)`;
    assert.ok(failing(await results({ real: constant, synthetic: moved })).includes('fid.ks'));
  });

  it('bear NaN and infinities, and see them where the real column has none', async () => {
    const odd = numbers(
      3000,
      1,
      `CASE WHEN i % 10 = 0 THEN 'nan'::DOUBLE WHEN i % 10 = 1 THEN 'inf'::DOUBLE
      WHEN i % 10 = 2 THEN '-inf'::DOUBLE WHEN i % 10 = 3 THEN 1.7e308 WHEN i % 10 = 4 THEN -1.7e308 ELSE i END`,
    );
    assert.ok(
      !failing(await results({ real: odd, synthetic: odd })).some((id) => id.startsWith('fid.') || id === 'val.range'),
    );
    for (const value of ['nan', 'inf', '-inf']) {
      const plain = numbers(3000, 1, `i::DOUBLE`);
      const mirror = numbers(3000, 1, `CASE WHEN i = 9 THEN '${value}'::DOUBLE ELSE i END`);
      assert.ok(failing(await results({ real: plain, synthetic: mirror })).includes('val.range'), value);
    }
  });

  it('bear columns and values of any spelling', async () => {
    const odd = `SELECT i % 50 AS "select", (i % 40)::DOUBLE AS "a""b", CASE WHEN i % 2 = 0 THEN '''; DROP TABLE real; --'
      ELSE 'ü 🙂' || chr(10) END AS "ü.x", i % 30 AS "v0" FROM range(3000) AS t(i)`;
    const found = await results({ real: odd, synthetic: odd, holdout: odd });
    assert.deepEqual(
      failing(found).filter((id) => id !== 'prv.exact'),
      [],
    );
    assert.ok(found.some(({ columns }) => columns.includes('a"b')));
  });

  it('bear 10,000 categories', async () => {
    const many = (salt: number, n: number): string =>
      `SELECT 'c' || (hash(i, ${salt}) % 10000) AS a, hash(i, ${salt}, 2) % 10 AS b FROM range(${n}) AS t(i)`;
    const found = await results({ real: many(1, 20000), synthetic: many(2, 20000), holdout: many(3, 5000) });
    assert.equal(found.find(({ id }) => id === 'fid.tvd')?.verdict, 'pass');
    assert.equal(found.find(({ id }) => id === 'fid.pair')?.verdict, 'pass');
  });

  it('bear times of every kind', async () => {
    const times = `SELECT TIMESTAMP '2020-01-01' + INTERVAL (i % 500) HOUR AS a, DATE '0001-01-01' + i::INTEGER % 900 AS b,
      TIME '10:00' + INTERVAL (i % 70) MINUTE AS c, INTERVAL (i % 60) DAY AS d, (TIMESTAMP '2020-01-01')::TIMESTAMPTZ AS e,
      CASE WHEN i % 3 = 0 THEN DATE 'infinity' ELSE DATE '9999-12-31' END AS f, i % 2 = 0 AS g, (i % 300) / 10.0 AS h,
      uuid() AS u, [i] AS l FROM range(2000) AS t(i)`;
    const found = await results({ real: times, synthetic: 'SELECT * FROM real', holdout: 'SELECT * FROM real' });
    // Copies: each UUID belongs to one row, few rows hold the extreme times, and the holdout was learnt.
    assert.deepEqual(failing(found), ['prv.rare', 'prv.extreme', 'gov.holdout']);
    assert.ok(found.filter(({ id, value }) => id === 'fid.ks' && value === 0).length === 7);
  });

  it('compare what both tables have when their columns differ', async () => {
    const real = `SELECT i % 90 AS a, (i % 80)::DOUBLE AS b, 'x' AS c FROM range(3000) AS t(i)`;
    const mirror = `SELECT 'x' AS c, (i % 90)::VARCHAR AS a, 1 AS d FROM range(3000) AS t(i)`;
    const found = await results({ real, synthetic: mirror });
    assert.equal(found.find(({ id }) => id === 'val.schema')?.value, 4);
    assert.equal(found.find(({ id, columns }) => id === 'fid.ks' && columns[0] === 'a')?.value, 0);
    assert.ok(!found.some(({ columns }) => columns.includes('b')));
  });
});
