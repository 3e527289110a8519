// The level of prv.mia's rate: who was learnt from is dealt out anew among the same people, so that nothing can be told.
import assert from 'node:assert/strict';
import { frameOf, releaseFrame } from '../../../audits/frame.ts';
import { attackRows } from '../../../audits/privacy/attack-rows.ts';
import { membershipAttacks } from '../../../audits/privacy/membership-attacks.ts';
import { seePeople } from '../../../audits/privacy/membership-features.ts';
import { detect, detectionP } from '../../../audits/statistics/roc.ts';
import type { Workspace } from '../../../core/connector.ts';
import { sequence } from '../../../core/random.ts';
import { inputOf, openTestWorkspace, people } from '../support.ts';

const deals = 200;
const levels = [0.01, 0.05];

describe('the rate of the worst membership attack', function () {
  this.timeout(600_000);
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  it('is beyond its level no more often than it says, of all people and of the most exposed', async () => {
    const sides = { real: people(2400, 1), holdout: people(1500, 2), synthetic: people(2400, 3) };
    const input = await inputOf(workspace.db, sides);
    const rows = await attackRows(input, await frameOf(input), 7);
    assert.ok(typeof rows !== 'string');
    const seen = seePeople(rows, 2400);
    await releaseFrame(input);
    const everybody = Array.from({ length: seen.count }, (_, person) => person);
    const furthest = everybody.toSorted((a, b) => (seen.isolation[b] as number) - (seen.isolation[a] as number));
    const parts = [everybody, furthest.slice(0, seen.count / 5)];
    const found = parts.map(() => levels.map(() => 0));
    const next = sequence(3, 'membership');
    for (let deal = 0; deal < deals; deal++) {
      const isMember = seen.isMember.slice();
      for (let i = isMember.length - 1; i > 0; i--) {
        const j = Math.floor(next() * (i + 1));
        [isMember[i], isMember[j]] = [isMember[j] as number, isMember[i] as number];
      }
      const attacks = membershipAttacks.map(({ score }) => score({ ...seen, isMember }, 7));
      for (const [k, part] of parts.entries()) {
        const ps = attacks.map((scores) => {
          const own = Float64Array.from(part, (person) => scores[person] as number);
          return detectionP(detect(own, (i) => isMember[part[i] as number] === 1, 0.01));
        });
        const p = Math.min(1, attacks.length * Math.min(...ps));
        for (const [l, level] of levels.entries()) if (p <= level) (found[k] as number[])[l] = (found[k]?.[l] ?? 0) + 1;
      }
    }
    for (const counts of found) {
      for (const [l, level] of levels.entries()) {
        const most = deals * level + 3 * Math.sqrt(deals * level * (1 - level));
        assert.ok((counts[l] ?? 0) <= most, `${counts[l]} of ${deals} at ${level}`);
      }
    }
  });
});
