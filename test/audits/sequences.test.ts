// Events of subjects: what follows what, how long between, and how they go together with their subject.
import assert from 'node:assert/strict';
import { worthOf } from '../../audits/clusters.ts';
import type { AuditInput, AuditResult, AuditTarget, Database } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { findOrder } from '../../core/event-order.ts';
import { audit, failing, inputOf, openTestWorkspace, run } from './support.ts';

/** Customers from–to with a region and a level. */
const customers = (from: number, to: number, salt: number): string =>
  `SELECT i AS id, CASE hash(i, ${salt}) % 3 WHEN 0 THEN 'north' WHEN 1 THEN 'south' ELSE 'west' END AS region,
    CAST(hash(i, ${salt}, 1) % 100 AS DOUBLE) AS level FROM range(${from}, ${to}) AS t(i)`;

/** Two to nine orders a customer: amounts follow their level and the amounts before, days step by 1 to 30. */
const orders = (from: number, to: number, salt: number): string =>
  `SELECT customer_id, day, CAST(round(level / 6 + 30 * (a + b + c)) AS BIGINT) AS amount,
      CASE WHEN region = 'north' AND a < 0.8 THEN 'card' WHEN b < 0.5 THEN 'cash' ELSE 'card' END AS paid, shop
    FROM (SELECT p.id AS customer_id, region, level, n, (hash(p.id, n, ${salt}) % 1000) / 1000.0 AS a,
        (hash(p.id, n - 1, ${salt}) % 1000) / 1000.0 AS b, (hash(p.id, n - 2, ${salt}) % 1000) / 1000.0 AS c,
        CAST('s' || (hash(p.id, ${salt}, 3) % 5) AS VARCHAR) AS shop,
        DATE '2020-01-01' + CAST(sum(1 + hash(p.id, n, ${salt}, 2) % 30) OVER (PARTITION BY p.id ORDER BY n) AS INTEGER) AS day
      FROM (${customers(from, to, salt)}) AS p, range(0, 9) AS t(n) WHERE n < 2 + hash(p.id, ${salt}, 4) % 8) AS made`;

describe('audits of sequences', () => {
  let workspace: Workspace;
  let db: Database;
  before(async () => {
    workspace = await openTestWorkspace();
    db = workspace.db;
    await run(db, `CREATE TABLE real_customers AS ${customers(0, 1600, 1)}`);
    await run(db, `CREATE TABLE mirror_customers AS ${customers(0, 1600, 2)}`);
  });
  after(() => workspace[Symbol.asyncDispose]());

  async function results(mirror: string, order?: readonly string[]): Promise<readonly AuditResult[]> {
    return audit(await input(mirror, order), 'fid.inter', 'fid.seq');
  }

  async function input(mirror: string, order?: readonly string[]): Promise<AuditInput> {
    const sides = { real: orders(0, 1300, 1), holdout: orders(1300, 1600, 1), synthetic: mirror };
    const made = await inputOf(db, sides, { excluded: ['customer_id'] });
    const target: Partial<AuditTarget> = {
      sequence: { by: ['customer_id'], ...(order && { order }) },
      relations: [
        {
          columns: ['customer_id'],
          parentColumns: ['id'],
          parent: 'customers',
          realParent: { table: 'real_customers' },
          syntheticParent: { table: 'mirror_customers' },
          realOrphans: 0,
          comparedParentColumns: [
            { name: 'region', sqlType: 'VARCHAR', type: { kind: 'text' }, nullable: true },
            { name: 'level', sqlType: 'DOUBLE', type: { kind: 'float', bits: 64 }, nullable: true },
          ],
        },
      ],
    };
    return { ...made, target: { ...made.target, ...target } };
  }

  const fresh = orders(0, 1600, 2);

  /** `name: columns` of what fails. */
  const blamed = (found: readonly AuditResult[]): string[] =>
    found
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ id, name, columns }) => `${name ?? id}: ${columns.join(' ')}`);

  it('pass a fresh draw, with all pairs across the key and all columns of the sequence', async () => {
    const found = await results(fresh);
    assert.deepEqual(
      found.filter(({ verdict }) => verdict !== 'pass').map(({ reason }) => reason),
      [],
    );
    assert.equal(found.filter(({ id }) => id === 'fid.inter').length, 8);
    assert.equal(found.filter(({ name }) => name === 'next row').length, 4);
    assert.equal(found.filter(({ name }) => name === 'different values').length, 4);
    assert.equal(found.filter(({ name }) => name === 'gap to the next row').length, 1);
  });

  it('see amounts that come in another order', async () => {
    const found = await results(
      `SELECT a.customer_id, a.day, b.amount, a.paid, a.shop
        FROM (SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY day) AS n FROM (${fresh})) AS a
        JOIN (SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY hash(amount, day)) AS n FROM (${fresh})) AS b
        ON a.customer_id = b.customer_id AND a.n = b.n`,
    );
    assert.deepEqual(blamed(found), ['next row: amount']);
  });

  it('see rows that are given to other subjects', async () => {
    const found = await results(`SELECT * REPLACE ((customer_id * 7 + 3) % 1600 AS customer_id) FROM (${fresh})`);
    assert.deepEqual(failing(found), ['fid.inter']);
    assert.ok(blamed(found).includes('fid.inter: paid customers.region'), String(blamed(found)));
  });

  it('see gaps that are always the same', async () => {
    const found = await results(
      `SELECT * REPLACE (CAST(min(day) OVER (PARTITION BY customer_id) + 15 * CAST(row_number() OVER (
        PARTITION BY customer_id ORDER BY day) AS INTEGER) AS DATE) AS day) FROM (${fresh})`,
    );
    assert.ok(blamed(found).includes('gap to the next row: day'), String(blamed(found)));
  });

  it('see a value of the subject that changes from row to row', async () => {
    const found = await results(`SELECT * REPLACE ('s' || (hash(day, amount) % 5) AS shop) FROM (${fresh})`);
    assert.ok(blamed(found).includes('different values: shop'), String(blamed(found)));
    assert.ok(blamed(found).includes('next row: shop'), String(blamed(found)));
  });

  it('go by the order that is given', async () => {
    const found = await results(fresh, ['amount']);
    assert.deepEqual(
      found.filter(({ name }) => name === 'gap to the next row').map(({ columns }) => columns),
      [['amount']],
    );
  });

  it('do not blame sequences that were asked to be shorter or longer', async () => {
    const found = await results(`SELECT * FROM (${fresh}) WHERE hash(day, amount) % 2 = 0`);
    assert.deepEqual(
      found.filter(({ id }) => id === 'fid.seq').map(({ verdict }) => verdict),
      ['inconclusive'],
    );
  });
});

