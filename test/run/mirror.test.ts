// `synth mirror` on odd tables: the mirror has the source's schema and rows, or the error says what to do.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MirrorRunResult } from '../../core/run/index.ts';
import { duck, failureOf, inFolder, mirror, one, parquet } from './support.ts';

interface OddTable {
  readonly name: string;
  readonly query: string;
  /** What must hold of the mirror: SQL that gives true, over `mirror`. */
  readonly holds?: string;
  /** What protection must show in the audits, as `id column verdict`: values that too few rows share. Nothing else may fail. */
  readonly fails?: readonly string[];
}

const h = (salt: number): string => `hash(i, ${salt})`;
const tables: readonly OddTable[] = [
  { name: 'no rows', query: 'select i::int as a, i::varchar as b from range(0) t(i)' },
  {
    name: 'one category',
    query: `select 'only' as a, (${h(1)} % 100)::int as b from range(500) t(i)`,
    holds: "bool_and(a = 'only')",
  },
  {
    name: 'one column',
    query: `select (${h(1)} % 100000) / 7 as b from range(500) t(i)`,
    holds: 'min(b) >= 0 and max(b) < 14286',
  },
  {
    name: 'columns of nothing but NULL',
    query: 'select null::int as a, null::varchar as b, null::date as d, (i % 7)::int as c from range(500) t(i)',
    holds: 'count(a) = 0 and count(b) = 0 and count(d) = 0 and count(c) = count(*)',
  },
  { name: 'every column NULL', query: 'select null::int as a, null::varchar as b from range(300) t(i)' },
  {
    name: 'names to quote',
    query: `select (i % 5)::int as "select", (i % 3)::varchar as "a""b", i % 2 = 0 as "ü", (i % 4)::double as "a b.c",
      (${h(2)} % 100000) / 7 as "'; drop table x; --" from range(400) t(i)`,
  },
  {
    name: 'infinities and NaN',
    query: `select case i % 10 when 0 then 'inf'::double when 1 then '-inf'::double when 2 then 'nan'::double
      when 3 then null else (${h(1)} % 1000) / 10 end as a, (case when i % 4 = 0 then 'nan' else '1.5' end)::real as b,
      hash(i, 9) / 7 as c from range(1000) t(i)`,
    holds: 'bool_or(isinf(a)) and bool_or(isnan(a)) and bool_or(a is null)',
  },
  {
    name: 'the ends of the integers',
    query: `select case i % 3 when 0 then 9223372036854775807 when 1 then -9223372036854775808 else (${h(1)} % 100000)::int end as a,
      case i % 2 when 0 then 18446744073709551615 else (${h(2)} % 100000)::int end::ubigint as b,
      case i % 3 when 0 then 170141183460469231731687303715884105727 else (${h(3)} % 100000)::int end::hugeint as c from range(600) t(i)`,
    holds: 'max(a) = 9223372036854775807 and min(a) = -9223372036854775808 and max(b) = 18446744073709551615',
  },
  {
    name: 'dates 0001 and 9999',
    query: `select case i % 4 when 0 then date '0001-01-01' when 1 then date '9999-12-31'
      else date '2020-01-01' + (${h(1)} % 300)::int end as d, hash(i, 9) / 7 as n,
      case i % 4 when 0 then timestamp '0001-01-01 00:00:00' when 1 then timestamp '9999-12-31 23:59:59.999999'
      else timestamp '2020-01-01' + to_seconds((${h(2)} % 1000000)::int) end as t from range(600) t(i)`,
    holds: "min(d) = date '0001-01-01' and max(d) = date '9999-12-31'",
  },
  {
    name: 'infinite dates and times',
    query: `select date '2020-01-01' + (${h(1)} % 300)::int as valid_from, case when i % 3 = 0 then date 'infinity'
        else date '2021-01-01' + (${h(2)} % 300)::int end as valid_to,
      case i % 4 when 0 then '-infinity'::timestamp when 1 then null else timestamp '2020-01-01' + to_seconds((${h(3)} % 9000000)::int) end as t,
      case when i % 5 = 0 then 'infinity'::timestamptz else timestamptz '2020-01-01 00:00:00Z' + to_microseconds((${h(4)} % 90000000000)::bigint) end as tz,
      case when i % 5 < 2 then 'infinity'::timestamp_ns else (timestamp '2020-01-01' + to_days((${h(5)} % 900)::int))::timestamp_ns end as ns,
      hash(i, 9) / 7 as n from range(900) t(i)`,
    holds: `count(*) filter (isinf(valid_to)) between 200 and 400 and bool_and(isfinite(valid_from))
      and count(*) filter (t = '-infinity') between 120 and 330 and count(*) filter (t = 'infinity') = 0
      and count(*) filter (tz = 'infinity') between 90 and 280 and count(*) filter (isinf(ns)) between 250 and 470
      and year(max(valid_to) filter (isfinite(valid_to))) = 2021 and max(t) < timestamp '2020-05-01'`,
  },
  {
    name: 'labels of every kind',
    query: `select ['it''s', 'say "so"', 'a,b;c', e'two\\nlines', '=1+1', '@cmd', '-2', '', ' ', '😀', 'ü', 'NULL', 'null',
      e'tab\\there', 'a\\b', '0', 'true'][1 + (${h(1)} % 17)::int] as a, (${h(2)} % 5)::int as b from range(3000) t(i)`,
    holds: "count(distinct a) = 17 and bool_or(a = '') and bool_or(a = '😀') and bool_or(a = e'two\\nlines')",
  },
  {
    name: '10,000 categories',
    fails: ['fid.pair a b fail', 'fid.tvd a fail'],
    query: `select 'c' || floor(10000 * ((${h(1)} % 1000000) / 1000000) ** 4)::int as a, hash(i, 9) / 7 as b from range(30000) t(i)`,
    holds: 'count(distinct a) > 100',
  },
  {
    name: 'every type',
    query: `select (${h(1)} % 100)::tinyint as i1, (${h(2)} % 100)::smallint as i2, (${h(3)} % 100)::int as i4,
      (${h(4)} % 100)::bigint as i8, (${h(5)} % 100)::hugeint as i16, (${h(6)} % 100)::utinyint as u1,
      (${h(7)} % 100)::usmallint as u2, (${h(8)} % 100)::uinteger as u4, (${h(9)} % 100)::ubigint as u8,
      (${h(33)} % 100)::uhugeint as u16,
      ((${h(10)} % 10000) / 100)::decimal(4,2) as d4, ((${h(11)} % 10000) / 100)::decimal(9,2) as d9,
      ((${h(12)} % 10000) / 100)::decimal(18,4) as d18, ((${h(13)} % 10000) / 100)::decimal(38,10) as d38,
      ((${h(14)} % 1000) / 8)::real as r4, ((${h(15)} % 1000) / 8)::double as r8, ${h(16)} % 2 = 0 as b,
      'v' || (${h(17)} % 5) as v, (['s', 'm', 'l'][1 + (${h(18)} % 3)::int])::enum ('s', 'm', 'l', 'xl') as e,
      date '2020-01-01' + (${h(19)} % 900)::int as dt, time '00:00:00' + to_seconds((${h(20)} % 86400)::int) as tm,
      timestamp '2020-01-01' + to_seconds((${h(21)} % 9000000)::int) as ts,
      (timestamp '2020-01-01' + to_seconds((${h(22)} % 9000000)::int))::timestamp_s as ts_s,
      (timestamp '2020-01-01' + to_milliseconds((${h(23)} % 9000000)::int))::timestamp_ms as ts_ms,
      (timestamp '2020-01-01' + to_microseconds((${h(24)} % 9000000)::int))::timestamp_ns as ts_ns,
      (timestamp '2020-01-01' + to_seconds((${h(25)} % 9000000)::int))::timestamptz as ts_tz,
      to_hours((${h(26)} % 90)::int) as iv, md5(i::varchar)::uuid as id from range(1000) t(i)`,
  },
];

