import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { exportTable, files, openTableFile, parseLocation } from '../../connectors/files/index.ts';
import type { Connector, Workspace } from '../../core/connector.ts';
import { relationRef } from '../../core/sql.ts';
import { failure, inWorkspace, run, schemaOf } from './support.ts';

async function rowsOf(workspace: Workspace, connector: Connector): Promise<unknown[]> {
  await using source = await connector.attach(workspace);
  const [table, ...others] = await source.tables();
  assert.ok(table !== undefined && others.length === 0);
  return (await sql`select * from ${relationRef(source.relation(table.name))}`.execute(workspace.db)).rows;
}

describe('tables in files', () => {
  it('are one per file of a folder, and one per folder of parts', () =>
    inWorkspace(async (workspace, folder) => {
      await mkdir(join(folder, 'data', 'parts', 'deep'), { recursive: true });
      await writeFile(join(folder, 'data', 'a [1]*.csv'), 'x,select\n1,a\n2,"b ""q"", c"\n');
      await writeFile(join(folder, 'data', 'b.jsonl'), '{"i": 1, "t": "x"}\n{"i": 2}\n');
      await writeFile(join(folder, 'data', 'readme.txt'), 'not a table');
      await writeFile(join(folder, 'data', 'parts', '1.csv'), 'x\n1\n');
      await writeFile(join(folder, 'data', 'parts', 'deep', '2.csv'), 'x\n2\n');
      await using source = await files({ folder: join(folder, 'data') }).attach(workspace);
      const tables = await source.tables();
      assert.deepEqual(
        tables.map(({ name, columns }) => [name.table, ...columns.map((c) => `${c.name} ${c.sqlType}`)]),
        [
          ['a [1]*', 'x BIGINT', 'select VARCHAR'],
          ['b', 'i BIGINT', 't VARCHAR'],
          ['parts', 'x BIGINT'],
        ],
      );
      const parts = source.relation({ schema: 'main', table: 'parts' });
      assert.deepEqual((await sql`select x from ${relationRef(parts)} order by x`.execute(workspace.db)).rows, [
        { x: 1 },
        { x: 2 },
      ]);
    }));

  it('take the types of a CSV file from all of its rows', () =>
    inWorkspace(async (workspace, folder) => {
      const path = join(folder, 'late.csv');
      await writeFile(path, `n;d\n${'1;2020-01-31\n'.repeat(60_000)}text;2020-02-29\n`);
      await using source = await files({ path }).attach(workspace);
      const [table] = await source.tables();
      assert.deepEqual(
        table?.columns.map(({ sqlType }) => sqlType),
        ['VARCHAR', 'DATE'],
      );
      const relation = source.relation({ schema: 'main', table: 'late' });
      const { rows } = await sql`select count(*) as n, max(d) as d from ${relationRef(relation)}`.execute(workspace.db);
      assert.deepEqual(rows, [{ n: 60_001, d: '2020-02-29' }]);
    }));

  it('have a fingerprint that follows their content', () =>
    inWorkspace(async (workspace, folder) => {
      const path = join(folder, 'a.csv');
      const prints: string[] = [];
      for (const content of ['x\n1\n', 'x\n1\n', 'x\n2\n']) {
        await writeFile(path, content);
        await using source = await files({ path }).attach(workspace);
        const [table] = await source.tables();
        assert.ok(table !== undefined);
        prints.push(await source.fingerprint(table));
      }
      assert.equal(prints[0], prints[1]);
      assert.notEqual(prints[1], prints[2]);
    }));

  it('are found by a pattern', () =>
    inWorkspace(async (workspace, folder) => {
      for (const name of ['a.csv', 'b.csv', 'c.txt']) await writeFile(join(folder, name), 'x\n1\n');
      await using source = await files({ glob: join(folder, '*') }).attach(workspace);
      assert.deepEqual(
        (await source.tables()).map(({ name }) => name.table),
        ['a', 'b'],
      );
    }));

  const failures: readonly [string, string, (folder: string) => Connector][] = [
    ['a folder that is not there', 'files.no-folder', (folder) => files({ folder: join(folder, 'nowhere') })],
    ['a folder without tables', 'files.none', (folder) => files({ folder })],
    ['a missing file', 'file.missing', (folder) => files({ path: join(folder, 'a.csv') })],
    ['an unknown ending', 'file.unknown-format', (folder) => files({ path: join(folder, 'a.xlsx') })],
  ];
  for (const [title, code, connector] of failures) {
    it(`report ${title}`, () =>
      inWorkspace(async (workspace, folder) => {
        assert.equal((await failure(connector(folder).attach(workspace))).code, code);
      }));
  }

  it('report two files with one name', () =>
    inWorkspace(async (workspace, folder) => {
      for (const name of ['a.csv', 'A.tsv']) await writeFile(join(folder, name), 'x\n1\n');
      const error = await failure(files({ folder }).attach(workspace));
      assert.equal(error.code, 'files.same-name');
      assert.match(error.message, /A\.tsv and a\.csv/);
    }));
});

