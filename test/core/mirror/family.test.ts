// Families of related tables: what must hold of every mirror, whatever the generator.
import assert from 'node:assert/strict';
import { bootstrap } from './bootstrap.ts';
import { withMirror } from './support.ts';

const shop = `
  create table customers (customer_id integer primary key, segment varchar not null, age integer);
  insert into customers select i, ['a', 'b', 'c'][1 + i % 3], case when i % 10 = 0 then null else 20 + i % 50 end
    from range(1, 601) t(i);
  create table orders (order_id integer primary key, customer_id integer not null references customers(customer_id),
    channel varchar, amount decimal(10, 2), ordered_at timestamp);
  insert into orders select row_number() over (), c, ['a', 'b', 'c'][1 + c % 3], (10 + (c * 7 + j) % 90) / 2.0,
      timestamp '2024-01-01' + interval (c + j * 24) hour
    from range(1, 601) t(c), range(0, 4) u(j) where j < c % 5;
  create table order_lines (order_id integer not null references orders(order_id), line_no integer not null,
    product varchar, quantity integer, primary key (order_id, line_no));
  insert into order_lines select order_id, j, ['x', 'y', 'z'][1 + (order_id + j) % 3], 1 + j % 4
    from orders, range(1, 4) u(j) where j <= 1 + order_id % 3;
`;

describe('a family of customers, orders and order lines', () => {
  it('has exact row counts, whole keys and the schema of the source', () =>
    withMirror({ warehouse: shop, choice: bootstrap() }, async ({ value, query, results }) => {
      for (const table of ['customers', 'orders', 'order_lines']) {
        assert.equal(
          await value(`select count(*) from mirror.${table}`),
          await value(`select count(*) from source.${table}`),
          table,
        );
        const columns = (catalog: string, schema: string): string =>
          `select column_name, data_type, is_nullable from duckdb_columns() where database_name ${catalog} and schema_name = '${schema}' and table_name = '${table}' order by column_index`;
        assert.deepEqual(
          await query(columns("<> 'source'", 'mirror')),
          await query(columns("= 'source'", 'main')),
          table,
        );
      }
      assert.equal(await value('select count(distinct customer_id) from mirror.customers'), 600);
      assert.equal(
        await value('select count(distinct (order_id, line_no)) from mirror.order_lines'),
        await value('select count(*) from mirror.order_lines'),
      );
      assert.equal(await value('select count(*) from mirror.orders anti join mirror.customers using (customer_id)'), 0);
      assert.equal(await value('select count(*) from mirror.order_lines anti join mirror.orders using (order_id)'), 0);
      assert.equal(
        await value(
          'select count(*) from (select order_id, count(*) n, max(line_no) m from mirror.order_lines group by 1) where n <> m',
        ),
        0,
      );
      assert.deepEqual(
        results.map(({ table }) => table.label),
        ['customers', 'orders', 'order_lines'],
      );
    }));
});
