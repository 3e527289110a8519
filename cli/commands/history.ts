// `synth history [TABLE]`: the last runs, how their audits ended, and which releases can be rolled back to.
import { type HistoryEntry, runHistory } from '../../core/run/inspect.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';
import { textTable } from '../terminal/table.ts';

export interface HistoryFlags {
  readonly limit: number;
  readonly json?: boolean;
}

export async function history(session: Session, table: string | undefined, flags: HistoryFlags): Promise<number> {
  const config = await session.config();
  const entries = await runHistory({ config, limit: flags.limit, ...(table === undefined ? {} : { table }) });
  if (flags.json) {
    const runs = entries.map(({ run, ...rest }) => ({ ...run, ...rest }));
    session.printJson({ schemaVersion: 1, ...(table === undefined ? {} : { table }), runs });
  } else if (entries.length === 0) {
    session.note(
      table === undefined ? 'No runs yet: `synth build` makes the first.' : `No run has audited ${table} yet.`,
    );
  } else {
    const right = { align: 'right' } as const;
    const columns = [
      { title: 'run' },
      { title: 'started (UTC)' },
      { title: 'seconds', ...right },
      { title: 'status' },
      { title: 'pass', ...right },
      { title: 'warn', ...right },
      { title: 'fail', ...right },
      { title: 'release' },
    ];
    session.print(textTable(columns, entries.map(cells)).trimEnd());
    for (const { run } of entries) if (run.message !== undefined) session.print(`${run.id}: ${run.message}`);
  }
  return exitCodes.ok;
}

function cells({ run, verdicts, release }: HistoryEntry): readonly string[] {
  const { id, startedAt, endedAt, status } = run;
  const seconds = endedAt === undefined ? '-' : ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  return [
    id,
    startedAt.slice(0, 19).replace('T', ' '),
    seconds,
    status,
    String(verdicts.pass),
    String(verdicts.warn + verdicts.inconclusive),
    String(verdicts.fail + verdicts.error),
    release ?? '',
  ];
}
