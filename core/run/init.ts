// `synth init`: looks at a source and writes a config that builds, with what its data propose in comments.
import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { duckdb } from '../../connectors/duckdb/index.ts';
import { files } from '../../connectors/files/index.ts';
import type { Relation } from '../audit.ts';
import { configNames } from '../config/load.ts';
import type { AttachedSource, Connector, Workspace } from '../connector.ts';
import { discover, type Proposal } from '../discover/index.ts';
import { SynthError } from '../errors.ts';
import { configText, type SourceChoice } from '../init/config-text.ts';
import { tableFacts } from '../init/facts.ts';
import { findSource, mirrorsFile } from '../init/find-source.ts';
import { ignoreRunFiles } from '../init/ignore.ts';
import { proposeConfig, type SourceTable } from '../init/propose.ts';
import type { TableSchema } from '../schema.ts';
import { copyToScratch } from './copy.ts';
import { openSession } from './session.ts';

export interface InitOptions {
  /** Where the config goes; relative paths start here. */
  readonly directory: string;
  /** A DuckDB file, a file of a table, or a folder of them; looked for when absent. */
  readonly source?: string;
  /** Write over a config that is there. */
  readonly force: boolean;
  readonly threads?: number;
  readonly signal: AbortSignal;
}

export interface InitResult {
  /** Absolute path of the config. */
  readonly path: string;
  /** As the config names it. */
  readonly source: string;
  readonly tables: number;
  readonly proposals: readonly Proposal[];
  /** What else was done or is worth knowing, one sentence each. */
  readonly notes: readonly string[];
}

/** @throws SynthError `init.exists`, `init.no-source`, `init.many-sources`, `init.no-table`, or what the connector says */
export async function runInit(options: InitOptions): Promise<InitResult> {
  const { directory, force } = options;
  const present = configNames.find((name) => existsSync(join(directory, name)));
  if (present !== undefined && !force) {
    throw new SynthError('init.exists', `${present} is there already.`, {
      hint: 'Edit it, or write a new one over it with --force.',
    });
  }
  const choice = await findSource(directory, options.source);
  await using session = await openSession(options);
  const { workspace } = session;
  await using source = await connector(choice, directory).attach(workspace);
  const schemas = await source.tables();
  const shown = sourceName(choice);
  if (schemas.length === 0) {
    throw new SynthError('init.no-table', `${shown} holds no table.`, { hint: 'Load your tables first.' });
  }
  const relations = await readable(workspace, source, schemas, choice);
  const tables: SourceTable[] = [];
  for (const [i, schema] of schemas.entries()) {
    tables.push({ schema, facts: await tableFacts(workspace, schema, relations[i] as Relation) });
  }
  const proposals = await discover({
    workspace,
    tables: schemas.map((schema, i) => ({ schema, relation: relations[i] as Relation })),
  });
  const mirrors = choice.kind === 'duckdb' && basename(choice.path) === mirrorsFile ? 'synthetic.duckdb' : mirrorsFile;
  const text = configText({ source: choice, mirrors, tables: proposeConfig(tables, proposals) });
  const path = join(directory, present ?? 'synth.config.ts');
  await writeWhole(path, text);
  const ignored = await ignoreRunFiles(directory);
  return {
    path,
    source: shown,
    tables: schemas.length,
    proposals,
    notes: ignored.length === 0 ? [] : [`Added ${ignored.join(' and ')} to .gitignore.`],
  };
}

/** The connector that the config will name, from wherever this process runs. */
function connector(choice: SourceChoice, directory: string): Connector {
  const here = (path: string): string => relative('.', resolve(directory, path)) || '.';
  switch (choice.kind) {
    case 'duckdb':
      return duckdb({ path: here(choice.path) });
    case 'folder':
      return files({ folder: here(choice.folder) });
    case 'files':
      return files({ path: choice.paths.map(here) });
  }
}

function sourceName(choice: SourceChoice): string {
  if (choice.kind === 'duckdb') return choice.path;
  return choice.kind === 'folder' ? choice.folder : choice.paths.join(', ');
}

/** Relations that may be read often: files are parsed once. */
async function readable(
  workspace: Workspace,
  source: AttachedSource,
  schemas: readonly TableSchema[],
  choice: SourceChoice,
): Promise<readonly Relation[]> {
  const relations: Relation[] = [];
  for (const [i, schema] of schemas.entries()) {
    const relation = source.relation(schema.name);
    relations.push(choice.kind === 'duckdb' ? relation : await copyToScratch(workspace, relation, `init_${i}`));
  }
  return relations;
}

/** The file is there whole or not at all. */
async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
