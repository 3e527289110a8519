// A small assembler for WebAssembly: instructions as bytes, and functions as a module on a memory that is given.

/** The part of the WebAssembly interface that is used; declared here because the project compiles without DOM types. */
interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number }) => KernelMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export type Bytes = readonly number[];

/** A function of 32-bit arguments without a result. Locals are numbered on from the arguments: integers, then vectors. */
export interface KernelCode {
  readonly name: string;
  readonly parameters: number;
  readonly integers: number;
  readonly vectors: number;
  readonly doubles?: number;
  readonly body: Bytes;
}

const [i32, f64, v128] = [0x7f, 0x7c, 0x7b];

export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  do {
    const more = left > 127;
    bytes.push((left & 127) | (more ? 128 : 0));
    left >>>= 7;
  } while (left > 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left >>= 7) {
    const isLast = left >> 6 === 0 || left >> 6 === -1;
    bytes.push((left & 127) | (isLast ? 0 : 128));
    if (isLast) return bytes;
  }
}

export const get = (local: number): number[] => [0x20, local];
export const set = (local: number): number[] => [0x21, local];
export const tee = (local: number): number[] => [0x22, local];
export const constant = (value: number): number[] => [0x41, ...signed(value)];
export const add: Bytes = [0x6a];
export const subtract: Bytes = [0x6b];
export const multiply: Bytes = [0x6c];
export const and: Bytes = [0x71];
export const or: Bytes = [0x72];
export const addDoubles: Bytes = [0xa0];
export const shiftLeft: Bytes = [0x74];
export const shiftRight: Bytes = [0x75];
export const shiftRightUnsigned: Bytes = [0x76];
export const above: Bytes = [0x4a];
export const atLeast: Bytes = [0x4e];
export const below: Bytes = [0x48];
export const isZero: Bytes = [0x45];
export const choose: Bytes = [0x1b];
export const countOnes: Bytes = [0x69];
export const loadWord = (offset = 0): number[] => [0x28, 2, ...unsigned(offset)];
export const storeWord = (offset = 0): number[] => [0x36, 2, ...unsigned(offset)];
export const loadByte = (offset = 0): number[] => [0x2d, 0, ...unsigned(offset)];
export const loadDouble = (offset = 0): number[] => [0x2b, 3, ...unsigned(offset)];
export const storeDouble = (offset = 0): number[] => [0x39, 3, ...unsigned(offset)];
export const storeByte = (offset = 0): number[] => [0x3a, 0, ...unsigned(offset)];
/** To, from and the number of bytes are on the stack. */
export const copyBytes: Bytes = [0xfc, 10, 0, 0];

export const simd = (code: number, ...immediates: number[]): number[] => [0xfd, ...unsigned(code), ...immediates];
export const load = (offset = 0): number[] => simd(0x00, 0, ...unsigned(offset));
export const loadEight = (offset = 0): number[] => simd(0x5d, 0, ...unsigned(offset));
export const loadSplat8 = (offset = 0): number[] => simd(0x07, 0, ...unsigned(offset));
export const store = (offset = 0): number[] => simd(0x0b, 0, ...unsigned(offset));
/** Stores the first eight bytes. */
export const storeEight = (offset = 0): number[] => simd(0x5b, 0, ...unsigned(offset), 0);
export const vectorOf = (bytes: Bytes): number[] => simd(0x0c, ...bytes);
export const everyByte = (byte: number): number[] => vectorOf(new Array<number>(16).fill(byte));
export const shuffle = (lanes: Bytes): number[] => simd(0x0d, ...lanes);
/** Positions outside 0 to 15 give 0. */
export const swizzle: Bytes = simd(0x0e);
export const atLeast8: Bytes = simd(0x2c);
export const andVectors: Bytes = simd(0x4e);
export const orVectors: Bytes = simd(0x50);
/** The highest bit of each byte. */
export const highBits: Bytes = simd(0x64);
export const shiftLeft8: Bytes = simd(0x6b);
export const subtract8: Bytes = simd(0x71);
export const extendLow16: Bytes = simd(0xa7);
export const extendHigh16: Bytes = simd(0xa8);
export const add32: Bytes = simd(0xae);

export const shiftLeftBy = (bits: number): number[] => [...constant(bits), ...shiftLeft];

/** Adds a number to a local. */
export const advance = (local: number, by: number): number[] => [...get(local), ...constant(by), ...add, ...set(local)];

/** Repeats a body, at least once, until `local`, which each turn makes one less, is 0. */
export const countDown = (local: number, body: Bytes): number[] => [
  ...[0x03, 0x40],
  ...body,
  ...[...get(local), ...constant(-1), ...add, ...tee(local), 0x0d, 0, 0x0b],
];

/** The body, if the value on the stack is not 0. */
export const when = (body: Bytes): number[] => [0x04, 0x40, ...body, 0x0b];

/** The first body if the value on the stack is not 0, else the second. */
export const whenElse = (body: Bytes, other: Bytes): number[] => [0x04, 0x40, ...body, 0x05, ...other, 0x0b];

const list = (items: readonly Bytes[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, items: readonly Bytes[]): number[] => {
  const body = list(items);
  return [id, ...unsigned(body.length), ...body];
};
const text = (name: string): number[] => [...unsigned(name.length), ...Array.from(name, (c) => c.charCodeAt(0))];

function codeBody({ integers, vectors, doubles = 0, body }: KernelCode): number[] {
  const locals = list([
    [...unsigned(integers), i32],
    [...unsigned(vectors), v128],
    [...unsigned(doubles), f64],
  ]);
  return [...unsigned(locals.length + body.length + 1), ...locals, ...body, 0x0b];
}

export function createMemory(): KernelMemory {
  return new Memory({ initial: 1 });
}

/** The functions by their names. */
export function assemble(
  functions: readonly KernelCode[],
  memory: KernelMemory,
): Readonly<Record<string, (...values: number[]) => void>> {
  const bytes = Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      functions.map(({ parameters }) => [0x60, ...list(new Array<Bytes>(parameters).fill([i32])), 0]),
    ),
    ...section(2, [[...text('env'), ...text('memory'), 0x02, 0x00, 1]]),
    ...section(
      3,
      functions.map((_, i) => unsigned(i)),
    ),
    ...section(
      7,
      functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]),
    ),
    ...section(10, functions.map(codeBody)),
  ]);
  const { exports } = new Instance(new Module(bytes), { env: { memory } });
  return exports as Readonly<Record<string, (...values: number[]) => void>>;
}
