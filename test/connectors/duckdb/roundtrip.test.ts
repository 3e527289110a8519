import assert from 'node:assert/strict';
import type { Workspace } from '../../../core/connector.ts';
import { cell, failure, inWorkspace, run, schemaOf } from '../support.ts';

/** A type and values of it as SQL: each must come back equal after a read and a write. */
const types: readonly { readonly type: string; readonly values: readonly string[] }[] = [
  { type: 'BOOLEAN', values: ['true', 'false', 'null'] },
  { type: 'TINYINT', values: ['-128', '127', 'null'] },
  { type: 'SMALLINT', values: ['-32768', '32767'] },
  { type: 'INTEGER', values: ['-2147483648', '2147483647', 'null', '0'] },
  { type: 'BIGINT', values: ['-9223372036854775808', '9223372036854775807', '9007199254740993'] },
  { type: 'UTINYINT', values: ['0', '255'] },
  { type: 'USMALLINT', values: ['0', '65535'] },
  { type: 'UINTEGER', values: ['0', '4294967295', 'null'] },
  { type: 'UBIGINT', values: ['0', '4503599627370496', 'null'] },
  { type: 'HUGEINT', values: ['-1180591620717411303424', '1180591620717411303424', '7'] },
  { type: 'UHUGEINT', values: ['0', '1180591620717411303424'] },
  { type: 'DECIMAL(4,2)', values: ['-99.99', '99.99', '0.01'] },
  { type: 'DECIMAL(9,3)', values: ['-999999.999', '999999.999', 'null'] },
  { type: 'DECIMAL(18,0)', values: ['-999999999999999999', '999999999999999999'] },
  { type: 'DECIMAL(18,18)', values: ['0.999999999999999999', '0.000000000000000001'] },
  { type: 'DECIMAL(38,2)', values: ['12345678901.25', '-0.5'] },
  { type: 'FLOAT', values: ["'inf'", "'-inf'", "'nan'", '1.5', '-3.4028234e38'] },
  { type: 'DOUBLE', values: ["'inf'", "'-inf'", "'nan'", '1e-310', '1.7976931348623157e308', 'null'] },
  {
    type: 'VARCHAR',
    values: [
      "''",
      "'a'",
      "'it''s \"quoted\"'",
      "'line\nbreak\r\n'",
      '\'=HYPERLINK("x")\'',
      "'twelve bytes'",
      "'thirteen byte'",
      "'🦆🦆🦆🦆🦆🦆 ü 漢字 e\u0301'",
      "repeat('long ', 10000)",
      "chr(0) || 'x' || chr(0)",
      'null',
    ],
  },
  { type: "ENUM('b', 'it''s', 'a, b', '🦆')", values: ["'it''s'", "'a, b'", "'🦆'", "'b'", 'null'] },
  {
    type: 'DATE',
    values: ["'0001-01-01'", "'9999-12-31'", "'1970-01-01'", "'infinity'", "'-infinity'", "'0044-03-15 (BC)'"],
  },
  { type: 'TIME', values: ["'00:00:00'", "'23:59:59.999999'", 'null'] },
  { type: 'TIMESTAMP_S', values: ["'0001-01-01 00:00:00'", "'9999-12-31 23:59:59'", "'infinity'"] },
  { type: 'TIMESTAMP_MS', values: ["'0001-01-01 00:00:00.001'", "'9999-12-31 23:59:59.999'"] },
  {
    type: 'TIMESTAMP',
    values: ["'0001-01-01 00:00:00.000001'", "'9999-12-31 23:59:59.999999'", "'infinity'", "'-infinity'"],
  },
  { type: 'TIMESTAMP_NS', values: ["'1677-09-22 00:00:00.000000001'", "'2262-04-11 00:00:00.123456789'", 'null'] },
  { type: 'TIMESTAMP WITH TIME ZONE', values: ["'0001-01-01 00:00:00+00'", "'2020-02-29 12:00:00+05:30'"] },
  {
    type: 'UUID',
    values: ["'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'", 'null'],
  },
  { type: 'INTERVAL', values: ["'14 months'", "'-3 days -4 hours'", "'1 microsecond'", "'90 days'", 'null'] },
];

async function copyThroughBatches(workspace: Workspace, from: string, to: string): Promise<void> {
  const { columns } = await schemaOf(workspace, from);
  const batch = await workspace.read({ sql: `select * from "${from}"`, parameters: [] }, columns);
  await using writer = await workspace.write({ table: to }, columns);
  await writer.append(batch);
  await writer.finish();
}

