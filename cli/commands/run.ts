// `synth run --due`: builds what is due by the schedules of the config, once; for systemd timers, Kubernetes, CI and cron.
import { runDue } from '../../core/schedule/index.ts';
import { exitCodes } from '../failure.ts';
import { watchRun } from '../progress.ts';
import type { Session } from '../session.ts';
import { annotate } from '../terminal/annotations.ts';
import { printBuild } from './build.ts';

export async function run(session: Session, flags: { readonly due: true; readonly json?: boolean }): Promise<number> {
  const config = await session.config();
  using progress = watchRun(session);
  const { build, error, ran, next, elsewhere } = await runDue({
    config,
    ...(session.threads === undefined ? {} : { threads: session.threads }),
    signal: session.signal,
    progress: progress.sink,
    clock: session.clock,
  });
  progress.stop();
  annotate(build?.tables.flatMap(({ audits }) => audits) ?? []);
  const until = next === undefined ? '' : ` The next run starts at ${next.toISOString()}.`;
  if (flags.json) {
    session.printJson({ schemaVersion: 1, ran, ...(next === undefined ? {} : { next }), build, error });
  } else {
    if (build !== undefined) printBuild(session, build, config.mirrors.location);
    if (elsewhere) session.note('Another scheduler is at work on what is due.');
    if (error === undefined) session.note(`${ran.length === 0 ? 'Nothing ran.' : 'Done.'}${until}`);
  }
  if (error !== undefined) {
    process.stderr.write(`Error: ${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}\n`);
    return exitCodes.handled;
  }
  return build !== undefined && build.summary.fail > 0 ? exitCodes.handled : exitCodes.ok;
}
