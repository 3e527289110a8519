// The log of audit results as a chain: each link holds a digest of its results and of the link before, so that a result that
// is changed, removed or put in later breaks it. Whoever can rewrite the whole file can rewrite the chain, too.
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { LibSQLDatabase } from 'drizzle-orm/libsql';

export interface ChainCheck {
  readonly links: number;
  readonly broken: number;
}

interface Link {
  readonly position: number;
  readonly run_id: string;
  readonly first_row: number;
  readonly row_count: number;
  readonly digest: string;
}

type Queries = Pick<LibSQLDatabase, 'all' | 'run'>;

/** Called in the transaction that writes the results, after they were written. */
export async function appendLink(db: Queries, runId: string, firstRow: number, rowCount: number): Promise<void> {
  const [last] = await db.all<Link>(sql`SELECT * FROM audit_chain ORDER BY position DESC LIMIT 1`);
  const link = { run_id: runId, first_row: firstRow, row_count: rowCount };
  const digest = await digestOf(db, last?.digest ?? '', link);
  await db.run(sql`
    INSERT INTO audit_chain (position, run_id, first_row, row_count, digest)
    VALUES (${(last?.position ?? 0) + 1}, ${runId}, ${firstRow}, ${rowCount}, ${digest})`);
}

/** Checks the last links. Results that no link covers, once there is a chain, count as one broken link a run. */
export async function checkChain(db: Queries, limit: number): Promise<ChainCheck> {
  const links = await db.all<Link>(sql`
    SELECT * FROM (SELECT * FROM audit_chain ORDER BY position DESC LIMIT ${limit + 1}) ORDER BY position`);
  // The first of more than `limit` only gives the digest to start from.
  const start = links.length > limit ? links.shift() : undefined;
  let before = start?.digest ?? '';
  let position = start?.position ?? 0;
  let broken = 0;
  for (const link of links) {
    if (link.position !== position + 1 || (await digestOf(db, before, link)) !== link.digest) broken++;
    before = link.digest;
    position = link.position;
  }
  const [first] = links;
  if (first === undefined) return { links: 0, broken: 0 };
  const [loose] = await db.all<{ runs: number }>(sql`
    SELECT count(DISTINCT run_id) AS runs FROM audit_results AS r
    WHERE run_id >= ${first.run_id} AND NOT EXISTS (
      SELECT 1 FROM audit_chain AS c WHERE c.run_id = r.run_id
      AND r.position BETWEEN c.first_row AND c.first_row + c.row_count - 1)`);
  return { links: links.length, broken: broken + (loose?.runs ?? 0) };
}

async function digestOf(db: Queries, before: string, link: Omit<Link, 'digest' | 'position'>): Promise<string> {
  const rows = await db.all<{
    position: number;
    audit_id: string;
    table_name: string;
    verdict: string;
    result: string;
  }>(sql`
    SELECT position, audit_id, table_name, verdict, result FROM audit_results WHERE run_id = ${link.run_id}
    AND position BETWEEN ${link.first_row} AND ${link.first_row + link.row_count - 1} ORDER BY position`);
  const hash = createHash('sha256').update(JSON.stringify([before, link.run_id, link.first_row, link.row_count]));
  for (const { position, audit_id, table_name, verdict, result } of rows) {
    hash.update(JSON.stringify([position, audit_id, table_name, verdict, result]));
  }
  return hash.digest('hex');
}
