// Rows in a context that are like those learnt from: their shares are matched all together.
import assert from 'node:assert/strict';
import type { ColumnBatch } from '../../../core/batch.ts';
import { createPool } from '../../../core/pool.ts';
import { generator } from '../../../generators/boosted.ts';
import { entries, fitContext, ids, sampleContext, visits } from '../../conformance/generator.ts';

describe('generators/boosted, in a context like the one learnt from', () => {
  const { table, columns, rows } = visits(6000);
  const part = (names: readonly string[]): { columns: typeof columns; rows: ColumnBatch } => ({
    columns: columns.filter(({ name }) => names.includes(name)),
    rows: { rowCount: rows.rowCount, columns: new Map([...rows.columns].filter(([name]) => names.includes(name))) },
  });
  const shareOf = (batch: ColumnBatch): number =>
    (entries(batch).active ?? []).filter((value) => value === 'true').length / batch.rowCount;

  it('draws a column as often as it was learnt, however few trees say how it depends on the context', async () => {
    await using pool = createPool(1);
    const context = part(['plan', 'count']);
    const source = { table, ...part(['amount', 'active']), context };
    const fitted = await generator.fit(source, generator.options.parse({ rounds: 1 }), fitContext(pool));
    const request = { rowIds: ids(0, rows.rowCount), attempt: 0, context: context.rows };
    const matched = shareOf(generator.sample(fitted, { ...request, stratum: true }, sampleContext));
    const learnt = shareOf(rows);
    assert.ok(Math.abs(matched - learnt) < 0.002, `${matched} for ${learnt}`);
    const alone = shareOf(generator.sample(fitted, { ...request, attempt: 1 }, sampleContext));
    assert.ok(
      Math.abs(alone - learnt) > Math.abs(matched - learnt),
      `${alone} alone, ${matched} together, for ${learnt}`,
    );
  });
});
