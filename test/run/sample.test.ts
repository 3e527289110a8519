// Rows on demand: exact counts of rows that fulfil a condition, or one sentence that says why not.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '../../core/config/load.ts';
import { runBlend } from '../../core/run/blend.ts';
import { runSample, type SampleOptions } from '../../core/run/sample.ts';
import { builtProject, failureOf, one, type Project, shop, writeConfig } from './support.ts';

const quick = 'boosted({ rounds: 2 })';
const tables = `
  customers: { generator: ${quick}, constraints: ['age < 90'], columns: { spent: omit() } },
  orders: { generator: ${quick} },
`;

describe('synth sample', function () {
  this.timeout(60_000);
  let project: Project;
  before(async () => {
    project = await builtProject(async (path) => {
      await shop(path, { customers: 1000, orders: 3500 });
      await writeConfig(
        path,
        tables,
        "audits: { bounds: ['fid.*', 'prv.*'].map((audit) => ({ audit, severity: 'warn' })) },",
      );
    });
  });
  after(() => project?.leave());

  const draw = async (table: string, rows: number, where?: string, more: Partial<SampleOptions> = {}) =>
    runSample({
      config: await loadConfig({ directory: project.folder }),
      table,
      rows,
      ...(where === undefined ? {} : { where }),
      threads: 1,
      signal: new AbortController().signal,
      progress: () => {},
      ...more,
    });

  it('gives exactly as many rows as asked for, all of them as asked for, with keys that differ', async () => {
    const out = join(project.folder, 'sample.parquet');
    await draw('customers', 700, "region = 'north' and age between 30 and 40", { out });
    const found = await one(`select count(*)::int as n, count(distinct id)::int as ids,
      count(*) filter (where region = 'north' and age between 30 and 40)::int as kept from '${out}'`);
    assert.deepEqual(found, { n: 700, ids: 700, kept: 700 });
  });

  it('draws children below the rows that the mirror has, and picks them by columns of their parents', async () => {
    const out = join(project.folder, 'orders.parquet');
    await draw('orders', 400, "customers.region = 'south' and status = 'sent'", { out });
    const mirrors = join(project.folder, 'mirrors.duckdb');
    const found = await one(
      `select count(*)::int as n, count(distinct o.id)::int as ids,
        count(*) filter (where c.region = 'south' and o.status = 'sent')::int as kept
        from '${out}' as o join customers as c on c.id = o.customer_id`,
      mirrors,
    );
    assert.deepEqual(found, { n: 400, ids: 400, kept: 400 });
  });

  it('repeats itself with the same seed, for any number of threads, and differs with another', async () => {
    const rows = async (more: Partial<SampleOptions>) =>
      JSON.stringify((await draw('orders', 50, undefined, more)).answer);
    const first = await rows({ seed: 5 });
    assert.equal(await rows({ seed: 5, threads: 2 }), first);
    assert.notEqual(await rows({ seed: 6 }), first);
  });

  const refused: readonly (readonly [table: string, where: string, code: string, message: RegExp])[] = [
    ['customers', 'age = 30 and age = 40', 'condition.contradiction', /^No row can ever fulfil/],
    ['customers', 'age > 95', 'condition.contradiction', /breaks the rule "age < 90" of customers\.$/],
    ['customers', 'ages = 30', 'condition.unknown-column', /names "ages", but customers has no such column\.$/],
    ['customers', 'spent > 3', 'condition.omitted', /names "spent", which customers leaves out\.$/],
    ['customers', 'id > 3', 'condition.made-later', /"id" of customers, which is a key/],
    ['orders', "customers.regions = 'x'", 'condition.unknown-column', /customers has no such column\.$/],
    ['orders', "customer.region = 'x'", 'condition.unknown-column', /orders has no parent "customer"\.$/],
    ['customers', ' ', 'condition.syntax', /^A condition on rows of customers is empty\.$/],
    ['customers', 'age < 9 and age > region', 'condition.syntax', /^DuckDB does not understand/],
    ['customers', 'age >', 'condition.syntax', /^DuckDB does not understand/],
    ['customers', 'age', 'condition.syntax', /gives INTEGER instead of true or false\.$/],
    ['customers', 'sum(age) > 1', 'condition.syntax', /looks at more than one row\.$/],
    ['customers', 'age > (select 1)', 'condition.syntax', /looks at more than one row\.$/],
    [
      'customers',
      "region = 'nowhere'",
      'demand.never-learnt',
      /^No row of customers with region = 'nowhere' can be drawn: none was learnt/,
    ],
    ['orders', "status = 'nowhere'", 'demand.never-learnt', /^No row of orders with/],
    ['customers', "region || '!' = 'nowhere!'", 'demand.too-rare', /^None of 5 rows of customers with .* came up/],
    ['customer', 'age = 30', 'table.unknown', /^The config has no table "customer"\.$/],
  ];
  for (const [table, where, code, message] of refused) {
    it(`refuses ${where} of ${table} in one sentence`, async () => {
      const error = await failureOf(draw(table, 5, where, { tries: 70_000 }));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      assert.ok((error.hint ?? '').length > 0);
    });
  }

  it('blends real rows of the training side with synthetic ones, and marks them', async () => {
    const out = join(project.folder, 'blend.parquet');
    const config = await loadConfig({ directory: project.folder });
    const common = { config, table: 'customers', threads: 1, signal: new AbortController().signal, progress: () => {} };
    await runBlend({ ...common, real: 0.25, rows: 1000, out, mark: true });
    const found = await one(
      `select count(*)::int as n, count(*) filter (where b.real)::int as real, count(*) filter (where b.real and c.id is null)::int as made,
        count(distinct b.id) filter (where b.real)::int as ids from '${out}' as b
        left join customers as c on c.id = b.id and c.region = b.region and c.age is not distinct from b.age`,
      join(project.folder, 'shop.duckdb'),
    );
    assert.deepEqual(found, { n: 1000, real: 250, made: 0, ids: 250 });
    const columns = Object.keys(await one(`select * from '${out}' limit 1`));
    assert.deepEqual(columns, ['id', 'region', 'age', 'real']);
    const more = await failureOf(runBlend({ ...common, real: 0.9, rows: 1000, out, mark: false }));
    assert.match(more.message, /^customers has \d+ real rows outside the holdout, and 900 are wanted\.$/);
  });

  it('says before it draws that rows have no room', async () => {
    const error = await failureOf(draw('orders', 1e13));
    assert.equal(error.code, 'space.short');
    assert.match(error.message, /^10,000,000,000,000 rows of orders take about/);
  });

  it('says how to learn a table again whose stored fit was cut', async () => {
    const fits = join(project.folder, '.synth', 'fits');
    const name = (await readdir(fits)).find((file) => file.startsWith('orders-')) as string;
    const whole = await readFile(join(fits, name));
    await writeFile(join(fits, name), whole.subarray(0, whole.length / 2));
    try {
      const error = await failureOf(draw('orders', 5));
      assert.equal(error.message, 'The stored fit of orders is gone, damaged or of another version.');
      assert.match(error.hint ?? '', /--full-refresh/);
    } finally {
      await writeFile(join(fits, name), whole);
    }
  });

  it('says that too few rows came up, and how rare they are', async () => {
    const error = await failureOf(draw('customers', 5000, "region = 'north' and age = 30", { tries: 65_000 }));
    assert.match(
      error.message,
      /^Only [\d,]+ of 5,000 rows of customers with .* in [\d,]+ draws: .* in [\d.]+ % of what/,
    );
  });
});
