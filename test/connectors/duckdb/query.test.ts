// Users' own SQL: what is answered, and what is refused before it can touch a table or a file.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type DuckdbWorkspace, duckdb, openWorkspace } from '../../../connectors/duckdb/index.ts';
import { SynthError } from '../../../core/errors.ts';

describe("users' queries", () => {
  let folder: string;
  let workspace: DuckdbWorkspace;
  let database: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'synthouse-query-'));
    const path = join(folder, 'a.duckdb');
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    await connection.run("create table visits as select i as id, 'kind ' || i as kind from range(5000) t(i)");
    connection.closeSync();
    instance.closeSync();
    const signal = new AbortController().signal;
    workspace = await openWorkspace({ tempDirectory: join(folder, 'tmp'), signal });
    const attached = await duckdb({ path }).attach(workspace);
    database = attached.relation({ schema: 'main', table: 'visits' }).catalog ?? '';
  });
  after(async () => {
    await workspace[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const answered: readonly (readonly [sql: string, columns: readonly string[], rows: number])[] = [
    ['select * from visits', ['id', 'kind'], 5000],
    ['from visits limit 3;', ['id', 'kind'], 3],
    ['select 1 as a, 2 as a, 3 as "1"', ['a', 'a', '1'], 1],
    ['select id from visits where false', ['id'], 0],
    ['with v as (select 1) select * from v -- so', ['1'], 1],
    ['values (1), (2)', ['col0'], 2],
    ['explain select 1', ['explain_key', 'explain_value'], 1],
    ['explain analyze select count(*) from visits', ['explain_key', 'explain_value'], 1],
    ['explain (analyze, format json) select 1', ['explain_key', 'explain_value'], 1],
  ];
  for (const [sql, columns, rows] of answered) {
    it(`answer ${sql}`, async () => {
      const answer = await workspace.query(sql, database);
      assert.deepEqual([answer.columns, answer.rows.length, answer.more], [columns, rows, false]);
    });
  }
  for (const sql of ['describe visits', 'show tables', 'summarize visits', 'show all tables']) {
    it(`answer ${sql}`, async () => {
      assert.ok((await workspace.query(sql, database)).rows.length > 0);
    });
  }

  it('give at most as many rows as wanted and say whether there are more', async () => {
    const some = await workspace.query('select id from visits order by id', database, 3);
    assert.deepEqual([some.rows, some.more], [[[0], [1], [2]], true]);
    assert.equal((await workspace.query('select id from visits', database, 5000)).more, false);
  });

  const refused: readonly (readonly [sql: string, code: string, says: RegExp])[] = [
    ['insert into visits values (1)', 'query.writes', /this is INSERT/],
    ['/* so */ delete from visits', 'query.writes', /this is DELETE/],
    ['update visits set id = 1', 'query.writes', /this is UPDATE/],
    ['create table other as select 1', 'query.writes', /this is CREATE/],
    ['create temp table other as select 1', 'query.writes', /this is CREATE/],
    ["/**/ copy visits to 'leak.csv'", 'query.writes', /this is COPY/],
    ["explain analyze copy visits to 'leak.csv'", 'query.writes', /./],
    ["explain (analyze) copy visits to 'leak.csv'", 'query.writes', /./],
    ["/**/ explain analyze copy visits to 'leak.csv'", 'query.writes', /./],
    ["explain /**/ analyze copy visits to 'leak.csv'", 'query.wrong', /./],
    ["export database 'leak'", 'query.writes', /this is EXPORT/],
    ["attach 'other.duckdb'", 'query.writes', /this is ATTACH/],
    ['/**/ set threads = 1', 'query.writes', /this is SET/],
    ['with v as (select * from visits) insert into visits select * from v', 'query.writes', /this is INSERT/],
    ['select 1; drop table visits', 'query.many', /more than one/],
    ['', 'query.empty', /no statement/],
    ['  -- nothing', 'query.empty', /no statement/],
    ['select $1', 'query.parameters', /parameters/],
    ['selec 1', 'query.wrong', /syntax error/],
    ['select * from visit', 'query.wrong', /visit does not exist/],
    ['select kindd from visits', 'query.wrong', /"kindd" not found/],
    ['select cast(kind as integer) from visits', 'query.value', /Conversion Error/],
  ];
  for (const [sql, code, says] of refused) {
    it(`refuse ${sql === '' ? 'nothing' : sql}`, async () => {
      const files = await readdir('.');
      await assert.rejects(workspace.query(sql, database), (error) => {
        assert.ok(error instanceof SynthError);
        assert.equal(error.code, code, error.message);
        assert.equal(error.kind, 'handled');
        assert.match(error.message, says);
        assert.doesNotMatch(`${error.message} ${error.hint}`, /kind \d|\n/);
        return true;
      });
      assert.deepEqual(await readdir('.'), files);
      assert.deepEqual((await workspace.query('select count(*) from visits', database)).rows, [[5000]]);
    });
  }
});
