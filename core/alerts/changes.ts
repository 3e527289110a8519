// What one channel has to tell: the incidents whose state differs from what it told last. Pure.
import type { AlertChange, AlertChannel, AlertLevel, AlertMessage, Silence } from '../alert.ts';
import { type Incident, rankOf } from './incidents.ts';

/**
 * @param told what this channel told last, by key; nothing counts as `ok`
 * @returns one change per incident that this channel is for, that is not silenced and that it has not told yet
 */
export function changesFor(
  channel: Pick<AlertChannel, 'severity' | 'owners' | 'tables'>,
  incidents: ReadonlyMap<string, Incident>,
  told: ReadonlyMap<string, AlertLevel>,
  silences: readonly Silence[],
  now: Date,
): readonly AlertChange[] {
  const changes: AlertChange[] = [];
  for (const [key, incident] of incidents) {
    if (!isFor(channel, incident) || silences.some((silence) => isSilenced(silence, incident, now))) continue;
    const from = told.get(key) ?? 'ok';
    const to = rankOf(incident.level) >= rankOf(channel.severity) ? incident.level : 'ok';
    if (from === to) continue;
    const { about, table, columns, name, reason, owner, since } = incident;
    changes.push({
      incident: key,
      from,
      to,
      about,
      columns,
      reason,
      since,
      ...(table === undefined ? {} : { table }),
      ...(name === undefined ? {} : { name }),
      ...(owner === undefined ? {} : { owner }),
    });
  }
  return changes;
}

function isFor({ owners, tables }: Pick<AlertChannel, 'owners' | 'tables'>, { owner, table }: Incident): boolean {
  if (owners !== undefined && (owner === undefined || !owners.includes(owner))) return false;
  return tables === undefined || (table !== undefined && tables.includes(table));
}

function isSilenced({ audit, table, column, until }: Silence, incident: Incident, now: Date): boolean {
  if (until !== undefined && now >= endOf(until)) return false;
  const { about } = incident;
  if (audit !== undefined && !(audit.endsWith('*') ? about.startsWith(audit.slice(0, -1)) : about === audit))
    return false;
  if (table !== undefined && incident.table !== table) return false;
  return column === undefined || incident.columns.includes(column);
}

/** A day alone lasts until its end. */
export function endOf(until: string): Date {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(until);
  const start = new Date(until);
  return isDay ? new Date(start.getTime() + 86_400_000) : start;
}

export interface MessageFrame {
  readonly id: string;
  readonly project: string;
  readonly run: string;
  readonly at: string;
}

/** Worsened ones are opened again, lessened ones that are still told too; `from` says what they were. */
export function messageOf(frame: MessageFrame, changes: readonly AlertChange[]): AlertMessage {
  const order = (a: AlertChange, b: AlertChange): number =>
    rankOf(b.to) - rankOf(a.to) || compare(a.table ?? '', b.table ?? '') || compare(a.incident, b.incident);
  const opened = changes.filter(({ to }) => to !== 'ok').sort(order);
  const closed = changes.filter(({ to }) => to === 'ok').sort(order);
  const errors = opened.filter(({ to }) => to === 'error').length;
  const parts = [
    errors > 0 ? `${errors} ${errors === 1 ? 'failure' : 'failures'}` : '',
    opened.length > errors ? `${opened.length - errors} to look at` : '',
    closed.length > 0 ? `${closed.length} over` : '',
  ].filter((part) => part !== '');
  return { schemaVersion: 1, ...frame, summary: `Mirrors of ${frame.project}: ${parts.join(', ')}.`, opened, closed };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
