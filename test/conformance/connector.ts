// What every connector must do, as checks that anyone can run on their own: `for (const { title, run } of connectorChecks(…))`.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openWorkspace } from '../../connectors/duckdb/index.ts';
import type { AttachedSource, Connector, Workspace } from '../../core/connector.ts';
import { selectFrom } from '../../core/sql.ts';

export interface ConnectorCheck {
  readonly title: string;
  run(): Promise<void>;
}

export interface ConnectorFixture {
  /** A connector with at least one table that has rows; made anew in an empty folder for each check. */
  create(folder: string): Promise<Connector>;
}

export function connectorChecks(fixture: ConnectorFixture): readonly ConnectorCheck[] {
  const check = (
    title: string,
    body: (source: AttachedSource, workspace: Workspace, connector: Connector) => Promise<void>,
  ): ConnectorCheck => ({
    title,
    run: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'synth-conformance-'));
      try {
        const connector = await fixture.create(folder);
        const { signal } = new AbortController();
        await using workspace = await openWorkspace({ tempDirectory: join(folder, 'tmp'), signal });
        await using source = await connector.attach(workspace);
        await body(source, workspace, connector);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  });

  return [
    check('is a plain, frozen object that says where it reads', async (_source, _workspace, connector) => {
      assert.equal(connector.kind, 'connector');
      assert.ok(Object.isFrozen(connector));
      assert.notEqual(connector.name, '');
      assert.notEqual(connector.location, '');
    }),
    check('lists tables with distinct names and at least one column each', async (source) => {
      const tables = await source.tables();
      assert.ok(tables.length > 0);
      assert.equal(new Set(tables.map(({ name }) => JSON.stringify(name))).size, tables.length);
      for (const { columns } of tables) {
        assert.ok(columns.length > 0);
        assert.equal(new Set(columns.map(({ name }) => name)).size, columns.length);
      }
    }),
    check('lists tables and columns in the same order each time', async (source) => {
      assert.deepEqual(await source.tables(), await source.tables());
    }),
    check('names in keys only columns that the tables have', async (source) => {
      const tables = await source.tables();
      for (const { columns, primaryKey, uniques, foreignKeys } of tables) {
        const names = new Set(columns.map(({ name }) => name));
        const own = [primaryKey, ...uniques, ...foreignKeys.map((key) => key.columns)].flat();
        for (const name of own) assert.ok(names.has(name), name);
        for (const { columns: from, references } of foreignKeys) {
          const parent = tables.find(({ name }) => JSON.stringify(name) === JSON.stringify(references.table));
          const parentNames = parent?.columns.map(({ name }) => name) ?? references.columns;
          assert.equal(from.length, references.columns.length);
          for (const name of references.columns) assert.ok(parentNames.includes(name), name);
        }
      }
    }),
    check('shows the same rows to SQL and to batches', async (source, workspace) => {
      for (const table of await source.tables()) {
        const columns = table.columns.filter(({ type }) => type.kind !== 'unsupported');
        const query = selectFrom(workspace.db, source.relation(table.name), 't');
        const [counted] = await query.select(sql<number>`count(*)`.as('n')).execute();
        const batch = await workspace.read(query.selectAll().compile(), columns);
        assert.equal(batch.rowCount, counted?.n);
        assert.deepEqual(
          [...batch.columns.keys()],
          columns.map(({ name }) => name),
        );
      }
    }),
    check('keeps its rows when batches are written elsewhere', async (source, workspace) => {
      for (const [i, table] of (await source.tables()).entries()) {
        const columns = table.columns.filter(({ type }) => type.kind !== 'unsupported');
        const query = selectFrom(workspace.db, source.relation(table.name), 't').selectAll().compile();
        const batch = await workspace.read(query, columns);
        const target = { catalog: workspace.scratch, table: `copy_${i}` };
        await using writer = await workspace.write(target, columns);
        await writer.append(batch);
        await writer.finish();
        const again = await workspace.read(selectFrom(workspace.db, target, 't').selectAll().compile(), columns);
        assert.deepEqual(again, batch);
      }
    }),
    check('gives a fingerprint that repeats and tells tables apart', async (source) => {
      const tables = await source.tables();
      const prints = await Promise.all(tables.map((table) => source.fingerprint(table)));
      assert.deepEqual(await Promise.all(tables.map((table) => source.fingerprint(table))), prints);
      assert.equal(new Set(prints).size, tables.length);
    }),
    check('refuses to be written to', async (source, { db }) => {
      const [table] = await source.tables();
      assert.ok(table !== undefined);
      const { catalog = 'main', schema = 'main', table: name } = source.relation(table.name);
      await assert.rejects(sql`delete from ${sql.id(catalog, schema, name)}`.execute(db));
    }),
  ];
}
