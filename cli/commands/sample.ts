// `synth sample TABLE --where "…" --rows N`: rows on demand from what the last build learnt.
import { relative, resolve } from 'node:path';
import { runSample } from '../../core/run/sample.ts';
import { printAnswer, readableRows } from '../answer.ts';
import { exitCodes } from '../failure.ts';
import { watchRun } from '../progress.ts';
import type { Session } from '../session.ts';

export interface SampleFlags {
  readonly where?: string;
  readonly rows: number;
  readonly out?: string;
  readonly seed?: number;
  readonly tries?: number;
  readonly json?: boolean;
}

export async function sample(session: Session, table: string, flags: SampleFlags): Promise<number> {
  const { out, json, ...asked } = flags;
  const config = await session.config();
  using progress = watchRun(session);
  const result = await runSample({
    ...asked,
    config,
    table,
    // The session stands in the project's folder, the user may stand elsewhere.
    ...(out === undefined ? (json ? {} : { limit: readableRows }) : { out: resolve(session.directory, out) }),
    ...(session.threads === undefined ? {} : { threads: session.threads }),
    signal: session.signal,
    progress: progress.sink,
  });
  progress.stop();
  const { answer, seconds, rows } = result;
  if (json) session.printJson(result);
  else if (answer !== undefined) printAnswer(session, answer, '--out FILE writes all, --json prints all');
  else {
    const written = relative(session.directory, result.out ?? '');
    session.print(`Wrote ${rows.toLocaleString('en')} rows of ${table} to ${written} in ${seconds.toFixed(1)} s.`);
  }
  return exitCodes.ok;
}
