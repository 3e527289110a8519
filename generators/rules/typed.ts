// Turns JavaScript values, as faker gives them, into a vector of a column's type.
import type { ColumnVector } from '../../core/batch.ts';
import { SynthError } from '../../core/errors.ts';
import type { ColumnSchema, ColumnType } from '../../core/schema.ts';

const dayMillis = 86_400_000;

/** @throws SynthError `rule.wrong-type` when a value is nothing that the column can hold */
export function typedVector(rule: string, column: ColumnSchema, values: readonly unknown[]): ColumnVector {
  const { type } = column;
  const wrong = (): never => {
    throw new SynthError(
      'rule.wrong-type',
      `${rule} gives values that the column "${column.name}" of type ${column.sqlType} cannot hold.`,
      {
        hint: 'Choose a rule that fits the type.',
      },
    );
  };
  const anyNull = values.some((value) => value === null || value === undefined);
  const valid = anyNull ? { valid: Uint8Array.from(values, (value) => (value == null ? 0 : 1)) } : {};
  switch (type.kind) {
    case 'float':
    case 'wide':
      return {
        kind: 'number',
        values: Float64Array.from(values, (v) => (v == null ? 0 : (asNumber(v) ?? wrong()))),
        ...valid,
      };
    case 'boolean':
    case 'enum': {
      const labels = type.kind === 'enum' ? type.labels : ['false', 'true'];
      const codes = new Uint32Array(values.length);
      values.forEach((value, row) => {
        if (value == null) return;
        const code = labels.indexOf(String(value));
        codes[row] = code < 0 ? wrong() : code;
      });
      return { kind: 'category', codes, labels, ...valid };
    }
    case 'text':
    case 'uuid':
    case 'unsupported':
      return { kind: 'text', values: values.map((value) => (value == null ? null : (asText(value) ?? wrong()))) };
    default: {
      const integers = new BigInt64Array(values.length);
      values.forEach((value, row) => {
        if (value == null) return;
        const integer = asInteger(value, type) ?? wrong();
        if (integer !== BigInt.asIntN(64, integer)) wrong();
        integers[row] = integer;
      });
      return { kind: 'integer', values: integers, ...valid };
    }
  }
}

function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

function asText(value: unknown): string | undefined {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' || typeof value === 'function' ? undefined : String(value);
}

function asInteger(value: unknown, type: ColumnType): bigint | undefined {
  const millis = value instanceof Date ? value.getTime() : undefined;
  switch (type.kind) {
    case 'integer': {
      const integer = typeof value === 'bigint' ? value : rounded(asNumber(value), 1);
      if (integer === undefined) return undefined;
      const fits = type.signed ? BigInt.asIntN(type.bits, integer) : BigInt.asUintN(type.bits, integer);
      return fits === integer ? integer : undefined;
    }
    case 'decimal': {
      const scaled = rounded(asNumber(value), 10 ** type.scale);
      const limit = 10n ** BigInt(type.precision);
      return scaled === undefined || scaled >= limit || scaled <= -limit ? undefined : scaled;
    }
    case 'date':
      return millis === undefined ? undefined : BigInt(Math.floor(millis / dayMillis));
    case 'time':
      return millis === undefined ? undefined : BigInt((((millis % dayMillis) + dayMillis) % dayMillis) * 1000);
    case 'timestamp': {
      if (millis === undefined) return undefined;
      if (type.unit === 's') return BigInt(Math.floor(millis / 1000));
      return BigInt(millis) * { ms: 1n, us: 1000n, ns: 1_000_000n }[type.unit];
    }
    default:
      return undefined;
  }
}

function rounded(value: number | undefined, factor: number): bigint | undefined {
  const scaled = value === undefined ? Number.NaN : Math.round(value * factor);
  return Number.isFinite(scaled) ? BigInt(scaled) : undefined;
}
