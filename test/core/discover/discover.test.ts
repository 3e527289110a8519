import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkspace, readCatalogue } from '../../../connectors/duckdb/index.ts';
import type { Workspace } from '../../../core/connector.ts';
import { discover, type Proposal } from '../../../core/discover/index.ts';

// A shop of 20,000 orders with rules that its schema does not declare. All values follow from row numbers.
const shop = `
  create table cities as select 'C' || lpad(cast(i as varchar), 3, '0') as code, 'City ' || i as title,
    'R' || (i % 7) as region from range(60) t(i);
  create table customers as select i + 1000 as id, 'Person ' || (hash(i) % 1500) as "Full Name",
    'user' || i || '@example.org' as contact, '+1 555 ' || lpad(cast(i as varchar), 4, '0') as mobile,
    'C' || lpad(cast(hash(i * 100 + 1) % 60 as varchar), 3, '0') as home,
    date '1950-01-01' + cast(hash(i * 100 + 2) % 15000 as integer) as birth_date,
    'R' || (hash(i * 100 + 1) % 60 % 7) as region
    from range(2000) t(i);
  create table orders as select i as order_no, hash(i * 100 + 3) % 2000 + 1000 as customer_id,
    date '2020-01-01' + cast(hash(i * 100 + 4) % 1000 as integer) as ordered,
    date '2020-01-01' + cast(hash(i * 100 + 4) % 1000 + hash(i * 100 + 5) % 30 as integer) as "shipped on",
    case when i % 10 = 0 then null else date '2020-01-01' + cast(hash(i * 100 + 4) % 1000 + hash(i * 100 + 5) % 30 + hash(i * 100 + 6) % 9 as integer) end as received,
    cast(hash(i * 100 + 7) % 10000 / 100 as decimal(9, 2)) as net, cast(hash(i * 100 + 8) % 2000 / 100 as decimal(9, 2)) as tax,
    cast(hash(i * 100 + 7) % 10000 / 100 as decimal(9, 2)) + cast(hash(i * 100 + 8) % 2000 / 100 as decimal(9, 2)) as gross,
    'W' || (hash(i * 100 + 9) % 12) as warehouse, 'K' || (hash(i * 100 + 10) % 15) as carrier,
    -- A tariff for each warehouse and carrier, with one deviating row in a thousand.
    (hash(hash(i * 100 + 9) % 12 * 100 + hash(i * 100 + 10) % 15) % 90 + case when i % 1000 = 0 then 1 else 0 end) / 10.0 as tariff,
    'B' || (hash(i * 100 + 11) % 40) as brand,
    'M' || (hash(i * 100 + 11) % 40 * 5 + hash(i * 100 + 12) % 5) || case when i % 100 = 0 then 'x' else '' end as model,
    case when i % 50 = 0 then hash(i * 100 + 15) % 900 else 0 end as repair, case when i % 60 = 0 then hash(i * 100 + 16) % 900 else 0 end as other,
    case when i % 50 = 0 then hash(i * 100 + 15) % 900 else 0 end + case when i % 60 = 0 then hash(i * 100 + 16) % 900 else 0 end as damage,
    hash(i * 100 + 13) % 100 as noise, hash(i * 100 + 14) % 2 = 0 as gift
    from range(20000) t(i)`;

// A series without a number of its own, and text that never repeats.
const series = `
  create table readings as select timestamp '2024-01-01' + to_hours(cast(i as integer)) as at, hash(i) % 50 as level,
    'note ' || i as remark from range(500) t(i);
  create table visits as select i as visit_id, timestamp '2024-01-01' + to_hours(cast(i as integer)) as at from range(500) t(i);
  create table remarks as select 'note ' || i as remark, hash(i) % 50 as level from range(500) t(i)`;

