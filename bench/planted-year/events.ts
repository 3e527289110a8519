// What is planted in a year of weekly snapshots, and how a snapshot is made of a real table. Pure but for the SQL text.

export interface PlantedEvent {
  readonly name: string;
  /** The first week, 1 to 52, whose snapshot has it. */
  readonly week: number;
  /** It must be told by then. */
  readonly by: number;
  readonly what: string;
}

export type EventName = 'drift' | 'break' | 'loop' | 'schema' | 'nulls';

/** In order of their weeks. */
export type Calendar = Readonly<Record<EventName, PlantedEvent>> & {
  /** The drift: minutes of delay a week, and the week in which it ends. */
  readonly step: number;
  readonly until: number;
};

export const year: Calendar = {
  ...{ step: 2, until: 18 },
  drift: { name: 'slow drift', week: 7, by: 16, what: 'delay rises by two minutes a week, until week 18' },
  break: { name: 'sudden break', week: 22, by: 22, what: 'distance is in kilometres from now on' },
  loop: { name: 'feedback loop', week: 30, by: 30, what: 'a quarter of the rows are rows of the visible mirror' },
  schema: { name: 'schema change', week: 38, by: 38, what: 'a column gate appears' },
  nulls: { name: 'column goes NULL', week: 44, by: 44, what: 'hour is missing in all rows' },
};

/** The same in two months, for a test. */
export const months: Calendar = {
  ...{ step: 5, until: 4 },
  drift: { ...year.drift, week: 3, by: 4, what: 'delay rises by five minutes a week, until week 4' },
  break: { ...year.break, week: 5, by: 5 },
  loop: { ...year.loop, week: 6, by: 6 },
  schema: { ...year.schema, week: 7, by: 7 },
  nulls: { ...year.nulls, week: 8, by: 8 },
};

export interface SnapshotOptions {
  readonly week: number;
  readonly rows: number;
  readonly seed: number;
  /** Without: the seasonal wave alone. */
  readonly calendar: Calendar | undefined;
  /** Weeks of one wave. */
  readonly season: number;
  /** `mirrors.duckdb`, attached as `mirrors`, has a mirror to feed back. */
  readonly mirrored: boolean;
}

/**
 * The snapshot of a week out of `flights` (delay, distance, origin, hour, weekday): other rows each week, mornings more frequent
 * in one half of a season than in the other.
 */
export function snapshotSql(options: SnapshotOptions): string {
  const { week, rows, seed, calendar, season, mirrored } = options;
  const since = (event: EventName): boolean => calendar !== undefined && week >= calendar[event].week;
  const { step = 0, until = 0, drift } = calendar ?? {};
  const late = drift !== undefined && since('drift') ? step * (Math.min(week, until) - drift.week + 1) : 0;
  const wave = (0.06 * Math.sin((2 * Math.PI * week) / season)).toFixed(6);
  const picked = `select *, row_number() over (order by hash(n, ${seed}, ${week})) as position from flights
    where (hash(n, ${seed}, ${week}, 1) % 1000000) / 1e6 < (1 + case when hour < 12 then ${wave} else -(${wave}) end) / 1.1
    qualify position <= ${rows}`;
  const distance = since('break') ? '(distance * 1.609)::int' : 'distance';
  const hour = since('nulls') ? 'null::int' : 'hour';
  const own = `select position as id, delay + ${late} as delay, ${distance} as distance, origin, ${hour} as hour, weekday from (${picked})`;
  const looped = since('loop') && mirrored;
  const back = Math.floor(rows / 4);
  const columns = 'id, delay, distance, origin, hour, weekday';
  const all = looped
    ? `select ${columns} from (${own}) where id > ${back} union all
       select 1000000 + row_number() over (order by hash(m, ${week})) as id, delay, distance, origin, hour, weekday
       from (select * from mirrors.main.flights as m order by hash(m, ${week}) limit ${back}) as m`
    : own;
  const gate = since('schema') ? `, ['A', 'B', 'C'][1 + (hash(id, ${week}) % 3)::int] as gate` : '';
  return `select *${gate} from (${all})`;
}
