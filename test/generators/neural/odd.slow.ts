import assert from 'node:assert/strict';
import type { FitSource } from '../../../core/generator.ts';
import { createPool } from '../../../core/pool.ts';
import { sequence } from '../../../core/random.ts';
import { generator as autoregressive } from '../../../generators/autoregressive.ts';
import { generator as diffusion } from '../../../generators/diffusion.ts';
import { generator as gan } from '../../../generators/gan.ts';
import { checkMemory } from '../../../generators/neural/memory.ts';
import { generator as vae } from '../../../generators/vae.ts';
import { batch, categories, column, fitContext, ids, sampleContext, table } from '../../conformance/generator.ts';

const next = sequence(17, 'odd');

const manyLevels: FitSource = (() => {
  const schemas = [column('c', { kind: 'text' }), column('side', { kind: 'text' })];
  const levels = Array.from({ length: 8000 }, (_, i) => `level ${i % 2000}`);
  const sides = levels.map(() => (next() < 0.5 ? 'left' : 'right'));
  return { table, columns: schemas, rows: batch(schemas, [categories(levels), categories(sides)]) };
})();

const manyColumns: FitSource = (() => {
  const schemas = Array.from({ length: 300 }, (_, i) => column(`c${i}`, { kind: 'text' }));
  const vectors = schemas.map((_, i) =>
    categories(Array.from({ length: 200 }, () => (i % 3 === 0 ? 'same' : next() < 0.5 ? 'a' : 'b'))),
  );
  return { table, columns: schemas, rows: batch(schemas, vectors) };
})();

const small = { epochs: 1, batch: 64, width: 16 };

describe('neural generators and odd tables', () => {
  for (const generator of [autoregressive, vae, diffusion, gan] as const) {
    for (const [name, source, k] of [
      ['2,000 levels', manyLevels, 4],
      ['300 columns, a third of them constant', manyColumns, 10],
    ] as const) {
      it(`${generator.name} learns ${name}`, async () => {
        await using pool = createPool(1);
        const options = generator.options.parse(small);
        const fitted = await generator.fit(source, options as never, fitContext(pool, k));
        const rows = generator.sample(fitted as never, { rowIds: ids(0, 50), attempt: 0 }, sampleContext);
        assert.deepEqual([...rows.columns.keys()], [...source.rows.columns.keys()]);
        for (const [column, vector] of rows.columns) {
          assert.ok(vector.kind === 'category', column);
          const real = source.rows.columns.get(column);
          const known = new Set(real?.kind === 'category' ? real.labels : []);
          assert.ok(
            [...vector.codes].every((code) => known.has(vector.labels[code] ?? '')),
            column,
          );
        }
      });
    }
  }

  it('say before training how much memory a network needs, how much is free, and what to lower', () => {
    checkMemory(1000, 1000, 256, 'visits');
    assert.throws(() => checkMemory(1e12, 1e6, 65_536, 'visits'), {
      code: 'fit.memory',
      message: /^A network for visits needs about [\d.]+ GiB, and [\d.]+ GiB are free\.$/,
      hint: /Lower batch, bins or width/,
    });
  });
});
