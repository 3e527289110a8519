// The same as agreement.test.ts for more tables.
import assert from 'node:assert/strict';
import type { Workspace } from '../../../core/connector.ts';
import { openTestWorkspace } from '../support.ts';
import { cases, compareAudits } from './support.ts';

describe('a table in memory', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  it('gives what queries give: other rows', async () => {
    assert.ok((await compareAudits(workspace, cases['other rows'])) > 150);
  });

  it('gives what queries give: copies', async () => {
    assert.ok((await compareAudits(workspace, cases.copies)) > 150);
  });

  it('gives what queries give: an empty mirror', async () => {
    assert.ok((await compareAudits(workspace, cases['an empty mirror'])) > 20);
  });

  it('gives what queries give: an empty real table', async () => {
    assert.ok((await compareAudits(workspace, cases['an empty real table'])) > 20);
  });
});
