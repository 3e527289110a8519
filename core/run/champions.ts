// Tables whose generator is a contest: who is champion now, and which contests are due.
import { digest } from '../config/digest.ts';
import type { LoadedConfig, LoadedContest, LoadedTable } from '../config/loaded.ts';
import type { GeneratorChoice } from '../generator.ts';
import { type ContestRecord, readContests } from '../state/contests.ts';
import type { State } from '../state/index.ts';
import { decayedUses } from './uses.ts';

/** The config with each contest's champion in its place; until one was held, the first candidate. */
export async function withChampions(config: LoadedConfig, state: State): Promise<LoadedConfig> {
  if (config.tables.every(({ contest }) => contest === undefined)) return config;
  const held = await readContests(state);
  const tables = config.tables.map((table): LoadedTable => {
    const { contest } = table;
    return contest === undefined ? table : { ...table, generator: championOf(table.name, contest, held).choice };
  });
  return { ...config, tables };
}

export interface Champion {
  readonly position: number;
  readonly choice: GeneratorChoice;
}

export function championOf(table: string, contest: LoadedContest, held: readonly ContestRecord[]): Champion {
  const last = held.findLast((record) => record.table === table && record.candidates === candidatesDigest(contest));
  const position = last?.position ?? 0;
  return { position, choice: contest.candidates[position] as GeneratorChoice };
}

/** Never held for these candidates, or what decides it has decayed since, on another source: the same would end the same. */
export async function dueContests(config: LoadedConfig, state: State): Promise<readonly LoadedTable[]> {
  const tables = config.tables.filter(({ contest }) => contest !== undefined);
  if (tables.length === 0) return [];
  const held = await readContests(state);
  const decayed = await decayedUses(config, state.read);
  const learnt = await state.read.tables();
  return tables.filter(({ name, contest }) => {
    if (contest === undefined) return false;
    const last = held.findLast(
      (record) => record.table === name && record.candidates === candidatesDigest(contest) && record.by === contest.by,
    );
    if (last === undefined) return true;
    const moved = learnt.get(name)?.fingerprint !== last.fingerprint;
    return moved && decayed.some(({ use, at }) => use === contest.by && at > last.at);
  });
}

export function candidatesDigest({ candidates }: LoadedContest): string {
  return digest(candidates.map(({ generator, options }) => [generator.name, generator.version, options]));
}

/** As the user counts and writes them. */
export function candidateName({ generator, options }: GeneratorChoice, position: number): string {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return `${position + 1}: ${generator.name}(${set.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(', ')})`;
}
