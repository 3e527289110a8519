// `synth roi TABLE --target COLUMN`: labels and money that pre-training on a mirror saves, with intervals.
import type { MetricName } from '../../core/downstream.ts';
import { type RoiResult, runRoi } from '../../core/run/roi.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';
import { textTable } from '../terminal/table.ts';

export interface RoiFlags {
  readonly target: string;
  readonly metric?: MetricName;
  readonly model?: 'boosting' | 'linear';
  readonly labels?: readonly number[];
  readonly draws: number;
  readonly hours: number;
  readonly json?: boolean;
}

export async function roi(session: Session, table: string, flags: RoiFlags): Promise<number> {
  const config = await session.config();
  const { target, metric, model, labels, draws, hours } = flags;
  const result = await runRoi({
    ...{ config, table, target, draws, hours, signal: session.signal },
    ...(metric === undefined ? {} : { metric }),
    ...(model === undefined ? {} : { model }),
    ...(labels === undefined ? {} : { labels }),
    ...(session.threads === undefined ? {} : { threads: session.threads }),
  });
  if (flags.json) session.printJson(result);
  else printRoi(session, result);
  return exitCodes.ok;
}

function printRoi(session: Session, { target, metric, currency, rows, points, stopsAt, hurtsAt }: RoiResult): void {
  const right = { align: 'right' } as const;
  const number = (value: number): string => Math.round(value).toLocaleString('en');
  const columns = [
    { title: 'real labels', ...right },
    { title: `${metric} alone`, ...right },
    { title: 'pre-trained', ...right },
    { title: 'gain (95 %)', ...right },
    { title: 'labels saved (95 %)', ...right },
    ...(currency === undefined ? [] : [{ title: `${currency} saved`, ...right }]),
  ];
  const lines = points.map(({ labels, alone, tuned, gain, saved, single, money }) => [
    number(labels),
    alone.toFixed(4),
    tuned.toFixed(4),
    single ? `${signed(gain.value)} (one draw)` : `${signed(gain.value)} (${signed(gain.low)} to ${signed(gain.high)})`,
    `${saved.open ? 'at least ' : ''}${number(saved.value)}${single ? '' : ` (${number(saved.low)} to ${number(saved.high)})`}`,
    ...(money === undefined ? [] : [`${saved.open ? 'at least ' : ''}${number(money.value)}`]),
  ]);
  session.print(textTable(columns, lines).trimEnd());
  const best = [...points].sort((a, b) => b.saved.low - a.saved.low)[0];
  session.print('');
  if (best === undefined || best.saved.low <= 0) session.print('No saving of labels is shown.');
  else {
    const money = best.money === undefined ? '' : `, ${currency} ${number(best.money.value)}`;
    session.print(
      `With ${number(best.labels)} real labels, pre-training is worth ${best.saved.open ? 'at least ' : ''}${number(best.saved.value)} more${money} (${metric} of ${target}, scored on ${number(rows.test)} held-out rows).`,
    );
  }
  if (stopsAt !== undefined) session.print(`From ${number(stopsAt)} labels on, no gain is shown.`);
  if (hurtsAt.length > 0) session.print(`It hurts with ${hurtsAt.map(number).join(', ')} labels.`);
  session.print(
    'The mirror itself was learnt from the labels of the real table: the saving is that of whoever gets the mirror without them.',
  );
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(4)}`;
}
