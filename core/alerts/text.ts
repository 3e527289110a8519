// An alert as plain lines: changes that differ in their columns alone share one.
import type { AlertChange, AlertMessage } from '../alert.ts';

export interface AlertLine {
  readonly level: AlertChange['to'];
  /** `orders: fid.ks of amount, placed`. */
  readonly what: string;
  readonly why: string;
}

const mostColumns = 6;
const titles: Readonly<Record<string, string>> = { run: 'the run failed', review: 'mirrors wait for a review' };

export function alertLines({ opened, closed }: AlertMessage): readonly AlertLine[] {
  const groups = new Map<string, AlertChange[]>();
  for (const change of [...opened, ...closed]) {
    const key = JSON.stringify([change.about, change.table, change.to, change.owner, change.name]);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].map((changes): AlertLine => {
    const [first] = changes as [AlertChange];
    const { about, table, name, owner, to, from } = first;
    const columns = changes.flatMap((change) => (change.columns.length === 0 ? [] : [change.columns.join(' × ')]));
    const more = columns.length - mostColumns;
    const of = name ?? `${columns.slice(0, mostColumns).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    const what = `${table === undefined ? '' : `${table}: `}${titles[about] ?? about}${of === '' ? '' : ` of ${of}`}`;
    const answers = owner === undefined ? '' : ` (${owner})`;
    const over = to === 'ok' ? `Over; it was bad since ${first.since.slice(0, 10)}.` : '';
    const was = to !== 'ok' && from !== 'ok' ? ` It was ${from === 'error' ? 'a failure' : 'to look at'} before.` : '';
    return { level: to, what: `${what}${answers}`, why: to === 'ok' ? over : `${first.reason}${was}` };
  });
}

const words = { error: 'FAIL', warn: 'LOOK', ok: 'OVER' } as const;

export function alertText(message: AlertMessage): string {
  const lines = alertLines(message).map(({ level, what, why }) => `${words[level]}  ${what}\n      ${why}`);
  return [
    message.summary,
    '',
    ...lines,
    '',
    `Run ${message.run}, ${message.at}. More: synth history, synth alerts.`,
  ].join('\n');
}
