// Checks a `review` policy: when a person looks at a mirror, and how long an approval lasts.
import type { LoadedReview } from './loaded.ts';
import { check, type Problem } from './problems.ts';
import { type ReviewShape, reviewSchema } from './schema/index.ts';

export function checkReview(value: unknown, where: string, problems: Problem[]): LoadedReview | undefined {
  if (value === undefined) return undefined;
  const shape = check<ReviewShape>(reviewSchema, typeof value === 'string' ? { when: value } : value, where, problems);
  if (shape === undefined) return undefined;
  const { when, expires } = shape;
  return Object.freeze({ when, ...(expires === undefined ? {} : { expiresDays: Number.parseInt(expires, 10) }) });
}
