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
export const mostBatch = 1_048_576;
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

export interface Progress {
  readonly count: number;
  readonly have: number;
  /** Draws as learnt. */
  readonly plain: Search;
  /** Draws that the condition steers, once there are any. */
  readonly steered?: Search;
  /** The share of what was learnt that fulfils the condition, as the weights of steered draws tell it. */
  readonly share?: number;
  /** Most rows to draw. When left out: ten million or twenty per row asked for; a million while none is found. */
  readonly tries?: number;
}

/** @throws SynthError `demand.too-rare` once that many were drawn, or as soon as they will clearly not be enough */
export function giveUp(label: string, where: string, progress: Progress): void {
  const { count, have, plain, steered, tries } = progress;
  const tried = plain.tried + (steered?.tried ?? 0);
  if (tried === 0) return;
  const found = plain.found + (steered?.found ?? 0);
  const most = tries ?? (found === 0 ? leastTries : Math.max(defaultTries, 20 * count));
  const isBelieved = tried >= leastTries && found > 0 && (steered === undefined || steered.tried > 0);
  const now = steered ?? plain;
  const hopeless = isBelieved && ((count - have) * now.tried) / now.found > 2 * (most - tried);
  if (tried < most && !hopeless) return;
  const many = (n: number): string => n.toLocaleString('en');
  const share =
    plain.found > 0
      ? percent(plain.found / plain.tried)
      : progress.share
        ? percent(progress.share)
        : `less than ${percent(3 / tried)}`;
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

/** For conditions that ask a column for values that no row was learnt to have. */
export function neverLearnt(label: string, where: string): SynthError {
  return new SynthError(
    'demand.never-learnt',
    `No row of ${label} with ${where} can be drawn: none was learnt, or fewer than are protected.`,
    { hint: 'Check how the values are spelt, or widen the condition.' },
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
