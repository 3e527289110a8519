import assert from 'node:assert/strict';
import { SynthError } from '../../core/errors.ts';
import { createPool } from '../../core/pool.ts';
import { reference } from '../../generators/reference.ts';
import { rules } from '../../generators/rules.ts';
import { fitContext, ids, sampleContext, table } from '../conformance/generator.ts';
import { describeUnlearnt } from '../conformance/tables.ts';

describeUnlearnt(rules());

describe('a reference table', () => {
  it('is never learnt, drawn or stored: each is a mistake of ours that says so', async () => {
    const { generator } = reference();
    assert.equal(generator.name, 'reference');
    assert.deepEqual(generator.unsupported([]), []);
    const rows = { rowCount: 0, columns: new Map() };
    await using pool = createPool(1);
    await assert.rejects(generator.fit({ table, columns: [], rows }, {}, fitContext(pool)), isMistake);
    const request = { rowIds: ids(0, 1), attempt: 0 };
    assert.throws(() => generator.sample({}, request, sampleContext), isMistake);
    assert.throws(() => generator.drawOrder({}), isMistake);
    assert.throws(() => generator.serialise({}), isMistake);
    assert.throws(() => generator.deserialise(new Uint8Array()), isMistake);
  });

  it('refuses options', () => {
    assert.throws(() => reference().generator.options.parse({ k: 5 }));
  });
});

function isMistake(error: unknown): boolean {
  return error instanceof SynthError && error.code === 'reference.not-learnt' && error.kind === 'unexpected';
}
