// Whose rows attacks read: people with several rows, and the neighbourhoods of large tables.
import assert from 'node:assert/strict';
import { frameOf } from '../../../audits/frame.ts';
import { nearestDistances, spaceOf } from '../../../audits/neighbours.ts';
import { attackRows, onePerPerson } from '../../../audits/privacy/attack-rows.ts';
import { samplePeople } from '../../../audits/rows.ts';
import type { Workspace } from '../../../core/connector.ts';
import { inputOf, openTestWorkspace, people } from '../support.ts';
import { attacked, idsOf } from './leaks.ts';

/** Three visits each of `n` people, alike but for the date and the sum. */
const visits = (n: number, salt: number, first: number): string =>
  `SELECT i + ${first} AS id, age, city, plan, income + (hash(i, v, ${salt}) % 100)::DOUBLE AS income,
      joined + (hash(v, i, ${salt}) % 300)::INTEGER AS joined
    FROM (SELECT *, row_number() OVER () AS i FROM (${people(n, salt)})) AS numbered, range(3) AS t(v)`;
const real = visits(1500, 1, 0);
const holdout = visits(1100, 2, 10_000);
const target = { excluded: ['id'], subject: ['id'] };

describe('people under attack', function () {
  this.timeout(60_000);
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  it('are sampled whole, at most so many rows of each, the same whatever the order of rows', async () => {
    const read = async (order: string) => {
      const input = await inputOf(
        workspace.db,
        { real: `${real} ORDER BY ${order}`, synthetic: real, holdout },
        target,
      );
      return samplePeople(input, await frameOf(input), 'real', { limit: 100, perPerson: 2, seed: 3 });
    };
    const sample = await read('id');
    assert.deepEqual(await read('income'), sample);
    assert.deepEqual([sample.rowCount, sample.people], [100, 50]);
    assert.deepEqual(
      [...sample.owners],
      Array.from({ length: 100 }, (_, row) => row >> 1),
    );
    assert.equal(onePerPerson(sample, 1000).rowCount, 50);
    const ages = sample.columns.find(({ name }) => name === 'age');
    assert.ok(ages?.kind === 'number');
    for (let row = 0; row < 100; row += 2) assert.equal(ages.values[row], ages.values[row + 1]);
  });

  it('pass when others were copied, and fail when some of them were, with all sizes in people', async () => {
    const only = ['prv.mia'];
    const fresh = await attacked(workspace.db, { real, holdout, synthetic: visits(1500, 3, 0) }, { target, only });
    assert.deepEqual(new Set(fresh.map(({ verdict }) => verdict)), new Set(['pass']));
    assert.deepEqual([fresh[0]?.n.real, fresh[0]?.n.holdout], [1500, 734]);
    const synthetic = `${visits(1500, 3, 0)} UNION ALL SELECT * FROM (${real}) WHERE id % 16 = 1`;
    const leaking = await attacked(workspace.db, { real, holdout, synthetic }, { target, only });
    assert.deepEqual(idsOf(leaking, 'fail'), only);
  });

  it('stay near their jittered copies when a large table is sampled', async () => {
    const n = 20_000;
    const jittered = `SELECT age, income + 0.01 AS income, city, plan, joined FROM (${people(n, 1)})`;
    const input = await inputOf(workspace.db, { real: people(n, 1), holdout: people(n, 2), synthetic: jittered });
    const rows = await attackRows(input, await frameOf(input), 1, 2000);
    assert.ok(typeof rows === 'object');
    const { members, others, mirror } = rows;
    assert.ok(members.rowCount >= 500 && members.rowCount <= 2000, String(members.rowCount));
    const space = spaceOf([members, others, mirror]);
    const near = (side: typeof members): number => {
      const distances = nearestDistances(space, space.of(side), space.of(mirror));
      return distances.filter((distance) => distance < 1e-4).length / side.rowCount;
    };
    // One in a hundred if rows were picked one by one.
    assert.ok(near(members) > 0.05, String(near(members)));
    assert.ok(near(others) < 0.02, String(near(others)));
  });
});
