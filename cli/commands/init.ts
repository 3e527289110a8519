// `synth init`: writes a config for the tables that it finds.
import { relative } from 'node:path';
import { runInit } from '../../core/run/index.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';

export interface InitFlags {
  readonly force?: boolean;
}

export async function init(session: Session, source: string | undefined, flags: InitFlags): Promise<number> {
  session.note('Looking at the tables …');
  const { path, tables, proposals, notes, ...found } = await runInit({
    directory: session.directory,
    ...(source === undefined ? {} : { source }),
    force: flags.force ?? false,
    ...(session.threads === undefined ? {} : { threads: session.threads }),
    signal: session.signal,
  });
  session.print(
    `Wrote ${relative(session.directory, path)}: ${count(tables, 'table')} of ${found.source}, ${count(proposals.length, 'proposal')}.`,
  );
  for (const note of notes) session.print(note);
  session.print('\nRead its comments and switch on what is right. Then:');
  session.print('  synth plan    says what a build would do');
  session.print('  synth build   learns, audits and publishes the mirrors');
  return exitCodes.ok;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
