// The contamination guard: before a source is learnt, whether it is a mirror or holds rows of one.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, Relation } from '../../audit.ts';
import type { LoadedConfig } from '../../config/loaded.ts';
import type { ResolvedTable } from '../../config/resolve.ts';
import { SynthError } from '../../errors.ts';
import type { MirrorLineage } from '../../lineage.ts';
import { readGeneration } from '../../mirror/mark.ts';
import { excessRows } from './contamination.ts';
import { countMatches } from './fingerprints.ts';

export interface GuardOptions {
  readonly config: LoadedConfig;
  readonly db: Database;
  readonly key: string;
  readonly table: ResolvedTable;
  readonly source: Relation;
  /** Of all tables, oldest first. */
  readonly lineage: readonly MirrorLineage[];
  note(message: string): void;
}

export interface Contamination {
  /** Of the source: 0 when nothing says that it is synthetic. */
  readonly generation: number;
  /** Share of its rows that are shown to be a mirror's. */
  readonly share: number;
}

/** Mirrors of so many releases are compared with. */
const mostReleases = 10;

/**
 * What is known of a source that is about to be learnt.
 * @throws SynthError `source.mirror`, `source.contaminated` unless the policy of the table says otherwise
 */
export async function guardSource(options: GuardOptions): Promise<Contamination> {
  const { config, db, key, table, source, note } = options;
  const { name, contamination: policy } = table.config;
  if (policy === 'allow') return { generation: await readGeneration(db, source), share: 0 };
  const generation = await readGeneration(db, source);
  if (generation > 0) {
    const message = `The source of ${name} is itself a mirror (its comment says generation ${generation}): a mirror of it would keep its faults and add its own.`;
    if (policy === 'refuse') throw refused('source.mirror', message);
    note(message);
    return { generation, share: 1 };
  }
  const own = new Set(table.schema.columns.map((column) => column.name));
  const known = options.lineage.filter(
    ({ fingerprints }) =>
      fingerprints?.columns.every((column) => own.has(column)) === true &&
      existsSync(join(config.directory, '.synth', fingerprints.path)),
  );
  let worst: { readonly excess: number; readonly of: number; readonly from: MirrorLineage } | undefined;
  for (const [columns, group] of byColumns(known.slice(-mostReleases))) {
    const paths = group.flatMap(({ fingerprints }) => fingerprints?.path ?? []);
    const counts = await countMatches({ config, db, key, source, columns }, paths);
    for (const [i, found] of counts.entries()) {
      const from = group[i] as MirrorLineage;
      const excess = from.fingerprints === undefined ? 0 : excessRows(found, from.fingerprints);
      if (excess > (worst?.excess ?? 0)) worst = { excess, of: found.of, from };
    }
  }
  if (worst === undefined) return { generation: 0, share: 0 };
  const { excess, of, from } = worst;
  const share = excess / of;
  const message = `The source of ${name} holds rows of a mirror: at least ${excess.toLocaleString('en')} of ${of.toLocaleString('en')} (${(100 * share).toPrecision(2)} %) equal rows of the mirror of ${from.table} that release ${from.release} made, more than chance explains.`;
  if (policy === 'refuse') throw refused('source.contaminated', message);
  note(message);
  return { generation: from.generation, share };
}

function refused(code: string, message: string): SynthError {
  return new SynthError(code, message, {
    hint: "Learn from real rows alone. If the loop is meant, say so: contamination: 'warn' or 'allow' for the table.",
  });
}

function byColumns(lineage: readonly MirrorLineage[]): ReadonlyMap<readonly string[], readonly MirrorLineage[]> {
  const groups = new Map<string, MirrorLineage[]>();
  for (const one of lineage) {
    const name = JSON.stringify(one.fingerprints?.columns ?? []);
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return new Map([...groups].map(([name, group]) => [JSON.parse(name) as string[], group]));
}
