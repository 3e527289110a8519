// Audits of a table in memory say what they say when the engine is asked: to nine digits, for values of all kinds.
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

  it('gives what queries give: a mirror that differs', async () => {
    assert.ok((await compareAudits(workspace, cases['a mirror that differs'])) > 150);
  });

  it('gives what queries give: few rows', async () => {
    assert.ok((await compareAudits(workspace, cases['few rows'])) > 150);
  });
});
