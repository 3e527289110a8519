// Says why a config could not be imported, in the user's terms: the place, the reason and what to do.
import { basename } from 'node:path';
import { nearestName, SynthError } from '../errors.ts';

/** One SynthError for whatever Node, jiti or the config itself threw while it was imported. */
export function explainImportError(error: unknown, displayFile: string, publicNames: readonly string[]): SynthError {
  // Another copy of this package may have thrown: go by the shape, not by the class.
  if (error instanceof Error && error.name === 'SynthError' && 'code' in error) {
    const { code, message, hint } = error as SynthError;
    return new SynthError(code, `${displayFile}: ${message}`, hint === undefined ? {} : { hint });
  }
  const message = firstLine(error instanceof Error ? error.message : String(error));
  const missing = missingExport(message);
  if (missing !== undefined && !publicNames.includes(missing)) {
    const near = nearestName(missing, publicNames);
    return new SynthError('config.unknown-import', `${displayFile} uses "${missing}", which synthouse does not have.`, {
      hint: near === undefined ? `It has: ${publicNames.join(', ')}.` : `Did you mean "${near}"?`,
      cause: error,
    });
  }
  const notFound = /Cannot find (?:module|package) '([^']+)'/.exec(message)?.[1];
  if (notFound !== undefined) {
    return new SynthError('config.import', `${displayFile} imports "${notFound}", which was not found.`, {
      hint: 'Install it, or correct the import.',
      cause: error,
    });
  }
  if (error instanceof SyntaxError || message.startsWith('ParseError:')) {
    const place = syntaxPlace(error instanceof Error ? error.message : message);
    return new SynthError('config.syntax', `${displayFile}${place.suffix} is not valid TypeScript: ${place.reason}.`, {
      hint: 'Correct the file; an editor or tsc shows the same place.',
      cause: error,
    });
  }
  const line = lineInStack(error, basename(displayFile));
  return new SynthError('config.failed', `${displayFile}${line ?? ''} stopped with an error: ${message}`, {
    hint: 'Correct the file and run the command again.',
    cause: error,
  });
}

/** Node: "does not provide an export named 'x'". jiti: "(0 , _synthouse.x) is not a function". */
function missingExport(message: string): string | undefined {
  return /export named '(\w+)'/.exec(message)?.[1] ?? /_synthouse\.(\w+)\)? is not/.exec(message)?.[1];
}

/** Babel's messages end with "(line:column)", and may start with "ParseError: " and name the file. */
function syntaxPlace(message: string): { suffix: string; reason: string } {
  const place = /\((\d+):(\d+)\)/.exec(message) ?? /\.[mc]?[jt]s:(\d+):(\d+)/.exec(message);
  const reason = firstLine(message)
    .replace(/\s*\(\d+:\d+\).*$/, '')
    .replace(/^(?:\w*Error: |\/\S+: |file:\S+ )*/, '')
    .replace(/[.\s]+$/, '');
  return { suffix: place === null ? '' : `:${place[1]}:${place[2]}`, reason };
}

function lineInStack(error: unknown, name: string): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const place = new RegExp(`${escaped}(?:\\?[^:)]*)?:(\\d+):(\\d+)`).exec(stack);
  return place === null ? undefined : `:${place[1]}:${place[2]}`;
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}
