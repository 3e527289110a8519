// Large sides of a frame are views of where the tables are: with the same rows, and nothing stays behind.
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { frameOf, releaseFrame } from '../../audits/frame.ts';
import type { Workspace } from '../../core/connector.ts';
import { relationRef } from '../../core/sql.ts';
import { inputOf, openTestWorkspace } from './support.ts';

describe('audits/frame', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  it('has the same rows where its sides are views, and drops them', async () => {
    const rows = (salt: number): string => `SELECT hash(i, ${salt}) % 50 AS n, ['a', 'b', NULL][1 + i % 3] AS g,
      DATE '2024-01-01' + (i % 90)::INT AS d FROM range(300) t(i)`;
    const input = await inputOf(workspace.db, { real: rows(1), synthetic: rows(2), holdout: rows(3) });
    // Temporary tables are one connection's.
    await workspace.db.connection().execute(async (db) => {
      const list = async () => {
        const { rows: found } = await sql<{ kind: string }>`
          SELECT 'TABLE' AS kind FROM duckdb_tables() WHERE table_name LIKE 'synth_audit_%'
          UNION ALL SELECT 'VIEW' FROM duckdb_views() WHERE view_name LIKE 'synth_audit_%' ORDER BY ALL`.execute(db);
        return found.map(({ kind }) => kind);
      };
      const [small, large] = [
        { ...input, db },
        { ...input, db },
      ];
      const tables = await (await frameOf(small)).sides();
      const views = await (await frameOf(large, [], 0)).sides();
      assert.deepEqual(await list(), ['TABLE', 'TABLE', 'TABLE', 'VIEW', 'VIEW', 'VIEW']);
      for (const side of ['real', 'synthetic', 'holdout'] as const) {
        const [table, view] = [tables[side], views[side]];
        assert.ok(table && view);
        const { rows: differing } = await sql`
          (FROM ${relationRef(table)} EXCEPT ALL FROM ${relationRef(view)})
          UNION ALL (FROM ${relationRef(view)} EXCEPT ALL FROM ${relationRef(table)})`.execute(db);
        assert.deepEqual(differing, [], side);
      }
      await releaseFrame(large);
      assert.deepEqual(await list(), ['TABLE', 'TABLE', 'TABLE']);
      await releaseFrame(small);
    });
  });
});
