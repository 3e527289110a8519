// `synth alerts`: what is bad now, what waits to be delivered, and a message that tries every channel.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { AlertMessage } from '../alert.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import { SynthError } from '../errors.ts';
import { projectPaths } from '../run/plan.ts';
import { type OutboxEntry, readIncidents, readOutbox } from '../state/alerts.ts';
import { openState } from '../state/index.ts';
import { describe } from './deliver.ts';
import { type Incident, rankOf } from './incidents.ts';

export interface Alerts {
  /** Worst first. */
  readonly incidents: readonly Incident[];
  readonly waiting: readonly Pick<OutboxEntry, 'channel' | 'attempts' | 'failure'>[];
}

export async function runAlerts({ config }: { readonly config: LoadedConfig }): Promise<Alerts> {
  const path = projectPaths(config).state;
  if (!existsSync(path)) return { incidents: [], waiting: [] };
  await using state = await openState(path);
  const incidents = [...(await readIncidents<Incident>(state)).values()].filter(({ level }) => level !== 'ok');
  return {
    incidents: incidents.sort((a, b) => rankOf(b.level) - rankOf(a.level)),
    waiting: await readOutbox(state),
  };
}

/** Sends a message that says it is a test to each channel. @throws SynthError `alert.none` */
export async function runAlertTest(options: {
  readonly config: LoadedConfig;
  readonly clock: () => Date;
  readonly signal: AbortSignal;
}): Promise<readonly { readonly channel: string; readonly failure?: string }[]> {
  const { config, clock, signal } = options;
  if (config.alerts.channels.length === 0) {
    throw new SynthError('alert.none', 'The config names no alert channel.', {
      hint: "Add one, as alerts: [slack({ url: env('SLACK_WEBHOOK') })].",
    });
  }
  const at = clock().toISOString();
  const project = basename(config.directory);
  const summary = `A test of the alerts of ${project}: nothing is wrong.`;
  const message: AlertMessage = {
    ...{ schemaVersion: 1, id: `test-${at.replace(/\D/g, '')}`, project, run: 'test', at, summary },
    ...{ opened: [], closed: [] },
  };
  return Promise.all(
    config.alerts.channels.map(async (channel) => {
      try {
        await channel.send(message, AbortSignal.any([signal, AbortSignal.timeout(10_000)]));
        return { channel: channel.name };
      } catch (error) {
        signal.throwIfAborted();
        return { channel: channel.name, failure: describe(error) };
      }
    }),
  );
}
