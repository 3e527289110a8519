// Fidelity audits agree with SDMetrics, mostlyai-qa, scikit-learn and the formulas of papers (test/golden/fidelity.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cellsOf, countCodes } from '../../audits/code-counts.ts';
import { codesOf } from '../../audits/codes.ts';
import { discriminate } from '../../audits/discriminator.ts';
import { frameOf, releaseFrame } from '../../audits/frame.ts';
import { expectedCoverage, type ManifoldName, manifoldScores } from '../../audits/manifold.ts';
import { spaceOf } from '../../audits/neighbours.ts';
import type { RowSample } from '../../audits/rows.ts';
import { nullAucDeviation } from '../../audits/statistics/roc.ts';
import { totalVariation, totalVariationNull } from '../../audits/statistics/tvd.ts';
import type { AuditInput, AuditResult } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { audit, inputOf, openTestWorkspace } from './support.ts';

type Table = Readonly<Record<string, { readonly type: string; readonly values: readonly (string | number | null)[] }>>;
type Numbers = readonly (readonly number[])[];

interface Golden {
  readonly reports: readonly {
    name: string;
    real: Table;
    synthetic: Table;
    overall: number;
    shapes: number;
    trends: number | null;
    counted: number;
  }[];
  readonly columns: {
    readonly real: Table;
    readonly synthetic: Table;
    readonly ks: Readonly<Record<string, number>>;
    readonly tv: Readonly<Record<string, number>>;
    readonly missing: Readonly<Record<string, number>>;
    readonly correlation: readonly { columns: readonly string[]; pearson: number; spearman: number }[];
    readonly univariate: Readonly<Record<string, number>>;
    readonly bivariate: readonly { columns: readonly string[]; accuracy: number }[];
    readonly expected: readonly { p: readonly number[]; n: number; m: number; l1: number }[];
  };
  readonly manifolds: readonly ({ name: string; k: number; real: Numbers; synthetic: Numbers } & Record<
    ManifoldName,
    number
  >)[];
  readonly classifiers: readonly { name: string; real: Numbers; synthetic: Numbers; auc: number }[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/fidelity.json', import.meta.url), 'utf8'),
) as Golden;

function near(actual: number | null | undefined, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(Number(actual ?? Number.NaN) - expected) <= tolerance, `${actual} is not ${expected}`);
}

function select(table: Table): string {
  const lists = Object.entries(table).map(([name, { type, values }]) => {
    const list = values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value))).join(',');
    return `unnest([${list}]::${type}[]) AS ${name}`;
  });
  return `SELECT ${lists.join(', ')}`;
}

function sample(columns: Numbers): RowSample {
  return {
    rowCount: columns[0]?.length ?? 0,
    columns: columns.map((values, i) => ({ kind: 'number', name: `x${i}`, values: Float64Array.from(values) })),
  };
}

