// The lineage of the mirrors that a run makes, with the fingerprints of their rows.
import type { LoadedConfig } from '../../config/loaded.ts';
import type { Release } from '../../connector.ts';
import type { MirrorLineage } from '../../lineage.ts';
import type { KnownTable, TableStep } from '../../plan/index.ts';
import type { MirroredTable } from '../family.ts';
import type { Session } from '../session.ts';
import { fingerprintKey, writeFingerprints } from './fingerprints.ts';
import type { Contamination } from './guard.ts';

export interface LineageOptions {
  readonly config: LoadedConfig;
  readonly session: Session;
  readonly release: Release;
  readonly step: TableStep;
  readonly known: KnownTable | undefined;
  readonly table: MirroredTable;
  readonly contamination: Contamination | undefined;
}

/** Undefined for copies, and for mirrors that stay as they are. */
export async function recordLineage(options: LineageOptions): Promise<MirrorLineage | undefined> {
  const { config, session, release, step, known, table, contamination } = options;
  const { origin, blended, split } = table;
  if (origin === undefined || (step.action !== 'fit' && step.action !== 'resample')) return undefined;
  const before = step.action === 'resample' ? known?.lineage : undefined;
  const columns = table.table.columns.flatMap(({ schema, role, added }) =>
    role.kind === 'learnt' && added !== true && schema.type.kind !== 'unsupported' ? [schema.name] : [],
  );
  const fingerprints =
    columns.length === 0
      ? undefined
      : await writeFingerprints({
          ...{ config, columns, release: release.id, table: step.table },
          db: session.workspace.db,
          key: await fingerprintKey(config),
          mirror: table.target,
          source: split.all,
        });
  const learnt = blended === undefined ? split.trainRows : blended.realRows + blended.syntheticRows;
  return {
    ...{ table: step.table, release: release.id, at: release.createdAt, generator: step.generator },
    generation: before?.generation ?? origin.generation,
    realShare: before?.realShare ?? origin.realShare,
    learntRows: before?.learntRows ?? Math.min(learnt, table.table.config.fitRows ?? learnt),
    ancestors: before?.ancestors ?? blended?.ancestors ?? [],
    ...((contamination !== undefined && contamination.generation > 0) || before?.contaminated === true
      ? { contaminated: true as const }
      : {}),
    ...(fingerprints && { fingerprints }),
  };
}
