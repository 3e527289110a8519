// The whole planted-failure matrix: every audit on every failure, held to what is expected of it.
import assert from 'node:assert/strict';
import type { Workspace } from '../../core/connector.ts';
import { openTestWorkspace } from '../audits/support.ts';
import { unexpected } from './expected.ts';
import { failures } from './failures.ts';
import { auditPlanted } from './matrix.ts';
import { createPopulation, fullSizes } from './tables.ts';

describe('the planted-failure matrix', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
    await createPopulation(workspace, 1, fullSizes);
  });
  after(() => workspace[Symbol.asyncDispose]());

  for (const failure of failures) {
    const { name, stops = true } = failure;
    it(`${name}: the gate ${stops ? 'stops it' : 'lets it pass'}, and every audit says what is expected`, async () => {
      const row = await auditPlanted(workspace, failure);
      assert.deepEqual(unexpected(row), []);
      assert.equal(row.stoppedBy.length > 0, stops);
    });
  }
});
