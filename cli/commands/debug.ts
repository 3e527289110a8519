// `synth debug`: what a build needs, looked at one by one.
import { type Check, runDebug } from '../../core/run/debug.ts';
import { exitCodes } from '../failure.ts';
import { packageVersion } from '../package.ts';
import type { Session } from '../session.ts';
import { type Colours, coloursFor } from '../terminal/text.ts';

export async function debug(session: Session, flags: { readonly json?: boolean }): Promise<number> {
  const colours = coloursFor(process.stdout);
  const checks = await runDebug({
    version: packageVersion(),
    directory: session.directory,
    loadConfig: () => session.config(),
    ...(session.threads === undefined ? {} : { threads: session.threads }),
    signal: session.signal,
    clock: session.clock,
    onCheck: (check) => {
      if (!flags.json) session.print(line(check, colours));
    },
  });
  if (flags.json) session.printJson({ schemaVersion: 1, checks });
  return checks.some(({ status }) => status === 'fail') ? exitCodes.handled : exitCodes.ok;
}

const nameWidth = 'temporary disk'.length;
const statusWidth = 'warn'.length;

function line({ name, status, detail, hint }: Check, colours: Colours): string {
  const style = { ok: colours.green, warn: colours.yellow, fail: colours.red }[status];
  const margin = ' '.repeat(statusWidth + nameWidth + 4);
  const more = hint === undefined ? '' : `\n${hint}`;
  const text = `${detail}${more}`.replaceAll('\n', `\n${margin}`);
  return `${style(status.padEnd(statusWidth))}  ${name.padEnd(nameWidth)}  ${text}`;
}
