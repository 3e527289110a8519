// What a project has and what was done in it: `synth ls` and `synth history`, from the state alone.
import { existsSync } from 'node:fs';
import type { Verdict } from '../audit.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import { nearestName, SynthError } from '../errors.ts';
import type { MirrorLineage } from '../lineage.ts';
import { type HistoryLine, historyLines, measurementLines } from '../report/history.ts';
import { countVerdicts } from '../report/verdicts.ts';
import { type AuditedRun, openState, type RunRecord, type State, type StateReader } from '../state/index.ts';
import { ancestryOf } from './lineage/chain.ts';
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

export interface History {
  /** Newest first. */
  readonly entries: readonly HistoryEntry[];
  /** Of one table: a line per audit, its worst measurement in each run. */
  readonly lines: readonly HistoryLine[];
  /** Of one audit of one table: a line per measurement. */
  readonly measurements: readonly HistoryLine[];
}

/**
 * The last runs; with `table` only those that audited it, with `audit` only those in which that audit did.
 * @throws SynthError `table.unknown` when neither the config nor the history has it, `audit.unknown` when it never ran
 */
export async function runHistory(options: {
  readonly config: LoadedConfig;
  readonly table?: string;
  readonly audit?: string;
  readonly limit: number;
}): Promise<History> {
  const { config, table, audit, limit } = options;
  if (audit !== undefined && table === undefined) {
    throw new SynthError('history.no-table', `The history of ${audit} is that of a table.`, {
      hint: `Name the table: synth history TABLE --audit ${audit}.`,
    });
  }
  const store = mirrorStore(config);
  const visible = await store.current();
  const kept = new Set((await store.releases()).map(({ id }) => id));
  const audited = await withState(config, ({ read }) => lastRuns(read, table, limit));
  const found = (audited ?? []).flatMap(({ run, results }) => {
    const own = audit === undefined ? results : results.filter(({ id }) => id === audit);
    return audit !== undefined && own.length === 0 ? [] : [{ run, results: own }];
  });
  const entries = [...found].reverse().map(({ run, results }): HistoryEntry => {
    const id = run.releaseId;
    const release = id === undefined || !kept.has(id) ? undefined : id === visible?.id ? 'visible' : 'kept';
    return { run, verdicts: countVerdicts(results), ...(release === undefined ? {} : { release }) };
  });
  if (table !== undefined && entries.length === 0) {
    checkKnown(config, table);
    const ids = new Set((audited ?? []).flatMap(({ results }) => results.map(({ id }) => id)));
    if (audit !== undefined && ids.size > 0) {
      const near = nearestName(audit, ids);
      throw new SynthError('audit.unknown', `No run has audited ${table} with "${audit}".`, {
        hint: near === undefined ? `There are: ${[...ids].sort().join(', ')}.` : `Did you mean "${near}"?`,
      });
    }
  }
  const runs = found.map(({ run, results }) => ({ id: run.id, at: run.startedAt, results }));
  return {
    entries,
    lines: table === undefined ? [] : historyLines(runs),
    measurements: audit === undefined ? [] : measurementLines(runs),
  };
}

/**
 * The visible mirror of a table and those that it descends from, oldest first.
 * @throws SynthError `table.unknown`, `built.none`
 */
export async function runLineage(options: {
  readonly config: LoadedConfig;
  readonly table: string;
}): Promise<readonly MirrorLineage[]> {
  const { config, table } = options;
  const chain = await withState(config, async ({ read }) => {
    const own = (await read.tables()).get(table)?.lineage;
    return own === undefined ? undefined : ancestryOf(own, await read.lineage());
  });
  if (chain !== undefined) return chain;
  checkKnown(config, table);
  const copied = config.tables.find(({ name }) => name === table)?.generator.generator.name === 'reference';
  throw new SynthError(
    'built.none',
    copied ? `${table} is copied as it is.` : `${table} has no mirror of known lineage yet.`,
    {
      hint: copied ? 'Only what is learnt has a lineage.' : 'Run `synth build` first.',
    },
  );
}

/** Oldest first. */
async function lastRuns(read: StateReader, table: string | undefined, limit: number): Promise<readonly AuditedRun[]> {
  if (table !== undefined) return read.auditedRuns(table, { limit });
  const runs: AuditedRun[] = [];
  for (const run of await read.runs(limit)) runs.push({ run, results: await read.auditResults(run.id) });
  return runs.reverse();
}

function checkKnown(config: LoadedConfig, table: string): void {
  const names = config.tables.map(({ name }) => name);
  if (names.includes(table)) return;
  const near = nearestName(table, names);
  throw new SynthError('table.unknown', `Neither the config nor its history has a table "${table}".`, {
    hint: near === undefined ? `Tables: ${names.join(', ')}.` : `Did you mean "${near}"?`,
  });
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
