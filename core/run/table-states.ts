// What a release remembers of each of its tables.
import type { Release } from '../connector.ts';
import { rememberSchema, type TableStep } from '../plan/index.ts';
import type { TableState } from '../state/index.ts';
import type { Executed } from './execute.ts';
import { fitPath } from './fits.ts';
import type { Planned } from './plan.ts';

/** Of tables that nobody looked at, what was known. */
export function tableStates(planned: Planned, executed: Executed, release: Release): readonly TableState[] {
  return planned.plan.steps.flatMap((step): TableState[] => {
    if (step.kind !== 'table') return [];
    const known = planned.known.get(step.table);
    if (step.action === 'keep' && known !== undefined && !step.reasons.includes('audits changed')) return [known];
    const generator = planned.tables.find(({ config }) => config.name === step.table)?.config.generator.generator;
    return [
      {
        table: step.table,
        // Of what was learnt, not of what was only looked at.
        fingerprint: step.action === 'keep' ? (known?.fingerprint ?? step.fingerprint) : step.fingerprint,
        fitDigest: step.digests.fit,
        sampleDigest: step.digests.sample,
        auditDigest: step.digests.audit,
        generator: step.generator,
        generatorVersion: generator?.version ?? known?.generatorVersion ?? 0,
        ...(step.action === 'reference' ? {} : { fitPath: fitPath(step) }),
        rows: executed.rows.get(step.table) ?? 0,
        ...learntAt(step, known, release),
        ...schemaOf(step, known, planned),
        ...executed.learnt.get(step.table),
      },
    ];
  });
}

function learntAt(
  { action }: TableStep,
  known: TableState | undefined,
  release: Release,
): Pick<TableState, 'learntAt'> {
  const at = action === 'fit' || action === 'reference' ? release.createdAt : known?.learntAt;
  return at === undefined ? {} : { learntAt: at };
}

function schemaOf(
  { action, table }: TableStep,
  known: TableState | undefined,
  { tables }: Planned,
): Pick<TableState, 'schema'> {
  const found = tables.find(({ config }) => config.name === table)?.schema;
  const schema = action === 'fit' || action === 'reference' ? found && rememberSchema(found) : known?.schema;
  return schema === undefined ? {} : { schema };
}
