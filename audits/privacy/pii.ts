// prv.pii: e-mail addresses, phone numbers, names and other identifiers of real people that come back in the mirror.
import { sql } from 'kysely';
import type { Audit, AuditInput, Database, Measurement, Relation } from '../../core/audit.ts';
import type { ColumnSchema } from '../../core/schema.ts';
import { columnRef, relationRef } from '../../core/sql.ts';
import { columnNames, countRows } from '../frame.ts';
import { noOptions } from '../options.ts';
import { fisherCritical } from '../statistics/fisher.ts';
import { subjectOf } from '../subjects.ts';
import { hasIdentifier, identifiersIn, isNamedPersonal, wholeText } from './identifiers.ts';

export const piiAudit: Audit<Record<string, never>> = {
  id: 'prv.pii',
  title: 'No e-mail address, phone number, name or other identifier of a real person comes back.',
  advice: 'Give the column a rule: fake(), pattern() or omit().',
  unit: 'identifiers',
  tier: 'run',
  family: 'privacy',
  scope: 'column',
  needs: ['aggregates', 'holdout'],
  direction: 'zero',
  minRows: 1,
  options: noOptions,
  applies: ({ reference, table }) => !reference && table.columns.length > 0,
  /**
   * Per column that holds identifiers, by pattern within its text or by its name: how many distinct ones of the mirror fewer
   * than k people of train have. Where the holdout shares some with train too (households, invented data), as many as
   * Fisher's test at 1 % allows are chance. Columns made by rules and keys are looked at for patterns only.
   */
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const { db, target, real, synthetic, holdout } = input;
    const sides = [real, synthetic, ...(holdout === undefined ? [] : [holdout])];
    const present = await Promise.all(sides.map((side) => columnNames(db, side)));
    const n = {
      real: await countRows(db, real),
      synthetic: await countRows(db, synthetic),
      holdout: holdout === undefined ? 0 : await countRows(db, holdout),
    };
    const candidates = target.table.columns
      .filter((column) => mayIdentify(column) && !target.publicColumns.includes(column.name))
      .filter(({ name }) => present.every((names) => names.has(name)))
      .map((column) => {
        const isCompared = target.columns.some(({ name }) => name === column.name);
        return { column, whole: isCompared && isNamedPersonal(column.name) };
      });
    const written = await withIdentifiers(
      db,
      real,
      candidates.flatMap(({ column, whole }) => (whole ? [] : [column])),
    );
    const measurements: Measurement[] = [];
    for (const { column, whole } of candidates) {
      if (!whole && !written.has(column)) continue;
      const counted = await countShared(input, column, whole);
      if (counted === undefined) continue;
      const { found, shared, heldOut, chance } = counted;
      const most = chance === 0 ? 0 : fisherCritical(found, chance, heldOut, 0.01);
      const floor = { q50: chance === 0 ? 0 : (found * chance) / heldOut, q99: most };
      measurements.push({ columns: [column.name], value: shared, null: floor, n });
    }
    return measurements;
  },
};

/** Bits of a grouping that a double holds exactly. */
const columnsPerQuery = 50;

/** Columns with an identifier in some text of the real rows: most have none, and one pass over the table tells so of all. */
async function withIdentifiers(
  db: Database,
  real: Relation,
  columns: readonly ColumnSchema[],
): Promise<ReadonlySet<ColumnSchema>> {
  const found = new Set<ColumnSchema>();
  for (let from = 0; from < columns.length; from += columnsPerQuery) {
    const some = columns.slice(from, from + columnsPerQuery);
    const texts = some.map(({ name }, i) => sql`CAST(${columnRef(name)} AS VARCHAR) AS ${sql.id(`t${i}`)}`);
    const names = some.map((_, i) => sql.id(`t${i}`));
    const sets = sql.join(names.map((name) => sql`(${name})`));
    // Patterns are looked for once per text, not once per row.
    const { rows } = await sql<{ bits: number }>`
      SELECT DISTINCT CAST(bits AS DOUBLE) AS bits FROM (
        SELECT grouping_id(${sql.join(names)}) AS bits, coalesce(${sql.join(names)}) AS t
        FROM (SELECT ${sql.join(texts)} FROM ${relationRef(real)}) AS texts GROUP BY GROUPING SETS (${sets})) AS grouped
      WHERE ${hasIdentifier(sql.id('t'))}`.execute(db);
    // A column's bit is 0 in its own group, and the first column has the highest.
    const all = 2 ** some.length - 1;
    for (const { bits } of rows) found.add(some[some.length - 1 - Math.log2(all - bits)] as ColumnSchema);
  }
  return found;
}

/** Text may hold anything; whole numbers only what their column's name says. */
function mayIdentify({ name, type }: ColumnSchema): boolean {
  return type.kind === 'text' || (type.kind === 'integer' && isNamedPersonal(name));
}

interface Shared {
  /** Distinct identifiers of the mirror, and those of them that few people of train have. */
  readonly found: number;
  readonly shared: number;
  /** The same of the holdout. */
  readonly heldOut: number;
  readonly chance: number;
}

/** Undefined when the real column holds no identifier. */
async function countShared(input: AuditInput, { name }: ColumnSchema, whole: boolean): Promise<Shared | undefined> {
  const { db, real, synthetic, holdout, target } = input;
  const text = sql`CAST(${columnRef(name)} AS VARCHAR)`;
  const list = (whole ? wholeText : identifiersIn)(sql.id('t'));
  const subject = (await subjectOf(input, real)) ?? sql`row_number() OVER ()`;
  // Patterns are looked for once per text, not once per row.
  const texts = (side: Relation) =>
    sql`SELECT DISTINCT ${text} AS t FROM ${relationRef(side)} WHERE ${columnRef(name)} IS NOT NULL`;
  const distinct = (side: Relation) => sql`SELECT DISTINCT unnest(${list}) AS v FROM (${texts(side)}) AS texts`;
  const { rows } = await sql<Shared & { learnt: number }>`
    WITH lists AS MATERIALIZED (SELECT t, ${list} AS identifiers FROM (${texts(real)}) AS texts WHERE len(${list}) > 0),
      owned AS (SELECT ${text} AS t, ${subject} AS person FROM ${relationRef(real)}),
      held AS (SELECT unnest(identifiers) AS v, person FROM owned JOIN lists USING (t)),
      few AS MATERIALIZED (SELECT v, count(DISTINCT person) AS people FROM held WHERE v <> '' GROUP BY v),
      rare AS (SELECT v FROM few WHERE people < ${sql.lit(Math.max(2, target.k))}),
      mirror AS (${distinct(synthetic)}),
      unseen AS (${holdout === undefined ? sql`SELECT '' AS v WHERE false` : distinct(holdout)})
    SELECT CAST((SELECT count(*) FROM few) AS DOUBLE) AS learnt,
      CAST((SELECT count(*) FROM mirror) AS DOUBLE) AS found,
      CAST((SELECT count(*) FROM mirror WHERE v IN (SELECT v FROM rare)) AS DOUBLE) AS shared,
      CAST((SELECT count(*) FROM unseen) AS DOUBLE) AS "heldOut",
      CAST((SELECT count(*) FROM unseen WHERE v IN (SELECT v FROM rare)) AS DOUBLE) AS chance`.execute(db);
  const row = rows[0];
  if (row === undefined || Number(row.learnt) === 0) return undefined;
  return {
    found: Number(row.found),
    shared: Number(row.shared),
    heldOut: Number(row.heldOut),
    chance: Number(row.chance),
  };
}
