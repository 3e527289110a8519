// An alert as an e-mail, through SMTP.
import type { AlertChannel } from '../../alert.ts';
import { SynthError } from '../../errors.ts';
import { alertText } from '../text.ts';
import { type ChannelOptions, channel, checkUrl } from './common.ts';

export interface EmailOptions extends ChannelOptions {
  /** `smtps://user:password@host:465` or `smtp://…:587` (STARTTLS where the server has it): give it by env(). */
  readonly smtp: string;
  readonly from: string;
  readonly to: string | readonly string[];
}

const timeout = 10_000;

/**
 * Sends each alert as plain text.
 * @example email({ smtp: env('SMTP_URL'), from: 'synth@example.org', to: ['data@example.org'] })
 */
export function email(options: EmailOptions): AlertChannel {
  const { from } = options;
  const to = [options.to].flat();
  const url = checkUrl(options.smtp, 'email()', ['smtp:', 'smtps:']);
  if (to.length === 0 || [from, ...to].some((address) => !/^[^\r\n]+@[^\r\n@]+$/.test(address))) {
    throw new SynthError('alert.address', 'email() needs e-mail addresses in `from` and `to`.', {
      hint: "Write from: 'synth@example.org', to: ['data@example.org'].",
    });
  }
  return channel('email', options, async (message, signal) => {
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      ...{ host: url.hostname, secure: url.protocol === 'smtps:' },
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      ...(url.username === ''
        ? {}
        : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
      ...{ connectionTimeout: timeout, greetingTimeout: timeout, socketTimeout: timeout },
    });
    const stop = (): void => transport.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const subject = message.summary.replaceAll(/[\r\n]+/g, ' ');
      // The same id when it is tried again: mail programs show it once.
      const messageId = `<${message.id}.${message.run}@synthouse>`;
      await transport.sendMail({ from, to, subject, text: alertText(message), messageId });
    } finally {
      signal.removeEventListener('abort', stop);
      transport.close();
    }
  });
}
