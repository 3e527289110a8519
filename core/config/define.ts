// `defineConfig` and `env`: the frame of synth.config.ts.
import { SynthError } from '../errors.ts';
import type { ProjectConfig } from './types.ts';

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
