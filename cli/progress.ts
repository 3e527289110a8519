// The progress of a run on stderr, as the session wants it.
import type { Session } from './session.ts';
import { createProgress, type TerminalProgress } from './terminal/progress.ts';

export function watchRun(session: Session): TerminalProgress {
  return createProgress(session.quiet ? { mode: 'quiet' } : {});
}
