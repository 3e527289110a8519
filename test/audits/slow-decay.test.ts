// Whether col.trend sees a slow decay over ten mirrors, and how often it blames histories in which nothing changes.
import assert from 'node:assert/strict';
import { followed, trendAudit } from '../../audits/collapse/trend.ts';
import { judgeRun, type Measured } from '../../audits/judge-run.ts';
import { measured } from '../../audits/run.ts';
import type { AuditInput, PastRun, PastValue } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { sequence } from '../../core/random.ts';
import { inputOf, openTestWorkspace } from './support.ts';

const generations = 10;
const alpha = 0.01;
const options = trendAudit.options.parse({});
/** Audits of the mirror at hand that are judged in the same run: four of collapse for each of five columns. */
const others = 20;

describe('ten mirrors in a row', () => {
  let workspace: Workspace;
  let input: AuditInput;
  before(async () => {
    workspace = await openTestWorkspace();
    const rows = 'SELECT range::DOUBLE AS a FROM range(10)';
    input = await inputOf(workspace.db, { real: rows, synthetic: rows });
  });
  after(() => workspace[Symbol.asyncDispose]());

  /** In how many of the histories col.trend fails; `values` gives an audit's value of a generation. */
  async function failing(
    name: string,
    histories: number,
    values: (audit: string, generation: number, noise: number) => number,
    change: (trend: Measured) => Measured = (trend) => trend,
  ): Promise<number> {
    const next = sequence(17, name);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    let failed = 0;
    for (let history = 0; history < histories; history++) {
      const of = (generation: number): PastValue[] =>
        Object.keys(followed).map((audit) => ({ audit, columns: ['a'], value: values(audit, generation, normal()) }));
      const runs = Array.from({ length: generations - 1 }, (_, generation): PastRun => {
        return { id: `${generation}`, at: '2026-01-01T00:00:00Z', published: true, values: of(generation) };
      });
      const past = { now: '2026-02-01T00:00:00Z', runs, current: of(generations - 1) };
      const context = { seed: 1, signal: workspace.signal };
      const trends = (await trendAudit.run({ ...input, history: past }, options, context)).flatMap(
        (found) => measured(trendAudit, options, {}, 'people', found, 0) ?? [],
      );
      const results = judgeRun([
        ...trends.map(change),
        ...Array.from({ length: others }, () => ofThisMirror(next())),
      ]).slice(0, trends.length);
      if (results.some(({ verdict }) => verdict === 'fail')) failed++;
    }
    return failed;
  }

  /** What collapses first: rare categories go, `lost` of them each time, while all else only varies. */
  const decay =
    (lost: number) =>
    (audit: string, generation: number, noise: number): number =>
      (audit === 'col.rare' ? 0.99 - lost * generation : 0.5) + 0.004 * noise;

  it('that lose four rare categories of 1,000 each time are stopped in nine cases of ten', async () => {
    const seen = await failing('four', 100, decay(0.004));
    assert.ok(seen >= 90, `${seen} of 100`);
  });

  it('that lose three are stopped more often than among all tests of collapse', async () => {
    const seen = await failing('three', 100, decay(0.003));
    const { correctedWith: _, ...audit } = trendAudit;
    const among = await failing('three', 100, decay(0.003), (trend) => ({ ...trend, audit }));
    assert.ok(seen >= 70, `${seen} of 100`);
    assert.ok(among <= 0.85 * seen, `${among} among all tests, ${seen} apart`);
  });

  it('in which nothing changes are stopped no more often than one time in a hundred', async () => {
    // Noise that is large: nothing is too small to matter.
    const apart = await failing('apart', 200, (_, __, noise) => 0.5 + 0.1 * noise);
    const most = 200 * alpha + 3 * Math.sqrt(200 * alpha * (1 - alpha));
    assert.ok(apart <= most, `${apart} of 200`);
  });
});

function ofThisMirror(p: number): Measured {
  const audit = { id: 'col.var', family: 'collapse', direction: 'above', minRows: 0, unit: '' } as const;
  const measurement = { columns: [], value: 0, p, n: { real: 10, synthetic: 10, holdout: 0 } };
  return { audit, table: 'people', measurement, severity: 'error', warnAt: 0, failAt: 1, alpha, seconds: 0 };
}
