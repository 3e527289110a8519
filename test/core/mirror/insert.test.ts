// Rows come into a mirror in the order of their numbers, however many are written at a time.
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { CompiledQuery, type RawBuilder } from 'kysely';
import { openWorkspace } from '../../../connectors/duckdb/workspace.ts';
import { insertInOrder } from '../../../core/mirror/insert.ts';

describe('writing finished rows', () => {
  const rows = 1003;
  for (const { alone, range, statements } of [
    { alone: true, range: 100, statements: 11 },
    { alone: true, range: 1003, statements: 1 },
    { alone: true, range: 5000, statements: 1 },
    { alone: false, range: 100, statements: 1 },
  ]) {
    it(`takes ${statements} statements for ${rows} rows, at most ${range} at a time, ${alone ? 'alone' : 'with others'}`, async () => {
      const { signal } = new AbortController();
      await using workspace = await openWorkspace({ tempDirectory: tmpdir(), threads: 2, signal });
      const run = async (text: string): Promise<readonly unknown[]> =>
        (await workspace.db.executeQuery(CompiledQuery.raw(text))).rows;
      await run(`create table drawn as select i as __synth_row, 'v' || i as label from range(${rows}) t(i)
        order by hash(i)`);
      await run('create table mirror (label varchar)');
      let used = 0;
      const execute = (query: RawBuilder<unknown>): Promise<void> => {
        used++;
        return workspace.execute(query.compile(workspace.db));
      };
      const from = { schema: 'main', table: 'drawn' };
      const target = { schema: 'main', table: 'mirror' };
      await insertInOrder(execute, { from, target, columns: ['label'], rows, alone }, range);
      assert.equal(used, statements);
      assert.deepEqual(await run("select count(*)::int as n from mirror where label = 'v' || rowid"), [{ n: rows }]);
    });
  }

  it('writes none where there are none', async () => {
    const queries: unknown[] = [];
    const relation = { table: 'none' };
    const none = { from: relation, target: relation, columns: ['label'], rows: 0, alone: true };
    await insertInOrder(async (query) => void queries.push(query), none, 10);
    assert.equal(queries.length, 1);
  });
});
