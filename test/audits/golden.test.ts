// Statistics agree with the reference libraries (test/golden/make.py) and with published numbers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fisherCritical, fisherGreater } from '../../audits/statistics/fisher.ts';
import { kolmogorovNull } from '../../audits/statistics/kolmogorov.ts';
import { absoluteDifference, wilson } from '../../audits/statistics/proportion.ts';
import { totalVariation, totalVariationNull } from '../../audits/statistics/tvd.ts';
import type { Workspace } from '../../core/connector.ts';
import { sequence } from '../../core/random.ts';
import { audit, inputOf, openTestWorkspace } from './support.ts';

type Column = readonly (number | null)[];

interface Golden {
  readonly columns: readonly { name: string; real: Column; synthetic: Column; ks: number; w1: number }[];
  readonly pairs: readonly {
    name: string;
    real: readonly [Column, Column];
    synthetic: readonly [Column, Column];
    pearson: number;
    spearman: number;
  }[];
  readonly categories: { real: readonly string[]; synthetic: readonly string[]; tvd: number };
  readonly fisher: readonly { table: readonly [number, number, number, number]; p: number }[];
  readonly wilson: readonly { hits: number; n: number; low: number; high: number }[];
  readonly kolmogorov: { q50: number; q99: number };
}

const path = new URL('../../../test/golden/audits.json', import.meta.url);
const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;

function near(actual: number | null | undefined, expected: number, tolerance = 1e-9): void {
  const message = `${actual} is not ${expected}`;
  assert.ok(Math.abs(Number(actual ?? Number.NaN) - expected) <= tolerance * Math.max(1, Math.abs(expected)), message);
}

/** A SELECT of these columns, named x, y, …; numbers as DOUBLE. */
function select(...columns: readonly (readonly (number | string | null)[])[]): string {
  const lists = columns.map((values, i) => {
    const list = values.map((value) => (typeof value === 'string' ? `'${value}'` : value)).join(',');
    const type = columns[i]?.some((value) => typeof value === 'string') ? 'VARCHAR[]' : 'DOUBLE[]';
    return `unnest([${list}]::${type}) AS ${'xy'.charAt(i)}`;
  });
  return `SELECT ${lists.join(', ')}`;
}

describe('audit statistics against reference libraries', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  for (const { name, real, synthetic, ks, w1 } of golden.columns) {
    it(`have the KS and Wasserstein distances of scipy: ${name}`, async () => {
      const input = await inputOf(workspace.db, { real: select(real), synthetic: select(synthetic) });
      const results = await audit(input, 'fid.ks', 'fid.w1');
      near(results.find(({ id }) => id === 'fid.ks')?.value, ks);
      near(results.find(({ id }) => id === 'fid.w1')?.value, w1);
    });
  }

  for (const { name, real, synthetic, pearson, spearman } of golden.pairs) {
    it(`have the correlations of scipy: ${name}`, async () => {
      const input = await inputOf(workspace.db, { real: select(...real), synthetic: select(...synthetic) });
      const [result] = await audit(input, 'fid.corr');
      near(result?.value, Math.max(pearson, spearman));
    });
  }

  it('have the total variation distance of a plain count', async () => {
    const { real, synthetic, tvd } = golden.categories;
    const input = await inputOf(workspace.db, { real: select(real), synthetic: select(synthetic) });
    near((await audit(input, 'fid.tvd'))[0]?.value, tvd);
  });

  for (const { table, p } of golden.fisher) {
    it(`have Fisher's p for ${table.join(', ')}`, () => near(fisherGreater(...table) / p, 1, 1e-8));
  }

  for (const { hits, n, low, high } of golden.wilson) {
    it(`have Wilson's interval for ${hits} of ${n}`, () => {
      near(wilson(hits, n).low, low);
      near(wilson(hits, n).high, high);
    });
  }

  it("have Kolmogorov's quantiles", () => {
    near(kolmogorovNull(20000, 20000).q50, golden.kolmogorov.q50 / 100);
    near(kolmogorovNull(20000, 20000).q99, golden.kolmogorov.q99 / 100);
  });
});

describe('the noise floor', () => {
  it('of a total variation distance is the published accuracy ceiling', () => {
    near(2 * totalVariationNull([0.5, 0.3, 0.2], 1000, 800).mean, 0.0514059577, 1e-9);
  });

  it('is exceeded by one of 100 fresh draws, for few and for many categories', () => {
    for (const shares of [[0.9, 0.1], [0.5, 0.3, 0.2], Array.from({ length: 40 }, (_, i) => (i + 1) / 820)]) {
      const draw = sequence(3, `tvd ${shares.length}`);
      const cumulative = shares.map((_, i) => shares.slice(0, i + 1).reduce((sum, p) => sum + p, 0));
      const sample = (n: number): number[] => {
        const counts = shares.map(() => 0);
        for (let i = 0; i < n; i++) {
          const u = draw();
          const cell = cumulative.findIndex((edge) => u < edge);
          const at = cell < 0 ? shares.length - 1 : cell;
          counts[at] = (counts[at] ?? 0) + 1;
        }
        return counts;
      };
      const replicates = 1000;
      let exceeded = 0;
      let mean = 0;
      for (let k = 0; k < replicates; k++) {
        const [a, b] = [sample(1000), sample(800)];
        const result = totalVariation(shares.map((_, i) => ({ a: a[i] ?? 0, b: b[i] ?? 0 })));
        if (result === undefined) throw new Error('no rows');
        if (result.value > result.null.q99) exceeded++;
        mean += result.value / replicates;
      }
      // Nominal 1 % plus three standard errors; not far below it either, or the floor would hide failures.
      assert.ok(exceeded <= 0.01 * replicates + 3 * Math.sqrt(replicates * 0.0099), `${exceeded} of ${replicates}`);
      near(mean / totalVariationNull(shares, 1000, 800).mean, 1, 0.05);
    }
  });
});

describe('the critical number of copies', () => {
  it('is the greatest that Fisher does not reject', () => {
    for (const [n, hits, control] of [
      [1000, 0, 250],
      [8000, 9, 2000],
      [500000, 20, 100000],
    ] as const) {
      const critical = fisherCritical(n, hits, control, 0.01);
      assert.ok(fisherGreater(critical, n, hits, control) >= 0.01);
      assert.ok(fisherGreater(critical + 1, n, hits, control) < 0.01);
    }
  });
});

describe('the interval of a difference of shares', () => {
  it('is that of Newcombe 1998, table II: 56/70 and 48/80 give .0524 to .3339', () => {
    const { low, high } = absoluteDifference(56, 70, 48, 80);
    near(low, 0.0524, 5e-5);
    near(high, 0.3339, 5e-5);
  });
});
