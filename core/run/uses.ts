// What mirrors are for, as audits: `use.<name>` is measured by each run on the tables that the config's uses name.
import { z } from 'zod';
import { useAudits } from '../../audits/utility/use.ts';
import type { Audit, AuditInput, Bounds, Measurement } from '../audit.ts';
import type { LoadedConfig, LoadedUse } from '../config/loaded.ts';
import { displayName } from '../schema.ts';
import type { StateReader } from '../state/index.ts';
import { type Scored, scoreByCommand } from './use-command.ts';

/** The config with an audit per use beside the user's own. Once is enough: what has them comes back as it is. */
export function withUses<Config extends LoadedConfig>(config: Config): Config {
  const audits = config.uses.flatMap((use) =>
    use.kind === 'model' ? useAudits(use) : commandAudits(use, config.directory),
  );
  const known = new Set(config.auditPlugins.map(({ id }) => id));
  const added = audits.filter(({ id }) => !known.has(id));
  return added.length === 0 ? config : { ...config, auditPlugins: [...config.auditPlugins, ...added] };
}

export function isUse({ id }: { readonly id: string }): boolean {
  return id.startsWith('use.');
}

/** A command whose metric fell: against real rows when it may read them, else against its own last published runs. */
function commandAudits(use: Extract<LoadedUse, { kind: 'command' }>, directory: string): readonly Audit[] {
  const { name, table, metric, margin, severity, better } = use;
  const values = new WeakMap<AuditInput, Promise<Scored>>();
  const scored = (input: AuditInput, signal: AbortSignal): Promise<Scored> => {
    const found = values.get(input) ?? scoreByCommand(use, input, directory, signal);
    values.set(input, found);
    return found;
  };
  const common = {
    ...{ tier: 'run', family: 'utility', scope: 'table', severity, minRows: 0 },
    needs: use.holdout ? ['rows', 'holdout'] : ['rows'],
    applies: (target) => displayName(target.table.name) === table,
  } as const satisfies Partial<Audit>;
  const bounds = (failAt: number | null) =>
    z.strictObject({
      warnAt: z.number().nullable().default(null),
      failAt: z.number().nullable().default(failAt),
    });
  const n = { real: 0, synthetic: 0, holdout: 0 };
  const loss: Audit<Bounds> = {
    ...common,
    id: `use.${name}`,
    title: `The command for "${name}" does as well on the mirror as it should.`,
    unit: `${metric} lost`,
    direction: 'above',
    options: bounds(margin),
    run: async (input, _, { signal }): Promise<readonly Measurement[]> => {
      const { reached, reference } = await scored(input, signal);
      const before = reference ?? usual(input, `use.${name}.${metric}`);
      if (before === undefined) {
        return [{ columns: [], value: null, reason: 'There is no published run to compare with yet.', n }];
      }
      return [{ columns: [], value: better === 'more' ? before - reached : reached - before, n }];
    },
  };
  const value: Audit<Bounds> = {
    ...common,
    id: `use.${name}.${metric}`,
    title: `The metric that the command for "${name}" prints.`,
    unit: metric,
    direction: better === 'more' ? 'below' : 'above',
    options: bounds(null),
    run: async (input, _, { signal }) => [{ columns: [], value: (await scored(input, signal)).reached, n }],
  };
  return [value, loss] as unknown as readonly Audit[];
}

/** The median of the last five published runs. */
function usual({ history }: AuditInput, audit: string): number | undefined {
  const values = (history?.runs ?? [])
    .filter(({ published }) => published)
    .flatMap((run) => run.values.filter((past) => past.audit === audit).flatMap(({ value }) => value ?? []))
    .slice(-5)
    .sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)];
}

export interface Decayed {
  readonly use: string;
  readonly table: string;
  /** When it was measured; ISO 8601. */
  readonly at: string;
}

/** Uses whose last measurement is beyond its margin: what a refit `when: 'downstream'` and a contest go by. */
export async function decayedUses(config: Pick<LoadedConfig, 'uses'>, read: StateReader): Promise<readonly Decayed[]> {
  const found: Decayed[] = [];
  for (const { name, table } of config.uses) {
    const [last] = (await read.auditedRuns(table, { audit: `use.${name}`, limit: 1 })).slice(-1);
    if (last?.results.some(({ verdict }) => verdict === 'fail')) {
      found.push({ use: name, table, at: last.run.startedAt });
    }
  }
  return found;
}
