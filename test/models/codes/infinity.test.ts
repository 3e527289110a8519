// Dates and timestamps that are 'infinity' or '-infinity' are values of their own: never interpolated, never made of rare ones.
import assert from 'node:assert/strict';
import type { ColumnVector } from '../../../core/batch.ts';
import { infinityOf } from '../../../core/infinity.ts';
import type { ColumnType } from '../../../core/schema.ts';
import { codeCount, decodeColumn, encodeColumn, learnColumns } from '../../../models/codes/index.ts';

const rows = 1000;
const day = 86_400_000_000n;
const types: readonly (readonly [string, ColumnType, (row: number) => bigint])[] = [
  ['dates', { kind: 'date' }, (row) => 18_000n + BigInt((row * 37) % 400)],
  [
    'timestamps at midnight',
    { kind: 'timestamp', unit: 'us', zoned: false },
    (row) => (18_000n + BigInt((row * 37) % 400)) * day,
  ],
  [
    'timestamps with a time of day',
    { kind: 'timestamp', unit: 'us', zoned: true },
    (row) => 18_000n * day + BigInt(row * 7_919_000_017),
  ],
  ['seconds', { kind: 'timestamp', unit: 's', zoned: false }, (row) => 1_600_000_000n + BigInt(row * 7919)],
  [
    'nanoseconds',
    { kind: 'timestamp', unit: 'ns', zoned: false },
    (row) => 1_600_000_000_000_000_000n + BigInt(row * 7_919_000_000_017),
  ],
];

/** What comes back when every row is coded and decoded. */
function through(type: ColumnType, vector: ColumnVector): { values: BigInt64Array; valid: (row: number) => boolean } {
  const [codes] = learnColumns(
    [{ name: 't', sqlType: '', type, nullable: true }],
    { rowCount: rows, columns: new Map([['t', vector]]) },
    { k: 20, bins: 64 },
  );
  assert.ok(codes);
  const encoded = encodeColumn(vector, codes);
  for (const [i, part] of codes.parts.entries()) {
    assert.ok(encoded[i]?.every((code) => code < codeCount(part.codes)));
  }
  const draws = codes.parts.map((_, part) =>
    Float64Array.from({ length: rows }, (_, i) => ((i * 31 + part * 17) % 97) / 97),
  );
  const decoded = decodeColumn(encoded, codes, draws);
  assert.equal(decoded.kind, 'integer');
  const { values, valid } = decoded as ColumnVector & { kind: 'integer' };
  return { values, valid: (row) => valid?.[row] !== 0 };
}

describe('the codes of infinite times', () => {
  for (const [name, type, finite] of types) {
    const infinity = infinityOf(type) as bigint;

    it(`keep ${name}, both infinities and NULL apart, row for row`, () => {
      const meant = (row: number): bigint => (row % 5 === 0 ? infinity : row % 7 === 0 ? -infinity : finite(row));
      const valid = Uint8Array.from({ length: rows }, (_, row) => (row % 11 === 0 ? 0 : 1));
      const source = BigInt64Array.from({ length: rows }, (_, row) => meant(row));
      const made = through(type, { kind: 'integer', values: source, valid });
      const usual = [...source].filter((value, row) => valid[row] === 1 && value !== infinity && value !== -infinity);
      const sorted = usual.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      for (let row = 0; row < rows; row++) {
        assert.equal(made.valid(row), valid[row] === 1, `row ${row}`);
        if (valid[row] === 0) continue;
        const value = made.values[row] as bigint;
        if (row % 5 === 0 || row % 7 === 0) assert.equal(value, meant(row), `row ${row}`);
        else assert.ok(value >= (sorted[0] as bigint) && value <= (sorted.at(-1) as bigint), `row ${row}: ${value}`);
      }
    });

    it(`make no infinite ${name} out of fewer than k`, () => {
      const source = BigInt64Array.from({ length: rows }, (_, row) => (row % 60 === 0 ? infinity : finite(row)));
      const { values } = through(type, { kind: 'integer', values: source });
      assert.ok(values.every((value) => value !== infinity && value !== -infinity));
    });

    it(`learn ${name} that are infinite but for a few, and show none of the few`, () => {
      const source = BigInt64Array.from({ length: rows }, (_, row) => (row % 60 === 0 ? finite(row) : infinity));
      const { values } = through(type, { kind: 'integer', values: source });
      assert.ok(values.every((value) => value === infinity));
    });
  }

  it('learn timestamps that are NULL but for a few, and show none of the few', () => {
    const [, type, finite] = types[2] as (typeof types)[number];
    const valid = Uint8Array.from({ length: rows }, (_, row) => (row % 60 === 0 ? 1 : 0));
    const made = through(type, {
      kind: 'integer',
      values: BigInt64Array.from({ length: rows }, (_, row) => finite(row)),
      valid,
    });
    for (let row = 0; row < rows; row++) assert.equal(made.valid(row), false);
  });
});
