// After a run: which incidents opened and closed, and one message per channel that has something to tell.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { AuditResult } from '../audit.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import { readIncidents, readTold, writeAlerts } from '../state/alerts.ts';
import type { State } from '../state/index.ts';
import { changesFor, messageOf } from './changes.ts';
import { deliverPending } from './deliver.ts';
import {
  type Incident,
  isQuiet,
  nextIncidents,
  observationsOf,
  reviewObservation,
  runObservation,
} from './incidents.ts';

export interface RunOutcomeToTell {
  readonly run: string;
  readonly results: readonly AuditResult[];
  /** Of a run that failed; never a value of the data. */
  readonly error?: string;
  /** Tables that wait for a person. */
  readonly needsReview?: readonly string[];
  blocks(result: AuditResult): boolean;
}

export interface TellOptions {
  readonly config: Pick<LoadedConfig, 'alerts' | 'tables' | 'directory'>;
  readonly clock: () => Date;
  readonly signal: AbortSignal;
  note(message: string): void;
  readonly timeoutMillis?: number;
}

/** Never throws: what goes wrong is noted. Call it while holding the lease `build`. */
export async function tellRun(state: State, outcome: RunOutcomeToTell, options: TellOptions): Promise<void> {
  const { alerts } = options.config;
  if (alerts.channels.length === 0) return;
  try {
    await remember(state, outcome, options);
    await deliverPending(state, { ...options, channels: alerts.channels });
  } catch {
    options.note('Alerts could not be remembered or sent; the run itself is not concerned.');
  }
}

async function remember(
  state: State,
  { run, results, error, needsReview, blocks }: RunOutcomeToTell,
  options: TellOptions,
) {
  const { alerts, tables, directory } = options.config;
  const now = options.clock();
  const at = now.toISOString();
  const observed = [...observationsOf(results, blocks), runObservation(error), reviewObservation(needsReview)];
  const watched = new Set(tables.map(({ name }) => name));
  const after = nextIncidents(await readIncidents<Incident>(state), observed, at, watched);
  const told = await readTold(state);
  const messages = alerts.channels.flatMap((channel) => {
    const changes = changesFor(channel, after, told.get(channel.name) ?? new Map(), alerts.silence, now);
    if (changes.length === 0) return [];
    const id = createHash('sha256')
      .update(JSON.stringify([run, at, channel.name]))
      .digest('hex')
      .slice(0, 16);
    return [{ channel: channel.name, message: messageOf({ id, project: basename(directory), run, at }, changes) }];
  });
  const kept = new Map([...after].filter(([key, incident]) => !isQuiet(incident) || isTold(told, key)));
  await writeAlerts(state, kept, messages, now.getTime());
}

/** Someone was told and not yet that it is over, as under a silence. */
function isTold(told: Awaited<ReturnType<typeof readTold>>, key: string): boolean {
  return [...told.values()].some((incidents) => incidents.has(key));
}
