// How a command's file is loaded: when the command is called, since most of them pull in much that others do not need.
import type { Session } from '../session.ts';

export type Run<Arguments extends readonly unknown[]> = (session: Session, ...rest: Arguments) => Promise<number>;

/** An action that loads its command's file first. */
export type Lazily = <Arguments extends readonly unknown[]>(
  load: () => Promise<Run<Arguments>>,
) => (...given: unknown[]) => Promise<void>;
