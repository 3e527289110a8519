// The contests of generators that were held, with all their scores.
import { sql } from 'drizzle-orm';
import { exclusively } from './exclusive.ts';
import type { State } from './open.ts';

export interface ContestScore {
  /** From 1; each has about twice as many rows as the one before. */
  readonly round: number;
  readonly rows: number;
  /** As `2: copula({"bins":32})`. */
  readonly candidate: string;
  /** Of the metric; null when it could not be made or scored, or leaks. */
  readonly score: number | null;
  readonly reason?: string;
  readonly seconds: number;
}

export interface ContestRecord {
  readonly table: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  readonly metric: string;
  /** Of the source when it was held. */
  readonly fingerprint: string;
  /** Of the candidates as they are written. */
  readonly candidates: string;
  readonly before: string;
  readonly champion: string;
  /** Its place among the candidates. */
  readonly position: number;
  /** One sentence. */
  readonly because: string;
  readonly scores: readonly ContestScore[];
}

/** Oldest first. */
export async function readContests(state: State): Promise<readonly ContestRecord[]> {
  const rows = await state.db.all<{ record: string }>(sql`SELECT record FROM contests ORDER BY position`);
  return rows.map(({ record }) => JSON.parse(record) as ContestRecord);
}

export async function addContest(state: State, record: ContestRecord): Promise<void> {
  const insert = sql`INSERT INTO contests (record) VALUES (${JSON.stringify(record)})`;
  await exclusively(() => state.db.run(insert));
}
