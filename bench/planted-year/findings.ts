// In which week each planted event was told, by its right name. Pure.
import type { Calendar, EventName, PlantedEvent } from './events.ts';
import type { Week } from './year.ts';

export interface Finding {
  readonly event: PlantedEvent;
  /** The first week in which it was told; undefined when it never was. */
  readonly told: number | undefined;
  /** Told before it was there. */
  readonly early: boolean;
  readonly as: string;
}

type Sign = (week: Week) => string | undefined;

const drift =
  (column: string, named = ''): Sign =>
  ({ drifted, driftReasons, reasons }) => {
    const i = drifted.findIndex((one, at) => one.endsWith(` ${column}`) && (driftReasons[at] ?? '').includes(named));
    return i < 0 ? undefined : `${drifted[i]}${named === '' ? '' : ` (${named})`}; ${reasons.join(', ')}`;
  };
const noted =
  (text: string): Sign =>
  ({ notes }) =>
    notes.find((note) => note.includes(text));

/** By which each event is known: the audit and the column, or the sentence. */
const signs: Readonly<Record<EventName, Sign>> = {
  drift: drift('delay'),
  break: drift('distance'),
  loop: noted('holds rows of a mirror'),
  schema: noted('gate is new'),
  nulls: drift('hour', 'Mostly missing values'),
};

export function findings(weeks: readonly Week[], calendar: Calendar): readonly Finding[] {
  return (Object.keys(signs) as EventName[]).map((name): Finding => {
    const event = calendar[name];
    const found = weeks.flatMap((week) => {
      const as = signs[name](week);
      return as === undefined ? [] : [{ week: week.week, as }];
    });
    const first = found.find(({ week }) => week >= event.week);
    return {
      event,
      told: first?.week,
      early: found.some(({ week }) => week < event.week),
      as: first?.as ?? 'not told',
    };
  });
}

/**
 * What a year without events must not have: drift, contamination, runs that fail, and alerts. How well the generator does on the
 * columns of a snapshot (`fid.*`, told as warnings) and audits of slower tiers that are overdue are no matter of the year.
 */
export function falseAlarms(weeks: readonly Week[]): readonly string[] {
  return weeks.flatMap(({ week, drifted, notes, alerts, status }) => [
    ...drifted.map((one) => `week ${week}: ${one}`),
    ...notes.filter((note) => /rows of a mirror|columns of/.test(note)).map((note) => `week ${week}: ${note}`),
    ...alerts
      .filter((alert) => !/^(fid|gov)\./.test(alert.about))
      .map(({ about, columns, reason }) => `week ${week}: alert ${about} ${columns.join(' × ')}: ${reason}`),
    ...(['failed', 'rejected', 'not run'].includes(status) ? [`week ${week}: ${status}`] : []),
  ]);
}
