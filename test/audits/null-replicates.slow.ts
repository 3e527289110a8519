// How often audits blame a mirror for chance: 200 fresh draws of the same people, each judged as a table of its own.
import assert from 'node:assert/strict';
import { audits } from '../../audits/index.ts';
import { runAudits } from '../../audits/run.ts';
import type { AuditResult } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { inputOf, openTestWorkspace, people } from './support.ts';

const replicates = 200;
const alpha = 0.01;
/** Numbers of people with one end at a value of few are beyond a range, and near an extreme, by chance: any violation fails. */
const ofFewPeople = ['val.range', 'prv.extreme'];
/** These people have no keys, rules, relatives, identifiers or past: there is nothing to be wrong about. */
const withoutQuestion = ['val.key', 'val.fk', 'val.rule', 'prv.pii', 'fid.card', 'fid.inter', 'fid.seq'];
const ids = audits
  .filter(({ tier, needs, family, scope }) => {
    return (
      (tier === 'run' || family === 'collapse' || family === 'fidelity') &&
      needs.includes('aggregates') &&
      !needs.includes('history') &&
      scope !== 'history'
    );
  })
  .map(({ id }) => id)
  .filter((id) => !ofFewPeople.includes(id) && !withoutQuestion.includes(id));

/** People with a branch, three of which are rare: about 50 rows of 5,000 each. */
const peopleOf = (n: number, salt: number): string =>
  `SELECT *, CASE hash(age, income, joined) % 100 WHEN 0 THEN 'island' WHEN 1 THEN 'mine' WHEN 2 THEN 'ferry' ELSE 'town' END
    AS branch FROM (${people(n, salt)}) AS drawn_people`;

/** The most that so many replicates show, at a rate of alpha, but in one case of 700: nominal + 3 standard errors. */
const most = (n: number): number => n * alpha + 3 * Math.sqrt(n * alpha * (1 - alpha));

describe('audits of 200 fresh draws', () => {
  let workspace: Workspace;
  const results: (readonly AuditResult[])[] = [];
  before(async function () {
    this.timeout(1_800_000);
    workspace = await openTestWorkspace();
    const { signal } = workspace;
    for (let k = 0; k < replicates; k++) {
      const [real, synthetic, holdout] = [
        peopleOf(5000, 3 * k + 1000),
        peopleOf(5000, 3 * k + 1001),
        peopleOf(1250, 3 * k + 1002),
      ];
      const input = await inputOf(workspace.db, { real, synthetic, holdout });
      results.push(await runAudits(input, { tier: 'nightly', only: ids }, { seed: 7, signal }));
    }
  });
  after(() => workspace[Symbol.asyncDispose]());

  for (const id of ids) {
    it(`${id} raises no more false alarms than nominal + 3 SE`, () => {
      const runs = results.map((run) => run.filter((result) => result.id === id && result.value !== null));
      const measured = runs.flat();
      assert.ok(measured.length >= replicates, `measured ${measured.length} times in ${replicates} tables`);
      const beyond = measured.filter(({ value, null: floor }) => {
        if (value === null || floor === undefined || floor.q50 === floor.q99) return false;
        return floor.q99 < floor.q50 ? value < floor.q99 : value > floor.q99;
      });
      const alarmed = runs.filter((run) => run.some(({ verdict }) => verdict === 'warn' || verdict === 'fail'));
      assert.ok(alarmed.length <= most(replicates), `${alarmed.length} of ${replicates} tables`);
      // Measurements of one table depend on each other: they count as many as there are tables.
      const rate = beyond.length / measured.length;
      assert.ok(rate * replicates <= most(replicates), `${beyond.length} of ${measured.length} beyond q99`);
    });
  }

  it('let the gate pass at least 95 of 100 tables', () => {
    const stopped = results.filter((run) => run.some(({ verdict }) => verdict === 'fail' || verdict === 'error'));
    assert.ok(stopped.length <= 0.05 * replicates, `${stopped.length} of ${replicates}`);
  });
});
