// Each privacy attack on each planted leak, and how often a fresh draw is blamed.
import assert from 'node:assert/strict';
import { gate } from '../../../audits/run.ts';
import type { Workspace } from '../../../core/connector.ts';
import { openTestWorkspace, people } from '../support.ts';
import { attacked, holdout, idsOf, n, planted, real } from './leaks.ts';
import { privacySuite } from './planted.suite.ts';

describe('privacy attacks, each on each leak', function () {
  this.timeout(600_000);
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  for (const { what, mirror, caught, blind } of planted) {
    it(`see ${what}`, async () => {
      const results = await attacked(workspace.db, { real, holdout, synthetic: mirror });
      const failed = idsOf(results, 'fail');
      assert.deepEqual(
        caught.filter((id) => !failed.includes(id)),
        [],
        'missed',
      );
      assert.deepEqual(
        blind.filter((id) => failed.includes(id)),
        [],
        'no blind spots',
      );
      assert.equal(gate(results).publish, false);
    });
  }

  it('compare with a holdout that overlaps what was learnt without an error: gov.holdout is there for that', async () => {
    const overlapping = `SELECT * FROM (${real}) LIMIT ${n / 2}`;
    const results = await attacked(workspace.db, { real, holdout: overlapping, synthetic: people(n, 3) });
    assert.deepEqual(idsOf(results, 'error'), []);
  });

  it('blame no more than one of 30 fresh draws, of people drawn anew each time', async () => {
    const blamed: string[] = [];
    for (let draw = 0; draw < 30; draw++) {
      const side = (rows: number, part: number): string => people(rows, 1000 + 10 * draw + part);
      const results = await attacked(workspace.db, {
        real: side(n, 1),
        holdout: side(n / 2, 2),
        synthetic: side(n, 3),
      });
      blamed.push(...idsOf(results, 'fail'), ...idsOf(results, 'warn'));
      assert.deepEqual(idsOf(results, 'error'), []);
    }
    // Holm's correction at 1 %: one false alarm of 100 draws is nominal, two of 30 have a chance of 4 %.
    assert.ok(blamed.length <= 1, blamed.join(', '));
  });
});

privacySuite('slow');
