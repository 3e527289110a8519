// prv.dcr on a table so large that a row and the one that it is like would rarely be picked both.
import assert from 'node:assert/strict';
import { runAudits } from '../../audits/run.ts';
import type { AuditResult } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { inputOf, openTestWorkspace } from './support.ts';

const rows = 400_000;

const people = (salt: number, n: number): string =>
  `SELECT (hash(i, ${salt}) % 100000)::DOUBLE AS a, (hash(i, ${salt + 1}) % 100000)::DOUBLE AS b,
    (hash(i, ${salt + 2}) % 100000)::DOUBLE AS c, 'g' || (hash(i, ${salt + 3}) % 200) AS g FROM range(${n}) t(i)`;

describe('prv.dcr of a large table', function () {
  this.timeout(120_000);
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  const dcr = async (synthetic: string, holdout = rows / 4): Promise<AuditResult | undefined> => {
    const input = await inputOf(workspace.db, { real: people(10, rows), synthetic, holdout: people(20, holdout) });
    const context = { seed: 1, signal: workspace.signal };
    return (await runAudits(input, { tier: 'nightly', only: ['prv.dcr'] }, context))[0];
  };

  it('fails jittered real rows', async () => {
    const result = await dcr(`SELECT a + 1 AS a, b - 2 AS b, c + 1 AS c, g FROM (${people(10, rows)})`);
    assert.equal(result?.verdict, 'fail', result?.reason);
  });

  it('passes a fresh draw', async () => {
    const result = await dcr(people(30, rows));
    assert.equal(result?.verdict, 'pass', result?.reason);
    assert.ok(Math.abs((result?.value ?? 0) - 0.5) < 0.03);
  });

  it('picks rows from everywhere when the neighbourhoods hold too little of a small holdout', async () => {
    const result = await dcr(people(30, rows), 2000);
    assert.equal(result?.verdict, 'pass', result?.reason);
    assert.equal(result?.n.holdout, 2000);
  });
});
