// A made-up family of tables for benchmarks: 10,000 customers and about 71,000 orders with memory, gaps and constants.

/** SQL that creates `parents` and `children`; the same rows for the same seed. */
export function fakeFamily(seed: number): string {
  const u = (...of: string[]): string =>
    `((hash(${[...of, String(seed)].join(', ')}) // 1000003) % 1000000) / 1000000.0`;
  return `
    create table parents as
      select i as id, case when ${u('i', '1')} < 0.5 then 'north' when ${u('i', '1')} < 0.8 then 'south' else 'west' end as region,
        date '2015-01-01' + cast(1500 * sqrt(${u('i', '2')}) as integer) as joined, cast(18 + 60 * ${u('i', '3')} as integer) as age,
        round(exp(7 + 0.8 * ${u('i', '4')} + 0.6 * ${u('i', '5')}), 0) as income
      from range(10000) as t(i);
    create table children as
      with planned as (
        select *, greatest(1, cast(floor(-5.5 * ln(1 - ${u('id', '6')}) * (0.6 + age / 60.0)) as integer)) as orders,
          case when region = 'west' or ${u('id', '7')} < 0.3 then 'app' else 'web' end as channel from parents),
      events as (
        select p.*, n, ${u('id', 'n', '8')} as a, ${u('id', 'n - 1', '8')} as b, ${u('id', 'n - 2', '8')} as c,
          sum(1 + cast(floor(-40 * ln(1 - 0.999 * ${u('id', 'n', '9')})) as integer)) over (partition by id order by n) as days,
          ${u('id', '11')} as taste
        from planned as p, range(60) as t(n) where n < orders)
      select id as parent_id, joined + cast(days as integer) as ordered_at,
        case when taste + 0.4 * (a - 0.5) < 0.4 then 'food' when taste + 0.4 * (b - 0.5) < 0.75 then 'books' else 'tools' end as kind,
        round(income / 40 * exp(0.7 * (a + b + c) - 0.5) * (1 + 0.02 * n), 2) as amount,
        1 + cast(floor(4 * a * b) as integer) as pieces, channel,
        case when c < 0.1 then null else round(5 * (a + b) / 2, 1) end as rating
      from events order by parent_id, n;`;
}
