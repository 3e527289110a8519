// `synth blend TABLE --real SHARE --rows N --out FILE`: real rows and synthetic ones in one training set.
import { relative, resolve } from 'node:path';
import { runBlend } from '../../core/run/blend.ts';
import { exitCodes } from '../failure.ts';
import { watchRun } from '../progress.ts';
import type { Session } from '../session.ts';

export interface BlendFlags {
  readonly real: number;
  readonly rows: number;
  readonly out: string;
  readonly mark?: boolean;
  readonly seed?: number;
  readonly json?: boolean;
}

export async function blend(session: Session, table: string, flags: BlendFlags): Promise<number> {
  const { json, mark, out, ...asked } = flags;
  const config = await session.config();
  using progress = watchRun(session);
  const result = await runBlend({
    ...asked,
    config,
    table,
    mark: mark ?? false,
    // The session stands in the project's folder, the user may stand elsewhere.
    out: resolve(session.directory, out),
    ...(session.threads === undefined ? {} : { threads: session.threads }),
    signal: session.signal,
    progress: progress.sink,
  });
  progress.stop();
  if (json) session.printJson(result);
  else {
    const { real, synthetic } = result;
    const many = (n: number): string => n.toLocaleString('en');
    session.print(
      `Wrote ${relative(session.directory, result.out)}: ${many(real)} real rows of ${table} and ${many(synthetic)} synthetic ones, shuffled.${real > 0 ? ' It is as sensitive as the source.' : ''}`,
    );
  }
  return exitCodes.ok;
}
