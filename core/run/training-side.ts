// The rows of one table that may be learnt from, and those that may not, for runs that try things out without its parents.
import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import { checkAgainstSchemas } from '../config/resolve.ts';
import { nearestName, SynthError } from '../errors.ts';
import { splitFamily } from '../mirror/family.ts';
import type { TablePlan } from '../mirror/plan.ts';
import { displayName } from '../schema.ts';
import type { Split } from '../split/split.ts';
import { columnList, relationRef } from '../sql.ts';
import { HOLDOUT_PERCENT, SALT } from './family.ts';
import { planTables } from './family-plan.ts';
import type { Session } from './session.ts';

export interface TrainingSide {
  /** Keys and rules as in the config. */
  readonly plan: TablePlan;
  /** Outside the holdout, with the source's columns. */
  readonly rows: Relation;
  readonly rowCount: number;
  readonly holdout?: Relation;
  readonly fingerprint: string;
}

/** @param name as in the config. @throws SynthError `table.unknown` */
export async function trainingSide(session: Session, config: LoadedConfig, name: string): Promise<TrainingSide> {
  const { workspace } = session;
  await using source = await config.source.attach(workspace);
  const resolved = checkAgainstSchemas(config, await source.tables());
  const family = await planTables(workspace, source, resolved);
  const plan = family.tables.find(({ label }) => label === name);
  const own = resolved.find(({ schema }) => displayName(schema.name) === name);
  if (plan === undefined || own === undefined) {
    const known = family.tables.map(({ label }) => label);
    const near = nearestName(name, known);
    throw new SynthError('table.unknown', `The config has no table "${name}".`, {
      hint: near === undefined ? `Tables: ${known.join(', ')}.` : `Did you mean "${near}"?`,
    });
  }
  const fingerprint = await source.fingerprint(own.schema);
  const splits = await splitFamily({
    workspace,
    plan: family,
    relation: (table) => source.relation(table),
    salt: SALT,
    holdoutPercent: HOLDOUT_PERCENT,
  });
  const { train, trainRows, holdout } = splits.get(name) as Split;
  const names = plan.schema.columns.map((column) => column.name);
  // The source is left behind: only its rows stay.
  const copy = async (from: Relation, table: string): Promise<Relation> => {
    const to: Relation = { catalog: workspace.scratch, schema: 'main', table };
    await sql`create table ${relationRef(to)} as select ${columnList(names)} from ${relationRef(from)}`.execute(
      workspace.db,
    );
    return to;
  };
  const rows = await copy(train, 'training_rows');
  const unseen = holdout === undefined ? undefined : await copy(holdout, 'holdout_rows');
  return { plan, rows, rowCount: trainRows, ...(unseen && { holdout: unseen }), fingerprint };
}
