// An alert as a Slack message; Mattermost, Rocket.Chat and Discord (URL ending in /slack) take the same.
import type { AlertChannel, AlertMessage } from '../../alert.ts';
import { alertLines } from '../text.ts';
import { type ChannelOptions, channel, checkUrl, postJson } from './common.ts';

export interface SlackOptions extends ChannelOptions {
  /** Of an incoming webhook. Whoever has it can post: give it by env(). */
  readonly url: string;
}

/**
 * Posts each alert to an incoming webhook of Slack, or of what is compatible with it.
 * @example slack({ url: env('SLACK_WEBHOOK') })
 */
export function slack(options: SlackOptions): AlertChannel {
  const url = checkUrl(options.url, 'slack()', ['https:', 'http:']);
  return channel('slack', options, (message, signal) => postJson(url, slackBody(message), {}, signal));
}

const signs = { error: ':red_circle:', warn: ':large_yellow_circle:', ok: ':white_check_mark:' } as const;
/** Slack refuses more than 50 blocks, and more than 3,000 characters in one. */
const mostLines = 40;

function slackBody(message: AlertMessage): unknown {
  const lines = alertLines(message);
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 2900) } });
  const more = lines.length - mostLines;
  return {
    text: escaped(message.summary),
    blocks: [
      section(`*${escaped(message.summary)}*`),
      ...lines
        .slice(0, mostLines)
        .map(({ level, what, why }) => section(`${signs[level]} *${escaped(what)}*\n${escaped(why)}`)),
      ...(more > 0 ? [section(`… and ${more} more: see \`synth alerts\`.`)] : []),
      { type: 'context', elements: [{ type: 'mrkdwn', text: escaped(`Run ${message.run}, ${message.at}`) }] },
    ],
  };
}

/** As https://docs.slack.dev/messaging/formatting-message-text asks; names of columns may hold anything. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
