// col.div: rows are spread over categories as evenly as in the real table.
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { type CategoryCount, sumOf } from '../categories.ts';
import { scoreCategories } from '../columns.ts';
import type { Sizes } from '../noise.ts';
import { bounds } from '../options.ts';

/** One-sided .995 of the normal: the smaller of two ratios is below it in at most one case of 100. */
const Z995 = 2.5758293035489004;

export const diversityAudit: Audit<Bounds> = {
  id: 'col.div',
  title: 'Categories are as diverse as in the real table.',
  unit: 'of the real diversity',
  tier: 'nightly',
  family: 'collapse',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'below',
  minRows: 1000,
  options: bounds(0.9, 0.8),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  run: (input: AuditInput): Promise<readonly Measurement[]> =>
    scoreCategories(input, (counts, _, { n }) => score(shownOf(counts, input.target.k), n)),
};

interface Diversity {
  readonly value: number;
  /** Asymptotic variance of √n times the estimate. */
  readonly variance: number;
}

/** Categories of fewer than k rows are withheld to protect people: their loss is no collapse, and fid.tvd counts it. */
function shownOf(counts: readonly CategoryCount[], k: number): readonly CategoryCount[] {
  return counts.filter((count) => count.real >= k);
}

/**
 * The smaller of two ratios, mirror over real: Gini–Simpson 1 − Σp² and Shannon's entropy −Σ p ln p (NULL is a
 * category). Null: delta method, 4(Σp³ − (Σp²)²)/n and (Σ p ln²p − (Σ p ln p)²)/n (Basharin 1959), shifted by the
 * bias −(B − 1)/2n of an entropy over B categories (Miller 1955).
 */
function score(counts: readonly CategoryCount[], all: Sizes): Omit<Measurement, 'columns'> | undefined {
  if (all.real === 0 || all.synthetic === 0) return { value: null, reason: 'One side has no rows.', n: all };
  const n = { ...all, real: sumOf(counts, (c) => c.real), synthetic: sumOf(counts, (c) => c.synthetic) };
  if (n.real > 0 && n.synthetic === 0) return { value: 0, reason: 'No frequent category is left', n: all };
  const real = (count: CategoryCount): number => count.real / n.real;
  const mirror = (count: CategoryCount): number => count.synthetic / n.synthetic;
  const categories = sumOf(counts, (count) => (count.real > 0 ? 1 : 0));
  // A constant has no diversity to lose.
  if (categories < 2) return undefined;
  const lack = ((categories - 1) / 2) * (1 / n.synthetic - 1 / n.real);
  const measures = [
    { name: 'Gini–Simpson', a: giniSimpson(counts, real), b: giniSimpson(counts, mirror), bias: 0 },
    { name: 'Entropy', a: entropy(counts, real), b: entropy(counts, mirror), bias: Math.max(0, lack) },
  ].map(({ name, a, b, bias }) => {
    const deviation = Math.sqrt(a.variance * (1 / n.real + 1 / n.synthetic)) / a.value;
    const q50 = 1 - bias / a.value;
    return { name, value: b.value / a.value, q50, q99: Math.max(0, q50 - Z995 * deviation) };
  });
  const worst = measures.reduce((a, b) => (b.value < a.value ? b : a));
  return { value: worst.value, reason: worst.name, null: { q50: worst.q50, q99: worst.q99 }, n };
}

function giniSimpson(counts: readonly CategoryCount[], share: (count: CategoryCount) => number): Diversity {
  const squares = sumOf(counts, (count) => share(count) ** 2);
  const cubes = sumOf(counts, (count) => share(count) ** 3);
  return { value: 1 - squares, variance: 4 * Math.max(0, cubes - squares * squares) };
}

function entropy(counts: readonly CategoryCount[], share: (count: CategoryCount) => number): Diversity {
  const log = (p: number): number => (p > 0 ? Math.log(p) : 0);
  const first = sumOf(counts, (count) => share(count) * log(share(count)));
  const second = sumOf(counts, (count) => share(count) * log(share(count)) ** 2);
  return { value: -first, variance: Math.max(0, second - first * first) };
}
