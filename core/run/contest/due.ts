// Contests of generators in a project: those that a build holds, and those that were held.
import { existsSync } from 'node:fs';
import type { LoadedConfig } from '../../config/loaded.ts';
import { nearestName, SynthError } from '../../errors.ts';
import { addContest, type ContestRecord, readContests } from '../../state/contests.ts';
import { openState, type State } from '../../state/index.ts';
import { championOf, dueContests, withChampions } from '../champions.ts';
import { projectPaths } from '../plan.ts';
import { type ContestOptions, holdContest } from './hold.ts';

/** Newest last. @throws SynthError `contest.none` when the config has none, or none for the table */
export async function runContests(options: {
  readonly config: LoadedConfig;
  readonly table?: string;
}): Promise<readonly ContestRecord[]> {
  const { config, table } = options;
  const names = config.tables.flatMap(({ name, contest }) => (contest === undefined ? [] : [name]));
  if (names.length === 0 || (table !== undefined && !names.includes(table))) {
    const near = table === undefined ? undefined : nearestName(table, names);
    throw new SynthError('contest.none', `The config has no contest${table === undefined ? '' : ` for "${table}"`}.`, {
      hint:
        near === undefined
          ? "Add one, as generator: contest({ candidates: [boosted(), copula()], by: 'churn' })."
          : `Did you mean "${near}"?`,
    });
  }
  const path = projectPaths(config).state;
  if (!existsSync(path)) return [];
  await using state = await openState(path);
  const held = await readContests(state);
  return held.filter((record) => table === undefined || record.table === table);
}

/** Before a build: holds the contests that are due. @returns the config with the champions in their places */
export async function holdContests(
  options: Omit<ContestOptions, 'table' | 'champion'> & { readonly state: State },
): Promise<LoadedConfig> {
  const { config, state, progress } = options;
  for (const table of await dueContests(config, state)) {
    const { contest } = table;
    if (contest === undefined) continue;
    const champion = championOf(table.name, contest, await readContests(state)).position;
    const held = await holdContest({ ...options, table, champion });
    await addContest(state, held);
    progress({ kind: 'note', message: `Contest of ${table.name}: ${held.champion}. ${held.because}` });
  }
  return await withChampions(config, state);
}
