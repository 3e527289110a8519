// What a project has and what was done in it: `synth ls` and `synth history`, from the state alone.
import { existsSync } from 'node:fs';
import type { Verdict } from '../audit.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import { nearestName, SynthError } from '../errors.ts';
import { openState, type RunRecord, type State } from '../state/index.ts';
import { mirrorStore, projectPaths } from './plan.ts';

export interface ListedTable {
  readonly name: string;
  readonly generator: string;
  /** Of the visible mirror; absent when it has none. */
  readonly rows?: number;
  readonly release?: string;
}

/** The config's tables in its order, with what is visible of them. */
export async function runList(options: { readonly config: LoadedConfig }): Promise<readonly ListedTable[]> {
  const { config } = options;
  const visible = await mirrorStore(config).current();
  const known = await withState(config, async ({ read }) => {
    const recorded = (await read.releases()).find(({ current }) => current);
    // After a kill between publish and record the two differ: what the state knows is then of another release.
    return visible !== undefined && recorded?.id === visible.id ? read.tables() : undefined;
  });
  return config.tables.map(({ name, generator }) => {
    const rows = known?.get(name)?.rows;
    const mirrored = rows === undefined || visible === undefined ? {} : { rows, release: visible.id };
    return { name, generator: generator.generator.name, ...mirrored };
  });
}

export interface HistoryEntry {
  readonly run: RunRecord;
  /** Of the release that the run published: `visible`, or `kept` when it can be rolled back to. */
  readonly release?: 'visible' | 'kept';
  /** How many audits reached which verdict, of all tables or of the one asked for. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
}

/**
 * The last runs, newest first; with `table` only those that audited it.
 * @throws SynthError `table.unknown` when neither the config nor the history has it
 */
export async function runHistory(options: {
  readonly config: LoadedConfig;
  readonly table?: string;
  readonly limit: number;
}): Promise<readonly HistoryEntry[]> {
  const { config, table, limit } = options;
  const store = mirrorStore(config);
  const visible = await store.current();
  const kept = new Set((await store.releases()).map(({ id }) => id));
  const entries: HistoryEntry[] = [];
  await withState(config, async ({ read }) => {
    // Runs in which the table was kept as it is say nothing of it: more are looked at than are shown.
    for (const run of await read.runs(table === undefined ? limit : limit * 10)) {
      if (entries.length === limit) break;
      const results = (await read.auditResults(run.id)).filter(
        (result) => table === undefined || result.table === table,
      );
      if (table !== undefined && results.length === 0) continue;
      const verdicts = { pass: 0, warn: 0, fail: 0, inconclusive: 0, error: 0 };
      for (const { verdict } of results) verdicts[verdict]++;
      const id = run.releaseId;
      const release = id === undefined || !kept.has(id) ? undefined : id === visible?.id ? 'visible' : 'kept';
      entries.push({ run, verdicts, ...(release === undefined ? {} : { release }) });
    }
  });
  const names = config.tables.map(({ name }) => name);
  if (table !== undefined && entries.length === 0 && !names.includes(table)) {
    const near = nearestName(table, names);
    throw new SynthError('table.unknown', `Neither the config nor its history has a table "${table}".`, {
      hint: near === undefined ? `Tables: ${names.join(', ')}.` : `Did you mean "${near}"?`,
    });
  }
  return entries;
}

/** Asks the state when there is one: looking must not create it. */
async function withState<Result>(
  config: LoadedConfig,
  ask: (state: State) => Promise<Result>,
): Promise<Result | undefined> {
  const path = projectPaths(config).state;
  if (!existsSync(path)) return undefined;
  await using state = await openState(path);
  return await ask(state);
}
