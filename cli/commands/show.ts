// `synth show TABLE`: the first rows of a mirror.
import { runShow } from '../../core/run/query.ts';
import { printAnswer } from '../answer.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';

export interface ShowFlags {
  readonly limit: number;
  readonly json?: boolean;
}

export async function show(session: Session, table: string, flags: ShowFlags): Promise<number> {
  const config = await session.config();
  const { signal, threads } = session;
  const answer = await runShow({
    config,
    table,
    side: 'mirrors',
    limit: flags.limit,
    signal,
    ...(threads === undefined ? {} : { threads }),
  });
  if (flags.json) session.printJson({ schemaVersion: 1, columns: answer.columns, rows: answer.rows });
  // That there are more rows is what one expects of the first few.
  else printAnswer(session, { ...answer, more: false });
  return exitCodes.ok;
}
