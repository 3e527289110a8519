// `synth schedule`: a service in the foreground that has due mirrors built, each round by a process of its own.
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Scheduler, scheduledJobs, schedulerFile, serve } from '../../core/schedule/index.ts';
import { exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';

export interface ScheduleFlags {
  readonly print?: Scheduler;
}

export async function schedule(session: Session, flags: ScheduleFlags): Promise<number> {
  const config = await session.config();
  scheduledJobs(config);
  if (flags.print !== undefined) {
    session.print(schedulerFile(flags.print, config).trimEnd());
    return exitCodes.ok;
  }
  session.patience(30_000);
  session.note(`Watching the schedules of ${config.file}; Ctrl-C or SIGTERM ends it.`);
  let before = '';
  await serve({
    runDue: async () => {
      const { next, ran } = await round(session, config.file);
      const text = next === undefined ? '' : `The next run starts at ${next.toISOString()}.`;
      if (text !== before || ran > 0) session.note(text);
      before = text;
      return next === undefined ? {} : { next };
    },
    configMark: () => {
      try {
        return String(statSync(config.file).mtimeMs);
      } catch {
        return 'missing';
      }
    },
    clock: session.clock,
    sleep: (millis, signal) => sleep(millis, undefined, { signal }).catch(() => undefined),
    signal: session.signal,
    onError: (error) =>
      session.note(`${error instanceof Error ? error.message : 'A round failed.'} Trying again soon.`),
  });
  session.note('Stopped.');
  return exitCodes.ok;
}

/**
 * One `synth run --due`. A process of its own reads the config as it is now, gives all its memory back, and takes nothing
 * down with it. It is asked to stop when the service is, and undoes what it has begun.
 */
async function round(session: Session, configFile: string): Promise<{ readonly next?: Date; readonly ran: number }> {
  const [node, script] = [process.execPath, process.argv[1]];
  if (script === undefined) throw new Error('The command that runs is not known.');
  const threads = session.threads === undefined ? [] : ['--threads', String(session.threads)];
  const child = spawn(node, [script, '--config', configFile, ...threads, 'run', '--due', '--json'], {
    stdio: ['ignore', 'pipe', session.quiet ? 'ignore' : 'inherit'],
    // Of a group of its own: Ctrl-C reaches the service alone, which passes it on.
    detached: true,
  });
  const stop = (): void => void child.kill('SIGTERM');
  session.signal.addEventListener('abort', stop, { once: true });
  try {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', (ended) => resolve(ended));
    });
    if (text === '') {
      if (session.signal.aborted) return { ran: 0 };
      throw new Error(`The round ended with exit code ${code ?? 'none (a signal)'}.`);
    }
    const { next, ran } = JSON.parse(text) as { next?: string; ran: readonly { job: string; status: string }[] };
    for (const { job, status } of ran) session.print(`${session.clock().toISOString()} ${job}: ${status}`);
    return { ran: ran.length, ...(next === undefined ? {} : { next: new Date(next) }) };
  } finally {
    session.signal.removeEventListener('abort', stop);
  }
}
