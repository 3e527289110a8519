// What DuckDB's errors mean for the user, as errors that say what to do and hold no value of the data.
import { relative } from 'node:path';
import { SynthError } from '../../core/errors.ts';

/** Errors of these classes quote the value they stumble over; their text must not leave this file. */
const quotesData = /^(Conversion|Out of Range|Invalid Input|Constraint|Mismatch Type|Decimal|Sequence) Error/i;

/** Matches text of DuckDB with an error of ours. */
interface Translation {
  readonly pattern: RegExp;
  error(match: RegExpExecArray, where: string): SynthError;
}

const translations: readonly Translation[] = [
  {
    pattern: /Could not set lock on file.*?Conflicting lock is held(?: in ([^\n]*?\(PID \d+\)[^\n.]*))?/s,
    error: ([, holder], where) =>
      new SynthError('duckdb.locked', `${where} is in use by another process${holder ? `: ${holder.trim()}` : ''}.`, {
        hint: 'End that process or let it open the file read-only, then try again.',
      }),
  },
  {
    pattern:
      /not a valid DuckDB database file|Failed to read file|Corrupt database file|checksum|file is too (?:small|short)|could not read enough bytes|serialization error|failed to deserialize/i,
    error: (_, where) =>
      new SynthError('duckdb.damaged', `${where} is not a DuckDB database, or it is damaged or cut short.`, {
        hint: 'Check the path, or restore the file from a backup.',
      }),
  },
  {
    pattern:
      /database file with version number (\d+), but we can only read version|newer (?:storage|version)|created with a newer/i,
    error: (_, where) =>
      new SynthError('duckdb.newer', `${where} was written by a newer DuckDB than the one that synthouse uses.`, {
        hint: 'Update synthouse, or export the tables with STORAGE_VERSION of an older DuckDB.',
      }),
  },
  {
    pattern:
      /No space left on device|disk (?:is )?full|Could not (?:write|truncate|fsync)|failed to (?:offload|write)|max_temp_directory_size/i,
    error: (_, where) =>
      new SynthError('disk.full', `The disk refused to store more while working on ${where}.`, {
        hint: 'Free some disk space and build again; what was published before is untouched.',
      }),
  },
  {
    pattern: /Out of Memory Error/i,
    error: (_, where) =>
      new SynthError('memory.full', `Memory ran out while working on ${where}.`, {
        hint: 'Raise memoryLimit in the config or lower threads.',
      }),
  },
  {
    pattern: /required extension '(\w+)'|Extension "(\w+)" is an existing extension|(\w+)\.duckdb_extension/,
    error: ([, a, b, c], where) =>
      new SynthError(
        'duckdb.extension',
        `${where} needs the DuckDB extension "${a ?? b ?? c}", which is not installed.`,
        {
          hint: 'Install it once with the DuckDB CLI and name its folder as extensionDirectory; nothing is downloaded by itself.',
        },
      ),
  },
  {
    pattern: /attached in read-only mode/,
    error: (_, where) =>
      new SynthError('duckdb.read-only', `${where} was opened read-only and is not written to.`, {
        kind: 'unexpected',
      }),
  },
  {
    pattern: /Permission denied/i,
    error: (_, where) =>
      new SynthError('file.denied', `${where} may not be read or written by this user.`, {
        hint: 'Change the permissions of the file and its folder, or choose another path.',
      }),
  },
  {
    pattern: /NOT NULL constraint failed: ([^\n]+)/,
    error: ([, column], where) =>
      new SynthError('write.null', `A NULL came for the column ${column} of ${where}, which does not allow it.`, {
        kind: 'unexpected',
      }),
  },
];

/** What DuckDB said, by the error that it became: whoever knows better what was worked on can tell it again. */
const said = new WeakMap<Error, string>();

/**
 * The error to throw for what DuckDB (or the file system below it) threw while working on `where`. One that this function made is
 * told again of the new `where`, since a workspace knows less of its queries than who asks them.
 */
export function duckdbError(cause: unknown, working: string): Error {
  const before = cause instanceof SynthError ? said.get(cause) : undefined;
  if (cause instanceof SynthError && before === undefined) return cause;
  const text = before ?? (cause instanceof Error ? cause.message : String(cause));
  const error = translated(text, working);
  said.set(error, text);
  return error;
}

function translated(text: string, working: string): SynthError {
  const file = /["'](\/[^"'\n]+|[A-Za-z]:\\[^"'\n]+)["']/.exec(text)?.[1];
  const where = file === undefined || file.endsWith('.duckdb_extension') ? working : shownPath(file);
  for (const { pattern, error } of translations) {
    const match = pattern.exec(text);
    if (match !== null) return error(match, where);
  }
  const quoting = quotesData.exec(text);
  if (quoting !== null) {
    return new SynthError('sql.value', `A value does not fit in ${where} (DuckDB: ${quoting[0]}).`, {
      hint: 'Check the expressions and types of the config for this table.',
    });
  }
  // No cause: below its first line DuckDB's text quotes the query, whose literals may come from data.
  return new SynthError('sql.failed', `DuckDB refused a query on ${where}: ${text.split('\n')[0]}`, {
    kind: 'unexpected',
  });
}

/** Relative when it lies below the working directory. */
function shownPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}