describe('the mirror of a table with', function () {
  this.timeout(60_000);
  for (const { name, query, holds, fails = [] } of tables) {
    it(`${name} has its schema and its rows`, () =>
      inFolder(async (folder) => {
        const source = join(folder, 'real.duckdb');
        await duck(`create table real as ${query}`, source);
        const out = join(folder, 'mirror.duckdb');
        const result = await mirror(`${source}#main.real`, `${out}#main.mirror`);
        const failed = result.audits.filter(({ verdict }) => verdict === 'error' || verdict === 'fail');
        assert.deepEqual(failed.map(({ id, columns, verdict }) => [id, ...columns, verdict].join(' ')).sort(), fails);
        assert.equal(result.written, true);
        const described = (table: string, path: string): ReturnType<typeof duck> =>
          duck(
            `select column_name, data_type from duckdb_columns() where table_name = '${table}' order by column_index`,
            path,
          );
        assert.deepEqual(await described('mirror', out), await described('real', source));
        const { n } = await one('select count(*)::int as n from real', source);
        assert.equal(result.rows, n);
        assert.deepEqual(await one('select count(*)::int as n from mirror', out), { n });
        if (holds !== undefined) assert.deepEqual(await one(`select ${holds} as ok from mirror`, out), { ok: true });
      }));
  }
});

