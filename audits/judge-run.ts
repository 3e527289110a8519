// Gives the verdicts of a whole run at once: chance finds some difference among many tests, so that they are judged together.
import type { Audit, AuditResult, Bounds, Measurement } from '../core/audit.ts';
import { benjaminiHochberg, holm } from './statistics/multiplicity.ts';
import { pFromNull } from './statistics/null-tail.ts';
import { isDecidable, type Judgement, judge, type Significance } from './verdict.ts';

/** A measurement with all that its verdict depends on. */
export interface Measured extends Bounds {
  readonly audit: Pick<Audit, 'id' | 'correctedWith' | 'direction' | 'family' | 'minRows' | 'severity' | 'unit'>;
  readonly table: string;
  readonly measurement: Measurement;
  readonly severity: 'error' | 'warn';
  readonly owner?: string;
  readonly because?: string;
  /** Level of its test. */
  readonly alpha: number;
  readonly seconds: number;
  /** Given when the audit could not measure. */
  readonly error?: string;
}

/** As strict as `null.q99`. */
export const DEFAULT_ALPHA = 0.01;

/**
 * Results in the order given. p-values are adjusted within each family (or what an audit names instead, `correctedWith`) over
 * everything that is given: by Holm for privacy,
 * where one false alarm is already one too many to explain, by Benjamini and Hochberg for the others.
 */
export function judgeRun(run: readonly Measured[]): readonly AuditResult[] {
  const significances = adjust(run);
  return run.map((measured, i) => {
    const { audit, alpha: _, error, measurement, ...rest } = measured;
    const significance = significances.get(i);
    const judgement: Judgement =
      error === undefined
        ? judge(audit, measured, measurement, significance?.significance)
        : { verdict: 'error', reason: error };
    return {
      id: audit.id,
      unit: audit.unit,
      ...rest,
      ...measurement,
      ...(significance === undefined
        ? {}
        : { p: digits(significance.p), adjustedP: digits(significance.significance.adjusted) }),
      ...judgement,
    };
  });
}

interface Tested {
  readonly p: number;
  readonly significance: Significance;
}

function adjust(run: readonly Measured[]): ReadonlyMap<number, Tested> {
  const families = new Map<string, { index: number; p: number }[]>();
  for (const [index, { audit, measurement, error, ...bounds }] of run.entries()) {
    if (error !== undefined || !isDecidable(audit, bounds, measurement)) continue;
    const p = pOf(audit, measurement);
    if (p === undefined) continue;
    const name = audit.correctedWith ?? audit.family;
    const family = families.get(name) ?? [];
    families.set(name, family);
    family.push({ index, p });
  }
  const tested = new Map<number, Tested>();
  for (const [family, tests] of families) {
    const strict = family === 'privacy';
    const adjusted = (strict ? holm : benjaminiHochberg)(tests.map(({ p }) => p));
    for (const [i, { index, p }] of tests.entries()) {
      const significance: Significance = {
        adjusted: adjusted[i] as number,
        tests: tests.length,
        method: strict ? 'Holm' : 'Benjamini–Hochberg',
        alpha: run[index]?.alpha ?? DEFAULT_ALPHA,
      };
      tested.set(index, { p, significance });
    }
  }
  return tested;
}

function pOf(audit: Measured['audit'], { p, value, null: floor }: Measurement): number | undefined {
  if (p !== undefined) return Number.isFinite(p) ? p : undefined;
  if (value === null || floor === undefined || audit.direction === 'zero') return undefined;
  if (audit.direction !== 'outside' || floor.q01 === undefined) return pFromNull(value, floor);
  const tail = pFromNull(value, value < floor.q50 ? { q50: floor.q50, q99: floor.q01 } : floor);
  return tail === undefined ? undefined : Math.min(1, 2 * tail);
}

/** As all figures of results: parallel sums differ in their last bits. */
function digits(p: number): number {
  return Number(p.toPrecision(12));
}
