// Audits that train models: what a mirror teaches of its target, and by which columns.
import assert from 'node:assert/strict';
import { runAudits } from '../../../audits/run.ts';
import type { AuditResult, AuditTarget, Database, Verdict } from '../../../core/audit.ts';
import type { Workspace } from '../../../core/connector.ts';
import { type Speed, testsOf } from '../speed.ts';
import { inputOf, openTestWorkspace } from '../support.ts';

const ids = ['utl.tstr', 'utl.importance', 'utl.augment', 'utl.label_efficiency'];

/** Customers of whom some leave, late payers before all; `salt` draws others. */
function customers(n: number, salt: number, changed = ''): string {
  const u = (column: number): string => `((hash(i, ${salt}, ${column}) % 1000003) / 1000003.0)`;
  return `SELECT * ${changed} FROM (
    SELECT late, months, visits, region, height, late * 3 + (region = 'north')::INT * 1.2 - months * 1.5 + visits * 0.5 AS score,
      CASE WHEN 3 * late + 1.2 * (region = 'north')::INT - 1.5 * months + 0.5 * visits + noise > 1.4 THEN 'left' ELSE 'stayed' END AS y
    FROM (SELECT ${u(1)} AS late, ${u(2)} AS months, ${u(3)} AS visits, ${u(4)} AS height, ${u(5)} - 0.5 AS noise,
        CASE WHEN ${u(6)} < 0.3 THEN 'north' WHEN ${u(6)} < 0.95 THEN 'south' END AS region FROM range(${n}) AS rows_made(i)) AS drawn)`;
}

const n = 1400;
const plain = (rows: number, salt: number, changed = ''): string => customers(rows, salt, `EXCLUDE (score) ${changed}`);
const shuffled = `SELECT a.* EXCLUDE (y, turn), b.y
  FROM (SELECT *, row_number() OVER (ORDER BY hash(late, 1)) AS turn FROM (${plain(n, 3)})) AS a
  JOIN (SELECT y, row_number() OVER (ORDER BY hash(late, 2)) AS turn FROM (${plain(n, 3)})) AS b USING (turn)`;

interface Case {
  readonly what: string;
  readonly mirror: string;
  readonly expected: Readonly<Record<string, Verdict>>;
  readonly real?: string;
  readonly holdout?: string;
  readonly target?: Partial<AuditTarget>;
}

const cases: readonly Case[] = [
  {
    what: 'pass a fresh draw',
    mirror: plain(n, 3),
    expected: { 'utl.tstr': 'pass', 'utl.importance': 'pass', 'utl.augment': 'pass', 'utl.label_efficiency': 'pass' },
  },
  {
    what: 'pass a fresh draw whose target is a number',
    real: customers(n, 1, 'EXCLUDE (y)'),
    holdout: customers(1000, 2, 'EXCLUDE (y)'),
    mirror: customers(n, 3, 'EXCLUDE (y)'),
    target: { target: 'score' },
    expected: { 'utl.tstr': 'pass' },
  },
  {
    what: 'see shuffled labels',
    mirror: shuffled,
    expected: { 'utl.tstr': 'fail' },
  },
  {
    what: 'see that labels were turned round',
    mirror: plain(n, 3, `REPLACE (CASE y WHEN 'left' THEN 'stayed' ELSE 'left' END AS y)`),
    expected: { 'utl.tstr': 'fail', 'utl.label_efficiency': 'fail' },
  },
  {
    what: 'see that columns changed their parts',
    mirror: plain(n, 3, 'REPLACE (height AS late, late AS height)'),
    expected: { 'utl.tstr': 'fail', 'utl.importance': 'fail' },
  },
  {
    what: 'do not decide on one class',
    mirror: plain(n, 3, `REPLACE ('left' AS y)`),
    expected: Object.fromEntries(ids.map((id) => [id, 'inconclusive'])),
  },
  {
    what: 'do not decide without the target',
    mirror: plain(n, 3, '')
      .replace('SELECT *', 'SELECT * EXCLUDE (y)')
      .replace('EXCLUDE (y) EXCLUDE (score)', 'EXCLUDE (y, score)'),
    expected: Object.fromEntries(ids.map((id) => [id, 'inconclusive'])),
  },
  {
    what: 'do not decide on few of a class',
    real: `SELECT * FROM (${plain(n, 1)}) WHERE y = 'stayed' OR hash(late) % 20 = 0`,
    mirror: plain(n, 3),
    expected: Object.fromEntries(ids.map((id) => [id, 'inconclusive'])),
  },
  {
    what: 'do not decide on a key',
    mirror: plain(n, 3),
    target: { excluded: ['y'] },
    expected: Object.fromEntries(ids.map((id) => [id, 'inconclusive'])),
  },
  { what: 'do not apply without a target', mirror: plain(n, 3), target: { target: undefined as never }, expected: {} },
];

/** Models of all four audits, or of numbers. */
const slow: ReadonlySet<string> = new Set([
  'pass a fresh draw',
  'pass a fresh draw whose target is a number',
  'see that labels were turned round',
  'see that columns changed their parts',
]);

export function targetSuite(speed: Speed): void {
  const test = testsOf(speed, (title) => slow.has(title));
  describe('audits of a target', () => {
    let workspace: Workspace;
    let db: Database;
    before(async () => {
      workspace = await openTestWorkspace();
      db = workspace.db;
    });
    after(() => workspace[Symbol.asyncDispose]());

    for (const { what, mirror, expected, real = plain(n, 1), holdout = plain(1000, 2), target = {} } of cases) {
      test(`${what}`, async () => {
        const input = await inputOf(db, { real, synthetic: mirror, holdout }, { target: 'y', ...target });
        const only = Object.keys(expected);
        const settings = {
          ...{ tier: 'release' as const, only: only.length > 0 ? only : ids },
          options: { 'utl.label_efficiency': { labels: [30, 300], draws: 7 } },
        };
        const results = await runAudits(input, settings, { seed: 7, signal: new AbortController().signal });
        assert.deepEqual(worst(results), expected, JSON.stringify(results, null, 1));
        for (const { verdict, value } of results) if (verdict === 'inconclusive') assert.equal(value, null);
      });
    }
  });
}

function worst(results: readonly AuditResult[]): Record<string, Verdict> {
  const order: readonly Verdict[] = ['pass', 'inconclusive', 'warn', 'fail', 'error'];
  const found: Record<string, Verdict> = {};
  for (const { id, verdict } of results) {
    const before = found[id];
    if (before === undefined || order.indexOf(verdict) > order.indexOf(before)) found[id] = verdict;
  }
  return found;
}
