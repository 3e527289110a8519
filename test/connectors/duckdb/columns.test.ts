import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { type DuckdbWorkspace, openWorkspace } from '../../../connectors/duckdb/workspace.ts';
import { readColumns } from '../../../core/column-query.ts';
import { HashCodes } from '../../../core/hash-codes.ts';

describe('whole columns', () => {
  let workspace: DuckdbWorkspace;
  before(async () => {
    workspace = await openWorkspace({
      tempDirectory: join(tmpdir(), 'synthouse-test'),
      signal: new AbortController().signal,
    });
  });
  after(() => workspace[Symbol.asyncDispose]());

  it('come in the order of rows, NULLs marked, however many were expected', async () => {
    const query = sql`SELECT CASE WHEN i % 3 > 0 THEN i / 2 END::DOUBLE AS x, CASE WHEN i % 5 > 0 THEN hash(i % 7) END AS h
      FROM range(10000) AS t(i)`;
    for (const expected of [0, 7, 10_000, 20_000]) {
      const [x, h] = await readColumns(workspace.db, query, ['number', 'code'], expected);
      assert.ok(x?.kind === 'number' && h?.kind === 'code');
      assert.deepEqual([x.values.length, h.codes.length], [10_000, 10_000]);
      assert.deepEqual([...x.values.slice(0, 6)], [0, 0.5, 1, 0, 2, 2.5]);
      assert.deepEqual([...(x.valid ?? []).slice(0, 6)], [0, 1, 1, 0, 1, 1]);
      assert.deepEqual([...(h.valid ?? []).slice(0, 6)], [0, 1, 1, 1, 1, 0]);
      assert.equal(h.keys.length, 2 * 7);
      for (let row = 7; row < 10_000; row++) {
        if (row % 5 > 0 && (row - 7) % 5 > 0) assert.equal(h.codes[row], h.codes[row - 7]);
        if (row % 5 > 0 && (row - 1) % 5 > 0) assert.notEqual(h.codes[row], h.codes[row - 1]);
      }
    }
  });

  it('may have no rows, and leave queries of rows as they are', async () => {
    const [x] = await readColumns(workspace.db, sql`SELECT 1.5::DOUBLE AS x WHERE false`, ['number'], 3);
    assert.ok(x?.kind === 'number');
    assert.equal(x.values.length, 0);
    assert.deepEqual((await sql`SELECT 1.5::DOUBLE AS x`.execute(workspace.db)).rows, [{ x: 1.5 }]);
  });
});

describe('dense numbers of 64-bit keys', () => {
  it('are given in order of first appearance, and kept while the table grows', () => {
    const codes = new HashCodes(4);
    // Keys that differ in their highest bits alone, as doubles of small numbers do.
    const words = Array.from({ length: 5000 }, (_, i) => [i % 3, (i << 12) >>> 0] as const);
    for (const [i, [low, high]] of words.entries()) assert.equal(codes.codeOf(low, high), i);
    for (const [i, [low, high]] of words.entries()) assert.equal(codes.codeOf(low, high), i);
    assert.equal(codes.count, 5000);
    assert.deepEqual([...codes.keys().slice(0, 4)], [0, 0, 1, 4096]);
  });
});
