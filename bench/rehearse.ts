// Benchmark: a loop of mirrors that are bootstraps of what they learn from, against the theory of genetic drift (Wright–Fisher).
// node dist/bench/rehearse.js [--rows 200] [--seeds 8] [--generations 10] [--columns 12]
// Prints, per arm, the measured statistic beside the expected one, and how many standard errors lie between them.
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import type { Relation } from '../core/audit.ts';
import { planFamily, type TablePlan } from '../core/mirror/plan.ts';
import { type Arm, armName, portions } from '../core/run/rehearse/arms.ts';
import { playArm } from '../core/run/rehearse/loop.ts';
import { openSession } from '../core/run/session.ts';
import { columnRef, relationRef } from '../core/sql.ts';
import { bootstrapColumns } from './bootstrap.ts';

export interface TheoryOptions {
  readonly rows: number;
  readonly seeds: number;
  readonly generations: number;
  /** Independent columns: each is a loop of its own. */
  readonly columns: number;
}

export interface TheoryLine {
  readonly arm: string;
  readonly statistic: string;
  readonly measured: number;
  readonly expected: number;
  readonly standardError: number;
}

const levels = 8;

/**
 * With n rows a generation, and H the Gini–Simpson index 1 − Σp²:
 * - replace: E H(generation t) = H0 (1 − 1/n)^t.
 * - accumulate: what generation T learns from has lost Σ 1/(n (t + 1)²) over t = 1 … T − 1, at most (π²/6 − 1)/n of it.
 * - blend with a share α of fixed real rows: what is learnt from moves about the real shares with (1 − α)/(α(2 − α)) times the
 *   variance of one sampling of n rows; generation t has reached the part 1 − (1 − α)^(2(t − 1)) of it.
 */
export async function checkTheory(options: TheoryOptions): Promise<readonly TheoryLine[]> {
  const { rows: n, seeds, generations } = options;
  await using session = await openSession({ threads: 1, signal: new AbortController().signal });
  const { db } = session.workspace;
  const names = Array.from({ length: options.columns }, (_, i) => `c${i}`);
  const rows: Relation = { catalog: session.workspace.scratch, schema: 'main', table: 'population' };
  const cells = names.map(
    (name) => sql`chr(97 + (hash(concat(i, '/', ${sql.lit(name)})) % ${sql.lit(levels)})::int) as ${columnRef(name)}`,
  );
  await sql`create table ${relationRef(rows)} as select ${sql.join(cells)} from range(${sql.lit(n)}) t(i)`.execute(db);
  const plan = planFamily([
    {
      schema: {
        name: { schema: 'main', table: 'population' },
        columns: names.map((name) => ({ name, sqlType: 'VARCHAR', type: { kind: 'text' }, nullable: true })),
        ...{ primaryKey: [], uniques: [], foreignKeys: [] },
      },
      choice: bootstrapColumns(),
      config: {},
    },
  ]).tables[0] as TablePlan;

  /** Shares by column, then by level. */
  const sharesOf = async (relation: Relation, least = 0): Promise<readonly (readonly number[])[]> => {
    const found: (readonly number[])[] = [];
    for (const name of names) {
      const { rows: counted } = await sql<{ level: string; n: number }>`
        select ${columnRef(name)} as level, count(*)::int as n from ${relationRef(relation)}
        ${least > 0 ? sql`where rowid < ${sql.lit(least)}` : sql``} group by 1`.execute(db);
      const total = counted.reduce((sum, row) => sum + row.n, 0);
      const counts = new Map(counted.map((row) => [row.level, row.n / total]));
      found.push(Array.from({ length: levels }, (_, i) => counts.get(String.fromCharCode(97 + i)) ?? 0));
    }
    return found;
  };
  const gini = (shares: readonly number[]): number => 1 - shares.reduce((sum, p) => sum + p * p, 0);

  /** One value per seed and column, each expected to be 1. */
  const play = async (
    arm: Arm,
    ratio: (played: {
      readonly real: Relation;
      readonly made: Relation;
      readonly training: Relation;
    }) => Promise<readonly number[]>,
  ): Promise<readonly number[]> => {
    const values: number[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      await playArm({
        ...{ session, plan, rows, n, arm, generations, seed },
        async onGeneration({ generation, table, training }) {
          if (generation !== generations) return;
          values.push(...(await ratio({ real: table.real, made: table.target, training })));
        },
      });
    }
    return values;
  };
  const line = (arm: Arm, statistic: string, values: readonly number[], expected: number): TheoryLine => {
    const measured = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - measured) ** 2, 0) / (values.length - 1);
    return { arm: armName(arm), statistic, measured, expected, standardError: Math.sqrt(variance / values.length) };
  };

  const lines: TheoryLine[] = [];
  const replace: Arm = { kind: 'replace' };
  const left = await play(replace, async ({ real, made }) => {
    const before = await sharesOf(real);
    return (await sharesOf(made)).map((shares, i) => gini(shares) / gini(before[i] ?? []));
  });
  lines.push(line(replace, `H(${generations}) / H0`, left, (1 - 1 / n) ** generations));

  const accumulate: Arm = { kind: 'accumulate' };
  const lost = await play(accumulate, async ({ real, training }) => {
    const before = await sharesOf(real);
    return (await sharesOf(training)).map((shares, i) => n * (1 - gini(shares) / gini(before[i] ?? [])));
  });
  let expected = 1;
  for (let t = 1; t < generations; t++) expected *= 1 - 1 / (n * (t + 1) ** 2);
  lines.push(line(accumulate, 'loss × n (at most .6449)', lost, n * (1 - expected)));

  for (const real of [0.2, 0.38]) {
    const arm: Arm = { kind: 'blend', real };
    const kept = portions(arm, 2, n)[0]?.rows ?? 0;
    const share = kept / n;
    const settled = 1 - (1 - share) ** (2 * (generations - 1));
    const spread = await play(arm, async (played) => {
      const about = await sharesOf(played.real, kept);
      const whole = await sharesOf(played.real);
      return (await sharesOf(played.training)).map((shares, column) => {
        const [fixed, all] = [about[column] ?? [], whole[column] ?? []];
        // The first generation learnt from all real rows, whose shares are forgotten step by step.
        const square = shares.reduce((sum, p, i) => {
          const memory = (1 - share) ** (generations - 1) * ((all[i] ?? 0) - (fixed[i] ?? 0));
          return sum + (p - (fixed[i] ?? 0) - memory) ** 2;
        }, 0);
        return (n * square) / gini(fixed);
      });
    });
    lines.push(line(arm, 'variance × n', spread, (settled * (1 - share)) / (share * (2 - share))));
  }
  return lines;
}

if (process.argv[1]?.endsWith('bench/rehearse.js')) {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '200' },
      seeds: { type: 'string', default: '8' },
      generations: { type: 'string', default: '10' },
      columns: { type: 'string', default: '12' },
    },
  });
  const found = await checkTheory({
    rows: Number(values.rows),
    seeds: Number(values.seeds),
    generations: Number(values.generations),
    columns: Number(values.columns),
  });
  console.log('arm          statistic                   measured  expected  standard error  errors apart');
  for (const { arm, statistic, measured, expected, standardError } of found) {
    const apart = (measured - expected) / standardError;
    console.log(
      `${arm.padEnd(12)} ${statistic.padEnd(27)} ${measured.toFixed(4).padStart(8)}  ${expected.toFixed(4).padStart(8)}  ${standardError.toFixed(4).padStart(14)}  ${apart.toFixed(2).padStart(12)}`,
    );
  }
}
