import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openWorkspace } from '../../../connectors/duckdb/workspace.ts';
import type { Workspace } from '../../../core/connector.ts';
import { measureDistributions } from '../../../core/report/distributions.ts';
import type { CellCounts, ColumnDistribution } from '../../../core/report/model.ts';
import type { ColumnSchema, ColumnType } from '../../../core/schema.ts';

const INTEGER: ColumnType = { kind: 'integer', bits: 64, signed: true };
const FLOAT: ColumnType = { kind: 'float', bits: 64 };
const TEXT: ColumnType = { kind: 'text' };

function column(name: string, type: ColumnType): ColumnSchema {
  return { name, sqlType: '', type, nullable: true };
}

function spikeOf(distribution: Extract<ColumnDistribution, { kind: 'number' }>): readonly CellCounts[] {
  return distribution.spike === undefined ? [] : [distribution.spike];
}

describe('distributions', () => {
  let folder: string;
  let workspace: Workspace;
  let tables = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'synth-report-'));
    workspace = await openWorkspace({ tempDirectory: folder, signal: new AbortController().signal });
  });
  after(async () => {
    await workspace[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** Measures one column, given as an SQL expression of the row number `i`, over 1,000 rows on both sides. */
  async function measure(
    expression: string,
    type: ColumnType,
    options = { name: 'x', rows: 1000, k: 20, mirror: expression },
  ): Promise<ColumnDistribution> {
    const names = [`real${tables}`, `mirror${tables}`] as const;
    tables++;
    for (const [index, table] of names.entries()) {
      const value = sql.raw(index === 0 ? expression : options.mirror);
      await sql`create table ${sql.id(table)} as select ${value} as ${sql.id(options.name)} from range(${sql.lit(options.rows)}) t(i)`.execute(
        workspace.db,
      );
    }
    const [real, synthetic] = names.map((table) => ({ table }));
    assert.ok(real && synthetic);
    const measured = await measureDistributions(workspace.db, real, synthetic, [column(options.name, type)], {
      k: options.k,
    });
    assert.equal(measured.length, 1);
    const [distribution] = measured;
    assert.ok(distribution);
    assert.equal(distribution.column, options.name);
    protects(distribution, options.k);
    return distribution;
  }

  function protects(distribution: ColumnDistribution, k: number): void {
    if (distribution.kind === 'hidden') return;
    const cells =
      distribution.kind === 'number'
        ? [...distribution.bins, ...spikeOf(distribution), distribution.missing, distribution.notFinite]
        : [...distribution.levels, distribution.other, distribution.missing];
    for (const { real } of cells) assert.ok(real === 0 || real >= k, `a cell of ${real} rows`);
  }

  function total(distribution: ColumnDistribution): { real: number; synthetic: number } {
    if (distribution.kind === 'hidden') return { real: 0, synthetic: 0 };
    const cells =
      distribution.kind === 'number'
        ? [...distribution.bins, ...spikeOf(distribution), distribution.missing, distribution.notFinite]
        : [...distribution.levels, distribution.other, distribution.missing];
    return cells.reduce(
      (sum, { real, synthetic }) => ({ real: sum.real + real, synthetic: sum.synthetic + synthetic }),
      { real: 0, synthetic: 0 },
    );
  }

  const everyRow: readonly { name: string; expression: string; type: ColumnType }[] = [
    { name: 'whole numbers', expression: 'i % 24', type: INTEGER },
    { name: 'a constant', expression: '7', type: INTEGER },
    { name: 'the largest integer', expression: '9223372036854775807', type: INTEGER },
    {
      name: 'integers from end to end',
      expression: 'case when i % 2 = 0 then 9223372036854775807 else -9223372036854775807 end',
      type: INTEGER,
    },
    {
      name: 'huge integers',
      expression: '170141183460469231731687303715884105727::hugeint',
      type: { kind: 'wide', scale: 0 },
    },
    { name: 'decimals', expression: '(i / 100)::decimal(18,3)', type: { kind: 'decimal', precision: 18, scale: 3 } },
    {
      name: 'doubles of both ends',
      expression: 'case when i % 2 = 0 then 1.7e308::double else -1.7e308::double end',
      type: FLOAT,
    },
    { name: 'tiny doubles', expression: '1e-320::double * i', type: FLOAT },
    {
      name: 'NaN and infinities',
      expression:
        "case i % 4 when 0 then 'nan'::double when 1 then 'inf'::double when 2 then '-inf'::double else i end",
      type: FLOAT,
    },
    { name: 'one NaN', expression: "case when i = 5 then 'nan'::double else i end", type: FLOAT },
    { name: 'heavy tails', expression: 'exp(i / 20.0)', type: FLOAT },
    { name: 'NULLs', expression: 'case when i % 3 = 0 then i end', type: INTEGER },
    { name: 'one NULL', expression: 'case when i <> 3 then i end', type: INTEGER },
    { name: 'dates', expression: "date '2024-01-01' + (i % 366)::int", type: { kind: 'date' } },
    {
      name: 'dates from end to end',
      expression: "case when i % 2 = 0 then date '0001-01-01' else date '9999-12-31' end",
      type: { kind: 'date' },
    },
    {
      name: 'infinite dates',
      expression: "case when i % 2 = 0 then 'infinity'::date else date '2024-01-01' end",
      type: { kind: 'date' },
    },
    {
      name: 'timestamps',
      expression: "timestamp '2024-01-01' + i * interval 1 minute",
      type: { kind: 'timestamp', unit: 'us', zoned: false },
    },
    {
      name: 'nanoseconds',
      expression: "(timestamp '2024-01-01' + i * interval 1 minute)::timestamp_ns",
      type: { kind: 'timestamp', unit: 'ns', zoned: false },
    },
    {
      name: 'zoned timestamps',
      expression: "timestamptz '2024-01-01 00:00:00+00' + i * interval 1 hour",
      type: { kind: 'timestamp', unit: 'us', zoned: true },
    },
    { name: 'times', expression: "time '00:00:00' + i * interval 1 minute", type: { kind: 'time' } },
    { name: 'intervals', expression: 'i * interval 1 hour', type: { kind: 'interval' } },
    { name: 'booleans', expression: 'i % 3 = 0', type: { kind: 'boolean' } },
    { name: 'texts', expression: "'value ' || (i % 5)", type: TEXT },
    { name: 'texts that all differ', expression: "'value ' || i", type: TEXT },
    { name: 'rare texts', expression: "case when i < 5 then 'rare' else 'common' end", type: TEXT },
    {
      name: 'hostile texts',
      expression: "case when i % 2 = 0 then '<script>' else '''; drop table x; --' end",
      type: TEXT,
    },
    { name: 'texts with one NULL', expression: "case when i > 0 then 'a' end", type: TEXT },
    { name: 'UUIDs', expression: "'00000000-0000-0000-0000-000000000001'::uuid", type: { kind: 'uuid' } },
    {
      name: 'an enum',
      expression: "(case when i % 2 = 0 then 'a' else 'b' end)::enum('a', 'b', 'c')",
      type: { kind: 'enum', labels: ['a', 'b', 'c'] },
    },
  ];
  for (const { name, expression, type } of everyRow) {
    it(`count every row of ${name} once on both sides`, async () => {
      const distribution = await measure(expression, type);
      assert.notEqual(distribution.kind, 'hidden');
      assert.deepEqual(total(distribution), { real: 1000, synthetic: 1000 });
    });
  }

  it('count whole numbers in bins of their own', async () => {
    const distribution = await measure('i % 10', INTEGER);
    assert.ok(distribution.kind === 'number');
    assert.deepEqual(distribution.bins[3], { from: 3, to: 4, real: 100, synthetic: 100 });
    assert.equal(distribution.bins.length, 10);
  });

  it('show a value that half of the rows share apart, so that the others can be seen', async () => {
    const distribution = await measure('case when i < 900 then 0 else i * 7 end', INTEGER);
    assert.ok(distribution.kind === 'number');
    assert.deepEqual(distribution.spike, { value: 0, real: 900, synthetic: 900 });
  });

  it('leave a shared value in its bin when few bins or rows are beside it', async () => {
    for (const expression of ['case when i < 900 then 0 else i % 7 end', 'case when i < 985 then 0 else i end']) {
      const distribution = await measure(expression, INTEGER);
      assert.ok(distribution.kind === 'number');
      assert.equal(distribution.spike, undefined);
      assert.ok((distribution.bins[0]?.real ?? 0) >= 900);
    }
  });

  it('keep both sides apart', async () => {
    const distribution = await measure("case when i < 700 then 'a' else 'b' end", TEXT, {
      name: 'x',
      rows: 1000,
      k: 20,
      mirror: "case when i < 400 then 'a' when i < 900 then 'b' else 'new' end",
    });
    assert.ok(distribution.kind === 'category');
    assert.deepEqual(distribution.levels, [
      { label: 'a', real: 700, synthetic: 400 },
      { label: 'b', real: 300, synthetic: 500 },
    ]);
    assert.deepEqual(distribution.other, { real: 0, synthetic: 100 });
  });

  it('count mirror values beyond the real range in the end bins', async () => {
    const distribution = await measure('i % 10', INTEGER, { name: 'x', rows: 1000, k: 20, mirror: 'i + 1000000' });
    assert.ok(distribution.kind === 'number');
    assert.equal(distribution.bins.at(-1)?.synthetic, 1000);
  });

  it('show the twelve most frequent of 10,000 categories and pool the others', async () => {
    const expression = "case when i % 2 = 0 then 'v' || (i % 24) else 'rare ' || i end";
    const distribution = await measure(expression, TEXT, { name: 'x', rows: 20_000, k: 20, mirror: expression });
    assert.ok(distribution.kind === 'category');
    assert.equal(distribution.levels.length, 12);
    assert.deepEqual(distribution.other, { real: 10_000, synthetic: 10_000 });
  });

  for (const name of ['select', 'a"b', "it's", 'ü', 'a.b', 'missing', 'value', 'label', 'n', '; drop table x', ' ']) {
    it(`measure a column named ${JSON.stringify(name)}`, async () => {
      for (const [expression, type] of [
        ['i', INTEGER],
        ["'a'", TEXT],
      ] as const) {
        const distribution = await measure(expression, type, { name, rows: 100, k: 20, mirror: expression });
        assert.deepEqual(total(distribution), { real: 100, synthetic: 100 });
      }
    });
  }

  for (const { name, expression, type, rows } of [
    { name: 'an empty table', expression: 'i', type: INTEGER, rows: 0 },
    { name: 'one row', expression: "'a'", type: TEXT, rows: 1 },
    { name: 'fewer rows than k', expression: 'i', type: INTEGER, rows: 19 },
    { name: 'only NULL', expression: 'null::integer', type: INTEGER, rows: 1000 },
    { name: 'only NaN', expression: "'nan'::double", type: FLOAT, rows: 1000 },
    { name: 'a type without a distribution', expression: '[i]', type: { kind: 'unsupported' }, rows: 1000 },
  ] as const) {
    it(`show nothing of ${name}`, async () => {
      const distribution = await measure(expression, type, { name: 'x', rows, k: 20, mirror: expression });
      assert.equal(distribution.kind, 'hidden');
    });
  }

  it('show a mirror without rows', async () => {
    const distribution = await measure('i', INTEGER, { name: 'x', rows: 1000, k: 20, mirror: 'null::bigint' });
    assert.ok(distribution.kind === 'number');
    assert.equal(distribution.missing.synthetic, 1000);
  });
});
