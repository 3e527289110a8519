// Keeps what runs leave behind out of a git repository.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const ignored = ['.synth/', 'target/synth/'];

/** Adds the missing lines to the folder's .gitignore; returns them. Nothing happens outside a git repository. */
export async function ignoreRunFiles(directory: string): Promise<readonly string[]> {
  if (!inRepository(directory)) return [];
  const file = join(directory, '.gitignore');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const known = new Set(text.split(/\r?\n/).map((line) => line.trim().replace(/^\/|\/$/g, '')));
  // dbt's own .gitignore has the whole of target/.
  const missing = ignored.filter(
    (line) => !known.has(line.replace(/\/$/, '')) && !known.has(line.replace(/\/.*$/, '')),
  );
  if (missing.length === 0) return [];
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await writeFile(file, `${before}${missing.join('\n')}\n`);
  return missing;
}

function inRepository(directory: string): boolean {
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return true;
    if (folder === dirname(folder)) return false;
  }
}
