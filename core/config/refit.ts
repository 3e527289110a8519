// Checks a `refit` policy: which changes of a source make it worth learning again.
import type { LoadedRefit } from './loaded.ts';
import { check, type Problem } from './problems.ts';
import { type RefitShape, refitSchema } from './schema/index.ts';

const hours = { h: 1, d: 24 } as const;

export function checkRefit(value: unknown, where: string, problems: Problem[]): LoadedRefit | undefined {
  if (value === undefined) return undefined;
  const policy = typeof value === 'string' || Array.isArray(value) ? { when: value } : value;
  const shape = check<RefitShape>(refitSchema, policy, where, problems);
  if (shape === undefined) return undefined;
  const when = typeof shape.when === 'string' ? [shape.when] : shape.when;
  if (shape.every !== undefined && !when.includes('schedule')) {
    problems.push({ code: 'config.invalid-value', where: `${where}.every`, message: "Needs when: 'schedule'." });
  }
  const { every } = shape;
  const unit = every?.endsWith('h') ? 'h' : 'd';
  return Object.freeze({
    when: Object.freeze([...when]),
    ...(every === undefined ? {} : { everyHours: Number.parseInt(every, 10) * hours[unit] }),
  });
}
