// The state file: SQLite through libsql and drizzle. Many processes may read it while one build writes.
import { and, asc, desc, eq, inArray, ne, notInArray, sql } from 'drizzle-orm';
import type { LibSQLDatabase } from 'drizzle-orm/libsql';
import { index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { AuditResult } from '../audit.ts';
import { SynthError } from '../errors.ts';
import type { MirrorLineage } from '../lineage.ts';
import type { TableSketch } from '../sketch.ts';
import { appendLink, type ChainCheck, checkChain } from './chain.ts';
import { exclusively } from './exclusive.ts';
import type {
  AuditedRun,
  NoteRecord,
  ReleaseRecord,
  RunOutcome,
  RunRecord,
  StateReader,
  StateWriter,
  TableState,
} from './types.ts';

// The tables as core/state/migrations.ts creates them; not exported, since only this file speaks to them.
const runs = sqliteTable('runs', {
  id: text('id').primaryKey(),
  command: text('command').notNull(),
  status: text('status').$type<RunRecord['status']>().notNull(),
  startedAt: text('started_at').notNull(),
  endedAt: text('ended_at'),
  releaseId: text('release_id'),
  message: text('message'),
});
const releases = sqliteTable('releases', {
  id: text('id').primaryKey(),
  runId: text('run_id').notNull(),
  createdAt: text('created_at').notNull(),
  current: integer('current', { mode: 'boolean' }).notNull(),
});
const tableStates = sqliteTable(
  'table_states',
  {
    releaseId: text('release_id').notNull(),
    table: text('table_name').notNull(),
    fingerprint: text('fingerprint').notNull(),
    fitDigest: text('fit_digest').notNull(),
    sampleDigest: text('sample_digest').notNull(),
    auditDigest: text('audit_digest').notNull(),
    generator: text('generator').notNull(),
    generatorVersion: integer('generator_version').notNull(),
    fitPath: text('fit_path'),
    rows: integer('row_count').notNull(),
    sketch: text('sketch', { mode: 'json' }).$type<TableSketch>(),
    mirrorDigest: text('mirror_digest'),
    schema: text('source_schema', { mode: 'json' }).$type<NonNullable<TableState['schema']>>(),
    learntAt: text('learnt_at'),
    lineage: text('lineage', { mode: 'json' }).$type<MirrorLineage>(),
  },
  (columns) => [primaryKey({ columns: [columns.releaseId, columns.table] })],
);
const auditResults = sqliteTable(
  'audit_results',
  {
    runId: text('run_id').notNull(),
    position: integer('position').notNull(),
    auditId: text('audit_id').notNull(),
    table: text('table_name').notNull(),
    verdict: text('verdict').notNull(),
    value: real('value'),
    result: text('result', { mode: 'json' }).$type<AuditResult>().notNull(),
  },
  (columns) => [
    primaryKey({ columns: [columns.runId, columns.position] }),
    index('audit_history').on(columns.table, columns.auditId, columns.runId),
  ],
);
const lineages = sqliteTable(
  'lineage',
  {
    releaseId: text('release_id').notNull(),
    table: text('table_name').notNull(),
    record: text('record', { mode: 'json' }).$type<MirrorLineage>().notNull(),
  },
  (columns) => [primaryKey({ columns: [columns.releaseId, columns.table] })],
);
const notes = sqliteTable('notes', {
  runId: text('run_id').notNull(),
  at: text('at').notNull(),
  text: text('text').notNull(),
});

export function createReader(db: LibSQLDatabase): StateReader {
  return {
    async tables(): Promise<ReadonlyMap<string, TableState>> {
      const rows = await db
        .select()
        .from(tableStates)
        .innerJoin(releases, eq(tableStates.releaseId, releases.id))
        .where(eq(releases.current, true));
      return new Map(rows.map((row) => [row.table_states.table, toTableState(row.table_states)]));
    },
    async runs(limit = 20): Promise<readonly RunRecord[]> {
      return (await db.select().from(runs).orderBy(desc(runs.id)).limit(limit)).map(toRun);
    },
    async releases(): Promise<readonly ReleaseRecord[]> {
      const [found, tables] = [
        await db.select().from(releases).orderBy(desc(releases.id)),
        await db.select().from(tableStates).orderBy(asc(tableStates.table)),
      ];
      return found.map((release) => ({
        ...release,
        tables: tables.filter((table) => table.releaseId === release.id).map((table) => table.table),
      }));
    },
    async auditResults(runId: string): Promise<readonly AuditResult[]> {
      const rows = await db
        .select({ result: auditResults.result })
        .from(auditResults)
        .where(eq(auditResults.runId, runId))
        .orderBy(asc(auditResults.position));
      return rows.map((row) => row.result);
    },
    async auditedRuns(table, { audit, limit = 30 } = {}): Promise<readonly AuditedRun[]> {
      const wanted = and(
        eq(auditResults.table, table),
        ...(audit === undefined ? [] : [eq(auditResults.auditId, audit)]),
      );
      const last = db
        .selectDistinct({ id: auditResults.runId })
        .from(auditResults)
        .where(wanted)
        .orderBy(desc(auditResults.runId))
        .limit(limit);
      const rows = await db
        .select({ run: runs, result: auditResults.result })
        .from(auditResults)
        .innerJoin(runs, eq(auditResults.runId, runs.id))
        .where(and(wanted, inArray(auditResults.runId, last)))
        .orderBy(asc(auditResults.runId), asc(auditResults.position));
      const found = new Map<string, { run: RunRecord; results: AuditResult[] }>();
      for (const { run, result } of rows) {
        const entry = found.get(run.id) ?? { run: toRun(run), results: [] };
        found.set(run.id, entry);
        entry.results.push(result);
      }
      return [...found.values()];
    },
    async auditTimes(table): Promise<{ readonly first?: string; readonly last: ReadonlyMap<string, string> }> {
      const rows = await db
        .select({
          id: auditResults.auditId,
          first: sql<string>`min(${runs.startedAt})`,
          last: sql<string>`max(${runs.startedAt})`,
        })
        .from(auditResults)
        .innerJoin(runs, eq(auditResults.runId, runs.id))
        .where(eq(auditResults.table, table))
        .groupBy(auditResults.auditId);
      const [first] = rows.map((row) => row.first).sort();
      return { ...(first === undefined ? {} : { first }), last: new Map(rows.map(({ id, last }) => [id, last])) };
    },
    async lineage(): Promise<readonly MirrorLineage[]> {
      const rows = await db.select().from(lineages).orderBy(asc(lineages.releaseId), asc(lineages.table));
      return rows.map(({ record }) => record);
    },
    async checkChain(limit = 50): Promise<ChainCheck> {
      return await checkChain(db, limit);
    },
    async notes(limit = 20): Promise<readonly NoteRecord[]> {
      return await db.select().from(notes).orderBy(desc(notes.at), desc(sql`rowid`)).limit(limit);
    },
  };
}

type Transaction = Parameters<Parameters<LibSQLDatabase['transaction']>[0]>[0];

export function createWriter(db: LibSQLDatabase): StateWriter {
  // Each write in its turn.
  const transact = (work: (transaction: Transaction) => Promise<void>): Promise<void> =>
    exclusively(() => db.transaction(work));
  return {
    async startRun(run): Promise<void> {
      await exclusively(() =>
        db
          .insert(runs)
          .values({ ...run, status: 'running' })
          .run(),
      );
    },
    async endRun(id, end): Promise<void> {
      await exclusively(() => db.update(runs).set(end).where(eq(runs.id, id)).run());
    },
    async recordRelease(release, tables): Promise<void> {
      await transact(async (transaction) => {
        await transaction.update(releases).set({ current: false });
        await transaction.insert(releases).values({ ...release, current: true });
        if (tables.length === 0) return;
        const rows = tables.map((table) => ({ ...table, releaseId: release.id }));
        await transaction.insert(tableStates).values(rows);
        // Of mirrors that stay, it is there already; it outlives the releases that are dropped.
        const made = tables.flatMap(({ lineage }) => lineage ?? []);
        if (made.length === 0) return;
        await transaction
          .insert(lineages)
          .values(made.map((record) => ({ releaseId: record.release, table: record.table, record })))
          .onConflictDoNothing();
      });
    },
    async setCurrentRelease(id): Promise<void> {
      await transact(async (transaction) => {
        const found = await transaction.select().from(releases).where(eq(releases.id, id));
        if (found.length === 0) {
          throw new SynthError('state.unknown-release', `The release ${id} is not in the state.`, {
            hint: 'See `synth history` for the releases that are.',
          });
        }
        await transaction.update(releases).set({ current: false }).where(ne(releases.id, id));
        await transaction.update(releases).set({ current: true }).where(eq(releases.id, id));
      });
    },
    async keepReleases(ids): Promise<void> {
      await transact(async (transaction) => {
        const dropped = await transaction
          .select({ id: releases.id })
          .from(releases)
          .where(and(eq(releases.current, false), notInArray(releases.id, [...ids])));
        const gone = dropped.map((release) => release.id);
        await transaction.delete(tableStates).where(inArray(tableStates.releaseId, gone));
        await transaction.delete(releases).where(inArray(releases.id, gone));
      });
    },
    async recordAudits(runId, results): Promise<void> {
      await transact(async (transaction) => {
        const [last] = await transaction
          .select({ position: sql<number>`coalesce(max(${auditResults.position}), -1)` })
          .from(auditResults)
          .where(eq(auditResults.runId, runId));
        const first = (last?.position ?? -1) + 1;
        // In parts: SQLite takes at most 32,766 parameters a statement.
        for (let start = 0; start < results.length; start += 1000) {
          const rows = results.slice(start, start + 1000).map((result, offset) => ({
            runId,
            position: first + start + offset,
            auditId: result.id,
            table: result.table,
            verdict: result.verdict,
            value: result.value,
            result,
          }));
          await transaction.insert(auditResults).values(rows);
        }
        if (results.length > 0) await appendLink(transaction, runId, first, results.length);
      });
    },
    async note(runId, at, text): Promise<void> {
      await exclusively(() => db.insert(notes).values({ runId, at, text }).run());
    },
    async markInterrupted(endedAt, exceptRunId = ''): Promise<readonly RunRecord[]> {
      const status: RunOutcome = 'interrupted';
      const unended = and(eq(runs.status, 'running'), ne(runs.id, exceptRunId));
      const found = await exclusively(() => db.update(runs).set({ status, endedAt }).where(unended).returning().all());
      return found.map(toRun);
    },
  };
}

function toRun(row: typeof runs.$inferSelect): RunRecord {
  const { id, command, status, startedAt, endedAt, releaseId, message } = row;
  return {
    ...{ id, command, status, startedAt },
    ...(endedAt === null ? {} : { endedAt }),
    ...(releaseId === null ? {} : { releaseId }),
    ...(message === null ? {} : { message }),
  };
}

function toTableState(row: typeof tableStates.$inferSelect): TableState {
  const { releaseId: _, fitPath, sketch, mirrorDigest, schema, learntAt, lineage, ...state } = row;
  return {
    ...state,
    ...(fitPath === null ? {} : { fitPath }),
    ...(sketch === null ? {} : { sketch }),
    ...(mirrorDigest === null ? {} : { mirrorDigest }),
    ...(schema === null ? {} : { schema }),
    ...(learntAt === null ? {} : { learntAt }),
    ...(lineage === null ? {} : { lineage }),
  };
}
