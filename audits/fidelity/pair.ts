// fid.pair: total variation distance of every pair of columns on the real table's edges, above its noise floor.
import { sql } from 'kysely';
import type { Audit, AuditInput, Bounds, Measurement, Relation } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import { codesOf } from '../codes.ts';
import { type Frame, frameOf } from '../frame.ts';
import { noiseFloor } from '../noise.ts';
import { bounds } from '../options.ts';
import { totalVariation } from '../statistics/tvd.ts';

/** Codes are below this: 10 bins or 15 categories, the others, NULL. */
const base = 32;
const pairsPerQuery = 32;

export const pairAudit: Audit<Bounds> = {
  id: 'fid.pair',
  title: 'Every two columns go together as they do in the real table.',
  unit: 'share of rows above noise',
  tier: 'run',
  family: 'fidelity',
  scope: 'pair',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 2000,
  options: bounds(0.05, 0.1),
  applies: ({ reference, columns }) => !reference && columns.length > 1,
  /** `value` is the distance minus its mean under "same distribution" (never below 0); the null is shifted alike. */
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const pairs = frame.columns.flatMap((_, i) => frame.columns.slice(i + 1).map((__, j) => [i, i + 1 + j] as const));
    const codes = await codesOf(input.db, frame);
    const real = await pairCounts(input, frame, codes.real, pairs);
    const synthetic = await pairCounts(input, frame, codes.synthetic, pairs);
    const holdout = codes.holdout === undefined ? [] : await pairCounts(input, frame, codes.holdout, pairs);
    return pairs.map(([i, j], k): Measurement => {
      const columns = [frame.columns[i]?.name ?? '', frame.columns[j]?.name ?? ''];
      const against = compare(real[k], synthetic[k]);
      if (against === undefined) return { columns, value: null, reason: 'One side has no rows.', n: frame.n };
      const observed = compare(real[k], holdout[k]);
      const excess = observed === undefined ? null : Math.max(0, observed.value - observed.null.mean);
      const { mean, q99 } = against.null;
      const floor = noiseFloor({ q50: 0, q99: q99 - mean }, excess, frame.n);
      return { columns, value: Math.max(0, against.value - mean), null: floor, n: frame.n };
    });
  },
};

type Counts = ReadonlyMap<number, number>;

function compare(a: Counts | undefined, b: Counts | undefined): ReturnType<typeof totalVariation> {
  if (a === undefined || b === undefined) return undefined;
  const cells = new Set([...a.keys(), ...b.keys()]);
  return totalVariation([...cells].map((cell) => ({ a: a.get(cell) ?? 0, b: b.get(cell) ?? 0 })));
}

/** Rows per combination of codes, one map per pair. */
async function pairCounts(
  input: AuditInput,
  frame: Frame,
  codes: Relation,
  pairs: readonly (readonly [number, number])[],
): Promise<readonly Counts[]> {
  const counts = pairs.map(() => new Map<number, number>());
  for (let from = 0; from < pairs.length; from += pairsPerQuery) {
    const selects = pairs.slice(from, from + pairsPerQuery).map(([i, j], k) => {
      const [a, b] = [sql.id(frame.columns[i]?.value ?? ''), sql.id(frame.columns[j]?.value ?? '')];
      const cell = sql`CAST(${a} AS INTEGER) * ${sql.lit(base)} + ${b}`;
      return sql`SELECT ${sql.lit(from + k)} AS pair, ${cell} AS cell, CAST(count(*) AS DOUBLE) AS m
        FROM ${relationRef(codes)} GROUP BY ${a}, ${b}`;
    });
    const union = sql<{ pair: number; cell: number; m: number }>`${sql.join(selects, sql` UNION ALL `)}`;
    for (const { pair, cell, m } of (await union.execute(input.db)).rows) counts[Number(pair)]?.set(Number(cell), m);
  }
  return counts;
}
