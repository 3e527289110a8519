// The ancestry of the tables of one run: guarded before they are learnt, blended where a loop is declared, recorded afterwards.
import type { LoadedConfig } from '../../config/loaded.ts';
import type { AttachedSource, Release } from '../../connector.ts';
import { SynthError } from '../../errors.ts';
import type { MirrorLineage } from '../../lineage.ts';
import type { TablePlan } from '../../mirror/plan.ts';
import type { TableStep } from '../../plan/index.ts';
import type { ProgressSink } from '../../progress.ts';
import { displayName } from '../../schema.ts';
import type { Split } from '../../split/split.ts';
import type { State } from '../../state/index.ts';
import type { MirroredTable } from '../family.ts';
import type { Planned } from '../plan.ts';
import type { Session } from '../session.ts';
import { type Blended, blendRows } from './blend.ts';
import { fingerprintKey, sweepFingerprints } from './fingerprints.ts';
import { type Contamination, guardSource } from './guard.ts';
import type { Origin } from './origin.ts';
import { recordLineage } from './record.ts';

export interface AncestryOptions {
  readonly config: LoadedConfig;
  readonly session: Session;
  readonly source: AttachedSource;
  readonly planned: Planned;
  readonly steps: readonly TableStep[];
  readonly release: Release;
  readonly state: State;
  readonly progress: ProgressSink;
}

export interface Ancestry {
  readonly blend: (table: TablePlan, split: Split) => Promise<Blended | undefined>;
  readonly origin: (table: TablePlan, blended: Blended | undefined) => Origin | undefined;
  readonly record: (step: TableStep, table: MirroredTable) => Promise<MirrorLineage | undefined>;
}

/** @throws SynthError `source.mirror`, `source.contaminated`, as the policies of the tables say */
export async function openAncestry(options: AncestryOptions): Promise<Ancestry> {
  const { config, session, source, planned, steps, state, progress } = options;
  const { db } = session.workspace;
  const lineage = await state.read.lineage();
  await sweepFingerprints(config, lineage);
  const guarded = new Map<string, Contamination>();
  for (const table of planned.tables) {
    const name = displayName(table.schema.name);
    // What is only looked at is not learnt from it, but people must know as early as that.
    const isRead = ({ action, reasons }: TableStep): boolean =>
      action === 'fit' || reasons.includes('source changed little');
    if (!steps.some((step) => step.table === name && isRead(step))) continue;
    const key = await fingerprintKey(config);
    const note = (message: string): void => progress({ kind: 'note', message, table: name });
    const relation = source.relation(table.schema.name);
    guarded.set(name, await guardSource({ config, db, key, table, source: relation, lineage, note }));
  }
  return {
    async blend(table, split) {
      const found = planned.tables.find(({ schema }) => displayName(schema.name) === table.label)?.config;
      if (found?.blend === undefined) return undefined;
      const { blend, fitRows } = found;
      return blendRows({ config, workspace: session.workspace, table, blend, split, fitRows, lineage });
    },
    origin(table, blended) {
      const found = guarded.get(table.label);
      const isLearnt = steps.some((step) => step.table === table.label && step.action === 'fit');
      // Not learnt in this run: it is as it was.
      if (found === undefined || !isLearnt)
        return planned.known.get(table.label)?.lineage ?? { generation: 1, realShare: 1 };
      const deepest = Math.max(found.generation, blended?.generation ?? 0);
      const real = blended === undefined ? 1 : blended.realRows / (blended.realRows + blended.syntheticRows);
      return { generation: 1 + deepest, realShare: real * (1 - (found.generation > 0 ? found.share : 0)) };
    },
    async record(step, table) {
      const { release } = options;
      const known = planned.known.get(step.table);
      const made = await recordLineage({
        ...{ config, session, release, step, known, table, contamination: guarded.get(step.table) },
      });
      return made ?? known?.lineage;
    },
  };
}

/**
 * Rows of a mirror have no place among real parents and children: a loop is for tables that stand alone.
 * @throws SynthError `blend.related`
 */
export function checkBlends({ tables }: Pick<Planned, 'tables'>): void {
  const learnt = new Set(
    tables
      .filter(({ config }) => config.generator.generator.name !== 'reference')
      .map(({ schema }) => displayName(schema.name)),
  );
  for (const { config, schema } of tables) {
    if (config.blend === undefined) continue;
    const name = displayName(schema.name);
    const parents = schema.foreignKeys.map(({ references }) => displayName(references.table));
    const children = tables.filter((other) =>
      other.schema.foreignKeys.some(({ references }) => displayName(references.table) === name),
    );
    const related = [
      ...parents.filter((parent) => learnt.has(parent)),
      ...children.map((child) => displayName(child.schema.name)),
    ];
    if (related.length === 0) continue;
    throw new SynthError(
      'blend.related',
      `${name} cannot be blended with its mirrors: its rows belong to those of ${related[0]}.`,
      {
        hint: 'A blend is for tables without learnt parents or children. Take blend out of the config of this table.',
      },
    );
  }
}
