// Keys, references and children per parent.
import assert from 'node:assert/strict';
import type { AuditInput, AuditTarget, Database } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { audit, inputOf, openTestWorkspace, run } from './support.ts';

const parents = 1000;
/** Parent i has about i % 5 children: `n` children over the parents, with `skew` more of them for the first. */
const children = (n: number, salt: number, skew = 1): string =>
  `SELECT i AS id, CAST(floor(${parents} * pow((hash(i, ${salt}) % 1000003) / 1000003.0, ${skew})) AS BIGINT) AS parent_id,
    hash(i, ${salt}, 2) % 5 AS score FROM range(${n}) AS t(i)`;

describe('audits of keys and references', () => {
  let workspace: Workspace;
  let db: Database;
  before(async () => {
    workspace = await openTestWorkspace();
    db = workspace.db;
    await run(db, `CREATE TABLE parents AS SELECT i AS parent_key FROM range(${parents}) AS t(i)`);
  });
  after(() => workspace[Symbol.asyncDispose]());

  async function input(mirror: string, realOrphans = 0): Promise<AuditInput> {
    const relation = {
      columns: ['parent_id'],
      parentColumns: ['parent_key'],
      parent: 'parents',
      realParent: { table: 'parents' },
      syntheticParent: { table: 'parents' },
      realOrphans,
    };
    const target: Partial<AuditTarget> = { excluded: ['id', 'parent_id'], relations: [relation] };
    const made = await inputOf(db, { real: children(4000, 1), synthetic: mirror, holdout: children(1000, 2) }, target);
    return { ...made, target: { ...made.target, table: { ...made.target.table, primaryKey: ['id'] } } };
  }

  it('pass a fresh draw', async () => {
    const found = await audit(await input(children(5000, 3)), 'val.key', 'val.fk', 'fid.card', 'val.schema');
    assert.deepEqual(
      found.map(({ verdict }) => verdict),
      ['pass', 'pass', 'pass', 'pass'],
    );
  });

  it('see a repeated and a missing key', async () => {
    const mirror = `SELECT CASE WHEN id = 7 THEN 8 WHEN id = 9 THEN NULL ELSE id END AS id, * EXCLUDE (id) FROM (${children(5000, 3)})`;
    const [key] = await audit(await input(mirror), 'val.key');
    assert.equal(key?.verdict, 'fail');
    assert.equal(key?.value, 2);
  });

  it('see an orphan, and let NULL references be', async () => {
    const mirror = `SELECT id, CASE WHEN id = 7 THEN ${parents + 5} WHEN id < 100 THEN NULL ELSE parent_id END AS parent_id,
      score FROM (${children(5000, 3)})`;
    const [key] = await audit(await input(mirror), 'val.fk');
    assert.equal(key?.verdict, 'fail');
    assert.equal(key?.value, 1);
    assert.equal((await audit(await input(mirror, 5), 'val.fk'))[0]?.verdict, 'pass');
  });

  it('see children given to fewer parents', async () => {
    const [card] = await audit(await input(children(5000, 3, 4)), 'fid.card');
    assert.equal(card?.verdict, 'fail');
  });

  it('do not blame a mirror that is a random part of the usual rows', async () => {
    const [card] = await audit(await input(children(2500, 3)), 'fid.card');
    assert.equal(card?.verdict, 'pass');
  });

  const multiple = (parents: number): string => `SELECT row_number() OVER () AS id, parent_id, score
    FROM (SELECT * FROM (${children(4000, 1)}) UNION ALL SELECT * FROM (${children(1000, 2)})), range(2)
    WHERE parent_id < ${parents}`;
  it('do not blame a mirror in which every parent has twice its children', async () => {
    const [card] = await audit(await input(multiple(parents)), 'fid.card');
    assert.equal(card?.verdict, 'pass', card?.reason);
  });

  it('see that the children of a larger mirror are given to fewer parents', async () => {
    const [card] = await audit(await input(multiple(0.8 * parents)), 'fid.card');
    assert.equal(card?.verdict, 'fail', card?.reason);
  });
});
