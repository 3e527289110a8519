import assert from 'node:assert/strict';
import type { ColumnVector } from '../../../core/batch.ts';
import { SynthError } from '../../../core/errors.ts';
import type { ColumnSchema, ColumnType } from '../../../core/schema.ts';
import { expression, fake, nulls, omit, pattern } from '../../../generators/rules/columns.ts';
import type { RuleDraw } from '../../../generators/rules/draw.ts';
import { fakeColumn } from '../../../generators/rules/fake.ts';
import { patternColumn } from '../../../generators/rules/pattern.ts';

function column(type: ColumnType): ColumnSchema {
  return { name: 'c', type, sqlType: type.kind.toUpperCase(), nullable: true };
}

function draw(type: ColumnType, rows: readonly number[], more: Partial<RuleDraw> = {}): RuleDraw {
  return { seed: 3, table: 't', column: column(type), rowIds: Float64Array.from(rows), ...more };
}

const text: ColumnType = { kind: 'text' };
const rows = Array.from({ length: 200 }, (_, row) => row);

function texts(vector: ColumnVector): readonly (string | null)[] {
  assert.equal(vector.kind, 'text');
  return vector.kind === 'text' ? vector.values : [];
}

describe('column rules', () => {
  it('are plain objects', () => {
    assert.deepEqual(fake('internet.email'), { kind: 'fake', method: 'internet.email', arguments: [] });
    assert.deepEqual(fake('number.int', { min: 1 }), { kind: 'fake', method: 'number.int', arguments: [{ min: 1 }] });
    assert.deepEqual(fake('number.int', { min: 1, per: 'id' }), {
      kind: 'fake',
      method: 'number.int',
      arguments: [{ min: 1 }],
      per: 'id',
    });
    assert.deepEqual(fake('person.fullName', { per: 'id' }), {
      kind: 'fake',
      method: 'person.fullName',
      arguments: [],
      per: 'id',
    });
    assert.deepEqual(expression('a + b'), { kind: 'expression', sql: 'a + b' });
    assert.deepEqual(
      [nulls(), omit(), pattern('A#')],
      [{ kind: 'nulls' }, { kind: 'omit' }, { kind: 'pattern', pattern: 'A#' }],
    );
  });

  describe('fake', () => {
    it('gives a row the same value in any batch, and other rows, columns, seeds and attempts other values', () => {
      const rule = fake('internet.email');
      const all = texts(fakeColumn(rule, draw(text, rows)));
      assert.ok(all.every((value) => /^\S+@\S+\.\w+$/.test(value ?? '')));
      assert.ok(new Set(all).size > 190);
      assert.deepEqual(texts(fakeColumn(rule, draw(text, [77, 5]))), [all[77], all[5]]);
      assert.notEqual(texts(fakeColumn(rule, draw(text, [77], { seed: 4 })))[0], all[77]);
      assert.notEqual(texts(fakeColumn(rule, draw(text, [77], { table: 'u' })))[0], all[77]);
      assert.notEqual(texts(fakeColumn(rule, draw(text, [77], { attempt: 1 })))[0], all[77]);
    });

    it('gives equal values to equal keys, whatever the row or the vector, and own ones to NULL', () => {
      const rule = fake('person.fullName', { per: 'id' });
      const per: ColumnVector = {
        kind: 'integer',
        values: BigInt64Array.from([9n, 8n, 9n, 0n, 0n]),
        valid: Uint8Array.from([1, 1, 1, 0, 0]),
      };
      const [first, second, third, fourth, fifth] = texts(fakeColumn(rule, draw(text, [0, 1, 2, 3, 4], { per })));
      assert.equal(first, third);
      assert.notEqual(first, second);
      assert.notEqual(fourth, fifth);
      const later: ColumnVector = { kind: 'text', values: ['8'] };
      assert.deepEqual(texts(fakeColumn(rule, draw(text, [1000], { per: later, attempt: 2 }))), [second]);
    });

    const cases: readonly [string, ColumnType, readonly unknown[], (value: number | bigint) => boolean][] = [
      [
        'number.int',
        { kind: 'integer', bits: 8, signed: true },
        [{ max: 100 }],
        (value) => value >= 0n && value <= 100n,
      ],
      ['finance.amount', { kind: 'decimal', precision: 9, scale: 2 }, [], (value) => value >= 0n && value <= 100_000n],
      ['number.float', { kind: 'float', bits: 64 }, [], (value) => value >= 0 && value < 1],
      ['date.birthdate', { kind: 'date' }, [], (value) => value > -20_000n && value < 20_000n],
      ['date.past', { kind: 'timestamp', unit: 'us', zoned: false }, [], (value) => value > 1_600_000_000_000_000n],
      [
        'date.past',
        { kind: 'timestamp', unit: 's', zoned: true },
        [],
        (value) => value > 1_600_000_000n && value < 2_000_000_000n,
      ],
      ['date.past', { kind: 'time' }, [], (value) => value >= 0n && value < 86_400_000_000n],
    ];
    for (const [method, type, args, holds] of cases) {
      it(`makes ${type.kind} columns from ${method}`, () => {
        const vector = fakeColumn(fake(method, ...args), draw(type, rows));
        assert.ok(vector.kind === 'number' || vector.kind === 'integer');
        const values = [...vector.values];
        assert.ok(values.every(holds));
        assert.ok(new Set(values).size > 50);
      });
    }

    it('does not depend on the day it runs', () => {
      const type: ColumnType = { kind: 'timestamp', unit: 'ms', zoned: false };
      const vector = fakeColumn(fake('date.past'), draw(type, rows));
      assert.ok(vector.kind === 'integer' && vector.values.every((value) => value <= BigInt(Date.UTC(2025, 0, 1))));
    });

    const failures: readonly [string, readonly unknown[], ColumnType, string, RegExp][] = [
      ['internet.emial', [], text, 'rule.unknown-fake', /'internet\.email'/],
      ['email', [], text, 'rule.unknown-fake', /'internet\.email'/],
      ['toString.call', [], text, 'rule.unknown-fake', /./],
      ['internet.email', [], { kind: 'date' }, 'rule.wrong-type', /./],
      ['number.int', [{ min: 300, max: 400 }], { kind: 'integer', bits: 8, signed: true }, 'rule.wrong-type', /./],
      ['number.int', [{ min: 9, max: 1 }], text, 'rule.fake-arguments', /fakerjs\.dev\/api\/number/],
      ['person.fullName', [], { kind: 'enum', labels: ['a'] }, 'rule.wrong-type', /./],
    ];
    for (const [method, args, type, code, hint] of failures) {
      it(`says ${code} for ${method} in a ${type.kind} column`, () => {
        assert.throws(
          () => fakeColumn(fake(method, ...args), draw(type, [0, 1])),
          (error) => error instanceof SynthError && error.code === code && hint.test(error.hint ?? ''),
        );
      });
    }
  });

  describe('pattern', () => {
    it('fills digits and letters, and keeps the rest', () => {
      const values = texts(patternColumn(pattern('K-##?é'), draw(text, rows)));
      assert.ok(values.every((value) => /^K-\d\d[A-Z]é$/.test(value ?? '')));
      assert.ok(new Set(values).size > 150);
    });

    it('gives each row of a key its own text until none is left', () => {
      const rule = pattern('#-#?');
      const all = Array.from({ length: 2600 }, (_, row) => row);
      const values = texts(patternColumn(rule, draw(text, all, { unique: true })));
      assert.equal(new Set(values).size, 2600);
      assert.ok(values.every((value) => /^\d-\d[A-Z]$/.test(value ?? '')));
      assert.throws(
        () => patternColumn(rule, draw(text, [2600], { unique: true })),
        (error) => error instanceof SynthError && error.code === 'rule.pattern-too-small',
      );
    });
  });
});
