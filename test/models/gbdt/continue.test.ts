// Boosted trees that go on from the scores of others, and which columns they asked about.
import assert from 'node:assert/strict';
import { sequence } from '../../../core/random.ts';
import { fitBoosting } from '../../../models/gbdt/index.ts';
import { importances, margins, predict } from '../../../models/gbdt/predict.ts';

describe('boosted trees', () => {
  const next = sequence(1, 'test');
  const values = (): Float64Array => Float64Array.from({ length: 500 }, () => next());
  const [x, z] = [values(), values()];
  const rows = {
    rowCount: 500,
    columns: [
      { kind: 'number', name: 'x', values: x },
      { kind: 'number', name: 'z', values: z },
    ] as const,
  };
  const target = x.map((value) => (value > 0.3 ? 1 : 0));

  it('say which columns they asked about', () => {
    const [ofX = 0, ofZ = 1] = importances(fitBoosting(rows, target, { kind: 'binary' }, { rounds: 5 }));
    assert.ok(ofX > 0.95 && Math.abs(ofX + ofZ - 1) < 1e-12, `${ofX} ${ofZ}`);
  });

  it('continue from margins as if they had never stopped', () => {
    const whole = fitBoosting(rows, target, { kind: 'binary' }, { rounds: 12 });
    const first = fitBoosting(rows, target, { kind: 'binary' }, { rounds: 6 });
    const margin = margins(first, rows);
    const rest = fitBoosting(rows, target, { kind: 'binary' }, { rounds: 6, margin });
    const [a, b] = [predict(whole, rows), predict(rest, rows, margin)];
    assert.ok(a.every((value, i) => Math.abs(value - (b[i] ?? 0)) < 1e-9));
    assert.throws(() => predict(rest, rows), /needs one margin per row/);
  });
});
