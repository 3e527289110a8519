// `synth rollback [RELEASE]`: makes the release before (or the named one) the visible one.
import { runRollback } from '../../core/run/index.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';

export async function rollback(session: Session, release: string | undefined): Promise<number> {
  const config = await session.config();
  const { from, to } = await runRollback({
    config,
    ...(release === undefined ? {} : { release }),
    clock: session.clock,
    signal: session.signal,
  });
  session.print(`${config.mirrors.location} shows release ${to.id} again (before: ${from?.id ?? 'none'}).`);
  return exitCodes.ok;
}
