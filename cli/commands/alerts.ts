// `synth alerts [test]`: what is bad now and what waits to be told, or a message that tries every channel.
import { runAlerts, runAlertTest } from '../../core/alerts/index.ts';
import { SynthError } from '../../core/errors.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';
import { textTable } from '../terminal/table.ts';
import { widthOf } from '../terminal/text.ts';

export async function alerts(
  session: Session,
  action: string | undefined,
  flags: { readonly json?: boolean },
): Promise<number> {
  if (action !== undefined && action !== 'test') {
    throw new SynthError('alert.action', `"${action}" is not something that \`synth alerts\` does.`, {
      hint: 'Use `synth alerts`, or `synth alerts test`.',
    });
  }
  const config = await session.config();
  if (action === 'test') return test(session, config, flags);
  const { incidents, waiting } = await runAlerts({ config });
  if (flags.json) {
    session.printJson({ schemaVersion: 1, incidents, waiting });
    return exitCodes.ok;
  }
  if (incidents.length === 0) session.note('Nothing is bad.');
  else {
    const columns = [
      { title: '' },
      { title: 'table' },
      { title: 'what' },
      { title: 'of', shrinkTo: 12 },
      { title: 'since (UTC)' },
      { title: 'owner' },
    ];
    const rows = incidents.map(({ level, table, about, columns: of, name, since, owner }) => [
      level,
      table ?? '',
      about,
      name ?? of.join(' × '),
      since.slice(0, 16).replace('T', ' '),
      owner ?? '',
    ]);
    session.print(textTable(columns, rows, { width: widthOf(process.stdout) }).trimEnd());
  }
  for (const { channel, attempts, failure } of waiting) {
    const tried = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
    session.note(
      `A message waits for ${channel}: ${tried}${failure === undefined ? '' : `, the last failed (${failure})`}.`,
    );
  }
  return exitCodes.ok;
}

async function test(
  session: Session,
  config: Awaited<ReturnType<Session['config']>>,
  flags: { readonly json?: boolean },
): Promise<number> {
  const channels = await runAlertTest({ config, clock: session.clock, signal: session.signal });
  if (flags.json) session.printJson({ schemaVersion: 1, channels });
  else {
    for (const { channel, failure } of channels) {
      session.print(`${channel}: ${failure === undefined ? 'sent' : `failed (${failure})`}`);
    }
  }
  return channels.some(({ failure }) => failure !== undefined) ? exitCodes.handled : exitCodes.ok;
}
