// Whatever the values are, audits give a verdict: no error, no number that is none, and the same on a second look.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AuditResult } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { audit, inputOf, openTestWorkspace } from './support.ts';

const number = fc.oneof(
  fc.constantFrom(null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e308, -1e308, 5e-324),
  fc.double({ noNaN: true }),
  fc.integer({ min: -3, max: 3 }),
);
const text = fc.oneof(
  fc.constantFrom(
    null,
    '',
    ' ',
    'NULL',
    "o'clock",
    '\u202e',
    'e\u0301',
    'é',
    '🙂',
    'а',
    'a',
    'a@b.example',
    '+49 30 123456',
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }).filter((value) => !value.includes('\u0000')),
);
const day = fc.constantFrom(null, '2024-02-29', '0001-01-01', '9999-12-31', 'infinity', '-infinity');
const yes = fc.constantFrom(null, true, false);
const row = fc.record({ n: number, t: text, d: day, b: yes, same: fc.constant(7) });
type OddRow = typeof row extends fc.Arbitrary<infer Row> ? Row : never;

/** From nothing to a few dozen rows; repeated ones make atoms and groups. */
const rows = fc
  .array(fc.tuple(row, fc.integer({ min: 1, max: 30 })), { maxLength: 12 })
  .map((groups) => groups.flatMap(([one, times]) => Array.from({ length: times }, () => one)));

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const numberLiteral = (value: number): string => (Number.isFinite(value) ? `${value}::DOUBLE` : `'${value}'::DOUBLE`);

function select(of: readonly OddRow[]): string {
  const columns = `SELECT NULL::DOUBLE AS n, NULL::VARCHAR AS t, NULL::DATE AS d, NULL::BOOLEAN AS b, 0 AS same WHERE false`;
  const values = of.map(({ n, t, d, b, same }) => {
    const cells = [
      n === null ? 'NULL' : numberLiteral(n),
      t === null ? 'NULL' : literal(t),
      d === null ? 'NULL' : `DATE ${literal(d)}`,
    ];
    return `(${[...cells, b === null ? 'NULL' : String(b), same].join(', ')})`;
  });
  return values.length === 0 ? columns : `${columns} UNION ALL (VALUES ${values.join(', ')})`;
}

const timeless = (results: readonly AuditResult[]): unknown => results.map(({ seconds: _, ...rest }) => rest);

describe('audits of any values', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace(1);
  });
  after(() => workspace[Symbol.asyncDispose]());

  it('measure or say why not, and never another thing on a second look', async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, rows, async (real, synthetic, holdout) => {
        const input = await inputOf(workspace.db, {
          real: select(real),
          synthetic: select(synthetic),
          holdout: select(holdout),
        });
        const found = await audit(input);
        for (const { id, verdict, value, reason, null: floor, ci } of found) {
          assert.notEqual(verdict, 'error', `${id}: ${reason}`);
          for (const x of [value, floor?.q50, floor?.q99, ci?.low, ci?.high]) {
            assert.ok(x === null || x === undefined || Number.isFinite(x), `${id}: ${x}`);
          }
          assert.ok(reason.length > 0 && !reason.includes('NaN'), `${id}: ${reason}`);
        }
        assert.deepEqual(timeless(await audit(input)), timeless(found));
      }),
      { numRuns: 3, seed: 20 },
    );
  });

  it('find no distance between a table and itself', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (both) => {
        const input = await inputOf(workspace.db, { real: select(both), synthetic: select(both) });
        const ids = ['fid.ks', 'fid.w1', 'fid.tvd', 'fid.jsd', 'fid.missing', 'fid.pair', 'fid.kway', 'fid.corr'];
        for (const { id, value } of await audit(input, ...ids))
          assert.ok(value === null || value < 1e-9, `${id}: ${value}`);
      }),
      { numRuns: 5, seed: 21 },
    );
  });
});
