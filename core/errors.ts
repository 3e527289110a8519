// The one error type that users see: what happened, where, and what to do. It never carries a value of real data.

/** Who has to act: the user's config or data (`handled`, exit code 1) or us (`unexpected`, exit code 2). */
export type ErrorKind = 'handled' | 'unexpected';

export interface SynthErrorDetails {
  /** What to do about it, as one imperative sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
  readonly kind?: ErrorKind;
}

/** A failure with a stable `code` (`area.what`, for instance `config.unknown-key`). */
export class SynthError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly kind: ErrorKind;

  constructor(code: string, message: string, details: SynthErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SynthError';
    this.code = code;
    this.hint = details.hint;
    this.kind = details.kind ?? 'handled';
  }
}

/** Of errors of which some were thrown while cleaning up after another, the one that came first. */
export function firstFailure(error: unknown): unknown {
  let first = error;
  while (first instanceof Error && first.name === 'SuppressedError' && 'suppressed' in first) first = first.suppressed;
  return first;
}

// SQLite says IOERR where the disk or a quota takes no more of a file.
const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_IOERR_WRITE']);

/** What to tell when `error`, or a cause of it, says that the disk is full; undefined for other failures. */
export function diskFull(error: unknown): SynthError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (!full.has(String((at as { code?: unknown }).code))) continue;
    return new SynthError('disk.full', 'The disk refused to store more.', {
      hint: 'Free some disk space and run again; what was published before is untouched.',
      cause: error,
    });
  }
  return undefined;
}

/** The known name nearest to `name` by edit distance, or undefined when none is near enough to be a misspelling. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitute, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
