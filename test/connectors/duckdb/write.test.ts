import assert from 'node:assert/strict';
import { columnTypeOf, sqlTypeOf } from '../../../connectors/duckdb/index.ts';
import type { ColumnBatch, ColumnVector } from '../../../core/batch.ts';
import type { ColumnSchema } from '../../../core/schema.ts';
import { failure, inWorkspace, run, schemaOf } from '../support.ts';

function column(name: string, sqlType: string, nullable = true): ColumnSchema {
  return { name, sqlType, type: columnTypeOf(sqlType), nullable };
}

function batch(columns: Record<string, ColumnVector>, rowCount: number): ColumnBatch {
  return { rowCount, columns: new Map(Object.entries(columns)) };
}

function category(labels: readonly string[], codes: number[], valid?: number[]): ColumnVector {
  const mask = valid === undefined ? {} : { valid: Uint8Array.from(valid) };
  return { kind: 'category', labels, codes: Uint32Array.from(codes), ...mask };
}

describe('the batch writer', () => {
  it('joins the dictionaries of batches from several workers', () =>
    inWorkspace(async (workspace) => {
      await using writer = await workspace.write({ table: 't' }, [column('a', 'VARCHAR')]);
      const shared = ['x', 'y'];
      await writer.append(batch({ a: category(shared, [0, 1]) }, 2));
      await writer.append(batch({ a: category(['y', 'z', 'x'], [0, 1, 2], [1, 1, 1]) }, 3));
      await writer.append(batch({ a: category(shared, [1, 0], [1, 0]) }, 2));
      await writer.append(batch({ a: { kind: 'text', values: ['w', null, 'x'] } }, 3));
      await writer.finish();
      const rows = await run(workspace, 'select a from t order by rowid');
      assert.deepEqual(
        rows.map(({ a }) => a),
        ['x', 'y', 'y', 'z', 'x', 'y', null, 'w', null, 'x'],
      );
    }));

  it('takes categories where text came first', () =>
    inWorkspace(async (workspace) => {
      await using writer = await workspace.write({ table: 't' }, [column('a', 'VARCHAR')]);
      await writer.append(batch({ a: { kind: 'text', values: ['w', null] } }, 2));
      await writer.append(batch({ a: category(['x', 'y'], [1, 0], [1, 0]) }, 2));
      await writer.finish();
      assert.deepEqual(
        (await run(workspace, 'select a from t order by rowid')).map(({ a }) => a),
        ['w', null, 'y', null],
      );
    }));

  it('reads from shared memory', () =>
    inWorkspace(async (workspace) => {
      const values = new BigInt64Array(new SharedArrayBuffer(3000 * 8)).map((_, i) => BigInt(i));
      const shared = new BigInt64Array(new SharedArrayBuffer(3000 * 8));
      shared.set(values);
      await using writer = await workspace.write({ table: 't' }, [column('a', 'SMALLINT')]);
      await writer.append(batch({ a: { kind: 'integer', values: shared } }, 3000));
      await writer.finish();
      const rows = await run(workspace, 'select count(*) as n, sum(a) as s, max(a) as m from t');
      assert.deepEqual(rows, [{ n: 3000, s: (3000 * 2999) / 2, m: 2999 }]);
    }));

  it('creates columns as declared, in order, with NOT NULL, in a schema of its own', () =>
    inWorkspace(async (workspace) => {
      const columns = [
        column('b', "ENUM('p', 'q''r')", false),
        column('a', 'DECIMAL(5,2)'),
        column('c', 'UTINYINT', false),
      ];
      await using writer = await workspace.write({ schema: 'new one', table: 't' }, columns);
      await writer.append(
        batch(
          {
            a: { kind: 'number', values: Float64Array.of(1.25, 2) },
            b: category(["q'r", 'p'], [0, 1]),
            c: { kind: 'integer', values: BigInt64Array.of(255n, 0n) },
          },
          2,
        ),
      );
      await writer.finish();
      assert.deepEqual((await schemaOf(workspace, 't')).columns, columns);
      assert.deepEqual(await run(workspace, 'from "new one".t order by rowid'), [
        { b: "q'r", a: 1.25, c: 255 },
        { b: 'p', a: 2, c: 0 },
      ]);
      assert.deepEqual(await run(workspace, `select table_name from duckdb_tables() where table_name <> 't'`), []);
    }));

  it('refuses NULL where the column does not allow it, and leaves no table behind', () =>
    inWorkspace(async (workspace) => {
      {
        await using writer = await workspace.write({ table: 't' }, [column('secret', 'INTEGER', false)]);
        const vector: ColumnVector = {
          kind: 'integer',
          values: BigInt64Array.of(4711n, 0n),
          valid: Uint8Array.of(1, 0),
        };
        await writer.append(batch({ secret: vector }, 2));
        const error = await failure(writer.finish());
        assert.equal(error.code, 'write.null');
        assert.doesNotMatch(error.message, /4711/);
      }
      assert.deepEqual(await run(workspace, 'select table_name from duckdb_tables()'), []);
    }));

  it('shows no value when one does not fit its type', () =>
    inWorkspace(async (workspace) => {
      await using writer = await workspace.write({ table: 't' }, [column('a', 'TINYINT')]);
      await writer.append(batch({ a: { kind: 'integer', values: BigInt64Array.of(4711n) } }, 1));
      const error = await failure(writer.finish());
      assert.equal(error.code, 'sql.value');
      assert.doesNotMatch(JSON.stringify([error.message, error.hint, String(error.cause)]), /4711/);
    }));

  it('drops the table when it is disposed before the end', () =>
    inWorkspace(async (workspace) => {
      const writer = await workspace.write({ table: 't' }, [column('a', 'VARCHAR')]);
      await writer.append(batch({ a: category(['x'], [0, 0]) }, 2));
      await writer[Symbol.asyncDispose]();
      assert.deepEqual(await run(workspace, 'select table_name from duckdb_tables()'), []);
    }));

  it('makes an empty table of no batches', () =>
    inWorkspace(async (workspace) => {
      await using writer = await workspace.write({ table: 't' }, [column('a', 'VARCHAR')]);
      await writer.finish();
      assert.deepEqual(await run(workspace, 'select count(*) as n from t'), [{ n: 0 }]);
    }));
});

describe('DuckDB type names', () => {
  const names = [
    'BOOLEAN',
    'TINYINT',
    'BIGINT',
    'UINTEGER',
    'HUGEINT',
    'DECIMAL(18,3)',
    'DECIMAL(38,5)',
    'FLOAT',
    'DOUBLE',
    'VARCHAR',
    "ENUM('a', 'it''s', 'x,y')",
    'DATE',
    'TIME',
    'TIMESTAMP',
    'TIMESTAMP_NS',
    'TIMESTAMP WITH TIME ZONE',
    'UUID',
    'INTERVAL',
  ];
  for (const name of names) {
    it(`goes from ${name} to a column type and back`, () => assert.equal(sqlTypeOf(columnTypeOf(name)), name));
  }
});