describe('the mirror of a mirror', () => {
  it('is known by the mark of its source, and not handed on unseen', () =>
    inFolder(async (folder) => {
      const [real, first, second] = ['real', 'first', 'second'].map((name) => join(folder, `${name}.duckdb`)) as [
        string,
        string,
        string,
      ];
      await duck(
        'create table t as select (hash(i) % 90)::int as a, (hash(i, 1) % 7)::int as b from range(2000) s(i)',
        real,
      );
      const depth = ({ audits }: MirrorRunResult) => audits.find(({ id }) => id === 'col.depth');
      const original = await mirror(`${real}#main.t`, `${first}#main.t`);
      assert.equal(depth(original)?.verdict, 'pass', depth(original)?.reason);
      const copy = await mirror(`${first}#main.t`, `${second}#main.t`);
      assert.equal(depth(copy)?.verdict, 'fail', depth(copy)?.reason);
      assert.match(depth(copy)?.reason ?? '', /^Generation 2/);
    }));
});

describe('synth mirror', function () {
  this.timeout(60_000);
  const query =
    "select (hash(i, 1) % 50)::int as a, 'v' || (hash(i, 2) % 4) as b, (hash(i, 3) % 90) / 4 as c from range(600) t(i)";

  const outputs = ['out.csv', 'out.parquet', 'out.jsonl', 'out.duckdb#made'];
  const inputs = ['in.csv', 'in.parquet', 'in.jsonl', 'in.duckdb#main.t'];
  for (const [i, input] of inputs.entries()) {
    const output = outputs[(i + 1) % outputs.length] ?? '';
    it(`reads ${input} and writes ${output}`, () =>
      inFolder(async (folder) => {
        const [file = ''] = input.split('#');
        if (input.includes('#')) await duck(`create table t as ${query}`, join(folder, file));
        else {
          const format = input.endsWith('csv') ? 'csv' : input.endsWith('jsonl') ? 'json' : 'parquet';
          await duck(`copy (${query}) to '${join(folder, file)}' (format ${format})`);
        }
        const result = await mirror(join(folder, input), join(folder, output));
        assert.equal(result.rows, 600);
        const [made = '', table] = output.split('#');
        const rows =
          table === undefined
            ? await one(`select count(*)::int as n, count(distinct b)::int as b from '${join(folder, made)}'`)
            : await one(`select count(*)::int as n, count(distinct b)::int as b from ${table}`, join(folder, made));
        assert.deepEqual(rows, { n: 600, b: 4 });
      }));
  }

  for (const output of ['out.csv', 'out.parquet', 'out.jsonl']) {
    it(`gives every label back through ${output}`, () =>
      inFolder(async (folder) => {
        const labels = `['it''s', 'say "so"', 'a,b;c', e'two\\nlines', '=1+1', '', ' ', '😀', 'NULL', 'a\\b']`;
        const input = await parquet(
          folder,
          'in',
          `select case when i % 11 = 0 then null else ${labels}[1 + (hash(i) % 10)::int] end as a, hash(i, 9) / 7 as b from range(3000) t(i)`,
        );
        await mirror(input, join(folder, output));
        const read = output.endsWith('.csv')
          ? `read_csv('${join(folder, output)}', header = true, columns = {a: 'VARCHAR', b: 'DOUBLE'}, nullstr = '', allow_quoted_nulls = false)`
          : `'${join(folder, output)}'`;
        const strange = await duck(
          `select distinct a from ${read} where a is not null and a not in (select unnest(${labels}))`,
        );
        assert.deepEqual(strange, []);
        assert.deepEqual(
          await one(`select count(distinct a)::int as labels, count(*) > count(a) as nulls from ${read}`),
          { labels: 10, nulls: true },
        );
      }));
  }

  it('makes as many rows as it is asked for, also more than the source has', () =>
    inFolder(async (folder) => {
      const input = await parquet(folder, 'in', query);
      for (const rows of [1, 7, 1500]) {
        const out = join(folder, `out-${rows}.parquet`);
        assert.equal((await mirror(input, out, { rows })).rows, rows);
        assert.deepEqual(await one(`select count(*)::int as n from '${out}'`), { n: rows });
      }
    }));

  it('gives the same rows for any number of threads, and others for another seed', () =>
    inFolder(async (folder) => {
      const input = await parquet(folder, 'in', query);
      const made = async (name: string, seed: number, threads: number): Promise<string> => {
        const out = join(folder, `${name}.parquet`);
        await mirror(input, out, { seed, threads });
        // In the order of the file: the bytes of the values, one after another.
        const { digest } = await one(
          `select md5(string_agg(row(a, b, c)::varchar, '|')) as digest from (select * from '${out}')`,
        );
        return String(digest);
      };
      const first = await made('first', 1, 1);
      assert.equal(await made('again', 1, 1), first);
      assert.equal(await made('two', 1, 2), first);
      assert.notEqual(await made('other', 2, 1), first);
    }));

  const rare: readonly (readonly [string, string])[] = [
    ['one row', "select 1 as a, 'x' as b"],
    ['three rows', "select i as a, 'x' || i as b from range(3) t(i)"],
    [
      '10,000 categories of three rows each',
      "select 'c' || (i % 10000) as a, hash(i, 1) / 7 as b from range(30000) t(i)",
    ],
  ];
  for (const [name, query] of rare) {
    it(`says why it does not show ${name}`, () =>
      inFolder(async (folder) => {
        const error = await failureOf(mirror(await parquet(folder, 'in', query), join(folder, 'out.parquet')));
        assert.equal(error.code, 'fit.all-rare', error.stack);
        assert.match(error.message, /column "a"/);
        for (const way of ['--omit', '--null', '--fake', '--set k=']) assert.ok(error.hint?.includes(way), error.hint);
        assert.equal(existsSync(join(folder, 'out.parquet')), false);
      }));
  }

  const unsupported = [
    '[1, 2]',
    '{a: 1}',
    "map {'secret-value': 1}",
    "'secret-value'::blob",
    "'{}'::json",
    '[1, 2]::int[2]',
  ];
  for (const value of unsupported) {
    it(`says what to do about a column like ${value}`, () =>
      inFolder(async (folder) => {
        const path = join(folder, 'in.duckdb');
        await duck(`create table t as select i, ${value} as odd from range(300) t(i)`, path);
        const error = await failureOf(mirror(`${path}#t`, join(folder, 'out.parquet')));
        assert.equal(error.name, 'SynthError');
        const text = `${error.message} ${error.hint}`;
        assert.match(text, /"?odd"?/);
        for (const way of ['--omit', '--null', '--fake']) assert.ok(text.includes(way), text);
        assert.doesNotMatch(text, /secret-value/);
        assert.equal(existsSync(join(folder, 'out.parquet')), false);
      }));
  }

  it('leaves out, empties and fakes the columns that it is told to, of one row as well', () =>
    inFolder(async (folder) => {
      const input = await parquet(folder, 'in', "select 1 as a, 'x' as b, [1] as c, 'secret@example.org' as d");
      const out = join(folder, 'out.parquet');
      await mirror(input, out, {
        rules: {
          a: { kind: 'nulls' },
          b: { kind: 'omit' },
          c: { kind: 'omit' },
          d: { kind: 'fake', method: 'internet.email', arguments: [] },
        },
      });
      const row = await one(`from '${out}'`);
      assert.deepEqual(Object.keys(row), ['a', 'd']);
      assert.equal(row.a, null);
      assert.match(String(row.d), /^[^@]+@[^@]+$/);
      assert.notEqual(row.d, 'secret@example.org');
    }));

  it('takes a column that is named like a key and never repeats for the key, unless told otherwise', () =>
    inFolder(async (folder) => {
      const input = await parquet(
        folder,
        'in',
        `select (${h(1)} % 100000000)::bigint as customer_id, (${h(2)} % 5)::int as g from range(400) t(i)`,
      );
      const out = join(folder, 'out.parquet');
      const guessed = await mirror(input, out);
      assert.equal((await one(`select count(distinct customer_id) as n from '${out}'`)).n, '400');
      assert.ok(guessed.audits.some(({ id, verdict }) => id === 'val.key' && verdict === 'pass'));
      assert.ok(guessed.notes.some((note) => note.includes('"customer_id"')));
      const learnt = await mirror(input, out, { key: false });
      assert.ok(!learnt.audits.some(({ id }) => id === 'val.key'));
    }));

  it('names what is wrong with its arguments', () =>
    inFolder(async (folder) => {
      const input = await parquet(folder, 'in', query);
      const out = join(folder, 'out.parquet');
      const cases: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
        [() => mirror(join(folder, 'inn.parquet'), out), /does not exist|no file/i],
        [() => mirror(input, input), /overwrite/],
        [() => mirror(input, join(folder, 'out.xlsx')), /xlsx/],
        [() => mirror(input, out, { generator: 'boostd' }), /boosted/],
        [() => mirror(input, out, { set: { treees: '3' } }), /treees/],
        [() => mirror(input, out, { target: 'aa' }), /"aa"/],
        [
          () => mirror(input, out, { rows: 1e13 }),
          /^10,000,000,000,000 rows of .*in\.parquet take about .* left\. Ask for fewer/,
        ],
      ];
      for (const [work, pattern] of cases) {
        const error = await failureOf(work());
        assert.equal(error.name, 'SynthError', error.stack);
        assert.match(`${error.message} ${error.hint}`, pattern);
      }
      assert.equal(existsSync(out), false);
    }));
});
