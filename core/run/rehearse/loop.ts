// Plays one arm of a rehearsal with one seed: each generation learns from rows of those before it.
import { sql } from 'kysely';
import type { Relation } from '../../audit.ts';
import { planFamily, type TablePlan } from '../../mirror/plan.ts';
import { hashText } from '../../random.ts';
import { columnList, relationRef } from '../../sql.ts';
import { type MirroredTable, mirrorTables } from '../family.ts';
import type { Session } from '../session.ts';
import { createStopwatch } from '../stopwatch.ts';
import { type Arm, armName, portions } from './arms.ts';

export interface LoopOptions {
  readonly session: Session;
  /** One table without keys, see {@link loopPlan}. */
  readonly plan: TablePlan;
  /** Real rows that may be learnt. */
  readonly rows: Relation;
  readonly holdout?: Relation;
  /** How many of them, and of each generation. */
  readonly n: number;
  readonly arm: Arm;
  readonly generations: number;
  readonly seed: number;
  /** Called when a generation is there, in order; its tables are gone afterwards. */
  onGeneration(made: PlayedGeneration): Promise<void>;
}

export interface PlayedGeneration {
  readonly generation: number;
  /** As mirrorTables gives it, `real` being the real rows of generation 0. */
  readonly table: MirroredTable;
  readonly mirrored: ReadonlyMap<string, MirroredTable>;
  /** What it learnt from. */
  readonly training: Relation;
}

/** Keys say who somebody is, not what rows are like: a loop goes on without them, and without the rules that need them. */
export function loopPlan({ schema, choice, columns, config }: TablePlan): TablePlan {
  const learnt = columns.filter(({ role, added }) => role.kind === 'learnt' && added !== true);
  const names = new Set(learnt.map(({ schema: column }) => column.name));
  const { constraints = [], columns: _, subject, relations, rows, balance, atLeast, labels, key, ...rest } = config;
  const kept = constraints.filter((rule) => {
    if (typeof rule === 'string') return false;
    const needed = rule.kind === 'sum' ? [rule.total, ...rule.parts] : rule.columns;
    return [...needed, ...(rule.kind === 'dependent' ? rule.on : [])].every((name) => names.has(name));
  });
  const plan = planFamily([
    {
      schema: {
        name: schema.name,
        columns: learnt.map(({ schema: column }) => column),
        primaryKey: [],
        uniques: [],
        foreignKeys: [],
      },
      choice,
      config: { ...rest, constraints: kept },
    },
  ]);
  return plan.tables[0] as TablePlan;
}

export async function playArm(options: LoopOptions): Promise<void> {
  const { session, plan, arm, generations, n, seed, holdout } = options;
  const { workspace } = session;
  const { db } = workspace;
  const table = (name: string): Relation => ({ catalog: workspace.scratch, schema: 'main', table: `rehearse_${name}` });
  const names = plan.schema.columns.map(({ name }) => name);
  const made: Relation[] = [table('0')];
  const training = table('training');
  const drop = async (relation: Relation): Promise<void> => {
    await sql`drop table if exists ${relationRef(relation)}`.execute(db);
  };
  try {
    // Equal rows are told apart by a number: they must not fall together, since the first rows stand for all of them.
    await sql`create table ${relationRef(made[0] as Relation)} as select ${columnList(names)} from (
        select ${columnList(names)}, md5(cast(f as varchar)) as __text, row_number() over (partition by f) as __copy
        from ${relationRef(options.rows)} as f)
      order by md5(concat(${sql.lit(`${seed}/`)}, __text, '/', __copy)), __text, __copy
      limit ${sql.lit(n)}`.execute(db);
    const real = made[0] as Relation;
    for (let generation = 1; generation <= generations; generation++) {
      const parts = portions(arm, generation, n).map(
        (part) =>
          sql`select ${columnList(names)} from ${relationRef(made[part.generation] as Relation)} where rowid < ${sql.lit(part.rows)}`,
      );
      await sql`create or replace table ${relationRef(training)} as ${sql.join(parts, sql` union all `)}`.execute(db);
      const target = table(String(generation));
      const result = await mirrorTables({
        ...{ session, plan: { tables: [{ ...plan, config: { ...plan.config, rows: n } }] }, salt: 'rehearse' },
        source: () => training,
        target: () => target,
        seed: hashText(`rehearse/${armName(arm)}/${generation}`, seed),
        // All of the training rows are learnt.
        holdout: holdout ?? real,
        freeText: 'pattern',
        watch: createStopwatch(() => {}),
        progress: () => {},
      });
      made.push(target);
      const found = result.get(plan.label) as MirroredTable;
      const { holdout: _, declared: __, ...rest } = found;
      const against: MirroredTable = { ...rest, real, ...(holdout && { holdout }) };
      const mirrored = new Map([[plan.label, against]]);
      await options.onGeneration({ generation, table: against, mirrored, training });
      // Only accumulating needs those before.
      if (arm.kind !== 'accumulate' && generation > 1) await drop(made[generation - 1] as Relation);
    }
  } finally {
    for (const relation of [training, ...made]) await drop(relation);
  }
}
