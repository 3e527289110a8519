// An alert as JSON to a URL of the user's.
import { createHmac } from 'node:crypto';
import type { AlertChannel } from '../../alert.ts';
import { type ChannelOptions, channel, checkUrl, postJson } from './common.ts';

export interface WebhookOptions extends ChannelOptions {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Signs the body: header `x-synthouse-signature: sha256=<hex HMAC>`. */
  readonly secret?: string;
}

/**
 * POSTs each alert as JSON (the type `AlertMessage`).
 * @example webhook({ url: env('ALERT_URL'), severity: 'warn' })
 */
export function webhook(options: WebhookOptions): AlertChannel {
  const url = checkUrl(options.url, 'webhook()', ['https:', 'http:']);
  return channel('webhook', options, async (message, signal) => {
    const { secret } = options;
    const signature =
      secret === undefined
        ? {}
        : {
            'x-synthouse-signature': `sha256=${createHmac('sha256', secret).update(JSON.stringify(message)).digest('hex')}`,
          };
    await postJson(url, message, { ...options.headers, ...signature }, signal);
  });
}
