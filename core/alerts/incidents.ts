// Incidents: what is bad about an audit or a run, from when it is first told until it is over. Pure.
import type { AlertLevel } from '../alert.ts';
import type { AuditResult } from '../audit.ts';

/** What one run says of one incident. */
export interface Observation {
  readonly key: string;
  readonly level: AlertLevel;
  /** Told at once, and over at once: privacy, validity and runs that failed. Others are judged by three runs. */
  readonly immediate: boolean;
  readonly about: string;
  readonly table?: string;
  readonly columns: readonly string[];
  readonly name?: string;
  readonly reason: string;
  readonly owner?: string;
}

export interface Incident extends Omit<Observation, 'immediate'> {
  /** Levels of the last three runs that looked, oldest first; `level` is what they say together. */
  readonly recent: readonly AlertLevel[];
  /** When it was first seen bad; ISO 8601, UTC. */
  readonly since: string;
}

const levels: readonly AlertLevel[] = ['ok', 'warn', 'error'];

export function rankOf(level: AlertLevel): number {
  return levels.indexOf(level);
}

export const RUN = 'run';

/** @param blocks whether a result stops a publish; `undefined` of results that say neither good nor bad */
export function observationsOf(
  results: readonly AuditResult[],
  blocks: (result: AuditResult) => boolean,
): readonly Observation[] {
  return results.flatMap((result): readonly Observation[] => {
    const { id, table, columns, name, verdict, reason, owner } = result;
    const blocking = blocks(result);
    if (verdict === 'inconclusive' && !blocking) return [];
    return [
      {
        key: JSON.stringify([id, table, ...columns, ...(name === undefined ? [] : [{ name }])]),
        level: blocking ? 'error' : verdict === 'pass' ? 'ok' : 'warn',
        immediate: /^(val|prv|sql)\./.test(id),
        about: id,
        table,
        columns,
        ...(name === undefined ? {} : { name }),
        reason,
        ...(owner === undefined ? {} : { owner }),
      },
    ];
  });
}

/** The run itself: that it failed with an error is told at once, that one went through closes it. */
export function runObservation(error?: string): Observation {
  const level = error === undefined ? 'ok' : 'error';
  return { key: RUN, level, immediate: true, about: RUN, columns: [], reason: error ?? 'The run went through.' };
}

/** A release that waits for a person is not published until somebody looks. */
export function reviewObservation(tables: readonly string[] = []): Observation {
  const waits = tables.length > 0;
  const reason = waits ? `Somebody has to look at ${tables.join(', ')}: synth review.` : 'Nothing waits.';
  return { key: 'review', level: waits ? 'error' : 'ok', immediate: true, about: 'review', columns: [], reason };
}

/**
 * The incidents after a run. Of three runs in a row two decide (their median level), so that one outlier is neither told nor
 * takes back what was; what is `immediate` goes by the run at hand.
 * @param watched tables of the config: incidents of others are over
 * @returns all that was observed or is still open; of level `ok` those that are over
 */
export function nextIncidents(
  before: ReadonlyMap<string, Incident>,
  observed: readonly Observation[],
  at: string,
  watched: ReadonlySet<string>,
): ReadonlyMap<string, Incident> {
  const after = new Map<string, Incident>();
  const lookedAt = new Set(observed.map(({ about, table }) => `${about}\0${table ?? ''}`));
  for (const [key, incident] of before) {
    const { about, table } = incident;
    if (table !== undefined && !watched.has(table)) {
      const reason = 'The config no longer has the table.';
      after.set(key, { ...incident, level: 'ok', recent: ['ok', 'ok', 'ok'], reason });
    } else if (lookedAt.has(`${about}\0${table ?? ''}`)) {
      // The audit ran and had nothing to say of these columns any more; what it did find comes next.
      const gone: Observation = { ...incident, level: 'ok', immediate: true, reason: 'It is no longer measured.' };
      after.set(key, merge(incident, gone, at));
    } else after.set(key, incident);
  }
  for (const observation of observed) after.set(observation.key, merge(before.get(observation.key), observation, at));
  return after;
}

function merge(before: Incident | undefined, { immediate, ...seen }: Observation, at: string): Incident {
  const recent = [...(before?.recent ?? ['ok', 'ok']), seen.level].slice(-3);
  const sorted = [...recent].sort((a, b) => rankOf(a) - rankOf(b));
  const level = immediate ? seen.level : (sorted[1] as AlertLevel);
  const wasQuiet = before === undefined || before.recent.every((one) => one === 'ok');
  // A single good run between bad ones: the words stay those of what is bad.
  const reason = before !== undefined && rankOf(seen.level) < rankOf(level) ? before.reason : seen.reason;
  return { ...seen, reason, level, recent, since: wasQuiet ? at : before.since };
}

/** Nothing bad in its last three runs: there is nothing to remember. */
export function isQuiet({ level, recent }: Incident): boolean {
  return level === 'ok' && recent.every((one) => one === 'ok');
}
