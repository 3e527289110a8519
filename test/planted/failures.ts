// What can be wrong with a mirror: each entry plants one failure in a draw that is otherwise as good as new real rows.
import type { AuditHistory, AuditTarget } from '../../core/audit.ts';
import { lastMonth } from './population.ts';

/** SELECTs on the tables `train_*`, `held_*` and `fresh_*`, for what differs. */
interface Tables {
  readonly customers?: string;
  readonly orders?: string;
}

export interface Failure {
  readonly name: string;
  /** What was planted, for the documentation: a clause. */
  readonly what: string;
  readonly mirror?: Tables;
  readonly train?: Tables;
  readonly held?: Tables;
  /** Of the customers. */
  readonly target?: Partial<AuditTarget>;
  readonly history?: Partial<AuditHistory>;
  /** The source was learnt before it became what it is. */
  readonly learntBefore?: true;
  /** `false`: the gate lets it pass, since it is no fault of the mirror, or a blind spot of all audits. */
  readonly stops?: false;
}

/** Customers and orders of people picked from train: `picks` has the mirror's `id` and the real one, `pick`. */
function copies(picks: string, change = '', orderChange = ''): { customers: string; orders: string } {
  const fresh = `c.* REPLACE (p.id AS id, f.email AS email ${change})`;
  return {
    customers: `SELECT ${fresh} FROM (${picks}) AS p JOIN train_customers AS c ON c.id = p.pick JOIN fresh_customers AS f ON f.id = p.id`,
    orders: `SELECT o.* REPLACE ((row_number() OVER (ORDER BY p.id, o.id) + 900000)::INTEGER AS id, p.id AS customer_id ${orderChange})
      FROM (${picks}) AS p JOIN train_orders AS o ON o.customer_id = p.pick`,
  };
}

/** A mirror of which one row of `every` is a copy. */
function someCopied(every: number): { customers: string; orders: string } {
  const copied = copies(
    `SELECT id, id - (SELECT min(id) FROM fresh_customers) + 1 AS pick FROM fresh_customers WHERE id % ${every} = 3`,
  );
  return {
    customers: `SELECT * FROM fresh_customers WHERE id % ${every} <> 3 UNION ALL (${copied.customers})`,
    orders: `SELECT * FROM fresh_orders WHERE customer_id % ${every} <> 3 UNION ALL (${copied.orders})`,
  };
}

/** The fresh draw without the customers for whom `condition` is false, and without their orders. */
function only(condition: string): { customers: string; orders: string } {
  const kept = `SELECT * FROM fresh_customers WHERE ${condition}`;
  return { customers: kept, orders: `SELECT * FROM fresh_orders WHERE customer_id IN (SELECT id FROM (${kept}))` };
}

/** The fresh draw with these columns of `table` dealt out anew among its rows. */
function shuffled(table: string, ...names: readonly string[]): string {
  const order = (by: string): string => `SELECT *, row_number() OVER (ORDER BY ${by}) AS place FROM ${table}`;
  const dealt = names.map((name) => `b.${name} AS ${name}`).join(', ');
  return `SELECT a.* EXCLUDE (place) REPLACE (${dealt}) FROM (${order('id')}) AS a JOIN (${order('hash(id, 3), id')}) AS b USING (place)`;
}

function replaced(change: string, table = 'fresh_customers'): string {
  return `SELECT * REPLACE (${change}) FROM ${table}`;
}

const quantile = (column: string, share: number): string =>
  `(SELECT quantile_disc(${column}, ${share}) FROM train_customers)`;
const squeezed = (column: string): string =>
  `(SELECT avg(${column}) FROM train_customers) + 0.5 * (${column} - (SELECT avg(${column}) FROM train_customers))`;
/** Noise of up to `size`, within what real values reach. */
const jittered = (name: string, size: number, of = 'train_customers'): string => {
  const column = of === 'train_orders' ? `o.${name}` : `c.${name}`;
  return `CASE WHEN ${column} IS NOT NULL THEN greatest((SELECT min(${name}) FROM ${of}), least((SELECT max(${name}) FROM ${of}),
    ${column} + ${size} * ((hash(p.id, '${name}') % 2001)::DOUBLE / 1000 - 1))) END AS ${name}`;
};

const everyPick = 'SELECT id, id - (SELECT min(id) FROM fresh_customers) + 1 AS pick FROM fresh_customers';
const people = '(SELECT count(*) FROM train_customers)';

const newcomer = `joined > DATE '1970-01-01' + ${lastMonth}`;
const newcomers = (column: string, value: string): string =>
  `CASE WHEN ${newcomer} THEN ${value} ELSE ${column} END AS ${column}`;
