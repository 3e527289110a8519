// A few rows of the planted-failure matrix on fewer people, with the audits that are fast: matrix.slow.ts has the whole.
import assert from 'node:assert/strict';
import type { Audit } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { openTestWorkspace } from '../audits/support.ts';
import { expected } from './expected.ts';
import { failures } from './failures.ts';
import { auditPlanted } from './matrix.ts';
import { createPopulation } from './tables.ts';

/** col.tail looks at 4,000 rows or more. */
const sizes = { train: 4000, held: 1000, mirror: 4000 };

/** Failures, and the families of audits that are asked about them. */
const cases: readonly [string, readonly Audit['family'][]][] = [
  ['fresh draw', ['validity', 'fidelity', 'collapse', 'privacy', 'governance']],
  ['bootstrap copy', ['privacy']],
  ['early collapse', ['collapse', 'privacy']],
  ['orphaned key', ['validity']],
  ['log edited', ['governance']],
];
const slow = ['fid.inter', 'fid.seq'];

describe('audits of planted failures', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
    await createPopulation(workspace, 2, sizes);
  });
  after(() => workspace[Symbol.asyncDispose]());

  for (const [name, families] of cases) {
    it(`see “${name}”`, async () => {
      const failure = failures.find((candidate) => candidate.name === name);
      assert.ok(failure);
      const { cells, stoppedBy } = await auditPlanted(workspace, failure, ({ id, tier, family }) => {
        return families.includes(family) && (tier === 'run' || family === 'collapse') && !slow.includes(id);
      });
      const failing = [...cells].filter(([, cell]) => cell === 'fail' || cell === 'error').map(([id]) => id);
      const caught = [...cells.keys()].filter((id) => expected[id]?.caught?.includes(name));
      assert.deepEqual(failing, caught);
      assert.equal(stoppedBy.length > 0, failure.stops !== false);
    });
  }
});
