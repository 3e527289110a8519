// `synth clean`: removes what can be made again.
import { runClean } from '../../core/run/clean.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';

export async function clean(session: Session, flags: { readonly all?: boolean }): Promise<number> {
  const { clock, signal } = session;
  const removed = await runClean({ config: await session.config(), all: flags.all ?? false, clock, signal });
  if (removed.length === 0) session.note('Nothing to remove.');
  else session.print(removed.join('\n'));
  return exitCodes.ok;
}