describe('what rows of subjects are worth', () => {
  it('is one row a subject where its rows are alike, all rows where they are not', async () => {
    await using workspace = await openTestWorkspace();
    await run(
      workspace.db,
      `CREATE TABLE coded AS SELECT hash(i // 5) AS synth_subject, 5 AS synth_size, CAST((hash(i // 5, 1) // 1000003) % 8 AS UTINYINT) AS same,
        CAST((hash(i, 2) // 1000003) % 8 AS UTINYINT) AS other FROM range(20000) AS t(i)`,
    );
    const groups = [['same'], ['other'], ['same', 'other']];
    const [same = 0, other = 0, both = 0] = await worthOf(workspace.db, { table: 'coded' }, 20_000, groups);
    assert.ok(Math.abs(same - 1 / 5) < 0.02, String(same));
    assert.ok(other > 0.95, String(other));
    // 64 cells, each with an eighth of a subject's rows: (1 + 4 / 8 - 5 / 64) / (1 - 1 / 64) rows come together.
    assert.ok(Math.abs(both - 0.69) < 0.04, String(both));
  });
});

describe('the order of events', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
    await run(
      workspace.db,
      `CREATE TABLE events AS SELECT i // 4 AS subject, i % 4 AS n, hash(i) % 3 AS quantity, 100 + hash(i, 1) % 1000003 AS cents,
        1990 + i % 4 AS season, DATE '2020-01-01' + CAST(hash(i // 4) % 100 AS INTEGER) AS born,
        DATE '2020-01-01' + CAST(hash(i, 2) % 1000 AS INTEGER) AS bought FROM range(400) AS t(i)`,
    );
  });
  after(() => workspace[Symbol.asyncDispose]());

  for (const [what, names, expected] of [
    ['a date that changes', ['quantity', 'born', 'season', 'bought'], 'bought'],
    ['a number that is named like a time', ['quantity', 'cents', 'born', 'season'], 'season'],
    ['a number that steps evenly', ['cents', 'n'], 'n'],
    ['nothing among amounts', ['quantity', 'cents', 'born'], undefined],
  ] as const) {
    it(`is ${what}`, async () => {
      const columns = (await inputOf(workspace.db, { real: 'SELECT * FROM events', synthetic: 'SELECT 1' })).target
        .columns;
      const some = columns.filter(({ name }) => (names as readonly string[]).includes(name));
      assert.equal(await findOrder(workspace.db, { table: 'events' }, ['subject'], some), expected);
    });
  }
});