describe('reading and writing DuckDB tables', () => {
  for (const { type, values } of types) {
    it(`keeps ${type.slice(0, 30)} as it is`, () =>
      inWorkspace(async (workspace) => {
        await run(workspace, `create table "from" (i integer, v ${type})`);
        for (const [i, value] of values.entries()) await run(workspace, `insert into "from" values (${i}, ${value})`);
        await copyThroughBatches(workspace, 'from', 'to');
        const rows = await run(
          workspace,
          'select cast(f.v as varchar) as a, cast(t.v as varchar) as b, f.v is not distinct from t.v as same from "from" f full join "to" t using (i) order by i',
        );
        assert.equal(rows.length, values.length);
        for (const { a, b, same } of rows) assert.equal(same, true, `${String(a)} became ${String(b)}`);
        const [before, after] = [await schemaOf(workspace, 'from'), await schemaOf(workspace, 'to')];
        assert.deepEqual(after.columns, before.columns);
      }));
  }

  it('gives the documented units', () =>
    inWorkspace(async (workspace) => {
      await run(
        workspace,
        `create table t as select date '1970-01-03' as d, timestamp '1970-01-01 00:00:01' as us,
          timestamp_s '1970-01-01 00:00:02' as s, 1.25::decimal(9,2) as m, interval '1 day 1 microsecond' as i, true as b,
          time '00:00:01' as c, 18446744073709551615::ubigint as w`,
      );
      const batch = await workspace.read({ sql: 'from t', parameters: [] }, (await schemaOf(workspace, 't')).columns);
      const row = [...batch.columns.keys()].map((name) => cell(batch, name, 0));
      assert.deepEqual(row, [2n, 1_000_000n, 2n, 125n, 86_400_000_001n, 'true', 1_000_000n, 2 ** 64]);
    }));

  it('keeps hostile names', () =>
    inWorkspace(async (workspace) => {
      const names = ['select', 'a"b', 'ü', 'two words', "it's", 'x.y', '$1', 'a;b', '漢', 'rows', 'code'];
      const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`);
      await run(workspace, `create table "from" as select ${quoted.map((name, i) => `'v${i}' as ${name}`).join(', ')}`);
      await copyThroughBatches(workspace, 'from', 'ta"b le');
      const [row] = await run(workspace, 'select * from "ta""b le"');
      assert.deepEqual(row, Object.fromEntries(names.map((name, i) => [name, `v${i}`])));
    }));

  it('keeps empty tables, single rows and columns of NULL', () =>
    inWorkspace(async (workspace) => {
      for (const rows of [0, 1, 2047, 2048, 2049]) {
        await run(
          workspace,
          `create or replace table "from" as select i, null::varchar as n, null::bigint as m, 'x' || i % 3 as t from range(${rows}) r(i)`,
        );
        await copyThroughBatches(workspace, 'from', `to${rows}`);
        const [counts] = await run(
          workspace,
          `select (select count(*) from "to${rows}") as n, (select count(*) from (from "from" except all from "to${rows}")) as lost`,
        );
        assert.deepEqual(counts, { n: rows, lost: 0 });
      }
    }));

  it('keeps the order of rows for any number of labels', () =>
    inWorkspace(async (workspace) => {
      await run(
        workspace,
        `create table "from" as select i, case when i % 11 <> 0 then 'few ' || i % 5 end as few,
          'a longer label with number ' || hash(i) % 40000 as many, cast(hash(i) as varchar) as each from range(100000) r(i)`,
      );
      await copyThroughBatches(workspace, 'from', 'to');
      const [row] = await run(
        workspace,
        `select count(*) as n, count(*) filter (where f.few is not distinct from t.few and f.many = t.many and f.each = t.each and f.i = t.i) as same
          from "from" f join "to" t on f.rowid = t.rowid`,
      );
      assert.deepEqual(row, { n: 100000, same: 100000 });
    }));

  it('reads in the order of the query, with parameters', () =>
    inWorkspace(async (workspace) => {
      await run(workspace, `create table t as select i, 'n' || i as s from range(10000) r(i)`);
      const { columns } = await schemaOf(workspace, 't');
      const query = { sql: 'select * from t where i >= $1 order by hash(i)', parameters: [5000] };
      const expected = await run(workspace, 'select s from t where i >= 5000 order by hash(i)');
      const batch = await workspace.read(query, columns);
      assert.equal(batch.rowCount, 5000);
      assert.deepEqual(
        Array.from({ length: 5000 }, (_, row) => cell(batch, 's', row)),
        expected.map(({ s }) => s),
      );
      const again = await workspace.read(query, columns);
      assert.deepEqual(again.columns.get('s'), batch.columns.get('s'));
    }));

  it('says which column cannot be read', () =>
    inWorkspace(async (workspace) => {
      for (const type of [
        'BLOB',
        'INTEGER[]',
        'STRUCT(a INTEGER)',
        'MAP(VARCHAR, INTEGER)',
        'JSON',
        'BIT',
        'TIMETZ',
        'INTEGER[3]',
        'UNION(a INTEGER)',
        "ENUM('a')[]",
      ]) {
        await run(workspace, `create or replace table t (good integer, "odd one" ${type})`);
        const { columns } = await schemaOf(workspace, 't');
        assert.equal(columns[1]?.type.kind, 'unsupported', type);
        const error = await failure(workspace.read({ sql: 'from t', parameters: [] }, columns));
        assert.equal(error.code, 'column.unsupported');
        assert.match(error.message, /"odd one"/);
        assert.match(error.hint ?? '', /omit\(\).*nulls\(\).*rule/);
      }
    }));
});
