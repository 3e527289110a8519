// prv.mia: whether the mirror tells who was learnt from, by the worst of several membership attacks.
import { z } from 'zod';
import type { Audit, AuditContext, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { aucScorer } from '../../models/metrics/index.ts';
import { frameOf } from '../frame.ts';
import { boundsShape } from '../options.ts';
import {
  aucInterval,
  detect,
  detectionCritical,
  detectionInterval,
  detectionP,
  nullAucDeviation,
} from '../statistics/roc.ts';
import { attackRows, attackSizes } from './attack-rows.ts';
import { noVerdict } from './attack-verdict.ts';
import { membershipAttacks } from './membership-attacks.ts';
import { type SeenPeople, seePeople } from './membership-features.ts';

interface MiaOptions extends Bounds {
  /** Bounds of the true-positive rate; those above are the AUC's. */
  readonly rateWarnAt: number | null;
  readonly rateFailAt: number | null;
  /** People of train and of the holdout each, at most; fewer, but 2000, where that takes too long. */
  readonly people: number;
  /** Share of people that count as most exposed. */
  readonly exposed: number;
}

/** People known not to be members of whom so many may be taken for one. */
const falsePositiveRate = 0.01;
/** People of train and of the holdout that are needed; a third of the latter are compared with. */
const leastPeople = 1000;
/** Of the most exposed, as many of each side; with fewer the rate has no room. */
const leastExposed = 100;

/** Standard normal quantiles of 1 − .5/4 and 1 − .01/4: the worst of four scores that know nothing is at most so far out. */
const worstOf4 = { q50: 1.1503493803760079, q99: 2.8070337683438042 } as const;

export const miaAudit: Audit<MiaOptions> = {
  id: 'prv.mia',
  title: 'Nobody can tell from the mirror who was in the data that it was learnt from.',
  advice: "Learn from more rows, raise k, or take draws: 'independent'.",
  unit: 'AUC or true-positive rate',
  tier: 'nightly',
  family: 'privacy',
  scope: 'table',
  needs: ['rows', 'holdout'],
  direction: 'above',
  minRows: 1000,
  options: z.strictObject({
    ...boundsShape(0.55, 0.6),
    rateWarnAt: z.number().nullable().default(0.02),
    rateFailAt: z.number().nullable().default(0.03),
    people: z.number().int().min(leastPeople).default(8000),
    exposed: z.number().gt(0).max(1).default(0.1),
  }),
  applies: ({ reference, columns }) => !reference && columns.length > 1,
  /**
   * Four measurements, each of the worst of four attacks (membership-attacks.ts): AUC and true-positive rate at a
   * false-positive rate of 1 % (N. Carlini et al. 2022), of all people and of the most exposed: those furthest from others, by
   * a distance in which the mirror has no part. Nulls are those of a score that knows nothing, by the union bound over four:
   * Mann and Whitney's deviation for the AUC, Fisher's hypergeometric tail for the rate.
   */
  async run(input: AuditInput, options: MiaOptions, { seed, signal }: AuditContext): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const rows = await attackRows(input, frame, seed);
    if (typeof rows === 'string') return [{ columns: [], ...noVerdict, reason: rows, n: frame.n }];
    const most = Math.min(options.people, rows.affordable);
    if (rows.others.people < leastPeople) {
      const reason = `${leastPeople} people in the holdout are needed, there are ${rows.others.people}.`;
      return [{ columns: [], ...noVerdict, reason, n: attackSizes(rows) }];
    }
    signal.throwIfAborted();
    const people = seePeople(rows, most);
    const real = people.isMember.reduce((sum, is) => sum + is, 0);
    const n = { real, synthetic: rows.mirror.rowCount, holdout: people.count - real };
    const scored: Scored[] = [];
    for (const { name, score } of membershipAttacks) {
      signal.throwIfAborted();
      scored.push({ name, scores: score(people, seed) });
    }
    const everybody = Array.from({ length: people.count }, (_, person) => person);
    const exposed = mostExposed(people, options.exposed);
    return [
      ...worst(people, scored, everybody, options).map((found) => ({ ...found, n })),
      ...worst(people, scored, exposed, options).map((found) => ({ ...found, name: `${found.name}, most exposed`, n })),
    ];
  },
};

interface Scored {
  readonly name: string;
  readonly scores: Float64Array;
}

type Found = Omit<Measurement, 'n' | 'name'> & { readonly name: string };

/** AUC and rate of the worst attack on these people; none when one side has too few of them. */
function worst(people: SeenPeople, attacks: readonly Scored[], some: readonly number[], options: MiaOptions): Found[] {
  const members = some.filter((person) => people.isMember[person] === 1).length;
  const others = some.length - members;
  if (Math.min(members, others) < leastExposed) return [];
  const isMember = (i: number): boolean => people.isMember[some[i] as number] === 1;
  const results = attacks.map(({ name, scores }) => {
    const own = Float64Array.from(some, (person) => scores[person] as number);
    return { name, auc: aucScorer(own, isMember)() ?? 0.5, detection: detect(own, isMember, falsePositiveRate) };
  });
  const byAuc = results.reduce((a, b) => (b.auc > a.auc ? b : a));
  const byRate = results.reduce((a, b) => (b.detection.found > a.detection.found ? b : a));
  const deviation = nullAucDeviation(members, others);
  const { detection } = byRate;
  return [
    {
      columns: [],
      name: 'AUC',
      reason: `AUC of the attack by ${byAuc.name}`,
      value: byAuc.auc,
      null: { q50: 0.5 + worstOf4.q50 * deviation, q99: 0.5 + worstOf4.q99 * deviation },
      ci: { ...aucInterval(byAuc.auc, members, others), method: 'hanley-mcneil' },
      blocks: false,
    },
    {
      columns: [],
      name: 'TPR at 1 % FPR',
      reason: `True-positive rate of the attack by ${byRate.name}`,
      value: detection.found / members,
      null: { q50: detection.falsePositives / others, q99: detectionCritical(detection, 0.01 / attacks.length) },
      p: Math.min(1, attacks.length * detectionP(detection)),
      ci: { ...detectionInterval(detection), method: 'wilson' },
      bounds: { warnAt: options.rateWarnAt, failAt: options.rateFailAt },
      blocks: false,
    },
  ];
}

/** The share of people that are furthest from others; those as far as the last of them are in. */
function mostExposed({ count, isolation }: SeenPeople, share: number): readonly number[] {
  const sorted = isolation.toSorted((a, b) => b - a);
  const last = sorted[Math.max(0, Math.ceil(share * count) - 1)] ?? Number.POSITIVE_INFINITY;
  return Array.from({ length: count }, (_, person) => person).filter((person) => (isolation[person] as number) >= last);
}
