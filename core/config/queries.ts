// Reads the queries that a config names: written in it, or in SQL files of the project.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import type { LoadedQuery } from './loaded.ts';
import { check, type Problem, pathOf, suggestion } from './problems.ts';
import * as shapes from './schema/index.ts';

type Kind = LoadedQuery['kind'];

/** One entry as its schema gives it. */
type Entry = Omit<LoadedQuery, 'kind' | 'bound' | 'name' | 'sql' | 'where'> &
  LoadedQuery['bound'] & { readonly name?: string; readonly sql?: string; readonly file?: string };

export function loadQueries(
  kind: Kind,
  entries: readonly unknown[],
  path: string,
  directory: string,
  problems: Problem[],
): readonly LoadedQuery[] {
  const queries: LoadedQuery[] = [];
  for (const [index, value] of entries.entries()) {
    const where = pathOf(path, index);
    const found = typeof value === 'string' ? { file: value } : readEntry(kind, value, where, problems);
    if (found === undefined) continue;
    for (const query of textsOf(kind, found, where, directory, problems)) {
      const earlier = queries.find(({ name }) => name === query.name);
      if (earlier === undefined) queries.push(query);
      else problem(problems, where, `There is another query "${query.name}" at ${earlier.where}: give it a name.`);
    }
  }
  return Object.freeze(queries);
}

function readEntry(kind: Kind, value: unknown, where: string, problems: Problem[]): Entry | undefined {
  const schema = kind === 'audit' ? shapes.sqlAuditSchema : shapes.workloadSchema;
  const entry = check<Entry>(schema, value, where, problems);
  if (entry === undefined) return undefined;
  if ((entry.sql === undefined) === (entry.file === undefined)) {
    problem(problems, where, 'Give either `sql`, a query, or `file`, the path of one.');
    return undefined;
  }
  if (entry.sql !== undefined && entry.name === undefined) {
    problem(problems, where, 'A query that is written in the config needs a `name`.');
    return undefined;
  }
  return entry;
}

function textsOf(
  kind: Kind,
  entry: Entry,
  where: string,
  directory: string,
  problems: Problem[],
): readonly LoadedQuery[] {
  const { name, sql, file, table, keys, orderMatters, ...bound } = entry;
  const rest = {
    kind,
    where,
    bound,
    ...(table === undefined ? {} : { table }),
    ...(keys === undefined ? {} : { keys }),
    ...(orderMatters === undefined ? {} : { orderMatters }),
  };
  if (sql !== undefined) return [Object.freeze({ ...rest, name: name ?? '', sql })];
  const files = matching(directory, file ?? '');
  if (files.length === 0) {
    const folder = resolve(directory, (file ?? '').split('/').slice(0, -1).join('/'));
    const near =
      existsSync(folder) && statSync(folder).isDirectory() ? sqlFiles(folder).map((path) => basename(path)) : [];
    problem(problems, where, `No file is found for "${file}".${suggestion(basename(file ?? ''), near)}`);
  }
  return files.flatMap((path) => {
    const text = readFileSync(path, 'utf8').trim();
    if (text === '') problem(problems, where, `${basename(path)} is empty.`);
    return [Object.freeze({ ...rest, name: name ?? basename(path).replace(/\.sql$/i, ''), sql: text })];
  });
}

/** Files of a path in which `*` stands for any name, `**` for any folders; sorted. */
function matching(directory: string, pattern: string): readonly string[] {
  if (!pattern.includes('*')) {
    const path = resolve(directory, pattern);
    return existsSync(path) && statSync(path).isFile() ? [path] : [];
  }
  const fixed = pattern.slice(0, pattern.indexOf('*')).replace(/[^/]*$/, '');
  const root = resolve(directory, fixed);
  if (!existsSync(root) || !statSync(root).isDirectory()) return [];
  const expression = pattern
    .slice(fixed.length)
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'));
  const matches = new RegExp(`^${expression}$`);
  return sqlFiles(root, pattern.includes('**') || pattern.slice(fixed.length).includes('/')).filter((path) =>
    matches.test(path.slice(root.length + 1).replaceAll(sep, '/')),
  );
}

function sqlFiles(folder: string, recursive = false): readonly string[] {
  return readdirSync(folder, { recursive, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => /\.sql$/i.test(path) && statSync(path).isFile())
    .sort();
}

function problem(problems: Problem[], where: string, message: string): void {
  problems.push({ code: 'config.invalid-value', where, message });
}
