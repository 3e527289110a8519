// What all channels of ours have: a name, the least level that they tell, and whom they are for.
import type { AlertChannel } from '../../alert.ts';
import { SynthError } from '../../errors.ts';

export interface ChannelOptions {
  /** Default: the kind of the channel. Two of a kind need names. */
  readonly name?: string;
  /** Least level that is told. Default `error`. */
  readonly severity?: 'warn' | 'error';
  /** Only what these answer for (`owner` of bounds). */
  readonly owners?: readonly string[];
  readonly tables?: readonly string[];
}

export function channel(kind: string, options: ChannelOptions, send: AlertChannel['send']): AlertChannel {
  const { name = kind, severity = 'error', owners, tables } = options;
  return Object.freeze({
    kind: 'alert-channel',
    name,
    severity,
    ...(owners === undefined ? {} : { owners }),
    ...(tables === undefined ? {} : { tables }),
    send,
  });
}

/** @throws SynthError `alert.url`, without the URL: it is a secret */
export function checkUrl(url: string, what: string, protocols: readonly string[]): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed !== undefined && protocols.includes(parsed.protocol)) return parsed;
  throw new SynthError('alert.url', `The URL of ${what} does not start with ${protocols.join('// or ')}//.`, {
    hint: "Give it by an environment variable, as env('ALERT_URL').",
  });
}

/** Posts JSON; an answer other than 2xx is a failure. Only its status is told: bodies may repeat what was sent. */
export async function postJson(
  url: URL,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    redirect: 'error',
    signal,
  });
  await response.body?.cancel();
  if (!response.ok) throw new SynthError('alert.answer', `It answered with status ${response.status}.`);
}
