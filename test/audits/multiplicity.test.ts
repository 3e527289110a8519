// Corrections for many tests: against R's p.adjust, and against chance itself.
import assert from 'node:assert/strict';
import { judgeRun, type Measured } from '../../audits/judge-run.ts';
import { kolmogorovNull, kolmogorovP } from '../../audits/statistics/kolmogorov.ts';
import { benjaminiHochberg, holm } from '../../audits/statistics/multiplicity.ts';
import { pFromNull } from '../../audits/statistics/null-tail.ts';
import { sequence } from '../../core/random.ts';

const near = (a: number, b: number, tolerance = 1e-12): void => assert.ok(Math.abs(a - b) <= tolerance, `${a} ≠ ${b}`);

describe('adjusted p-values', () => {
  // R 4.3: p.adjust(c(.01, .02, .03, .04, .05, .001), 'BH') and 'holm'.
  const p = [0.01, 0.02, 0.03, 0.04, 0.05, 0.001];
  it('are those of Benjamini and Hochberg', () => {
    for (const [i, value] of [0.03, 0.04, 0.045, 0.048, 0.05, 0.006].entries())
      near(benjaminiHochberg(p)[i] ?? 9, value);
  });
  it('are those of Holm', () => {
    for (const [i, value] of [0.05, 0.08, 0.09, 0.09, 0.09, 0.006].entries()) near(holm(p)[i] ?? 9, value);
  });
  it('are the p-values where there is one test, and nothing where there is none', () => {
    assert.deepEqual([benjaminiHochberg([0.3]), holm([0.3]), benjaminiHochberg([]), holm([])], [[0.3], [0.3], [], []]);
  });
});

describe('p-values of a null', () => {
  it('agree with the quantiles that they come from', () => {
    near(pFromNull(2, { q50: 2, q99: 5 }) ?? 9, 0.5);
    near(pFromNull(5, { q50: 2, q99: 5 }) ?? 9, 0.01);
    near(pFromNull(1, { q50: 2, q99: 1 }) ?? 9, 0.01);
    assert.equal(pFromNull(1, { q50: 0, q99: 0 }), undefined);
  });
  it('are never too small beyond q99, where the tail is normal', () => {
    // 2(1 − Φ(4)) = 6.3e-5
    assert.ok((pFromNull(4, { q50: 0.6745, q99: 2.5758 }) ?? 0) > 6.3e-5);
  });
  it('of a Kolmogorov distance are .5 and .01 at its quantiles', () => {
    const { q50, q99 } = kolmogorovNull(1000, 2000);
    near(kolmogorovP(q50, 1000, 2000), 0.5, 1e-9);
    near(kolmogorovP(q99, 1000, 2000), 0.01, 1e-9);
    assert.equal(kolmogorovP(0, 10, 10), 1);
    assert.ok(kolmogorovP(1, 1e6, 1e6) === 0);
    near(kolmogorovP(2 * q99, 1000, 2000, 2), 0.01, 1e-9);
  });
});

const n = { real: 5000, synthetic: 5000, holdout: 0 };

function measured(family: 'fidelity' | 'privacy', p: number, value = 1, table = 't'): Measured {
  const audit = { id: `x.${family}`, direction: 'above', family, minRows: 0, unit: '' } as const;
  const measurement = { columns: [], value, p, n };
  return { audit, table, measurement, severity: 'error', warnAt: 0, failAt: 0.5, alpha: 0.01, seconds: 0 };
}

describe('a run judged as a whole', () => {
  it('forgives among a hundred tests what it blames alone', () => {
    const [alone] = judgeRun([measured('fidelity', 0.005)]);
    assert.deepEqual([alone?.verdict, alone?.adjustedP], ['fail', 0.005]);
    const others = Array.from({ length: 99 }, (_, i) => measured('fidelity', (i + 1) / 100, 0.4));
    const [among] = judgeRun([measured('fidelity', 0.005), ...others]);
    assert.equal(among?.verdict, 'pass');
    assert.match(among?.reason ?? '', /adjusted for 100 tests by Benjamini–Hochberg\)\.$/);
  });

  it('keeps families apart, counts all tables, and is stricter where privacy is judged', () => {
    const run = [
      measured('privacy', 0.004, 1, 'a'),
      measured('privacy', 0.006, 1, 'b'),
      measured('fidelity', 0.004, 1, 'a'),
      measured('fidelity', 0.006, 1, 'b'),
    ];
    assert.deepEqual(
      judgeRun(run).map(({ adjustedP }) => adjustedP),
      [0.008, 0.008, 0.006, 0.006],
    );
  });

  it('does not count tests that cannot be decided or have no bound', () => {
    const few = { ...measured('fidelity', 0.9), audit: { ...measured('fidelity', 1).audit, minRows: 9e9 } };
    const open = { ...measured('fidelity', 0.9), warnAt: null, failAt: null };
    assert.equal(judgeRun([measured('fidelity', 0.005), few, open])[0]?.adjustedP, 0.005);
  });

  it('gives false alarms in no more than 1 % of 200 null runs, each of 40 tests, whatever the family', () => {
    for (const family of ['fidelity', 'privacy'] as const) {
      const next = sequence(11, family);
      let alarms = 0;
      for (let run = 0; run < 200; run++) {
        const tests = Array.from({ length: 40 }, () => measured(family, next()));
        if (judgeRun(tests).some(({ verdict }) => verdict !== 'pass')) alarms++;
      }
      // Nominal + 3 SE; without the correction every third run would raise one.
      assert.ok(alarms <= 200 * 0.01 + 3 * Math.sqrt(200 * 0.01 * 0.99), `${alarms} ${family}`);
    }
  });
});
