// What a rehearsal says: until which generation each arm is good, what it loses on the way, and which blend is safe. Pure.
import { mannKendall, senSlope } from '../../../audits/statistics/trend.ts';
import type { Verdict } from '../../audit.ts';
import { type Arm, armName } from './arms.ts';

/** One audit of one generation. */
export interface RehearsedAudit {
  readonly audit: string;
  /** The worst of its measurements. */
  readonly verdict: Verdict;
  /** The mean over its measurements, as `col.trend` follows it; null when none could be scored. */
  readonly mean: number | null;
  /** Whether greater values are better. */
  readonly lowerIsWorse: boolean;
}

export interface RehearsedGeneration {
  readonly arm: string;
  readonly seed: number;
  readonly generation: number;
  readonly audits: readonly RehearsedAudit[];
}

export interface ArmAnswer {
  readonly arm: string;
  /** The first generation that fails an audit, over the seeds: the least and the median; null when the median seed never fails. */
  readonly fails: { readonly first: number; readonly median: number | null; readonly seeds: number } | null;
  /** Audits that fail in some seed, with the first generation that does, soonest first. */
  readonly failing: readonly { readonly audit: string; readonly generation: number; readonly seeds: number }[];
  /** Audits that get worse from generation to generation (exact Mann–Kendall on the mean over seeds, and Sen's slope). */
  readonly declining: readonly { readonly audit: string; readonly change: number; readonly p: number }[];
  /** No audit fails or declines that the independent arm passes. */
  readonly safe: boolean;
}

export interface RehearsalAnswer {
  readonly arms: readonly ArmAnswer[];
  /** Audits that fail without any loop, at generation 1 or in the independent arm: they say nothing of the loop. */
  readonly withoutLoop: readonly string[];
  /** The least blend that was safe; null when none was. */
  readonly safeBlend: number | null;
}

const alpha = 0.01;
/** As `col.trend`: less in all is no decline worth a word. */
const leastChange = 0.02;

export function answerRehearsal(arms: readonly Arm[], measured: readonly RehearsedGeneration[]): RehearsalAnswer {
  const isFailure = ({ verdict }: RehearsedAudit): boolean => verdict === 'fail' || verdict === 'error';
  const withoutLoop = new Set(
    measured
      .filter(({ arm, generation }) => generation === 1 || arm === 'independent')
      .flatMap(({ audits }) => audits.filter(isFailure).map(({ audit }) => audit)),
  );
  const seeds = [...new Set(measured.map(({ seed }) => seed))];
  const answers = arms.map((arm): ArmAnswer => {
    const own = measured.filter((one) => one.arm === armName(arm));
    const firsts = new Map<string, number[]>();
    const perSeed: number[] = [];
    for (const seed of seeds) {
      const failed = new Map<string, number>();
      for (const { generation, audits } of own.filter((one) => one.seed === seed)) {
        for (const found of audits) {
          if (isFailure(found) && !withoutLoop.has(found.audit) && !failed.has(found.audit))
            failed.set(found.audit, generation);
        }
      }
      for (const [audit, generation] of failed) firsts.set(audit, [...(firsts.get(audit) ?? []), generation]);
      perSeed.push(Math.min(...failed.values(), Number.POSITIVE_INFINITY));
    }
    const sorted = perSeed.sort((a, b) => a - b);
    const median = sorted[(sorted.length - 1) >> 1] ?? Number.POSITIVE_INFINITY;
    const failing = [...firsts]
      .map(([audit, found]) => ({ audit, generation: Math.min(...found), seeds: found.length }))
      .sort((a, b) => a.generation - b.generation || b.seeds - a.seeds || (a.audit < b.audit ? -1 : 1));
    const declining = arm.kind === 'independent' ? [] : declines(own);
    return {
      arm: armName(arm),
      fails:
        failing.length === 0
          ? null
          : {
              first: sorted[0] ?? 0,
              median: Number.isFinite(median) ? median : null,
              seeds: sorted.filter(Number.isFinite).length,
            },
      failing,
      declining,
      safe: failing.length === 0 && declining.length === 0,
    };
  });
  const blends = arms.flatMap((arm, i) => (arm.kind === 'blend' && answers[i]?.safe === true ? [arm.real] : []));
  return {
    arms: answers,
    withoutLoop: [...withoutLoop].sort(),
    safeBlend: blends.length === 0 ? null : Math.min(...blends),
  };
}

/** The mean over seeds of each audit, by generation. */
export function meansOf(measured: readonly RehearsedGeneration[]): ReadonlyMap<string, readonly (number | null)[]> {
  const last = Math.max(0, ...measured.map(({ generation }) => generation));
  const names = [...new Set(measured.flatMap(({ audits }) => audits.map(({ audit }) => audit)))];
  return new Map(
    names.map((name) => [
      name,
      Array.from({ length: last }, (_, i) => {
        const values = measured
          .filter(({ generation }) => generation === i + 1)
          .flatMap(({ audits }) =>
            audits.flatMap(({ audit, mean }) => (audit === name && mean !== null ? [mean] : [])),
          );
        return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
      }),
    ]),
  );
}

function declines(own: readonly RehearsedGeneration[]): ArmAnswer['declining'] {
  const signs = new Map(own.flatMap(({ audits }) => audits.map((one) => [one.audit, one.lowerIsWorse ? -1 : 1])));
  return [...meansOf(own)]
    .flatMap(([audit, means]) => {
      const worse = means.flatMap((mean) => (mean === null ? [] : [(signs.get(audit) ?? 1) * mean]));
      if (worse.length < 5) return [];
      const { p } = mannKendall(worse);
      const change = senSlope(worse) * worse.length;
      return p <= alpha && change > leastChange ? [{ audit, change, p }] : [];
    })
    .sort((a, b) => b.change - a.change);
}
