// Tables of values of all kinds, audited in memory and by queries.
import assert from 'node:assert/strict';
import { frameOf, releaseFrame } from '../../../audits/frame.ts';
import { audits } from '../../../audits/index.ts';
import { memoryOf } from '../../../audits/memory/table.ts';
import type { Audit, AuditInput, Measurement } from '../../../core/audit.ts';
import type { Workspace } from '../../../core/connector.ts';
import { inputOf, type Tables } from '../support.ts';

const ids = [
  ...['val.range', 'val.domain', 'fid.ks', 'fid.w1', 'fid.tvd', 'fid.jsd', 'fid.missing', 'fid.pair', 'fid.kway'],
  ...['fid.corr', 'fid.sdm', 'col.rare', 'col.tail', 'col.var', 'col.div', 'col.cover'],
  ...['prv.exact', 'prv.rare', 'prv.extreme'],
];

/** Values of all kinds: both zeros, NaN, infinities, 1e308, ties at the fifteenth category, constants, nothing at all. */
const rows = (n: number, salt: number): string => {
  const u = (column: number): string => `((hash(i, ${salt}, ${column}) % 1000003) / 1000003.0)`;
  return `SELECT
      CASE WHEN ${u(1)} < 0.05 THEN NULL WHEN ${u(1)} < 0.1 THEN 'nan'::DOUBLE WHEN ${u(1)} < 0.12 THEN 'inf'::DOUBLE
        WHEN ${u(1)} < 0.13 THEN '-inf'::DOUBLE WHEN ${u(1)} < 0.3 THEN -0.0::DOUBLE WHEN ${u(1)} < 0.5 THEN 0.0::DOUBLE
        ELSE round(100 * ${u(2)}, 1)::DOUBLE END AS odd,
      (1e308 * (${u(3)} - 0.5))::DOUBLE AS huge,
      CASE WHEN ${u(4)} > 0.1 THEN round(${u(5)} + 3 * ${u(3)}, 3)::DOUBLE END AS gappy,
      CAST(floor(90 * ${u(6)} * ${u(6)}) AS INTEGER) AS age,
      CAST(round(3 * floor(90 * ${u(6)} * ${u(6)}) + 20 * ${u(7)}) AS BIGINT) AS pay,
      DATE '2001-01-01' + CAST(floor(1000 * ${u(8)}) AS INTEGER) AS day,
      TIMESTAMP '2001-01-01' + to_microseconds(CAST(floor(1e12 * ${u(9)}) AS BIGINT)) AS moment,
      'value ' || (i % 23) AS tied,
      CASE WHEN ${u(10)} < 0.02 THEN NULL WHEN ${u(10)} < 0.5 THEN 'Łódź' WHEN ${u(10)} < 0.9 THEN '' ELSE 'x' || i END AS town,
      ${u(6)} < 0.3 AS young, 7::DOUBLE AS constant, NULL::DOUBLE AS nothing,
      CAST(i % 2 AS INTEGER) AS carried
    FROM range(${n}) AS made(i)`;
};

type Name = 'other rows' | 'a mirror that differs' | 'copies' | 'few rows' | 'an empty mirror' | 'an empty real table';

export const cases: Readonly<Record<Name, Tables>> = {
  'other rows': { real: rows(1500, 1), synthetic: rows(1400, 2), holdout: rows(400, 3) },
  'a mirror that differs': {
    // Some rows twice: without a holdout they say how often one would be met by chance.
    real: `(${rows(800, 4)}) UNION ALL (${rows(40, 4)})`,
    synthetic: `SELECT * REPLACE (odd * 2 AS odd, age + 5 AS age, 'new' AS town) FROM (${rows(700, 5)})`,
  },
  copies: {
    real: rows(600, 6),
    synthetic: `(${rows(500, 6)}) UNION ALL (${rows(100, 7)})`,
    holdout: `(${rows(200, 8)}) UNION ALL (${rows(20, 6)})`,
  },
  'few rows': { real: rows(7, 9), synthetic: rows(3, 10), holdout: rows(2, 11) },
  'an empty mirror': { real: rows(300, 12), synthetic: rows(0, 13), holdout: rows(100, 14) },
  'an empty real table': { real: rows(0, 15), synthetic: rows(300, 16) },
};

/** Compares all audits of a table in memory with what they say of the same one when the engine is asked; how many values. */
export async function compareAudits(workspace: Workspace, tables: Tables): Promise<number> {
  const inMemory = await inputOf(workspace.db, tables, { excluded: ['carried'], k: 5 });
  const asked: AuditInput = { ...inMemory };
  // A frame whose rows carry something else is left to the engine.
  const frame = await frameOf(asked, ['carried']);
  assert.equal(await memoryOf(asked, frame), undefined);
  assert.ok(await memoryOf(inMemory, await frameOf(inMemory)));
  let compared = 0;
  for (const audit of audits.filter(({ id }) => ids.includes(id))) {
    const [found, expected] = [await measure(audit, inMemory), await measure(audit, asked)];
    assert.equal(found.length, expected.length, audit.id);
    for (const [i, measurement] of found.entries()) {
      assertAlike(measurement, expected[i], `${audit.id} ${measurement.columns} ${measurement.name ?? ''}`);
      compared++;
    }
  }
  await releaseFrame(inMemory);
  await releaseFrame(asked);
  return compared;
}

function measure(audit: Audit, input: AuditInput): Promise<readonly Measurement[]> {
  return audit.run(input, audit.options.parse({}), { seed: 7, signal: new AbortController().signal });
}

function assertAlike(found: unknown, expected: unknown, what: string): void {
  if (typeof found === 'number' && typeof expected === 'number') {
    const apart = Math.abs(found - expected);
    const isSame = Object.is(found, expected) || apart <= 1e-9 * Math.max(1, Math.abs(expected));
    assert.ok(isSame, `${what}: ${found} in memory, ${expected} by query`);
  } else if (typeof found === 'object' && found !== null && typeof expected === 'object' && expected !== null) {
    assert.deepEqual(Object.keys(found), Object.keys(expected), what);
    for (const [key, value] of Object.entries(found)) assertAlike(value, Reflect.get(expected, key), `${what} ${key}`);
  } else assert.deepEqual(found, expected, what);
}
