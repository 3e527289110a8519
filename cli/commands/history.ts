// `synth history [TABLE] [--audit ID]`: the last runs, how their audits ended, and what an audit found from run to run.

import { formatStatistic } from '../../core/report/format.ts';
import type { HistoryLine } from '../../core/report/history.ts';
import { type History, type HistoryEntry, runHistory } from '../../core/run/inspect.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';
import { historyChart, historyTitle, sparkline } from '../terminal/history-chart.ts';
import { verdictStyle } from '../terminal/summary.ts';
import { type TableCell, textTable } from '../terminal/table.ts';
import { type Colours, coloursFor, widthOf } from '../terminal/text.ts';

export interface HistoryFlags {
  readonly audit?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export async function history(session: Session, table: string | undefined, flags: HistoryFlags): Promise<number> {
  const { audit, limit } = flags;
  const config = await session.config();
  const found = await runHistory({
    config,
    limit,
    ...(table === undefined ? {} : { table }),
    ...(audit === undefined ? {} : { audit }),
  });
  const { entries, lines, measurements } = found;
  if (flags.json) {
    const runs = entries.map(({ run, ...rest }) => ({ ...run, ...rest }));
    const of = table === undefined ? {} : { table, audits: lines };
    session.printJson({ schemaVersion: 1, ...of, ...(audit === undefined ? {} : { audit, measurements }), runs });
  } else if (entries.length === 0) {
    session.note(
      table === undefined ? 'No runs yet: `synth build` makes the first.' : `No run has audited ${table} yet.`,
    );
  } else if (table !== undefined && audit !== undefined) printAudit(session, table, found);
  else printRuns(session, found);
  return exitCodes.ok;
}

function printAudit(session: Session, table: string, { lines, measurements }: History): void {
  const colours = coloursFor(process.stdout);
  const width = widthOf(process.stdout);
  for (const line of lines) {
    session.print(historyTitle(line, table));
    session.print(historyChart(line, colours, width));
  }
  session.print(lineTable('', measurements, colours, width));
}

function printRuns(session: Session, { entries, lines }: History): void {
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
  if (lines.length === 0) return;
  session.print('');
  session.print(lineTable('audit', lines, coloursFor(process.stdout), widthOf(process.stdout)));
}

/** One line of text per audit or measurement: its values from the oldest run on the left to the latest. */
function lineTable(title: string, lines: readonly HistoryLine[], colours: Colours, width: number): string {
  const right = { align: 'right' } as const;
  const columns = [
    { title, shrinkTo: 12 },
    { title: 'over the runs' },
    { title: 'first', ...right },
    { title: 'least', ...right },
    { title: 'greatest', ...right },
    { title: 'last', ...right },
    { title: '' },
  ];
  const rows = lines.map(({ audit, points }): readonly TableCell[] => {
    const values = points.flatMap(({ value }) => value ?? []);
    const shown = (value: number | null | undefined): string => formatStatistic(value ?? null);
    const last = points.at(-1);
    const verdict = last?.verdict ?? 'pass';
    return [
      audit,
      sparkline(points.slice(-40)),
      shown(points[0]?.value),
      values.length === 0 ? '–' : shown(Math.min(...values)),
      values.length === 0 ? '–' : shown(Math.max(...values)),
      shown(last?.value),
      { text: verdict, style: verdictStyle(verdict, colours) },
    ];
  });
  return textTable(columns, rows, { width, titleStyle: colours.dim }).trimEnd();
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
