// The words of synth.config.ts: plain functions that return plain objects, so that editors complete and check them.
import { SynthError } from '../errors.ts';
import type { ColumnRule, Constraint, ProjectConfig } from './types.ts';

/**
 * Types a config. It returns what it is given; checking happens when the file is loaded.
 * @example
 * export default defineConfig({
 *   source: duckdb({ path: 'warehouse.duckdb' }),
 *   mirrors: duckdb({ path: 'mirrors.duckdb' }),
 *   tables: { flights: boosted() },
 * });
 */
export function defineConfig(config: ProjectConfig): ProjectConfig {
  return config;
}

/**
 * An environment variable, read when the config is loaded, so that secrets stay out of the file.
 * @throws SynthError `config.missing-env` when it is not set and there is no default
 */
export function env(name: string, defaultValue?: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  if (defaultValue !== undefined) return defaultValue;
  throw new SynthError('config.missing-env', `The environment variable ${name} is not set.`, {
    hint: `Set it (export ${name}=…), or give a default in the config: env('${name}', '…').`,
  });
}

/** Fills a column with a faker method. With `per`, rows with equal values of that column get equal fakes. */
export function fake(
  method: string,
  options: { readonly per?: string; readonly arguments?: readonly unknown[] } = {},
): ColumnRule {
  const per = options.per === undefined ? {} : { per: options.per };
  return { kind: 'fake', method, arguments: options.arguments ?? [], ...per };
}

/** Computes a column by SQL over the other columns of the same mirror row. */
export function expression(sql: string): ColumnRule {
  return { kind: 'expression', sql };
}

/** Fills a column by a text pattern: `#` is a digit, `?` a letter, everything else stays as it is. */
export function pattern(pattern: string): ColumnRule {
  return { kind: 'pattern', pattern };
}

/** Leaves a column NULL in every row. */
export function nulls(): ColumnRule {
  return { kind: 'nulls' };
}

/** Leaves a column out of the mirror. */
export function omit(): ColumnRule {
  return { kind: 'omit' };
}

/** Each combination of these columns occurs once. */
export function unique(...columns: readonly string[]): Constraint {
  return { kind: 'unique', columns };
}

/** Only combinations of these columns occur that the source has. */
export function fixed(...columns: readonly string[]): Constraint {
  return { kind: 'fixed', columns };
}

/** `columns` follow from the columns `on`: `dependent('distance', { on: ['origin', 'destination'] })`. */
export function dependent(
  columns: string | readonly string[],
  options: { readonly on: string | readonly string[] },
): Constraint {
  return { kind: 'dependent', columns: asList(columns), on: asList(options.on) };
}

/** `total` is the sum of `parts`: `sum('cost_total', ['cost_repair', 'cost_other'])`. */
export function sum(total: string, parts: readonly string[]): Constraint {
  return { kind: 'sum', total, parts };
}

function asList(names: string | readonly string[]): readonly string[] {
  return typeof names === 'string' ? [names] : names;
}
