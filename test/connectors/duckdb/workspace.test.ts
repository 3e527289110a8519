import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { columnRef, relationRef, selectFrom } from '../../../core/sql.ts';
import { failure, inFolder, inWorkspace, run, workspaceIn } from '../support.ts';

describe('the DuckDB workspace', () => {
  it('gives plain JavaScript values', () =>
    inWorkspace(async (workspace) => {
      const [row] = await run(
        workspace,
        `select 1::bigint as small, 9007199254740993 as big, 1.5::decimal(9,2) as d, 'nan'::double as nan, true as b,
           null as n, date '2020-02-29' as day, [1, 2] as l, {'a': 1} as s, 'x'::enum('x') as e, count(*) as count`,
      );
      assert.deepEqual(row, {
        small: 1,
        big: 9007199254740993n,
        d: 1.5,
        nan: Number.NaN,
        b: true,
        n: null,
        day: '2020-02-29',
        l: [1, 2],
        s: { a: 1 },
        e: 'x',
        count: 1,
      });
    }));

  it('binds parameters as literals of their type', () =>
    inWorkspace(async ({ db }) => {
      const values = [3, 3.5, -0, 2 ** 40, 12n, true, "it's", new Date(0)];
      for (const [i, type] of [
        'INTEGER',
        'DOUBLE',
        'DOUBLE',
        'BIGINT',
        'BIGINT',
        'BOOLEAN',
        'VARCHAR',
        'TIMESTAMP WITH TIME ZONE',
      ].entries()) {
        const { rows } = await sql<{ t: string }>`select typeof(${values[i]}) as t`.execute(db);
        assert.equal(rows[0]?.t, type, String(values[i]));
      }
    }));

  it('quotes hostile names', () =>
    inWorkspace(async ({ db, scratch }) => {
      for (const name of ['select', 'a"b', 'ü', 'x.y', "it's", ' ']) {
        const relation = { catalog: scratch, schema: 'main', table: name };
        await sql`create table ${relationRef(relation)} as select 7 as ${columnRef(name)}`.execute(db);
        const rows = await selectFrom(db, relation, 'r').select(columnRef(name, 'r').as('value')).execute();
        assert.deepEqual(rows, [{ value: 7 }]);
      }
    }));

  it('keeps large tables in a file of its temporary folder, which goes with it', () =>
    inFolder(async (folder) => {
      const files = async (): Promise<string[]> => (await readdir(folder, { recursive: true })).sort();
      const workspace = await workspaceIn(folder);
      try {
        assert.ok(!(await files()).some((name) => name.endsWith('spill.duckdb')));
        const [catalog, again] = [await workspace.spill(), await workspace.spill()];
        assert.equal(again, catalog);
        assert.notEqual(catalog, workspace.scratch);
        assert.ok((await files()).some((name) => name.endsWith('spill.duckdb')));
        const relation = { catalog, schema: 'main', table: 'large' };
        const columns = [
          { name: 'n', sqlType: 'INTEGER', type: { kind: 'integer', bits: 32, signed: true }, nullable: false },
        ] as const;
        const writer = await workspace.write(relation, columns);
        const vector = { kind: 'integer', values: BigInt64Array.from([3n, 1n, 2n]) } as const;
        await writer.append({ rowCount: 3, columns: new Map([['n', vector]]) });
        await writer.finish();
        const read = await workspace.read(sql`select "n" from ${relationRef(relation)}`.compile(workspace.db), columns);
        assert.deepEqual(read.columns.get('n'), vector);
      } finally {
        await workspace[Symbol.asyncDispose]();
      }
      assert.ok(!(await files()).some((name) => name.endsWith('spill.duckdb')));
    }));

  it('answers queries sent at once, each with its own rows', () =>
    inWorkspace(async ({ db }) => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          sql<{ v: number }>`select ${i} + sum(range) - sum(range) as v from range(10000)`.execute(db),
        ),
      );
      assert.deepEqual(
        answers.map(({ rows }) => rows[0]?.v),
        Array.from({ length: 20 }, (_, i) => i),
      );
    }));

  it('stops a query when the run is cancelled, and starts no other', () =>
    inFolder(async (folder) => {
      const controller = new AbortController();
      await using workspace = await workspaceIn(folder, { signal: controller.signal });
      const reason = new Error('cancelled by the user');
      const endless = 'select max(hash(a.range, b.range)) from range(100000000) a, range(100000000) b';
      const running = assert.rejects(run(workspace, endless), reason);
      const reading = assert.rejects(
        workspace.read({ sql: endless.replace('max(', '(').replace('select', 'select 1 as i,'), parameters: [] }, [
          { name: 'i', sqlType: 'INTEGER', type: { kind: 'integer', bits: 32, signed: true }, nullable: true },
        ]),
        reason,
      );
      setTimeout(() => controller.abort(reason), 100);
      await running;
      await reading;
      await assert.rejects(run(workspace, 'select 1'), reason);
    }));

  it('removes its temporary folder', () =>
    inFolder(async (folder) => {
      const workspace = await workspaceIn(folder);
      assert.equal((await readdir(join(folder, 'tmp'))).length, 1);
      await workspace[Symbol.asyncDispose]();
      assert.deepEqual(await readdir(join(folder, 'tmp')), []);
    }));

  it('gives the same batch for any number of threads', () =>
    inFolder(async (folder) => {
      const batches = [];
      for (const threads of [1, 2, 4]) {
        await using workspace = await workspaceIn(folder, { threads });
        await run(workspace, `create table t as select i, 'n' || hash(i) % 1000 as s from range(300000) r(i)`);
        const columns = [{ name: 's', sqlType: 'VARCHAR', type: { kind: 'text' as const }, nullable: true }];
        batches.push(await workspace.read({ sql: 'from t where i % 3 <> 0', parameters: [] }, columns));
      }
      assert.deepEqual(batches[1], batches[0]);
      assert.deepEqual(batches[2], batches[0]);
    }));

  it('opens read-only files beside other readers', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'm.duckdb');
      {
        await using workspace = await workspaceIn(folder, { path });
        await run(workspace, 'create table t as select 1 as a');
      }
      await using reader = await workspaceIn(folder, { path, readOnly: true });
      assert.deepEqual(await run(reader, 'from t'), [{ a: 1 }]);
      const error = await failure(run(reader, 'insert into t values (2)'));
      assert.match(error.message, /read-only/);
    }));

  it('reports a full disk as such', () =>
    inFolder(async (folder) => {
      await using workspace = await workspaceIn(folder, { memoryLimit: '60MB' });
      await run(workspace, "set max_temp_directory_size = '1MB'");
      const error = await failure(
        run(workspace, `create table t as select hash(i) as h, uuid() as u from range(5000000) r(i)`),
      );
      assert.ok(['disk.full', 'memory.full'].includes(error.code), error.message);
    }));

  describe('memory', () => {
    const limit = "select current_setting('memory_limit') as memory";
    // A list of 160 MB, which cannot go to disk.
    const list = 'select len(list(i)) as n from range(20000000) t(i)';

    it('is little where nobody says how much', () =>
      inFolder(async (folder) => {
        await using workspace = await workspaceIn(folder);
        assert.deepEqual(await run(workspace, limit), [{ memory: '953.6 MiB' }]);
      }));

    it('is never more than the machine has', () =>
      inFolder(async (folder) => {
        await using workspace = await workspaceIn(folder, { usualMemory: '900TB' });
        const [found] = await run(workspace, limit);
        assert.match(String(found?.memory), /^[\d.]+ [MG]iB$/);
      }));

    it("is the machine's for a statement that cannot do with less", () =>
      inFolder(async (folder) => {
        await using workspace = await workspaceIn(folder, { usualMemory: '60MB' });
        assert.deepEqual(await run(workspace, list), [{ n: 20_000_000 }]);
        assert.notDeepEqual(await run(workspace, limit), [{ memory: '57.2 MiB' }]);
      }));

    it('ends where the config says so', () =>
      inFolder(async (folder) => {
        await using workspace = await workspaceIn(folder, { memoryLimit: '60MB' });
        assert.equal((await failure(run(workspace, list))).code, 'memory.full');
        assert.deepEqual(await run(workspace, limit), [{ memory: '57.2 MiB' }]);
      }));
  });
});
