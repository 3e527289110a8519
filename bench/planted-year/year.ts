// A year of weekly snapshots, built by the real scheduler under a clock of its own; gives what people were told, week by week.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { duckdb } from '../../connectors/duckdb/index.ts';
import type { AlertChannel, AlertMessage } from '../../core/alert.ts';
import { defineConfig } from '../../core/config/define.ts';
import { normaliseConfig } from '../../core/config/normalise.ts';
import { runDue } from '../../core/schedule/index.ts';
import { copula } from '../../generators/index.ts';
import { type Calendar, snapshotSql } from './events.ts';

export interface YearOptions {
  readonly seed: number;
  readonly weeks: number;
  readonly rows: number;
  /** Without: a control. */
  readonly calendar?: Calendar;
  readonly season?: number;
}

export interface Week {
  readonly week: number;
  readonly status: string;
  /** Why the plan learnt the table, or left it. */
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
  /** What the channel was sent: opened incidents alone. */
  readonly alerts: readonly { readonly about: string; readonly columns: readonly string[]; readonly reason: string }[];
  /** Audits of drift that warned or failed, as `drf.psi distance`. */
  readonly drifted: readonly string[];
  readonly driftReasons: readonly string[];
}

const flights = fileURLToPath(new URL('../../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url));
const monday = Date.UTC(2026, 0, 5, 7);
const weekMillis = 7 * 86_400_000;

export async function playYear(
  options: YearOptions,
  onWeek: (week: Week) => void = () => {},
): Promise<readonly Week[]> {
  const folder = await mkdtemp(join(tmpdir(), 'synthouse-year-'));
  const home = process.cwd();
  process.chdir(folder);
  const told: AlertMessage[] = [];
  const channel: AlertChannel = {
    ...{ kind: 'alert-channel', name: 'listener', severity: 'warn' },
    send: async (message) => void told.push(message),
  };
  const config = normaliseConfig(
    defineConfig({
      source: duckdb({ path: 'source.duckdb' }),
      mirrors: duckdb({ path: 'mirrors.duckdb' }),
      seed: options.seed,
      tables: { flights: { generator: copula(), key: 'id' } },
      schedule: '0 6 * * 1',
      refit: 'drift',
      // How near a copula comes to delays by origin is not the matter here.
      audits: {
        severity: { 'fid.ks': 'warn', 'fid.tvd': 'warn', 'fid.w1': 'warn', 'fid.corr': 'warn', 'fid.pair': 'warn' },
      },
      contamination: 'warn',
      alerts: [channel],
      threads: 1,
    }),
    { file: join(folder, 'synth.config.ts'), directory: folder, displayFile: 'synth.config.ts' },
  );
  const weeks: Week[] = [];
  try {
    for (let week = 1; week <= options.weeks; week++) {
      await writeSnapshot(folder, week, options);
      const notes: string[] = [];
      const before = told.length;
      const result = await runDue({
        config,
        threads: 1,
        signal: new AbortController().signal,
        clock: () => new Date(monday + (week - 1) * weekMillis),
        progress: (event) => void (event.kind === 'note' && notes.push(event.message)),
      });
      if (result.error !== undefined) notes.push(result.error.message);
      const [table] = result.build?.tables ?? [];
      const drift = (table?.audits ?? []).filter(
        ({ id, verdict }) => id.startsWith('drf.') && ['warn', 'fail'].includes(verdict),
      );
      const found: Week = {
        week,
        status: result.ran[0]?.status ?? 'not run',
        reasons: table?.reasons ?? [],
        notes,
        alerts: told
          .slice(before)
          .flatMap(({ opened }) => opened.map(({ about, columns, reason }) => ({ about, columns, reason }))),
        drifted: drift.map(({ id, columns }) => [id, ...columns].join(' ')),
        driftReasons: drift.map(({ reason }) => reason),
      };
      weeks.push(found);
      onWeek(found);
    }
    return weeks;
  } finally {
    process.chdir(home);
    await rm(folder, { recursive: true, force: true });
  }
}

/** The real table is read once a year's folder; each week is a table of its own, written over the one before. */
async function writeSnapshot(folder: string, week: number, options: YearOptions): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const base = join(folder, 'base.duckdb');
    await connection.run(`attach '${base}' as base`);
    await connection.run(`create table if not exists base.flights as
      select row_number() over (order by date, origin, destination, delay) as n, delay::int as delay, distance::int as distance,
        case when origin in ('ATL', 'ORD', 'DFW', 'LAX', 'IAH', 'PHX', 'DEN', 'DTW', 'MSP', 'LAS') then origin else 'other' end as origin,
        hour(date)::int as hour, dayofweek(date)::int as weekday
      from (select * from read_parquet('${flights}') where hash(date, origin, destination) % 20 = 0)
      where delay between -60 and 300`);
    await connection.run('create view flights as select * from base.flights');
    const mirrored = week > 1;
    if (mirrored) await connection.run(`attach '${join(folder, 'mirrors.duckdb')}' as mirrors (read_only)`);
    await connection.run(`attach '${join(folder, 'source.duckdb')}' as source`);
    const { seed, rows, calendar, season = 13 } = options;
    await connection.run(
      `create or replace table source.main.flights as ${snapshotSql({ week, seed, rows, calendar, season, mirrored })}`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
