// Makes the real tables of one seed, plants a failure in their mirror and says what is audited.
import { sql } from 'kysely';
import { sketchTable } from '../../audits/drift/sketch.ts';
import type { AuditHistory, AuditInput, AuditTarget, Relation, RelationTarget } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import type { ColumnSchema, TableSchema } from '../../core/schema.ts';
import type { Failure } from './failures.ts';
import { customerColumns, draw, orderColumns } from './population.ts';

/** Customers: learnt from, held out, and in the mirror. */
export interface Sizes {
  readonly train: number;
  readonly held: number;
  readonly mirror: number;
}

export const fullSizes: Sizes = { train: 6_000, held: 2_500, mirror: 6_000 };

const tableNames = ['customers', 'orders'] as const;
const columns: Readonly<Record<(typeof tableNames)[number], readonly ColumnSchema[]>> = {
  customers: customerColumns,
  orders: orderColumns,
};

/** Creates `train_*`, `held_*` and `fresh_*`; other seeds are other people. */
export async function createPopulation(workspace: Workspace, seed: number, sizes: Sizes): Promise<void> {
  const parts = [
    ['train', sizes.train, 1],
    ['held', sizes.held, sizes.train + 1],
    ['fresh', sizes.mirror, 2 * (sizes.train + sizes.held) + 1],
  ] as const;
  for (const [part, count, firstId] of parts) {
    const drawn = draw(seed, part, count, firstId);
    for (const name of tableNames) {
      await sql`DROP TABLE IF EXISTS ${sql.id(`${part}_${name}`)}`.execute(workspace.db);
      await using writer = await workspace.write({ table: `${part}_${name}` }, columns[name]);
      await writer.append(drawn[name]);
      await writer.finish();
    }
  }
}

/** The inputs of the audits of customers and orders, with the failure planted. */
export async function plant(workspace: Workspace, failure: Failure): Promise<readonly AuditInput[]> {
  const { db } = workspace;
  const sides = [
    { side: 'real', from: 'train', change: failure.train },
    { side: 'holdout', from: 'held', change: failure.held },
    { side: 'mirror', from: 'fresh', change: failure.mirror },
  ] as const;
  for (const { side, from, change } of sides) {
    for (const name of tableNames) {
      const rows = change?.[name] ?? `SELECT * FROM ${from}_${name}`;
      await sql`CREATE OR REPLACE TABLE ${sql.id(`${side}_${name}`)} AS ${sql.raw(rows)}`.execute(db);
    }
  }
  await sql`CREATE OR REPLACE VIEW all_customers AS
    SELECT * FROM real_customers UNION SELECT * FROM holdout_customers`.execute(db);
  const parent: RelationTarget = {
    columns: ['customer_id'],
    parentColumns: ['id'],
    parent: 'customers',
    realParent: { table: 'all_customers' },
    syntheticParent: { table: 'mirror_customers' },
    realOrphans: 0,
  };
  const customers = target('customers', ['id', 'email'], {
    subject: ['id'],
    target: 'churned',
    rules: [{ title: 'addresses have an @', expression: "email LIKE '%@%'" }],
    ...failure.target,
  });
  const orders = target('orders', ['id', 'customer_id'], {
    subject: ['customer_id'],
    sequence: { by: ['customer_id'] },
    relations: [{ ...parent, comparedParentColumns: customers.columns }],
  });
  const learnt = failure.learntBefore
    ? { learnt: await sketchTable(db, { table: 'train_customers' }, customers.columns, customers.k) }
    : {};
  const history: AuditHistory = { now: '2025-02-01T06:00:00Z', runs: [], ...failure.history, ...learnt };
  return [
    { db, target: customers, ...sidesOf('customers'), history },
    { db, target: orders, ...sidesOf('orders') },
  ];
}

function sidesOf(name: string): { real: Relation; synthetic: Relation; holdout: Relation } {
  return {
    real: { table: `real_${name}` },
    synthetic: { table: `mirror_${name}` },
    holdout: { table: `holdout_${name}` },
  };
}

function target(
  name: (typeof tableNames)[number],
  excluded: readonly string[],
  more: Partial<AuditTarget>,
): AuditTarget {
  const table: TableSchema = {
    name: { schema: 'main', table: name },
    columns: columns[name],
    primaryKey: ['id'],
    uniques: [],
    foreignKeys: [],
  };
  return {
    table,
    columns: table.columns.filter((column) => !excluded.includes(column.name)),
    excluded,
    relations: [],
    rules: [],
    k: 20,
    reference: false,
    publicColumns: [],
    ...more,
  };
}
