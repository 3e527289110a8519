// What people decided on mirrors, and the release that waits for it.
import { sql } from 'drizzle-orm';
import { exclusively } from './exclusive.ts';
import type { State } from './open.ts';
import type { TableState } from './types.ts';

export interface ReviewRecord {
  readonly table: string;
  /** Of what was seen. */
  readonly digest: string;
  /** Of the mirror's rows. */
  readonly mirrorDigest: string;
  readonly decision: 'approve' | 'reject';
  readonly by: string;
  readonly because: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly release: string;
}

/** A release that is made and not visible; at most one. */
export interface WaitingRelease {
  readonly release: string;
  readonly createdAt: string;
  /** The release that readers saw when it was made. */
  readonly base?: string;
  /** Of the plan that made it: the same plan again would make the same. */
  readonly plan: string;
  /** SHA-256 of its file. */
  readonly file: string;
  readonly tables: readonly {
    readonly table: string;
    readonly digest: string;
    readonly mirrorDigest: string;
    readonly why: string;
  }[];
  /** What the state is to hold once it is published. */
  readonly states: readonly TableState[];
  /** Somebody rejected it: kept so that the same plan is not built in vain. */
  readonly rejected?: true;
}

/** Oldest first. */
export async function readReviews(state: State): Promise<readonly ReviewRecord[]> {
  const rows = await state.db.all<{ record: string }>(sql`SELECT record FROM reviews ORDER BY position`);
  return rows.map(({ record }) => JSON.parse(record) as ReviewRecord);
}

export async function addReviews(state: State, records: readonly ReviewRecord[]): Promise<void> {
  await exclusively(() =>
    state.db.transaction(async (transaction) => {
      for (const record of records) {
        await transaction.run(sql`INSERT INTO reviews (record) VALUES (${JSON.stringify(record)})`);
      }
    }),
  );
}

export async function readWaiting(state: State): Promise<WaitingRelease | undefined> {
  const [row] = await state.db.all<{ waiting: string }>(sql`SELECT waiting FROM waiting_release`);
  return row === undefined ? undefined : (JSON.parse(row.waiting) as WaitingRelease);
}

/** Instead of the one before; `undefined`: none waits. */
export async function writeWaiting(state: State, waiting: WaitingRelease | undefined): Promise<void> {
  await exclusively(() =>
    state.db.transaction(async (transaction) => {
      await transaction.run(sql`DELETE FROM waiting_release`);
      if (waiting === undefined) return;
      await transaction.run(sql`INSERT INTO waiting_release VALUES (${JSON.stringify(waiting)})`);
    }),
  );
}
