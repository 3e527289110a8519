// `synth status`: when each schedule ran last and runs next, and what is overdue.
import { runStatus } from '../../core/schedule/index.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';
import { textTable } from '../terminal/table.ts';

export interface StatusFlags {
  readonly json?: boolean;
  readonly check?: boolean;
}

export async function status(session: Session, flags: StatusFlags): Promise<number> {
  const jobs = await runStatus({ config: await session.config(), clock: session.clock });
  // A scheduler that died cannot say so itself.
  const code = flags.check === true && jobs.some(({ overdue }) => overdue) ? exitCodes.handled : exitCodes.ok;
  if (flags.json) {
    session.printJson({ schemaVersion: 1, jobs });
    return code;
  }
  const columns = [
    { title: 'job' },
    { title: 'schedule' },
    { title: 'last run (UTC)' },
    { title: 'ended' },
    { title: 'next run (UTC)' },
    { title: '' },
  ];
  const shown = (iso: string | undefined): string => iso?.slice(0, 19).replace('T', ' ') ?? '-';
  const rows = jobs.map((job) => [
    job.job.replace(/^table:/, ''),
    job.timeZone === 'UTC' ? job.cron : `${job.cron} (${job.timeZone})`,
    shown(job.lastEnded),
    job.lastStatus ?? '-',
    shown(job.next),
    job.overdue ? 'overdue' : '',
  ]);
  session.print(textTable(columns, rows).trimEnd());
  return code;
}
