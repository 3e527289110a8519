// `synth rehearse TABLE`: plays forward what happens when mirrors are learnt again, and says which loop is safe.

import { parseArm } from '../../core/run/rehearse/arms.ts';
import { declineText, failureText } from '../../core/run/rehearse/picture.ts';
import { type RehearsalResult, runRehearsal } from '../../core/run/rehearse.ts';
import { exitCodes } from '../failure.ts';
import { watchRun } from '../progress.ts';
import type { Session } from '../session.ts';
import { textTable } from '../terminal/table.ts';
import { widthOf } from '../terminal/text.ts';

export interface RehearseFlags {
  readonly generations: number;
  readonly arms?: readonly string[];
  readonly seeds: number;
  readonly rows?: number;
  readonly json?: boolean;
}

const usualArms = ['replace', 'accumulate', 'blend=.2', 'blend=.38', 'independent'];

export async function rehearse(session: Session, table: string, flags: RehearseFlags): Promise<number> {
  const arms = [...new Set(flags.arms ?? usualArms)].map(parseArm);
  const config = await session.config();
  using progress = watchRun(session);
  const result = await runRehearsal({
    ...{ config, table, arms, generations: flags.generations, seeds: flags.seeds },
    ...(flags.rows === undefined ? {} : { rows: flags.rows }),
    ...(session.threads === undefined ? {} : { threads: session.threads }),
    ...{ signal: session.signal, progress: progress.sink },
  });
  progress.stop();
  if (flags.json) session.printJson(result);
  else print(session, result);
  return exitCodes.ok;
}

function print(
  session: Session,
  { arms, seeds, generations, rows, safeBlend, withoutLoop, report }: RehearsalResult,
): void {
  const columns = [
    { title: 'learns from' },
    { title: 'first failure', shrinkTo: 20 },
    { title: 'gets worse in', shrinkTo: 16 },
    { title: '' },
  ];
  const lines = arms.map((arm) => [arm.arm, failureText(arm, seeds), declineText(arm), arm.safe ? 'safe' : 'not safe']);
  session.print(textTable(columns, lines, { width: widthOf(process.stdout) }).trimEnd());
  session.print('');
  if (arms.some(({ arm }) => arm.startsWith('blend'))) {
    session.print(
      safeBlend === null
        ? `No blend that was tried is safe for ${generations} generations of ${rows.toLocaleString('en')} rows.`
        : `A blend of ${safeBlend} real rows is safe for ${generations} generations of ${rows.toLocaleString('en')} rows: blend: { real: ${safeBlend} }.`,
    );
  }
  if (withoutLoop.length > 0) {
    session.print(`Without any loop there fail already: ${withoutLoop.join(', ')}. They are not counted.`);
  }
  session.print(`Pictures: ${report}`);
}
