// A project as its last build left it: the fits of a table and of all that its keys lead to, ready to draw from.
import { existsSync } from 'node:fs';
import { digestTable } from '../config/digest.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import { checkAgainstSchemas } from '../config/resolve.ts';
import type { AttachedSource } from '../connector.ts';
import { nearestName, SynthError } from '../errors.ts';
import { splitFamily } from '../mirror/family.ts';
import type { FamilyPlan, TablePlan } from '../mirror/plan.ts';
import type { TableFit } from '../mirror/table-fit.ts';
import { mirroredKeys } from '../plan/index.ts';
import { displayName } from '../schema.ts';
import type { Split } from '../split/split.ts';
import { openState, type TableState } from '../state/index.ts';
import { withChampions } from './champions.ts';
import { planTables, withParents } from './family-plan.ts';
import { loadFit } from './fits.ts';
import { projectPaths } from './plan.ts';
import type { Session } from './session.ts';

export interface BuiltTables {
  /** The tables asked for and all that their keys lead to. */
  readonly plan: FamilyPlan;
  /** By table. */
  readonly fits: ReadonlyMap<string, TableFit>;
  /** Of copied tables alone: nothing is learnt here, so nothing else of the source is read. */
  readonly splits: ReadonlyMap<string, Split>;
}

export interface BuiltOptions {
  readonly config: LoadedConfig;
  readonly session: Session;
  readonly source: AttachedSource;
  /** As in the config. */
  readonly tables: readonly string[];
}

/**
 * @throws SynthError `table.unknown`, `built.none`, `built.stale` when the config has changed since, `built.reference` for
 *   tables that are copied
 */
export async function openBuilt(options: BuiltOptions): Promise<BuiltTables> {
  const { session, source } = options;
  const config = await championed(options.config);
  const resolved = checkAgainstSchemas(config, await source.tables());
  const whole = await planTables(session.workspace, source, resolved);
  for (const name of options.tables) requireLearnt(whole, name);
  const plan = withParents(whole, new Set(options.tables));
  const known = await knownTables(config);
  const names = new Set(resolved.map(({ schema }) => displayName(schema.name)));
  const fits = new Map<string, TableFit>();
  for (const table of plan.tables) {
    if (table.reference) continue;
    const found = resolved.find(({ schema }) => displayName(schema.name) === table.label);
    const state = known.get(table.label);
    if (state?.fitPath === undefined || found === undefined) throw notBuilt(table.label);
    const digest = digestTable(found.config, config.seed, mirroredKeys(found.schema, names));
    if (state.fitDigest !== digest.fit || state.generatorVersion !== table.choice.generator.version) {
      throw new SynthError(
        'built.stale',
        `${table.label} was learnt with another config or version than there is now.`,
        {
          hint: 'Run `synth build` first.',
        },
      );
    }
    const fit = await loadFit(config, state.fitPath);
    if (fit === undefined) throw notReadable(table.label);
    fits.set(table.label, fit);
  }
  const splits = await splitFamily({
    workspace: session.workspace,
    plan: { tables: plan.tables.filter(({ reference }) => reference) },
    relation: (name) => source.relation(name),
    salt: '',
    holdoutPercent: 0,
  });
  return { plan, fits, splits };
}

function requireLearnt(plan: FamilyPlan, name: string): TablePlan {
  const table = plan.tables.find(({ label }) => label === name);
  if (table === undefined) {
    const known = plan.tables.map(({ label }) => label);
    const near = nearestName(name, known);
    throw new SynthError('table.unknown', `The config has no table "${name}".`, {
      hint: near === undefined ? `Tables: ${known.join(', ')}.` : `Did you mean "${near}"?`,
    });
  }
  if (!table.reference) return table;
  throw new SynthError('built.reference', `${name} is copied as it is, so there is nothing to draw rows from.`, {
    hint: 'Query its mirror instead: synth query.',
  });
}

/** As it was built: with the champions of contests. */
async function championed(config: LoadedConfig): Promise<LoadedConfig> {
  const path = projectPaths(config).state;
  if (!existsSync(path)) return config;
  await using state = await openState(path);
  return await withChampions(config, state);
}

async function knownTables(config: LoadedConfig): Promise<ReadonlyMap<string, TableState>> {
  const path = projectPaths(config).state;
  if (!existsSync(path)) return new Map();
  await using state = await openState(path);
  return await state.read.tables();
}

function notBuilt(label: string): SynthError {
  return new SynthError('built.none', `${label} has not been learnt yet.`, { hint: 'Run `synth build` first.' });
}

function notReadable(label: string): SynthError {
  return new SynthError('built.fit', `The stored fit of ${label} is gone, damaged or of another version.`, {
    // A build would leave a table alone whose source and config are as they were.
    hint: 'Learn it again with `synth build --full-refresh`.',
  });
}
