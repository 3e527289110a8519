// `synth query "SQL"`: the same question to the mirrors, to the source, or to both.
import { runQuery, type Side } from '../../core/run/query.ts';
import { printAnswer, readableRows } from '../answer.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';

export interface QueryFlags {
  readonly source?: boolean;
  readonly both?: boolean;
  readonly json?: boolean;
  readonly limit?: number;
}

const headings: Readonly<Record<Side, string>> = { source: 'real', mirrors: 'synthetic' };

export async function query(session: Session, sql: string, flags: QueryFlags): Promise<number> {
  const config = await session.config();
  const limit = flags.limit ?? (flags.json ? undefined : readableRows);
  const { signal, threads } = session;
  const ask = (side: Side) =>
    runQuery({
      config,
      sql,
      side,
      signal,
      ...(limit === undefined ? {} : { limit }),
      ...(threads === undefined ? {} : { threads }),
    });
  if (!flags.both) {
    const answer = await ask(flags.source ? 'source' : 'mirrors');
    if (flags.json) session.printJson({ schemaVersion: 1, columns: answer.columns, rows: answer.rows });
    else printAnswer(session, answer);
    return exitCodes.ok;
  }
  const answers = { source: await ask('source'), mirrors: await ask('mirrors') };
  if (flags.json) {
    const plain = (side: Side) => ({ columns: answers[side].columns, rows: answers[side].rows });
    session.printJson({ schemaVersion: 1, real: plain('source'), synthetic: plain('mirrors') });
    return exitCodes.ok;
  }
  for (const side of ['source', 'mirrors'] as const) {
    session.print(`${side === 'mirrors' ? '\n' : ''}${headings[side]} (${config[side].location})`);
    printAnswer(session, answers[side]);
  }
  return exitCodes.ok;
}