const drift = [
  newcomers('referrer', "'web'"),
  newcomers('plan', "'basic'"),
  newcomers('region', "'centre'"),
  newcomers('origin', "'eu'"),
  newcomers('age', '20 + id % 8'),
  newcomers('income', 'income / 2'),
  newcomers('usage', 'usage / 2'),
  newcomers('churned', 'true'),
].join(', ');

export const failures: readonly Failure[] = [
  { name: 'fresh draw', what: 'nothing: other people of the same population', stops: false },
  {
    name: 'column shuffle',
    what: 'the incomes are dealt out anew among the rows',
    mirror: { customers: shuffled('fresh_customers', 'income') },
  },
  {
    name: 'bootstrap copy',
    what: 'every row is a real row, drawn with replacement',
    mirror: copies(`SELECT id, (hash(id, 5) % ${people} + 1)::INTEGER AS pick FROM fresh_customers`),
  },
  { name: '5 % copies', what: 'one row in 20 is a real row', mirror: someCopied(20) },
  { name: '1 % copies', what: 'one row in 100 is a real row', mirror: someCopied(100) },
  {
    name: 'jitter',
    what: 'every row is a real row with a little noise on its numbers',
    mirror: copies(
      everyPick,
      `, ${jittered('usage', 1)}, ${jittered('income', 300)}, CAST(least(85, greatest(18, c.age + (hash(p.id, 7) % 3)::INTEGER - 1)) AS INTEGER) AS age`,
      `, ${jittered('amount', 2, 'train_orders')}`,
    ),
  },
  {
    name: 'early collapse',
    what: 'the outer hundredths of two numbers and a rare region are gone',
    mirror: only(
      `region <> 'islands' AND usage < ${quantile('usage', 0.99)} AND usage > ${quantile('usage', 0.01)} AND coalesce(income < ${quantile('income', 0.99)}, true)`,
    ),
  },
  {
    name: 'late collapse',
    what: 'numbers vary half as much, and only the frequent regions are left',
    mirror: {
      ...only(`region NOT IN ('islands', 'enclave', 'hills', 'coast')`),
      customers: `${replaced(`${squeezed('income')} AS income, ${squeezed('usage')} AS usage, CAST(round(${squeezed('age')}) AS INTEGER) AS age`)}
        WHERE region NOT IN ('islands', 'enclave', 'hills', 'coast')`,
    },
  },
  {
    name: 'label shuffle',
    what: 'the target is dealt out anew among the rows',
    mirror: { customers: shuffled('fresh_customers', 'churned') },
  },
  {
    name: 'rare class dropped',
    what: 'the rarest region is replaced by the most frequent one',
    mirror: { customers: replaced(`CASE WHEN region = 'islands' THEN 'north' ELSE region END AS region`) },
  },
  {
    name: 'orphaned key',
    what: 'three orders belong to no customer',
    mirror: {
      orders: replaced(
        'CASE WHEN id IN (SELECT id FROM fresh_orders ORDER BY hash(id) LIMIT 3) THEN -1 ELSE customer_id END AS customer_id',
        'fresh_orders',
      ),
    },
  },
  {
    name: 'group under-represented',
    what: 'of the smallest group three in four are gone',
    mirror: only(`origin <> 'overseas' OR hash(id) % 4 = 0`),
  },
  {
    name: 'groups apart',
    what: 'more women and fewer men leave than do',
    mirror: {
      customers: replaced(`CASE WHEN hash(id, 13) % 5 < 2 THEN sex = 'f' ELSE churned END AS churned`),
    },
  },
  {
    name: 'drifted month',
    what: 'the month after the mirror was learnt, customers of another kind joined',
    learntBefore: true,
    train: { customers: replaced(drift, 'train_customers') },
    held: { customers: replaced(drift, 'held_customers') },
  },
  {
    name: 'another unit',
    what: 'incomes are ten times as large',
    mirror: { customers: replaced('income * 10 AS income') },
  },
  {
    name: 'NULLs filled',
    what: 'missing incomes are 0',
    mirror: { customers: replaced('coalesce(income, 0) AS income') },
  },
  {
    name: 'column lost',
    what: 'a column is missing',
    mirror: { customers: 'SELECT * EXCLUDE (referrer) FROM fresh_customers' },
  },
  {
    name: 'key repeated',
    what: 'two customers have the same number',
    mirror: { customers: replaced('CASE WHEN id % 5000 = 9 THEN id + 1 ELSE id END AS id') },
  },
  {
    name: 'rule broken',
    what: 'some addresses have no @, which a rule of the config asks for',
    mirror: { customers: replaced(`CASE WHEN id % 500 = 9 THEN 'none' ELSE email END AS email`) },
  },
  {
    name: 'category invented',
    what: 'some have a plan that does not exist',
    mirror: { customers: replaced(`CASE WHEN id % 500 = 9 THEN 'platinum' ELSE plan END AS plan`) },
  },
  {
    name: 'category of three',
    what: 'the real region of three people comes back',
    train: { customers: replaced(`CASE WHEN id <= 3 THEN 'cape' ELSE region END AS region`, 'train_customers') },
    mirror: { customers: replaced(`CASE WHEN id % 5000 = 9 THEN 'cape' ELSE region END AS region`) },
  },
  {
    name: "one person's extreme",
    what: 'the greatest debt is that of one real person',
    train: { customers: replaced('CASE WHEN id = 3 THEN 19999 ELSE debt END AS debt', 'train_customers') },
    mirror: { customers: replaced('CASE WHEN id % 10000 = 9 THEN 19999 ELSE debt END AS debt') },
  },
  {
    name: 'addresses leaked',
    what: 'six e-mail addresses of real people come back',
    mirror: {
      customers: `SELECT f.* REPLACE (CASE WHEN f.id % 1000 = 9 THEN c.email ELSE f.email END AS email)
        FROM fresh_customers AS f JOIN train_customers AS c ON c.id = f.id - (SELECT min(id) FROM fresh_customers) + 1`,
    },
  },
  {
    name: 'small groups',
    what: 'sex, region and age of every second row are those of a real person from a small group',
    mirror: {
      customers: `WITH grouped AS (SELECT id, sex, region, age, count(*) OVER (PARTITION BY sex, region, age) AS people FROM train_customers),
        small AS (SELECT sex, region, age, row_number() OVER (ORDER BY id) AS place FROM grouped WHERE people < 6),
        placed AS (SELECT *, CASE WHEN id % 2 = 0 THEN (id // 2) % (SELECT count(*) FROM small) + 1 END AS place FROM fresh_customers)
        SELECT f.* EXCLUDE (place) REPLACE (coalesce(s.sex, f.sex) AS sex, coalesce(s.region, f.region) AS region, coalesce(s.age, f.age) AS age)
        FROM placed AS f LEFT JOIN small AS s USING (place)`,
    },
  },
  {
    name: 'three-way tie',
    what: 'two columns together say a third, and no two of them do',
    mirror: {
      customers: replaced(
        `CASE WHEN (region IN ('north', 'east', 'coast', 'hills')) = (plan = 'basic') THEN 'f' ELSE 'm' END AS sex`,
      ),
    },
  },
  {
    name: 'orders dealt out',
    what: 'orders belong to random customers',
    mirror: {
      orders: replaced(
        `(SELECT min(id) FROM fresh_customers) + (hash(id, 11) % (SELECT count(*) FROM fresh_customers))::INTEGER AS customer_id`,
        'fresh_orders',
      ),
    },
  },
  {
    name: 'orders without order',
    what: 'the days of orders are dealt out anew',
    mirror: { orders: shuffled('fresh_orders', 'placed') },
  },
  {
    name: 'holdout learnt',
    what: 'one row in eleven of the holdout was learnt from',
    held: {
      customers: `SELECT * FROM held_customers UNION ALL SELECT * FROM train_customers WHERE id % 24 = 1`,
      orders: `SELECT * FROM held_orders UNION ALL SELECT * FROM train_orders WHERE customer_id % 24 = 1`,
    },
  },
  {
    name: 'mirror of a mirror',
    what: 'it was learnt from a mirror',
    target: { lineage: { generation: 2, realShare: 0 } },
  },
  {
    name: 'worse each time',
    what: 'nine mirrors in a row, each a little further from the source',
    mirror: {
      customers: replaced(`CASE WHEN usage > 0 THEN least(85, usage + 1.5) ELSE usage END AS usage,
        CASE WHEN income > 0 THEN least(200000, 1.06 * income) ELSE income END AS income`),
    },
    history: {
      runs: Array.from({ length: 8 }, (_, i) => ({
        id: `r${i}`,
        at: `2025-01-0${i + 1}T06:00:00Z`,
        published: true,
        values: [{ audit: 'fid.ks', columns: ['usage'], value: 0.001 + 0.0025 * i }],
      })),
    },
  },
  {
    name: 'log edited',
    what: 'an earlier result was changed in the state',
    history: { chain: { links: 40, broken: 1 } },
  },
  {
    name: 'audits overdue',
    what: 'the audits of the tier release have not run for a year',
    history: { tiers: { release: '2024-01-01T00:00:00Z' } },
    stops: false,
  },
  {
    name: 'another mirror',
    what: 'the same data, config and seed gave other rows than before',
    history: { mirror: { digest: 'one', expected: 'another' } },
    stops: false,
  },
];
