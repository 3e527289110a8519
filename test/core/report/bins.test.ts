import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mergeBins, planBins } from '../../../core/report/bins.ts';

describe('bins', () => {
  const cases = [
    { name: 'whole numbers get whole widths', low: 0, high: 23, unit: 'number', whole: true, step: 1, count: 24 },
    { name: 'a wide range gets a round width', low: 0, high: 2600, unit: 'number', whole: true, step: 100, count: 27 },
    { name: 'decimals get a round width', low: 0.1, high: 0.3, unit: 'number', whole: false, step: 0.005, count: 41 },
    { name: 'a constant gets one bin', low: 5, high: 5, unit: 'number', whole: true, step: 1, count: 1 },
    { name: 'a constant zero gets one bin', low: 0, high: 0, unit: 'number', whole: false, step: 1, count: 1 },
    { name: 'dates get whole days', low: 0, high: 30 * 86400, unit: 'date', whole: false, step: 86400, count: 31 },
    {
      name: 'a year of dates gets fortnights',
      low: 0,
      high: 364 * 86400,
      unit: 'date',
      whole: false,
      step: 14 * 86400,
      count: 27,
    },
    { name: 'a day of times gets half hours', low: 0, high: 86399, unit: 'time', whole: false, step: 1800, count: 48 },
  ] as const;
  for (const { name, low, high, unit, whole, step, count } of cases) {
    it(name, () => {
      const plan = planBins(low, high, unit, whole);
      assert.deepEqual({ step: plan.step, count: plan.count }, { step, count });
    });
  }

  it('cover any finite range with few bins of a positive width', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const unit = fc.constantFrom(
      'number' as const,
      'date' as const,
      'timestamp' as const,
      'time' as const,
      'duration' as const,
    );
    fc.assert(
      fc.property(finite, finite, unit, fc.boolean(), (a, b, of, whole) => {
        const [low, high] = a <= b ? [a, b] : [b, a];
        const { first, count, step } = planBins(low, high, of, whole);
        assert.ok(step > 0 && Number.isFinite(step) && Number.isFinite(first));
        assert.ok(Number.isInteger(count) && count >= 1 && count <= 130, `${count} bins`);
        // Tiny numbers share one bin around zero.
        assert.ok(low / step >= first - 1e-6 - Math.abs(first) * 1e-12);
        assert.ok(high / step <= first + count + 1e-6 + Math.abs(first + count) * 1e-12);
      }),
    );
  });

  it('are merged until none holds one to k − 1 real rows, and lose no row', () => {
    const cells = fc.array(fc.record({ real: fc.nat(40), synthetic: fc.nat(40) }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(cells, fc.integer({ min: 1, max: 50 }), (counts, k) => {
        const bins = mergeBins({ first: 0, count: counts.length, step: 1 }, counts, k);
        const total = (side: 'real' | 'synthetic', of: readonly { real: number; synthetic: number }[]): number =>
          of.reduce((sum, cell) => sum + cell[side], 0);
        assert.equal(total('real', bins), total('real', counts));
        assert.equal(total('synthetic', bins), total('synthetic', counts));
        if (total('real', counts) >= k) for (const { real } of bins) assert.ok(real === 0 || real >= k);
        for (let i = 1; i < bins.length; i++) assert.equal(bins[i]?.from, bins[i - 1]?.to);
      }),
    );
  });
});
