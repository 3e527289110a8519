// What is remembered of alerts: incidents, what each channel told of them last, and messages that wait for their delivery.
import { sql } from 'drizzle-orm';
import type { AlertLevel, AlertMessage } from '../alert.ts';
import { exclusively } from './exclusive.ts';
import type { State } from './open.ts';

export interface OutboxEntry {
  readonly id: string;
  readonly channel: string;
  readonly message: AlertMessage;
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly nextAt: number;
  /** Why the last attempt failed. */
  readonly failure?: string;
}

/** @typeParam Stored the incident as JSON, as it was written */
export async function readIncidents<Stored>(state: State): Promise<ReadonlyMap<string, Stored>> {
  const rows = await state.db.all<{ key: string; incident: string }>(sql`SELECT * FROM incidents ORDER BY key`);
  return new Map(rows.map(({ key, incident }) => [key, JSON.parse(incident) as Stored]));
}

/** By channel, then by incident. */
export async function readTold(state: State): Promise<ReadonlyMap<string, ReadonlyMap<string, AlertLevel>>> {
  const rows = await state.db.all<{ channel: string; incident: string; level: AlertLevel }>(
    sql`SELECT channel, incident, level FROM alerts_told`,
  );
  const told = new Map<string, Map<string, AlertLevel>>();
  for (const { channel, incident, level } of rows) {
    told.set(channel, (told.get(channel) ?? new Map()).set(incident, level));
  }
  return told;
}

/** In one transaction: a message that is remembered as told is in the outbox. */
export async function writeAlerts(
  state: State,
  incidents: ReadonlyMap<string, unknown>,
  messages: readonly { readonly channel: string; readonly message: AlertMessage }[],
  now: number,
): Promise<void> {
  await exclusively(() =>
    state.db.transaction(async (transaction) => {
      await transaction.run(sql`DELETE FROM incidents`);
      for (const [key, incident] of incidents) {
        await transaction.run(sql`INSERT INTO incidents VALUES (${key}, ${JSON.stringify(incident)})`);
      }
      for (const { channel, message } of messages) {
        await transaction.run(sql`
          INSERT OR IGNORE INTO alert_outbox (id, channel, message, attempts, next_at)
          VALUES (${message.id}, ${channel}, ${JSON.stringify(message)}, 0, ${now})`);
        for (const { incident, to } of [...message.opened, ...message.closed]) {
          await transaction.run(
            to === 'ok'
              ? sql`DELETE FROM alerts_told WHERE channel = ${channel} AND incident = ${incident}`
              : sql`INSERT OR REPLACE INTO alerts_told VALUES (${channel}, ${incident}, ${to})`,
          );
        }
      }
    }),
  );
}

/** Oldest first. */
export async function readOutbox(state: State): Promise<readonly OutboxEntry[]> {
  const rows = await state.db.all<{
    id: string;
    channel: string;
    message: string;
    attempts: number;
    next_at: number;
    failure: string | null;
  }>(sql`SELECT * FROM alert_outbox ORDER BY rowid`);
  return rows.map(({ message, next_at, failure, ...row }) => ({
    ...row,
    message: JSON.parse(message) as AlertMessage,
    nextAt: next_at,
    ...(failure === null ? {} : { failure }),
  }));
}

/** Takes an entry for one attempt; false when another process has. If this one dies, it is free again at `until`. */
export async function claimDelivery(state: State, { id, nextAt }: OutboxEntry, until: number): Promise<boolean> {
  const claim = sql`UPDATE alert_outbox SET next_at = ${until}, attempts = attempts + 1
    WHERE id = ${id} AND next_at = ${nextAt}`;
  return (await exclusively(() => state.db.run(claim))).rowsAffected === 1;
}

export async function endDelivery(
  state: State,
  id: string,
  end: 'done' | { readonly failure: string; readonly nextAt: number },
): Promise<void> {
  const change =
    end === 'done'
      ? sql`DELETE FROM alert_outbox WHERE id = ${id}`
      : sql`UPDATE alert_outbox SET next_at = ${end.nextAt}, failure = ${end.failure} WHERE id = ${id}`;
  await exclusively(() => state.db.run(change));
}
