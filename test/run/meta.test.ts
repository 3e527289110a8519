// The history beside the mirrors: every figure as it was measured, and soon written, however many there are.
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { sql } from 'kysely';
import { openWorkspace } from '../../connectors/duckdb/index.ts';
import type { AuditResult } from '../../core/audit.ts';
import { writeMeta } from '../../core/run/meta.ts';
import type { StateReader } from '../../core/state/index.ts';

function result(position: number, value: number | null): AuditResult {
  return {
    id: 'fid.pair',
    table: 'wide',
    columns: [`c${position}`, 'a "quoted" \\ name'],
    value,
    unit: 'rows',
    verdict: 'pass',
    reason: 'Nothing to say.',
    severity: 'error',
    warnAt: null,
    failAt: 0.1,
    n: { real: 1, synthetic: 2, holdout: 3 },
    null: { q50: 0.01, q99: 0.02 },
    seconds: 0.5,
  };
}

describe('the history beside mirrors', () => {
  it('has each figure, odd ones too, and the 40,000 of a wide table within seconds', async () => {
    await using workspace = await openWorkspace({
      tempDirectory: tmpdir(),
      signal: new AbortController().signal,
      threads: 1,
    });
    const state: Pick<StateReader, 'runs' | 'auditResults'> = { runs: async () => [], auditResults: async () => [] };
    const odd = [1 / 3, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, null];
    const audits = Array.from({ length: 40_000 }, (_, i) => result(i, i < odd.length ? (odd[i] ?? null) : i / 7));
    const started = performance.now();
    await writeMeta(
      workspace,
      { id: 'r1', createdAt: '2026-01-02T03:04:05.678Z', seed: 1, tables: [], audits, lineage: [] },
      state as StateReader,
    );
    // Each value bound by itself took a millisecond a row.
    assert.ok(performance.now() - started < 12_000);
    const { rows } = await sql<{ value: number | null }>`select value from synth_meta.audit_results
      order by try_cast(columns[1][2:] as integer) limit ${odd.length}`.execute(workspace.db);
    assert.deepEqual(
      rows.map(({ value }) => value),
      odd,
    );
    const { rows: whole } = await sql`select count(*)::int as n, count(distinct columns)::int as columns,
      any_value(columns[2]) as named, epoch_ms(min("at"))::double as made, min(null_q99) as noise, count(warn_at)::int as bounds,
      sum(n_holdout)::int as held from synth_meta.audit_results`.execute(workspace.db);
    assert.deepEqual(whole, [
      {
        n: 40_000,
        columns: 40_000,
        named: 'a "quoted" \\ name',
        made: Date.parse('2026-01-02T03:04:05.678Z'),
        noise: 0.02,
        bounds: 0,
        held: 120_000,
      },
    ]);
  }).timeout(60_000);
});
