// How many rows are drawn in search of those that fulfil a condition, and when the search is given up. Pure.
import { SynthError } from '../../errors.ts';

/** What a search has cost and given so far. */
export interface Search {
  readonly tried: number;
  readonly found: number;
}

/** A block of draws: fewer rows cost about as much. */
const leastBatch = 65_536;
/** A batch stays in memory. */
const mostBatch = 1_048_576;
/** Rows drawn before a share is believed. */
export const leastTries = 1_048_576;
const defaultTries = 10_000_000;

/** Rows to draw next: what is missing by the share so far, and a little more; twice as many as before when none was found. */
export function batchRows(missing: number, { tried, found }: Search): number {
  if (tried === 0) return clamp(2 * missing);
  return clamp(found === 0 ? 2 * tried : 1.1 * missing * (tried / found) + 1000);
}

function clamp(rows: number): number {
  return Math.ceil(Math.max(leastBatch, Math.min(mostBatch, rows)));
}

/**
 * @param tries most rows to draw. When left out: ten million or twenty per row asked for; a million while none is found
 * @throws SynthError `demand.too-rare` once that many were drawn, or as soon as they will clearly not be enough
 */
export function giveUp(
  label: string,
  where: string,
  count: number,
  have: number,
  search: Search,
  tries?: number,
): void {
  const { tried, found } = search;
  if (tried === 0) return;
  const most = tries ?? (found === 0 ? leastTries : Math.max(defaultTries, 20 * count));
  const missing = count - have;
  const hopeless = tried >= leastTries && found > 0 && (missing * tried) / found > 2 * (most - tried);
  if (tried < most && !hopeless) return;
  const many = (n: number): string => n.toLocaleString('en');
  const share = found === 0 ? `less than ${percent(3 / tried)}` : percent(found / tried);
  const got = found === 0 ? `None of ${many(count)} rows` : `Only ${many(have)} of ${many(count)} rows`;
  throw new SynthError(
    'demand.too-rare',
    `${got} of ${label} with ${where} came up in ${many(tried)} draws: the condition holds in ${share} of what was learnt.`,
    {
      hint:
        found === 0
          ? 'Nothing like it was learnt, or only fewer rows than are protected: widen the condition.'
          : 'Ask for fewer rows, widen the condition, or allow more draws with --tries.',
    },
  );
}

/** For rows that are asked for without a condition. */
export function tooAlike(label: string, count: number, have: number): SynthError {
  const many = (n: number): string => n.toLocaleString('en');
  return new SynthError(
    'demand.too-alike',
    `Only ${many(have)} of ${many(count)} rows of ${label} could be drawn that differ where its keys and rules want them to.`,
    { hint: 'Ask for fewer rows.' },
  );
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
