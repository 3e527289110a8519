// Which mirrors a person looks at before readers see them, and what such a look is bound to. Pure.
import type { AuditResult } from '../audit.ts';
import { digest } from '../config/digest.ts';
import type { LoadedReview } from '../config/loaded.ts';
import { badness, VERDICTS } from '../report/verdicts.ts';
import type { ReviewRecord } from '../state/reviews.ts';

export interface Candidate {
  readonly table: string;
  readonly review: LoadedReview;
  /** Its rows were made in this run. */
  readonly rebuilt: boolean;
  readonly results: readonly AuditResult[];
  /** Of its rows. */
  readonly mirrorDigest: string | undefined;
  /** Of what it was made from: the source's state and the config. */
  readonly madeFrom: unknown;
}

export interface Look {
  readonly table: string;
  /** Of the rows, what they were made from and every verdict that is no pass: any change makes another one, which nobody has looked at. */
  readonly digest: string;
  readonly mirrorDigest: string;
  readonly why: string;
}

export interface Looks {
  /** Nobody has decided on these yet, or the approval has expired. */
  readonly needed: readonly Look[];
  /** The very same was rejected before. */
  readonly rejected: readonly (Look & { readonly by: ReviewRecord })[];
}

export function looksOf(candidates: readonly Candidate[], past: readonly ReviewRecord[], now: Date): Looks {
  const needed: Look[] = [];
  const rejected: (Look & { readonly by: ReviewRecord })[] = [];
  for (const candidate of candidates) {
    const why = reasonToLook(candidate);
    const { table, results, mirrorDigest = '', madeFrom, review } = candidate;
    const verdicts = results.filter(isBound).map(({ id, columns, name, verdict }) => [id, columns, name, verdict]);
    const look = { table, digest: digest([table, mirrorDigest, madeFrom, verdicts]), mirrorDigest, why: why ?? '' };
    const decided = past.findLast((record) => record.table === table && record.digest === look.digest);
    if (decided?.decision === 'reject') rejected.push({ ...look, by: decided });
    else if (why !== undefined && (decided === undefined || hasExpired(decided, review, now))) needed.push(look);
  }
  return { needed, rejected };
}

/** Audits of the history have more to say with every run: that they could not decide yet is nothing that was seen. */
function isBound({ id, verdict }: AuditResult): boolean {
  return verdict !== 'pass' && !(verdict === 'inconclusive' && /^(drf|gov)\.|^col\.trend$/.test(id));
}

function reasonToLook({ review, rebuilt, results }: Candidate): string | undefined {
  if (review.when === 'never') return undefined;
  const open = results.filter(({ verdict }) => verdict !== 'pass').length;
  if (open > 0) return `${open} of ${results.length} audits did not pass`;
  return review.when === 'always' && rebuilt ? 'its policy says so' : undefined;
}

/**
 * Tables whose visible mirror was rejected, or whose approval has expired: the next publish leaves them out.
 * @param visible digests of the visible mirrors' rows, by table
 */
export function withdrawnTables(
  visible: ReadonlyMap<string, string | undefined>,
  reviews: ReadonlyMap<string, LoadedReview>,
  past: readonly ReviewRecord[],
  now: Date,
): ReadonlySet<string> {
  const withdrawn = [...visible].filter(([table, mirrorDigest]) => {
    const last = past.findLast((record) => record.table === table && record.mirrorDigest === mirrorDigest);
    if (last === undefined || mirrorDigest === undefined) return false;
    const review = reviews.get(table);
    return last.decision === 'reject' || (review !== undefined && hasExpired(last, review, now));
  });
  return new Set(withdrawn.map(([table]) => table));
}

export function hasExpired({ at }: Pick<ReviewRecord, 'at'>, { expiresDays }: LoadedReview, now: Date): boolean {
  return expiresDays !== undefined && now.getTime() - Date.parse(at) > expiresDays * 86_400_000;
}

/** Share of its bound from which a pass is borderline. */
const borderline = 0.8;

/** What to look at, the worst first: all that did not pass, then passes that are near their bound. */
export function worthALook(results: readonly AuditResult[]): readonly AuditResult[] {
  const near = (result: AuditResult): boolean =>
    result.failAt !== 0 && (result.failAt ?? result.warnAt) !== null && badness(result) >= borderline;
  return results
    .filter((result) => result.verdict !== 'pass' || near(result))
    .sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) || badness(b) - badness(a));
}
