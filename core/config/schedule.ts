// Checks a `schedule` of the config: cron text, time zone and jitter.
import { type Schedule, scheduleProblem } from '../schedule/times.ts';
import { check, type Problem } from './problems.ts';
import { type ScheduleShape, scheduleSchema } from './schema/index.ts';

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

export function checkSchedule(value: unknown, where: string, problems: Problem[]): Schedule | undefined {
  if (value === undefined) return undefined;
  const written = typeof value === 'string' ? { cron: value } : value;
  const shape = check<ScheduleShape>(scheduleSchema, written, where, problems);
  if (shape === undefined) return undefined;
  const { cron, timeZone, jitter } = shape;
  const wrong = scheduleProblem(cron, timeZone);
  if (wrong !== undefined) {
    const message = `The schedule "${cron}"${timeZone === 'UTC' ? '' : ` in ${timeZone}`} cannot be used: ${wrong}.`;
    problems.push({ code: 'config.schedule', where, message });
    return undefined;
  }
  const jitterSeconds = Number.parseInt(jitter, 10) * (seconds[jitter.slice(-1)] ?? 1);
  return Object.freeze({ cron, timeZone, jitterSeconds });
}
