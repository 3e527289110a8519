import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { duckdbError } from '../../../connectors/duckdb/errors.ts';
import { duckdb } from '../../../connectors/duckdb/index.ts';
import { SynthError } from '../../../core/errors.ts';
import { selectFrom } from '../../../core/sql.ts';
import { failure, inFolder, inWorkspace, run, workspaceIn } from '../support.ts';

async function createDatabase(
  folder: string,
  statements: readonly string[],
  name = 'warehouse.duckdb',
): Promise<string> {
  const path = join(folder, name);
  await using workspace = await workspaceIn(folder, { path });
  for (const statement of statements) await run(workspace, statement);
  return path;
}

const people = ['create table people as select i as id, hash(i) % 100 as age, i / 7 as share from range(20000) t(i)'];

describe('a DuckDB source', () => {
  it('reads columns, keys and foreign keys with the schema of the parent', () =>
    inFolder(async (folder) => {
      const path = await createDatabase(folder, [
        'create schema "s p"',
        'create table "s p".parent (a integer, "b""c" varchar, primary key (a, "b""c"))',
        'create table "s p".child (x integer not null, y varchar, z integer unique, foreign key (x, y) references "s p".parent (a, "b""c"))',
        'create view v as select 1 as one',
      ]);
      await using workspace = await workspaceIn(folder);
      await using source = await duckdb({ path }).attach(workspace);
      const [child, parent, ...others] = await source.tables();
      assert.deepEqual(others, []);
      assert.deepEqual(parent?.primaryKey, ['a', 'b"c']);
      assert.deepEqual(child?.uniques, [['z']]);
      assert.deepEqual(child?.foreignKeys, [
        { columns: ['x', 'y'], references: { table: { schema: 's p', table: 'parent' }, columns: ['a', 'b"c'] } },
      ]);
      assert.deepEqual(
        child?.columns.map(({ name, nullable }) => [name, nullable]),
        [
          ['x', false],
          ['y', true],
          ['z', true],
        ],
      );
    }));

  it('never writes to the source', () =>
    inFolder(async (folder) => {
      const path = await createDatabase(folder, people);
      const before = await readFile(path);
      {
        await using workspace = await workspaceIn(folder);
        await using source = await duckdb({ path }).attach(workspace);
        const relation = source.relation({ schema: 'main', table: 'people' });
        assert.deepEqual(await selectFrom(workspace.db, relation, 'p').select(sql`count(*)`.as('count')).execute(), [
          { count: 20000 },
        ]);
        await assert.rejects(run(workspace, 'delete from source.people'), /read-only/);
      }
      assert.deepEqual(await readFile(path), before);
    }));

  it('has a fingerprint that follows rows and schema, not their order nor the threads', () =>
    inFolder(async (folder) => {
      const paths = [
        await createDatabase(folder, people, 'a.duckdb'),
        await createDatabase(
          folder,
          [...people, 'create or replace table people as select * from people order by hash(id)'],
          'b.duckdb',
        ),
        await createDatabase(folder, [...people, 'update people set age = age + 1 where id = 77'], 'c.duckdb'),
        await createDatabase(folder, [...people, 'alter table people alter id set not null'], 'd.duckdb'),
        await createDatabase(folder, [...people, 'insert into people from people where id = 3'], 'e.duckdb'),
      ];
      const prints: string[] = [];
      for (const [i, path] of paths.entries()) {
        await using workspace = await workspaceIn(folder, { threads: 1 + (i % 2) });
        await using source = await duckdb({ path }).attach(workspace);
        const [table] = await source.tables();
        assert.ok(table !== undefined);
        prints.push(await source.fingerprint(table));
      }
      assert.equal(prints[0], prints[1]);
      assert.equal(new Set(prints).size, 4);
    }));

  it('keeps only the tables that were asked for, and names the nearest to a misspelt one', () =>
    inFolder(async (folder) => {
      const path = await createDatabase(folder, [...people, 'create table other (a integer)']);
      await using workspace = await workspaceIn(folder);
      await using source = await duckdb({ path, tables: ['people'] }).attach(workspace);
      assert.deepEqual(
        (await source.tables()).map(({ name }) => name.table),
        ['people'],
      );
      await using wrong = await duckdb({ path, tables: ['poeple'] }).attach(workspace);
      const error = await failure(wrong.tables());
      assert.equal(error.code, 'table.unknown');
      assert.equal(error.hint, 'Did you mean "people"?');
    }));

  it('names the nearest file when its own is missing', () =>
    inFolder(async (folder) => {
      await createDatabase(folder, people);
      await using workspace = await workspaceIn(folder);
      const error = await failure(duckdb({ path: join(folder, 'warehuose.duckdb') }).attach(workspace));
      assert.equal(error.code, 'file.missing');
      assert.equal(error.hint, 'Did you mean "warehouse.duckdb"?');
    }));

  it('says that a file is not a database or was cut short', () =>
    inFolder(async (folder) => {
      const path = await createDatabase(folder, people);
      const bytes = await readFile(path);
      await using workspace = await workspaceIn(folder);
      for (const content of [
        Buffer.from('id,age\n1,2\n'),
        Buffer.alloc(0),
        bytes.subarray(0, 3000),
        bytes.subarray(0, 20_000),
      ]) {
        const damaged = join(folder, `damaged-${content.length}.duckdb`);
        await writeFile(damaged, content);
        const error = await failure(
          duckdb({ path: damaged })
            .attach(workspace)
            .then((source) => source.tables()),
        );
        assert.equal(error.code, 'duckdb.damaged', `${content.length} bytes: ${error.message}`);
        assert.match(error.message, new RegExp(`damaged-${content.length}\\.duckdb`));
      }
    }));

  it('says that a file was written by a newer DuckDB', () => {
    // A checksum guards the version in the file's head, so the text of DuckDB's source stands in for such a file.
    const text =
      'IO Error: Trying to read a database file with version number 200, but we can only read versions between 64 and 67.';
    // The workspace translates it first, and does not know which file it was.
    const error = duckdbError(duckdbError(new Error(text), 'the workspace'), 'warehouse.duckdb');
    assert.ok(error instanceof SynthError);
    assert.equal(error.code, 'duckdb.newer');
    assert.match(error.message, /^warehouse\.duckdb was written/);
  });

  it('says which process holds a locked file', () =>
    inFolder(async (folder) => {
      const path = await createDatabase(folder, people);
      const script = `
        const { DuckDBInstance } = require('@duckdb/node-api');
        DuckDBInstance.create(${JSON.stringify(path)}).then((i) => i.connect()).then((c) => c.run('create table mine (a integer)'))
          .then(() => { console.log('open'); setInterval(() => {}, 1000); });`;
      const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        await once(child.stdout, 'data');
        await using workspace = await workspaceIn(folder);
        const error = await failure(duckdb({ path }).attach(workspace));
        assert.equal(error.code, 'duckdb.locked');
        assert.match(error.message, new RegExp(`PID ${child.pid}`));
        assert.match(error.message, /warehouse\.duckdb/);
      } finally {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    }));

  it('names the extension that a view needs and downloads none', () =>
    inWorkspace(async (workspace) => {
      const error = await failure(run(workspace, `select * from read_xlsx('x.xlsx')`));
      assert.equal(error.code, 'duckdb.extension');
      assert.match(error.message, /"excel"/);
      assert.match(error.hint ?? '', /extensionDirectory/);
    }));
});
