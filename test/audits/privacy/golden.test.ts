// Risks, intervals and attacks agree with Anonymeter, ROC statistics with scipy and scikit-learn (test/golden/attacks.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runAudits } from '../../../audits/run.ts';
import { residualRisk } from '../../../audits/statistics/residual-risk.ts';
import { detect, detectionCritical, detectionP, nullAucDeviation } from '../../../audits/statistics/roc.ts';
import type { Workspace } from '../../../core/connector.ts';
import { aucScorer } from '../../../models/metrics/index.ts';
import { inputOf, openTestWorkspace } from '../support.ts';

type Rows = Readonly<Record<string, readonly (number | string)[]>>;
interface Share {
  readonly attack: number;
  readonly control: number;
  readonly value: number;
}

interface Golden {
  readonly risks: readonly {
    attacks: number;
    controls: number;
    hits: number;
    control: number;
    value: number;
    low: number;
    high: number;
  }[];
  readonly members: Rows;
  readonly others: Rows;
  readonly tables: readonly { name: string; mirror: Rows; link: Share; infer: Share; number: Share; single: Share }[];
  readonly auc: { scores: readonly number[]; positives: number; auc: number };
  readonly detection: readonly { found: number; positives: number; negatives: number; allowed: number; p: number }[];
}

const path = new URL('../../../../test/golden/attacks.json', import.meta.url);
const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;

function near(actual: number | null | undefined, expected: number, tolerance: number, what = ''): void {
  const off = Math.abs((actual ?? Number.NaN) - expected);
  assert.ok(off <= tolerance, `${what} ${actual} is not ${expected}`);
}

describe('privacy attacks against reference libraries', function () {
  this.timeout(60_000);
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  for (const { attacks, controls, hits, control, value, low, high } of golden.risks) {
    it(`have Anonymeter's risk and interval: ${hits} of ${attacks} against ${control} of ${controls}`, () => {
      const risk = residualRisk({ hits, n: attacks }, { hits: control, n: controls });
      near(risk?.value, value, 1e-9);
      near(risk?.low, low, 1e-9);
      near(risk?.high, high, 1e-9);
    });
  }

  it("have Anonymeter's published example", () => {
    const risk = residualRisk({ hits: 60, n: 500 }, { hits: 40, n: 500 });
    assert.deepEqual(
      [risk?.value, risk?.low, risk?.high].map((x) => Number(x?.toFixed(7))),
      [0.0432975, 0.0034212, 0.0831737],
    );
  });

  const table = (rows: Rows): string => {
    const columns = Object.entries(rows).map(([name, values]) => {
      const isText = typeof values[0] === 'string';
      const list = values.map((value) => (isText ? `'${value}'` : value)).join(',');
      return `unnest([${list}]::${isText ? 'VARCHAR' : 'DOUBLE'}[]) AS ${name}`;
    });
    return `SELECT ${columns.join(', ')}`;
  };
  for (const { name, mirror, link, infer, number, single } of golden.tables) {
    // Ranges of numbers are those of all sides here, of the mirror and the targets there.
    it(`find what Anonymeter finds when it links, infers and singles out: ${name}`, async () => {
      const input = await inputOf(workspace.db, {
        real: table(golden.members),
        synthetic: table(mirror),
        holdout: table(golden.others),
      });
      const results = await runAudits(
        input,
        {
          tier: 'nightly',
          only: ['prv.link', 'prv.infer', 'prv.single_out'],
          options: {
            'prv.link': {
              columns: [
                ['x', 'z', 'g'],
                ['y', 'w', 's'],
              ],
            },
            'prv.infer': { secrets: ['s', 'z'] },
          },
        },
        { seed: 1, signal: new AbortController().signal },
      );
      const found = (id: string, about?: string): number =>
        results.find((r) => r.id === id && (about === undefined || r.columns.includes(about) || r.name === about))
          ?.value ?? 0;
      near(found('prv.link'), link.value, 0.01, 'link');
      near(found('prv.infer', 's'), infer.value, 0.02, 'infer');
      near(found('prv.infer', 'z'), number.value, 0.02, 'infer a number');
      // Both draw questions of their own.
      near(found('prv.single_out', 'multivariate'), single.value, 0.12, 'single out');
    });
  }

  it("have scikit-learn's AUC and, of a score that knows nothing, the deviation of the catalogue", () => {
    const { scores, positives, auc } = golden.auc;
    const first = scores.length - positives;
    near(aucScorer(Float64Array.from(scores), (row) => row >= first)(), auc, 1e-12);
    near(nullAucDeviation(1000, 1000), 0.0129, 5e-5);
  });

  for (const { found, positives, negatives, allowed, p } of golden.detection) {
    it(`have scipy's chance of finding ${found} of ${positives} before ${allowed} of ${negatives}`, () => {
      const detection = { found, positives, negatives, falsePositives: allowed };
      near(detectionP(detection) / p, 1, 1e-8);
      const critical = Math.round(detectionCritical(detection, 0.01) * positives);
      assert.ok(detectionP({ ...detection, found: critical }) >= 0.01);
      assert.ok(detectionP({ ...detection, found: critical + 1 }) < 0.01);
    });
  }

  it('count positives above the first negative too many, ties in proportion', () => {
    const isPositive = (row: number): boolean => row < 4;
    // Positives 9, 7, 5, 5; negatives 8, 6, 5, 5, 1, …
    const scores = Float64Array.of(9, 7, 5, 5, 8, 6, 5, 5, 1, 0, 0, 0, 0, 0);
    assert.deepEqual(
      [0, 0.1, 0.2, 0.3, 0.4, 1].map((rate) => detect(scores, isPositive, rate).found),
      [1, 2, 2, 3, 4, 4],
    );
  });
});
