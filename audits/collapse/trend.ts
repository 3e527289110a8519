// col.trend: from one published mirror to the next, the table does not drift away from the real one.
import { z } from 'zod';
import type { Audit, AuditHistory, AuditInput, Bounds, Measurement, PastValue } from '../../core/audit.ts';
import { countRows } from '../frame.ts';
import { boundsShape } from '../options.ts';
import { mannKendall, senSlope } from '../statistics/trend.ts';

interface TrendOptions extends Bounds {
  /** Level of the Mann–Kendall test. */
  readonly alpha: number;
  /** Fewer mirrors than this show no trend: five that only rise have p = 1/120. */
  readonly generations: number;
  /** How many mirrors are looked back at. */
  readonly window: number;
}

/** What is followed, and whether greater values are worse (+1) or better (−1) there. Distances and shares, near 0 to 1. */
export const followed: Readonly<Record<string, 1 | -1>> = {
  'fid.ks': 1,
  'fid.tvd': 1,
  'fid.jsd': 1,
  'fid.missing': 1,
  'fid.corr': 1,
  'fid.pair': 1,
  'fid.kway': 1,
  'col.rare': -1,
  'col.tail': -1,
  'col.var': 1,
  'col.div': -1,
  'col.cover': -1,
};

export const trendAudit: Audit<TrendOptions> = {
  id: 'col.trend',
  title: 'Mirrors do not get worse from one to the next.',
  unit: 'change over all mirrors',
  tier: 'run',
  family: 'collapse',
  // A dozen questions a table, beside some twenty of the mirror at hand: among these a slow decay would be lost.
  correctedWith: 'col.trend',
  scope: 'history',
  needs: ['history'],
  direction: 'above',
  minRows: 0,
  options: z.strictObject({
    ...boundsShape(null, 0.02),
    alpha: z.number().gt(0).lt(1).default(0.01),
    generations: z.number().int().min(5).default(5),
    window: z.number().int().min(5).max(100).default(30),
  }),
  applies: ({ reference }) => !reference,
  /** Nothing before there are enough mirrors: then there is no question. */
  async run(input: AuditInput, options: TrendOptions): Promise<readonly Measurement[]> {
    const { history, db, real, synthetic, holdout } = input;
    if (history === undefined || history.runs.length + 1 < options.generations) return [];
    const n = {
      real: await countRows(db, real),
      synthetic: await countRows(db, synthetic),
      holdout: holdout === undefined ? 0 : await countRows(db, holdout),
    };
    return Object.entries(followed).flatMap(([audit, sign]): readonly Measurement[] => {
      const series = seriesOf(history, audit, options.window);
      if (series.length < options.generations) return [];
      const worse = series.map((value) => sign * value);
      const value = senSlope(worse) * series.length;
      const reason = `Over ${series.length} mirrors`;
      return [{ columns: [], name: audit, value, p: mannKendall(worse).p, reason, n }];
    });
  },
};

/** An audit's mean over its columns, for each published mirror and the one at hand; those that lack it are left out. */
function seriesOf({ runs, current }: AuditHistory, audit: string, window: number): readonly number[] {
  const last = meanOf(current ?? [], audit);
  if (last === undefined) return [];
  const before = runs.filter(({ published }) => published).flatMap(({ values }) => meanOf(values, audit) ?? []);
  return [...before, last].slice(-window);
}

function meanOf(values: readonly PastValue[], audit: string): number | undefined {
  const found = values.flatMap((past) => (past.audit === audit && past.value !== null ? [past.value] : []));
  return found.length === 0 ? undefined : found.reduce((sum, value) => sum + value, 0) / found.length;
}
