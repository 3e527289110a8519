// Finds the column that puts the rows of one subject in order: a time, or a whole number that counts up.
import { sql } from 'kysely';
import type { Database, Relation } from './audit.ts';
import type { ColumnSchema } from './schema.ts';
import { columnList, columnRef, relationRef } from './sql.ts';

/** Of the rows that follow another of their subject, the least share with a new value. */
const leastNew = 0.5;
/** Times that are as good as the best within this come in the table's order. */
const tolerance = 0.02;
/** The least share of the most frequent step among those that are not 0: counters step evenly, amounts do not. */
const leastEven = 0.4;
const timeNames =
  /(^|_)(year|yr|season|seq|sequence|step|visit|wave|period|order|nr|no|number|index|idx|days?|weeks?|months?|quarter|age|time|t|ts|date|round|turn|episode|line|position|game|event)($|_)/;

/**
 * The order column of `relation`, whose rows that agree in `by` belong together: without NULL, and new in at least half of the
 * rows that follow another. Dates and timestamps first; else a whole number that steps evenly or is named like a time.
 * Undefined when there is none: then the rows of a subject are a set.
 */
export async function findOrder(
  db: Database,
  relation: Relation,
  by: readonly string[],
  columns: readonly ColumnSchema[],
): Promise<string | undefined> {
  const candidates = columns.filter(
    ({ name, type }) => !by.includes(name) && ['date', 'timestamp', 'integer'].includes(type.kind),
  );
  if (candidates.length === 0 || by.length === 0) return undefined;
  const owned = sql`${relationRef(relation)} WHERE ${sql.join(
    by.map((name) => sql`${columnRef(name)} IS NOT NULL`),
    sql` AND `,
  )}`;
  const { rows } = await sql<Record<string, number>>`
    SELECT CAST(count(*) AS DOUBLE) AS n, CAST(count(DISTINCT (${columnList(by)})) AS DOUBLE) AS subjects,
      ${sql.join(
        candidates.map(
          (
            { name },
            i,
          ) => sql`CAST(count(DISTINCT (${columnList([...by, name])})) AS DOUBLE) AS ${sql.id(`distinct_${i}`)},
            CAST(count(${columnRef(name)}) AS DOUBLE) AS ${sql.id(`present_${i}`)}`,
        ),
      )} FROM ${owned}`.execute(db);
  const facts = rows[0] ?? {};
  const { n = 0, subjects = 0 } = facts;
  if (n <= subjects) return undefined;
  const found = candidates
    .map(({ name, type }, i) => ({
      name,
      isTime: type.kind !== 'integer',
      whole: facts[`present_${i}`] === n,
      share: ((facts[`distinct_${i}`] ?? 0) - subjects) / (n - subjects),
    }))
    .filter(({ whole, share }) => whole && share >= leastNew);
  const times = found.filter(({ isTime }) => isTime);
  const best = Math.max(...times.map(({ share }) => share));
  const time = times.find(({ share }) => share >= best - tolerance);
  if (time !== undefined) return time.name;
  const numbers = found.sort((a, b) => b.share - a.share);
  const named = numbers.find(({ name }) => timeNames.test(words(name)));
  if (named !== undefined) return named.name;
  for (const { name } of numbers) {
    if ((await evenSteps(db, owned, by, name)) >= leastEven) return name;
  }
  return undefined;
}

/** `orderYear` → `order_year`. */
function words(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
}

/** The share of the most frequent step among the steps that are not 0. */
async function evenSteps(
  db: Database,
  owned: ReturnType<typeof sql>,
  by: readonly string[],
  name: string,
): Promise<number> {
  const column = columnRef(name);
  const { rows } = await sql<{ share: number | null }>`
    SELECT CAST(max(m) AS DOUBLE) / sum(m) AS share FROM (
      SELECT step, count(*) AS m FROM (
        SELECT ${column} - lag(${column}) OVER (PARTITION BY ${columnList(by)} ORDER BY ${column}) AS step FROM ${owned}
      ) AS steps WHERE step <> 0 GROUP BY step) AS counted`.execute(db);
  return Number(rows[0]?.share ?? 0);
}