describe('discover', () => {
  let workspace: Workspace;
  let proposals: readonly Proposal[];

  before(async () => {
    workspace = await openWorkspace({
      tempDirectory: join(tmpdir(), `synthouse-test-${process.pid}`),
      signal: new AbortController().signal,
    });
    for (const statement of [...shop.split(';'), ...series.split(';')])
      await workspace.execute({ sql: statement, parameters: [] });
    const tables = (await readCatalogue(workspace.db, 'memory')).map((schema) => ({
      schema,
      relation: { schema: schema.name.schema, table: schema.name.table },
    }));
    proposals = await discover({ workspace, tables });
  });
  after(() => workspace[Symbol.asyncDispose]());

  const texts = (table: string, ...kinds: readonly string[]): string[] =>
    proposals.filter((p) => p.table.table === table && kinds.includes(p.kind)).map((p) => p.text);

  it('finds keys', () => {
    assert.deepEqual(texts('cities', 'key'), ["'code'"]);
    assert.deepEqual(texts('customers', 'key'), ["'id'"]);
    assert.deepEqual(texts('orders', 'key', 'unique'), ["'order_no'"]);
  });

  it('makes a key of moments only where nothing else tells rows apart, and never of text that happens to be unique', () => {
    assert.deepEqual(texts('readings', 'key', 'unique'), ["'at'"]);
    assert.deepEqual(texts('visits', 'key', 'unique'), ["'visit_id'"]);
    assert.deepEqual(texts('remarks', 'key', 'unique'), []);
  });

  it('finds foreign keys by name, and by content where names differ', () => {
    assert.deepEqual(texts('orders', 'relation'), ["{ columns: 'customer_id', references: 'customers' }"]);
    assert.deepEqual(texts('customers', 'relation'), ["{ columns: 'home', references: 'cities' }"]);
    assert.deepEqual(texts('cities', 'relation'), []);
  });

  it('finds what follows from one or two columns, and nothing else', () => {
    assert.deepEqual(texts('orders', 'dependent', 'fixed').sort(), [
      "dependent('brand', { on: 'model' })",
      "dependent('tariff', { on: ['warehouse', 'carrier'] })",
    ]);
    assert.deepEqual(texts('customers', 'dependent'), ["dependent('region', { on: 'home' })"]);
  });

  it('finds sums, of parts that are mostly 0 too', () => {
    assert.deepEqual(texts('orders', 'sum').sort(), [
      "sum('damage', ['repair', 'other'])",
      "sum('gross', ['net', 'tax'])",
    ]);
  });

  it('finds orderings, without those that follow from others', () => {
    assert.deepEqual(texts('orders', 'ordering').sort(), [`'"shipped on" <= received'`, `'ordered <= "shipped on"'`]);
  });

  it('finds what puts the rows of one parent in order, which no birthday does', () => {
    assert.deepEqual(texts('orders', 'order'), ["'ordered'"]);
    assert.deepEqual(texts('customers', 'order'), []);
  });

  it('finds personal data, and says why without a value', () => {
    assert.deepEqual(texts('customers', 'personal').sort(), [
      "'Full Name': fake('person.fullName')",
      "birth_date: fake('date.birthdate')",
      "contact: fake('internet.email')",
      "mobile: fake('phone.number')",
    ]);
    assert.deepEqual(texts('orders', 'personal'), []);
    const contact = proposals.find((p) => p.columns.includes('contact'));
    assert.equal(contact?.why, 'It seems to hold e-mail addresses, by the form of 100 % of its values.');
  });

  it('finds the same in a part of the rows, and leaves nothing behind', async () => {
    const schema = (await readCatalogue(workspace.db, 'memory')).find(({ name }) => name.table === 'orders');
    assert.ok(schema);
    const found = await discover({ workspace, tables: [{ schema, relation: { table: 'orders' } }], maxRows: 8000 });
    const without = (list: readonly Proposal[]): string[] =>
      list.filter((p) => !['relation', 'order'].includes(p.kind) && p.table.table === 'orders').map((p) => p.text);
    assert.deepEqual(without(found).sort(), without(proposals).sort());
    assert.deepEqual(await readCatalogue(workspace.db, workspace.scratch), []);
  });

  it('proposes nothing for tables too small to tell', async () => {
    await workspace.execute({
      sql: 'create table tiny as select i as a, i + 1 as b from range(9) t(i)',
      parameters: [],
    });
    await workspace.execute({ sql: 'create table none as select 1 as a, 2 as b where false', parameters: [] });
    const tables = (await readCatalogue(workspace.db, 'memory'))
      .filter(({ name }) => ['tiny', 'none'].includes(name.table))
      .map((schema) => ({ schema, relation: { table: schema.name.table } }));
    assert.equal(tables.length, 2);
    assert.deepEqual(await discover({ workspace, tables }), []);
  });
});
