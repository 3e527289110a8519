// Rows as typed arrays, distances between them, and prv.dcr on planted leaks.
import assert from 'node:assert/strict';
import { frameOf } from '../../audits/frame.ts';
import { nearestDistances, spaceOf } from '../../audits/neighbours.ts';
import { sampleRows } from '../../audits/rows.ts';
import { runAudits } from '../../audits/run.ts';
import type { AuditResult } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { inputOf, openTestWorkspace } from './support.ts';

const context = { seed: 1, signal: new AbortController().signal };

describe('rows, neighbours and prv.dcr', function () {
  this.timeout(60_000);
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  it('read the same rows whatever their order, with one code for equal categories of all sides', async () => {
    const query = (order: string): string =>
      `SELECT i::DOUBLE AS x, ['b', 'a', NULL][1 + i % 3] AS g FROM range(100) t(i) ORDER BY ${order}`;
    const read = async (order: string) => {
      const input = await inputOf(workspace.db, { real: query(order), synthetic: "SELECT 1.5::DOUBLE AS x, 'c' AS g" });
      return sampleRows(input, await frameOf(input), 'real', 30, 1);
    };
    const first = await read('i');
    assert.deepEqual(await read('i DESC'), first);
    const [g, x] = first.columns;
    assert.ok(g?.kind === 'category' && x?.kind === 'number');
    assert.equal(g.levels, 3);
    for (let row = 0; row < first.rowCount; row++) {
      assert.equal(g.codes[row], [1, 0, -1][(x.values[row] ?? 0) % 3]);
    }
  });

  it('measure one per category, the share of the range per number, and NULL as far from all but NULL', () => {
    const sample = (x: number[], g: number[]) => ({
      rowCount: x.length,
      columns: [
        { kind: 'number' as const, name: 'x', values: Float64Array.from(x) },
        { kind: 'category' as const, name: 'g', codes: Int32Array.from(g), levels: 3 },
      ],
    });
    const to = sample([0, 10, Number.NaN], [0, 1, -1]);
    const from = sample([4, 10, Number.NaN, Number.NaN], [0, 2, -1, 0]);
    const space = spaceOf([to, from]);
    const found = nearestDistances(space, space.of(from), space.of(to));
    for (const [row, expected] of [0.4, 1, 0, 1].entries()) {
      assert.ok(Math.abs((found[row] ?? 9) - expected) < 1e-6, String(found));
    }
  });

  const people = (salt: number, rows: number): string =>
    `SELECT (hash(i, ${salt}) % 100000)::DOUBLE AS a, (hash(i, ${salt + 1}) % 100000)::DOUBLE AS b,
      (hash(i, ${salt + 2}) % 100000)::DOUBLE AS c, ['x', 'y', 'z'][1 + (hash(i, ${salt + 3}) % 3)::INT] AS g FROM range(${rows}) t(i)`;
  const dcr = async (synthetic: string, rows = 4000): Promise<AuditResult | undefined> => {
    const real = people(10, rows);
    const input = await inputOf(workspace.db, { real, synthetic, holdout: people(20, rows / 2) });
    return (await runAudits(input, { tier: 'nightly', only: ['prv.dcr'] }, context))[0];
  };

  it('pass a fresh draw, about as near to either side', async () => {
    const result = await dcr(people(30, 4000));
    assert.equal(result?.verdict, 'pass', result?.reason);
    assert.ok(Math.abs((result?.value ?? 0) - 0.5) < 0.03);
  });

  it('fail a mirror of jittered real rows, of which prv.exact sees nothing', async () => {
    const jittered = `SELECT a + 1 AS a, b - 2 AS b, c + 1 AS c, g FROM (${people(10, 4000)})`;
    const result = await dcr(jittered);
    assert.equal(result?.verdict, 'fail', result?.reason);
  });

  it('cannot tell with few rows', async () => {
    assert.equal((await dcr(people(30, 900), 900))?.verdict, 'inconclusive');
  });
});