describe('exporting a table', () => {
  const values = `select * from (values
    (1, 'plain', date '0001-01-01', 1.50::decimal(9,2)), (2, '=1+1', date '9999-12-31', null),
    (3, 'a "q", b', null, 0), (4, 'line' || chr(10) || 'break', null, -1.25), (5, '🦆 ü', null, 2), (6, '', null, 3),
    (7, null, null, 4)) v("select", "a""b", "ü", d)`;

  const targets = [
    'out.csv',
    'out.tsv',
    'out.csv.gz',
    'out.parquet',
    'out.jsonl',
    'out.ndjson',
    'out.json',
    'out.duckdb#t',
    'new/out.duckdb#s.t',
  ];
  for (const out of targets) {
    it(`to ${out} gives the same rows back`, () =>
      inWorkspace(async (workspace, folder) => {
        await run(workspace, `create table t as ${values}`);
        const { columns } = await schemaOf(workspace, 't');
        for (let round = 0; round < 2; round++)
          await exportTable(workspace, { table: 't' }, columns, join(folder, out));
        // CSV has one form for NULL and the empty text, as most programs write it.
        const expected = /[ct]sv/.test(out) ? 'select * replace (nullif("a""b", \'\') as "a""b") from t' : 'from t';
        assert.deepEqual(await rowsOf(workspace, openTableFile(join(folder, out))), await run(workspace, expected));
      }));
  }

  it('quotes in CSV only what needs it', () =>
    inWorkspace(async (workspace, folder) => {
      await run(workspace, `create table t as select '=1+1' as f, 'a,b' as c, 'q"' as q, null as n, '' as e`);
      const out = join(folder, 'out.csv');
      await exportTable(workspace, { table: 't' }, (await schemaOf(workspace, 't')).columns, out);
      assert.equal(await readFile(out, 'utf8'), 'f,c,q,n,e\n=1+1,"a,b","q""",,""\n');
    }));

  it('keeps the other tables of a DuckDB file, and the exact types', () =>
    inWorkspace(async (workspace, folder) => {
      await run(workspace, `create table t (a utinyint not null, e enum('x', 'y'))`);
      const { columns } = await schemaOf(workspace, 't');
      for (const name of ['one', 'two'])
        await exportTable(workspace, { table: 't' }, columns, join(folder, `o.duckdb#${name}`));
      await using source = await openTableFile(join(folder, 'o.duckdb#one')).attach(workspace);
      assert.deepEqual((await source.tables())[0]?.columns, columns);
      const error = await failure(openTableFile(join(folder, 'o.duckdb')).attach(workspace));
      assert.equal(error.code, 'table.unnamed');
      assert.match(error.hint ?? '', /one, two/);
    }));

  it('refuses unknown endings, a database without a table, and the source itself', () =>
    inWorkspace(async (workspace, folder) => {
      await run(workspace, 'create table t as select 1 as a');
      const { columns } = await schemaOf(workspace, 't');
      const path = join(folder, 'source.csv');
      await writeFile(path, 'x\n1\n');
      await using _source = await openTableFile(path).attach(workspace);
      for (const [out, code] of [
        ['out.xlsx', 'file.unknown-format'],
        ['out.duckdb', 'export.no-table'],
        ['source.csv', 'export.source'],
      ] as const) {
        const error = await failure(exportTable(workspace, { table: 't' }, columns, join(folder, out)));
        assert.equal(error.code, code);
      }
      assert.equal(await readFile(path, 'utf8'), 'x\n1\n');
    }));

  it('splits the name of a table in a database', () => {
    assert.deepEqual(parseLocation('a/b.duckdb#s.t'), { kind: 'duckdb', path: 'a/b.duckdb', table: 's.t' });
    assert.deepEqual(parseLocation('a#b.csv'), { kind: 'file', path: 'a#b.csv' });
  });
});
