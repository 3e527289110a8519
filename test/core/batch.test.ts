import assert from 'node:assert/strict';
import { doublesToIntegers, integersToDoubles, isNull, takeRows } from '../../core/batch.ts';

describe('core/batch', () => {
  it('turns 64-bit integers into doubles, exactly where a double can', () => {
    const values = [0n, 1n, -1n, 4294967296n, -4294967297n, 9007199254740991n, -9007199254740991n];
    assert.deepEqual([...integersToDoubles(BigInt64Array.from(values))], values.map(Number));
  });

  it('turns doubles back into integers, rounding half up and clamping', () => {
    const doubles = Float64Array.from([0.5, -0.5, -1.5, 2 ** 40 + 0.4, -(2 ** 40), 1e300, -1e300, Number.NaN]);
    assert.deepEqual(
      [...doublesToIntegers(doubles)],
      [1n, 0n, -1n, 1099511627776n, -1099511627776n, 9223372036854775807n, -9223372036854775808n, 0n],
    );
  });

  it('takes rows of every kind of vector with their NULLs', () => {
    const rows = Uint32Array.from([2, 0]);
    const valid = Uint8Array.from([1, 1, 0]);
    const text = takeRows({ kind: 'text', values: ['a', 'b', null] }, rows);
    const category = takeRows(
      { kind: 'category', codes: Uint32Array.from([1, 0, 0]), labels: ['x', 'y'], valid },
      rows,
    );
    const integer = takeRows({ kind: 'integer', values: BigInt64Array.from([5n, 6n, 7n]) }, rows);
    assert.deepEqual([isNull(text, 0), isNull(text, 1)], [true, false]);
    assert.deepEqual([isNull(category, 0), isNull(category, 1)], [true, false]);
    assert.deepEqual(integer.kind === 'integer' && [...integer.values], [7n, 5n]);
  });
});
