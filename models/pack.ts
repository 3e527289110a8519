// Plain data with typed arrays as bytes: a JSON head that names where each array lies, then the arrays. Nothing is evaluated.
import { SynthError } from '../core/errors.ts';

const arrayTypes = {
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  f64: Float64Array,
  i64: BigInt64Array,
} as const;

type ArrayTag = keyof typeof arrayTypes;
type PackedArray = InstanceType<(typeof arrayTypes)[ArrayTag]>;

const magic = 0x53594e31; // "SYN1"

/**
 * Bytes of plain data: objects, lists, strings, finite numbers, bigints, booleans, null and typed arrays. Keys whose value
 * is undefined are left out. Typed arrays start at multiples of 8, so that {@link unpack} need not copy them.
 */
export function pack(value: unknown): Uint8Array {
  const arrays: PackedArray[] = [];
  let offset = 0;
  const head = JSON.stringify(value, (_, entry: unknown) => {
    if (typeof entry === 'bigint') return { $bigint: String(entry) };
    const tag = tagOf(entry);
    if (tag === undefined) return entry;
    const array = entry as PackedArray;
    const reference = { $array: tag, at: offset, length: array.length };
    arrays.push(array);
    offset += (array.byteLength + 7) & ~7;
    return reference;
  });
  const headBytes = new TextEncoder().encode(head);
  const bodyStart = (8 + headBytes.length + 7) & ~7;
  const bytes = new Uint8Array(bodyStart + offset);
  new Uint32Array(bytes.buffer, 0, 2).set([magic, headBytes.length]);
  bytes.set(headBytes, 8);
  let at = bodyStart;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += (array.byteLength + 7) & ~7;
  }
  return bytes;
}

/** The value that {@link pack} was given. Typed arrays are views of `bytes` where its alignment allows. */
export function unpack(bytes: Uint8Array): unknown {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const start = aligned.byteOffset;
  const [found, headLength] = aligned.byteLength < 8 ? [] : new Uint32Array(aligned.buffer, start, 2);
  if (found !== magic || headLength === undefined || 8 + headLength > aligned.byteLength) throw notReadable();
  const bodyStart = start + ((8 + headLength + 7) & ~7);
  const end = start + aligned.byteLength;
  const head = new TextDecoder().decode(aligned.subarray(8, 8 + headLength));
  return JSON.parse(head, (_, entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return entry;
    if ('$bigint' in entry) return BigInt(String(entry.$bigint));
    if (!('$array' in entry)) return entry;
    const { $array, at, length } = entry as { $array: ArrayTag; at: number; length: number };
    const type = arrayTypes[$array];
    if (bodyStart + at + length * type.BYTES_PER_ELEMENT > end) throw notReadable();
    return new type(aligned.buffer as ArrayBuffer, bodyStart + at, length);
  });
}

function notReadable(): SynthError {
  return new SynthError(
    'fit.not-readable',
    'The stored fit is incomplete, or not in a format that this version reads.',
    {
      hint: 'Fit the table again, for instance with `synth build --full-refresh`.',
    },
  );
}

function tagOf(entry: unknown): ArrayTag | undefined {
  if (!ArrayBuffer.isView(entry)) return undefined;
  for (const tag of Object.keys(arrayTypes) as ArrayTag[]) if (entry instanceof arrayTypes[tag]) return tag;
  throw new SynthError('fit.not-packable', 'A fit holds an array of a kind that cannot be stored.', {
    kind: 'unexpected',
  });
}
