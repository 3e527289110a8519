import assert from 'node:assert/strict';
import type { ColumnVector } from '../../../core/batch.ts';
import { type NumberCodes, placeInCode, rangeOfCode, valuesOfCodes } from '../../../models/codes/index.ts';
import { encodeNumber, learnNumber, type Numbers } from '../../../models/codes/number.ts';

function learnt(values: Float64Array): { numbers: Numbers; codes: NumberCodes; column: Uint16Array } {
  const numbers: Numbers = { values, origin: 0n };
  const codes = learnNumber(numbers, { k: 10, bins: 16 });
  assert.ok(codes);
  const column = new Uint16Array(values.length);
  encodeNumber(numbers, codes, column);
  return { numbers, codes, column };
}

describe('models/codes, values', () => {
  const kinds: Readonly<Record<string, Float64Array>> = {
    'cents with heaps': Float64Array.from({ length: 3000 }, (_, i) =>
      i % 7 === 0 ? 20 : Math.round((i * 7919) % 10_007) / 100,
    ),
    'real numbers': Float64Array.from({ length: 3000 }, (_, i) => Math.sqrt((i * 7919) % 10_007)),
  };
  for (const [kind, values] of Object.entries(kinds)) {
    it(`finds the place of a value in its code: ${kind}`, () => {
      const { codes, column } = learnt(values);
      const inside = Float64Array.from(values, (value, i) => placeInCode(codes, column[i] as number, value));
      const again = valuesOfCodes(column, codes, inside);
      const [low, high] = [codes.edges[0] as number, codes.edges[codes.edges.length - 1] as number];
      const unit = codes.grid.step === 0 ? 1 : codes.grid.divisor;
      let exact = 0;
      for (const [i, value] of values.entries()) {
        assert.ok((inside[i] as number) >= 0 && (inside[i] as number) < 1);
        if (value * unit >= low && value * unit < high && Math.abs((again[i] as number) - value) < 1e-6) exact++;
      }
      assert.ok(exact > 0.98 * values.length, `${exact} of ${values.length}`);
    });
  }

  it('knows where codes begin and end, and those that have one value', () => {
    const { codes, column } = learnt(kinds['cents with heaps'] as Float64Array);
    assert.equal(rangeOfCode(codes, column[0] as number), undefined);
    const range = rangeOfCode(codes, column[1] as number);
    assert.ok(range !== undefined && range.low <= 79.19 && range.high > 79.19);
  });

  it('says of NULL that it is no number', () => {
    const valid = Uint8Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : 1));
    const vector: ColumnVector = { kind: 'number', values: new Float64Array(100).fill(3), valid };
    const codes = learnNumber({ values: vector.values, valid, origin: 0n }, { k: 10, bins: 16 });
    assert.ok(codes);
    const column = new Uint16Array(100);
    encodeNumber({ values: vector.values, valid, origin: 0n }, codes, column);
    const values = valuesOfCodes(column, codes, new Float64Array(100));
    assert.ok(Number.isNaN(values[0]));
    assert.equal(values[99], 3);
  });
});
