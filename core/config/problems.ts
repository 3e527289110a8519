// Collects what is wrong with a config, each problem with its place, so that users see all of them at once.
import type { z } from 'zod';
import { nearestName, SynthError } from '../errors.ts';

export interface Problem {
  readonly code: string;
  /** The path in the config: `tables.flights.rows`. */
  readonly where: string;
  readonly message: string;
}

/** Joins a path as users would write it: `tables.flights`, `tables["schema.table"]`, `relations[0]`. */
export function pathOf(where: string, ...keys: readonly PropertyKey[]): string {
  let path = where;
  for (const key of keys) {
    if (typeof key === 'number') path += `[${key}]`;
    else if (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(String(key))) path += path === '' ? String(key) : `.${String(key)}`;
    else path += `[${JSON.stringify(String(key))}]`;
  }
  return path;
}

/** ` Did you mean "generator"?`, or the known names when none is near. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  if (near !== undefined) return ` Did you mean "${near}"?`;
  if (known.length === 0) return '';
  const some = known.slice(0, 12).join(', ');
  return ` Known: ${some}${known.length > 12 ? ', …' : ''}.`;
}

/**
 * Parses `value` with a strict object schema; each issue becomes a problem at its path. Undefined when there were any.
 * Messages come from the schema and the names of keys; values are never repeated.
 */
export function check<Shape>(
  schema: z.ZodObject,
  value: unknown,
  where: string,
  problems: Problem[],
): Shape | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data as Shape;
  reportIssues(parsed.error.issues, Object.keys(schema.shape), where, problems);
  return undefined;
}

export function reportIssues(
  issues: readonly z.core.$ZodIssue[],
  knownKeys: readonly string[],
  where: string,
  problems: Problem[],
): void {
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const known = issue.path.length === 0 ? knownKeys : [];
        problems.push({
          code: 'config.unknown-key',
          where: pathOf(where, ...issue.path, key),
          message: `"${key}" is not a known key.${suggestion(key, known)}`,
        });
      }
    } else {
      const path = pathOf(where, ...issue.path);
      problems.push({ code: 'config.invalid-value', where: path, message: `${asSentence(issue.message)}` });
    }
  }
}

function asSentence(message: string): string {
  const text = message.replace(/^Invalid input: /, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** Throws one error that lists every problem; does nothing when there is none. */
export function throwProblems(problems: readonly Problem[], file: string): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  const line = (problem: Problem): string => `${problem.where === '' ? file : problem.where}: ${problem.message}`;
  const sameCode = others.every((problem) => problem.code === first.code);
  throw new SynthError(
    sameCode ? first.code : 'config.invalid',
    others.length === 0
      ? `${file}, ${line(first)}`
      : `${file} has ${problems.length} problems:\n${problems.map((problem) => `  - ${line(problem)}`).join('\n')}`,
    { hint: `Correct ${file} and run the command again.` },
  );
}
