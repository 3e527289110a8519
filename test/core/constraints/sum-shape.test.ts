// Which rules in SQL say that one column equals several added up.
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { openWorkspace } from '../../../connectors/duckdb/workspace.ts';
import type { Workspace } from '../../../core/connector.ts';
import { asSumRule } from '../../../core/constraints/index.ts';

describe('asSumRule', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openWorkspace({ tempDirectory: tmpdir(), threads: 1, signal: new AbortController().signal });
  });
  after(() => workspace[Symbol.asyncDispose]());

  const rules: readonly (readonly [rule: string, sum: string | undefined])[] = [
    ['total = net + tax', "sum('total', ['net', 'tax'])"],
    ['net + (tax + "the fee") = total', "sum('total', ['net', 'tax', 'the fee'])"],
    ['total = net', undefined],
    ['total = net + 1', undefined],
    ['total = net - tax', undefined],
    ['total >= net + tax', undefined],
    ['total = net + tax and net > 0', undefined],
  ];
  for (const [rule, sum] of rules) {
    it(`says of ${rule}: ${sum ?? 'no sum'}`, async () => {
      assert.equal(await asSumRule(workspace, rule), sum);
    });
  }
});
