import assert from 'node:assert/strict';
import { SynthError } from '../../core/errors.ts';
import { createPool } from '../../core/pool.ts';
import { reference } from '../../generators/reference.ts';
import { rules } from '../../generators/rules.ts';

const table = { schema: 'main', table: 't' };

describe('the rules generator', () => {
  it('learns nothing and draws rows without columns', async () => {
    const { generator } = rules();
    await using pool = createPool(1);
    const source = { table, columns: [], rows: { rowCount: 3, columns: new Map() } };
    const context = { seed: 1, k: 20, pool, signal: new AbortController().signal, progress() {}, log() {} };
    const fitted = generator.deserialise(generator.serialise(await generator.fit(source, {}, context)));
    assert.deepEqual(generator.drawOrder(fitted), []);
    const rows = generator.sample(fitted, { rowIds: Float64Array.of(0, 1, 2, 3), attempt: 0 }, { seed: 1, table });
    assert.deepEqual(rows, { rowCount: 4, columns: new Map() });
  });

  it('names the column that has no rule', () => {
    const column = { name: 'age', sqlType: 'INTEGER', type: { kind: 'float', bits: 64 }, nullable: true } as const;
    assert.deepEqual(
      rules()
        .generator.unsupported([column])
        .map((reason) => reason.column),
      ['age'],
    );
    assert.deepEqual(rules().generator.unsupported([]), []);
  });
});

describe('a reference table', () => {
  it('is never learnt', () => {
    const choice = reference();
    assert.equal(choice.generator.name, 'reference');
    assert.throws(
      () => choice.generator.serialise({}),
      (error) => error instanceof SynthError && error.kind === 'unexpected',
    );
  });
});
