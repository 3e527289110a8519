// Finds, imports and checks synth.config.ts.
import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { SynthError } from '../errors.ts';
import type { GeneratorChoice } from '../generator.ts';
import { explainImportError } from './explain.ts';
import { importConfigModule, publicNames } from './import.ts';
import type { LoadedConfig } from './loaded.ts';
import { normaliseConfig } from './normalise.ts';

export const configNames: readonly string[] = ['ts', 'mts', 'js', 'mjs'].map(
  (extension) => `synth.config.${extension}`,
);

export interface LoadOptions {
  /** Where to look; the folders above it follow. */
  readonly directory: string;
  /** A config of another name; relative to `directory`. */
  readonly file?: string;
  /** Of tables that name no generator. */
  readonly defaultGenerator?: GeneratorChoice;
}

/**
 * The checked config of a project.
 * @throws SynthError `config.missing`, `config.syntax`, `config.failed`, `config.no-default`, or what normaliseConfig says
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const file = findConfig(options.directory, options.file);
  const displayFile = displayPath(options.directory, file);
  const module = await importConfigModule(file).catch(async (error: unknown) => {
    throw explainImportError(error, displayFile, await publicNames());
  });
  const raw = module.default;
  if (typeof raw !== 'object' || raw === null) {
    throw new SynthError('config.no-default', `${displayFile} has no default export that is a config.`, {
      hint: 'Write `export default defineConfig({ … })`.',
    });
  }
  return normaliseConfig(raw, {
    file,
    directory: dirname(file),
    displayFile,
    ...(options.defaultGenerator === undefined ? {} : { defaultGenerator: options.defaultGenerator }),
  });
}

/** The absolute path of the config. @throws SynthError `config.missing` */
export function findConfig(directory: string, file?: string): string {
  if (file !== undefined) {
    const path = resolve(directory, file);
    if (existsSync(path) && statSync(path).isFile()) return path;
    throw new SynthError('config.missing', `The config ${file} does not exist.`, {
      hint: 'Check --config, or run `synth init` to write a config.',
    });
  }
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    const found = configNames.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) break;
  }
  throw new SynthError('config.missing', 'No synth.config.ts here or in a folder above.', {
    hint: 'Run `synth init` to write one, or name one with --config.',
  });
}

function displayPath(directory: string, file: string): string {
  const path = relative(resolve(directory), file);
  return path.startsWith('..') ? file : path;
}