describe('fidelity audits against reference libraries', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  for (const { name, real, synthetic, ...scores } of golden.reports) {
    it(`have the quality score of SDMetrics: ${name}`, async () => {
      const input = await inputOf(workspace.db, { real: select(real), synthetic: select(synthetic) });
      const results = await audit(input, 'fid.sdm');
      const found = new Map(results.map((result) => [result.name, result]));
      near(found.get('overall')?.value, scores.overall);
      near(found.get('column shapes')?.value, scores.shapes);
      const trends = found.get('column pair trends');
      if (scores.trends === null) assert.equal(trends?.value, null);
      else near(trends?.value, scores.trends);
      if (scores.trends !== null) assert.match(trends?.reason ?? '', new RegExp(`^${scores.counted} of`));
    });
  }

  it('see ten times the income, which the quality score calls perfect', async () => {
    const { real, synthetic } = golden.reports.find(({ name }) => name === 'income times ten') ?? {};
    assert.ok(real !== undefined && synthetic !== undefined);
    const longer = (table: Table): string => `SELECT t.* FROM (${select(table)}) AS t, range(10)`;
    const input = await inputOf(workspace.db, { real: longer(real), synthetic: longer(synthetic) });
    const results = await audit(input, 'fid.sdm', 'fid.pair', 'fid.w1');
    const of = (id: string): readonly AuditResult[] => results.filter((result) => result.id === id);
    assert.deepEqual(
      of('fid.pair').map(({ verdict }) => verdict),
      ['fail'],
    );
    assert.deepEqual(
      of('fid.w1').map(({ verdict }) => verdict),
      ['fail'],
    );
    near(of('fid.sdm').find(({ name }) => name === 'column pair trends')?.value, 1);
  });

  describe('on columns with missing values', () => {
    const { columns } = golden;
    let input: AuditInput;
    let results: readonly AuditResult[];
    before(async () => {
      input = await inputOf(workspace.db, { real: select(columns.real), synthetic: select(columns.synthetic) });
      results = await audit(input, 'fid.ks', 'fid.tvd', 'fid.missing', 'fid.corr');
    });
    const value = (id: string, names: readonly string[]): number | null | undefined =>
      results.find((result) => result.id === id && result.columns.join() === names.join())?.value;

    it('have KSComplement', () => {
      for (const [name, score] of Object.entries(columns.ks)) near(value('fid.ks', [name]), 1 - score);
    });

    it('have TVComplement where nothing is missing, and count what is missing as a category', () => {
      near(value('fid.tvd', ['band']), 1 - (columns.tv.band ?? 0));
      for (const name of ['plan', 'city']) assert.notEqual(value('fid.tvd', [name]), 1 - (columns.tv[name] ?? 0));
      // Rounded to five digits there.
      for (const [name, accuracy] of Object.entries(columns.univariate)) {
        near(value('fid.tvd', [name]), 1 - accuracy, 5.1e-6);
      }
    });

    it('have MissingValueSimilarity', () => {
      for (const [name, score] of Object.entries(columns.missing)) near(value('fid.missing', [name]), 1 - score);
    });

    it('have CorrelationSimilarity, the worse of Pearson and Spearman', () => {
      for (const { columns: pair, pearson, spearman } of columns.correlation) {
        near(value('fid.corr', pair), 2 * (1 - Math.min(pearson, spearman)));
      }
    });

    it('have the bivariate accuracy of mostlyai-qa before the noise is taken off', async () => {
      const frame = await frameOf(input);
      const codes = await codesOf(input.db, frame);
      const groups = columns.bivariate.map(({ columns: pair }) =>
        pair.map((name) => frame.columns.find((column) => column.name === name)?.value ?? ''),
      );
      const [real, synthetic] = [
        await countCodes(input.db, codes.real, groups),
        await countCodes(input.db, codes.synthetic, groups),
      ];
      for (const [i, { accuracy }] of columns.bivariate.entries()) {
        near(totalVariation(cellsOf(real[i], synthetic[i]))?.value, 1 - accuracy, 5.1e-6);
      }
      await releaseFrame(input);
    });

    it('expect the noise that mostlyai-qa expects', () => {
      for (const { p, n, m, l1 } of columns.expected) near(2 * totalVariationNull(p, n, m).mean, l1);
    });
  });

  for (const { name, k, real, synthetic, ...scores } of golden.manifolds) {
    it(`have precision, recall, density and coverage by their formulas: ${name}`, () => {
      const samples = [sample(real), sample(synthetic)] as const;
      const space = spaceOf(samples);
      const found = manifoldScores(space, space.of(samples[0]), space.of(samples[1]), k);
      for (const score of ['precision', 'recall', 'density', 'coverage'] as const) {
        near(found[score].value, scores[score]);
      }
    });
  }

  for (const { name, real, synthetic, auc } of golden.classifiers) {
    it(`tell rows apart as scikit-learn's trees do, within .03: ${name}`, () => {
      const found = discriminate(sample(real), sample(synthetic), {
        folds: 5,
        seed: 7,
        signal: new AbortController().signal,
      });
      near(found?.auc, auc, 0.03);
    });
  }

  it('have the published deviation of an AUC and the mean coverage of fresh rows', () => {
    near(nullAucDeviation(1000, 1000), 0.0129, 5e-5);
    // Of k = 1: the nearest other row is real with probability (N − 1) / (N + M − 1).
    near(expectedCoverage(100, 50, 1), 50 / 149);
    near(expectedCoverage(4, 3, 2), 1 - (3 / 6) * (2 / 5));
  });
});
