// `synth complete FILE --out FILE`: the same rows without NULLs.
import { type CompleteResult, runComplete } from '../../core/run/complete.ts';
import { exitCodes } from '../failure.ts';
import { watchRun } from '../progress.ts';
import type { Session } from '../session.ts';
import { formatTable } from '../table.ts';

export interface CompleteFlags {
  readonly out: string;
  readonly draws: number;
  readonly seed: number;
  readonly set?: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

export async function complete(session: Session, input: string, flags: CompleteFlags): Promise<number> {
  const { json, set, ...wanted } = flags;
  using progress = watchRun(session);
  const result = await runComplete({
    ...wanted,
    input,
    set: set ?? {},
    ...(session.threads === undefined ? {} : { threads: session.threads }),
    signal: session.signal,
    progress: progress.sink,
  });
  progress.stop();
  if (json) session.printJson(result);
  else report(session, result);
  return exitCodes.ok;
}

function report(session: Session, { columns, rows, draws, out, notes }: CompleteResult): void {
  session.print(
    formatTable(
      ['column', 'NULLs', 'filled'],
      columns.map(({ name, missing, filled }) => [name, missing, filled]),
    ),
  );
  for (const note of notes) session.note(note);
  const times = draws === 1 ? '' : `, ${draws} times`;
  session.print(`\nWrote ${out}: the ${rows.toLocaleString('en')} rows of the input${times}, real values as they are.`);
}
