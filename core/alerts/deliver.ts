// Sends what waits in the outbox. A delivery that fails is tried again by later runs; it never stops or fails one.
import type { AlertChannel } from '../alert.ts';
import { SynthError } from '../errors.ts';
import { claimDelivery, endDelivery, type OutboxEntry, readOutbox } from '../state/alerts.ts';
import type { State } from '../state/index.ts';

export interface DeliverOptions {
  readonly channels: readonly AlertChannel[];
  readonly clock: () => Date;
  readonly signal: AbortSignal;
  /** What people should know: a delivery that failed. */
  note(message: string): void;
  /** After so many milliseconds an attempt counts as failed. Default 10,000. */
  readonly timeoutMillis?: number;
}

const minute = 60_000;
/** Waits after the first, second, … failed attempt; after the last the message is given up. */
const waits = [1, 5, 15, 60, 240, 720, 1440, 1440].map((minutes) => minutes * minute);

/** Tries each message that is due once, channel by channel in the order of the messages. */
export async function deliverPending(state: State, options: DeliverOptions): Promise<void> {
  const now = options.clock().getTime();
  const due = (await readOutbox(state)).filter(({ nextAt }) => nextAt <= now);
  const byChannel = new Map<string, OutboxEntry[]>();
  for (const entry of due) byChannel.set(entry.channel, [...(byChannel.get(entry.channel) ?? []), entry]);
  await Promise.all(
    [...byChannel].map(async ([name, entries]) => {
      const channel = options.channels.find((candidate) => candidate.name === name);
      for (const entry of entries) {
        if (options.signal.aborted) return;
        // The channel was taken out of the config.
        if (channel === undefined) await endDelivery(state, entry.id, 'done');
        // What hangs once would hang for each message: the others wait for the next run.
        else if (!(await deliver(state, channel, entry, options))) return;
      }
    }),
  );
}

async function deliver(
  state: State,
  channel: AlertChannel,
  entry: OutboxEntry,
  options: DeliverOptions,
): Promise<boolean> {
  const { clock, signal, note } = options;
  const millis = options.timeoutMillis ?? 10_000;
  if (!(await claimDelivery(state, entry, clock().getTime() + 2 * millis + minute))) return true;
  const failure = await attempt(channel, entry, signal, millis);
  if (failure === undefined) {
    await endDelivery(state, entry.id, 'done');
    return true;
  }
  const wait = waits[entry.attempts];
  if (wait === undefined) {
    await endDelivery(state, entry.id, 'done');
    note(`The alert channel ${channel.name} failed ${entry.attempts + 1} times (${failure}); the message is given up.`);
  } else {
    await endDelivery(state, entry.id, { failure, nextAt: clock().getTime() + wait });
    note(`The alert channel ${channel.name} failed (${failure}); it is tried again by the next run.`);
  }
  return false;
}

/** Why it failed, as the inside of a sentence; undefined when it did not. Never the text of others, which may quote secrets. */
async function attempt(
  channel: AlertChannel,
  { message }: OutboxEntry,
  outer: AbortSignal,
  millis: number,
): Promise<string | undefined> {
  const timeout = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new SynthError('alert.timeout', `no answer within ${millis / 1000} s`);
      timeout.abort(error);
      reject(error);
    }, millis);
  });
  try {
    // A channel of the user's may not look at its signal.
    await Promise.race([channel.send(message, AbortSignal.any([outer, timeout.signal])), late]);
    return undefined;
  } catch (error) {
    return describe(timeout.signal.aborted ? timeout.signal.reason : error);
  } finally {
    clearTimeout(timer);
  }
}

export function describe(error: unknown): string {
  if (error instanceof SynthError) return error.message.replace(/^It /, '').replace(/\.$/, '');
  const { cause, code } = error as { cause?: { code?: unknown }; code?: unknown };
  const known = [code, cause?.code].find((value) => typeof value === 'string');
  return known === undefined
    ? `an error of the kind ${error instanceof Error ? error.name : typeof error}`
    : String(known);
}
