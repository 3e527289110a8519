// `synth contest [TABLE]`: the scores of the contests that were held, and who is champion.
import { runContests } from '../../core/run/contest/due.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';
import { textTable } from '../terminal/table.ts';

export async function contest(
  session: Session,
  table: string | undefined,
  flags: { readonly json?: boolean },
): Promise<number> {
  const held = await runContests({ config: await session.config(), ...(table === undefined ? {} : { table }) });
  if (flags.json) {
    session.printJson({ schemaVersion: 1, contests: held });
    return exitCodes.ok;
  }
  if (held.length === 0) session.note('No contest was held yet: `synth build` holds it before the first fit.');
  for (const { table: name, at, by, metric, before, champion, because, scores } of held) {
    session.print(`${name}, ${at.slice(0, 16).replace('T', ' ')} UTC, by ${by} (${metric})`);
    const right = { align: 'right' } as const;
    const columns = [
      { title: 'round', ...right },
      { title: 'rows', ...right },
      { title: 'candidate' },
      { title: metric, ...right },
      { title: 'seconds', ...right },
      { title: '' },
    ];
    const rows = scores.map(({ round, rows: n, candidate, score, seconds, reason }) => [
      String(round),
      String(n),
      candidate,
      score === null ? '-' : score.toFixed(4),
      String(seconds),
      reason ?? '',
    ]);
    session.print(textTable(columns, rows).trimEnd());
    session.print(`${champion === before ? 'Champion stays' : 'New champion'}: ${champion}. ${because}\n`);
  }
  return exitCodes.ok;
}
