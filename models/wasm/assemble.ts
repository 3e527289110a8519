// A small assembler of WebAssembly modules: instructions as bytes, functions that share one imported memory.

export type Code = readonly number[];

/** The part of the interface that is used; declared here because the project compiles without DOM types. */
interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Old buffers are detached: views must be made anew. */
  grow(pages: number): number;
}

export const pageBytes = 65_536;

/** 32-bit parameters are locals 0, 1, …; `words` and `vectors` more locals follow in this order. */
export interface WasmFunction {
  readonly parameters: number;
  /** Whether one 32-bit word is left on the stack. */
  readonly returns: boolean;
  readonly words: number;
  readonly vectors: number;
  readonly body: Code;
}

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const constant = (value: number): Code => [0x41, ...signed(value)];
export const add: Code = [0x6a];
export const subtract: Code = [0x6b];
export const and: Code = [0x71];
export const shiftLeft: Code = [0x74];
export const shiftRight: Code = [0x76];
export const loadWord: Code = [0x28, 2, 0];
export const loadByte: Code = [0x2d, 0, 0];
export const storeWord: Code = [0x36, 2, 0];
export const loadVector: Code = [0xfd, 0x00, 4, 0];
export const storeVector: Code = [0xfd, 0x0b, 4, 0];
export const addDoubles: Code = [0xfd, ...unsigned(0xf0)];
/** Copies within the memory: target, source and bytes are on the stack. */
export const copyBytes: Code = [0xfc, 0x0a, 0, 0];

/** local += value */
export const advance = (local: number, ...value: Code[]): Code => [
  ...get(local),
  ...value.flat(),
  ...add,
  ...set(local),
];

/** Repeats the body, at least once, until the local has been counted down to 0. */
export const countDown = (local: number, ...body: Code[]): Code => [
  ...[0x03, 0x40],
  ...body.flat(),
  ...[...get(local), ...constant(-1), ...add, 0x22, ...unsigned(local), 0x0d, 0, 0x0b],
];

/** A memory and the functions on it, by their names. */
export function instantiate(functions: Readonly<Record<string, WasmFunction>>): {
  readonly memory: WasmMemory;
  readonly exports: Readonly<Record<string, unknown>>;
} {
  const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  const memory = new Memory({ initial: 1 });
  const all = Object.entries(functions);
  const bytes = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      all.map(([, f]) => signature(f)),
    ),
    ...section(2, [[...text('env'), ...text('memory'), 0x02, 0x00, 1]]),
    ...section(
      3,
      all.map((_, i) => unsigned(i)),
    ),
    ...section(
      7,
      all.map(([name], i) => [...text(name), 0x00, ...unsigned(i)]),
    ),
    ...section(
      10,
      all.map(([, f]) => body(f)),
    ),
  ];
  const { exports } = new Instance(new Module(Uint8Array.from(bytes)), { env: { memory } });
  return { memory, exports };
}

const word = 0x7f;
const vector = 0x7b;

function signature({ parameters, returns }: WasmFunction): Code {
  return [0x60, ...list(new Array<Code>(parameters).fill([word])), ...list(returns ? [[word]] : [])];
}

function body({ words, vectors, body: code }: WasmFunction): Code {
  const locals = list([
    [...unsigned(words), word],
    [...unsigned(vectors), vector],
  ]);
  return [...unsigned(locals.length + code.length + 1), ...locals, ...code, 0x0b];
}

function section(id: number, items: readonly Code[]): Code {
  const content = list(items);
  return [id, ...unsigned(content.length), ...content];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(name: string): Code {
  return list(Array.from(name, (letter) => [letter.charCodeAt(0)]));
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 127;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 128);
  } while (rest !== 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    const isLast = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
    bytes.push(isLast ? low : low | 128);
    if (isLast) return bytes;
  }
}
