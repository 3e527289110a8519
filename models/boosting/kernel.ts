// The inner loop of scoring as WebAssembly SIMD: sixteen rows at a time walk a tree. Assembled here from its instructions.
//
// Rows outside, trees inside: the scores of sixteen rows stay in registers. Every level compares sixteen codes at once and
// sets one bit of sixteen leaf numbers; leaves are looked up by byte shuffles in tables of sixteen bytes.

/** The part of the WebAssembly interface that is used; declared here because the project compiles without DOM types. */
interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

/** Depths for which there is a function. */
export type KernelDepth = 2 | 4 | 6;

/**
 * Adds the leaves of trees to the scores of rows; all pointers are byte offsets in the kernel's memory.
 * @param codes bytes, feature-major; a question's offset is from here
 * @param scores 32-bit, one per row
 * @param groups sixteens of rows, at least one
 * @param questions per tree and level: 32-bit offset of the feature's codes, 32-bit threshold
 * @param leaves per tree: low bytes of the leaves, then high bytes, each padded to 16
 * @param trees at least one
 */
export type KernelFunction = (
  codes: number,
  scores: number,
  groups: number,
  questions: number,
  leaves: number,
  trees: number,
) => void;

export interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly score: Readonly<Record<KernelDepth, KernelFunction>>;
}

export const kernelRows = 16;
export const pageBytes = 65_536;

/** Bytes of one plane (low or high bytes) of a tree's leaves. */
export function planeBytes(depth: KernelDepth): number {
  return depth === 6 ? 64 : 16;
}

export function createKernel(): Kernel {
  const memory = new Memory({ initial: 1 });
  const { exports } = new Instance(new Module(assemble()), { env: { memory } });
  return {
    memory,
    score: {
      2: exports.score2 as KernelFunction,
      4: exports.score4 as KernelFunction,
      6: exports.score6 as KernelFunction,
    },
  };
}

type Bytes = readonly number[];

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  do {
    const more = left > 127;
    bytes.push((left & 127) | (more ? 128 : 0));
    left >>>= 7;
  } while (left > 0);
  return bytes;
}

const vector = (items: readonly Bytes[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, items: readonly Bytes[]): number[] => {
  const body = vector(items);
  return [id, ...unsigned(body.length), ...body];
};
const text = (name: string): number[] => [...unsigned(name.length), ...Array.from(name, (c) => c.charCodeAt(0))];

const i32 = 0x7f;
const v128 = 0x7b;
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const constant = (value: number): number[] => [0x41, ...signed(value)];
const addI32 = [0x6a];
const loadI32 = (offset: number): number[] => [0x28, 2, ...unsigned(offset)];
const simd = (code: number, ...immediates: number[]): number[] => [0xfd, ...unsigned(code), ...immediates];
const load = (offset: number): number[] => simd(0x00, 0, ...unsigned(offset));
const loadSplat8 = (offset: number): number[] => simd(0x07, 0, ...unsigned(offset));
const store = (offset: number): number[] => simd(0x0b, 0, ...unsigned(offset));
const everyByte = (byte: number): number[] => simd(0x0c, ...new Array<number>(16).fill(byte));
const interleave = (from: number): number[] =>
  simd(0x0d, ...Array.from({ length: 16 }, (_, i) => from + (i >> 1) + (i & 1) * 16));
const swizzle = simd(0x0e);
const atLeast = simd(0x2c);
const and = simd(0x4e);
const or = simd(0x50);
const subtract8 = simd(0x71);
const extendLow = simd(0xa7);
const extendHigh = simd(0xa8);
const add32 = simd(0xae);

/** Non-negative constants below 2^20 and small negative ones. */
function signed(value: number): number[] {
  if (value < 0) return [value & 127];
  const bytes = unsigned(value);
  return ((bytes.at(-1) ?? 0) & 64) === 0 ? bytes : [...bytes.slice(0, -1), (bytes.at(-1) ?? 0) | 128, 0];
}

function scoreFunction(depth: KernelDepth): number[] {
  const [codes, scores, groups, questions, leaves, trees] = [0, 1, 2, 3, 4, 5];
  const [question, leaf, left] = [6, 7, 8];
  const sums = [9, 10, 11, 12] as const;
  const [at, low, high] = [13, 14, 15];
  const plane = planeBytes(depth);
  const lookUp = (offset: number): number[] =>
    Array.from({ length: plane / 16 }, (_, part) => [
      ...get(leaf),
      ...load(offset + part * 16),
      ...get(at),
      // Positions outside 0 to 15 give 0.
      ...(part === 0 ? [] : [...everyByte(part * 16), ...subtract8]),
      ...swizzle,
      ...(part === 0 ? [] : or),
    ]).flat();
  const addFour = (sum: number, from: number, extend: Bytes): number[] => [
    ...get(sum),
    ...get(low),
    ...get(high),
    ...interleave(from),
    ...extend,
    ...add32,
    ...set(sum),
  ];
  const body = [
    ...[0x03, 0x40], // loop over groups of rows
    ...sums.flatMap((sum, i) => [...get(scores), ...load(i * 16), ...set(sum)]),
    ...[...get(questions), ...set(question), ...get(leaves), ...set(leaf), ...get(trees), ...set(left)],
    ...[0x03, 0x40], // loop over trees
    ...Array.from({ length: depth }, (_, level) => [
      ...[...get(codes), ...get(question), ...loadI32(level * 8), ...addI32, ...load(0)],
      ...[...get(question), ...loadSplat8(level * 8 + 4), ...atLeast, ...everyByte(1 << level), ...and],
      ...(level === 0 ? [] : or),
    ]).flat(),
    ...set(at),
    ...[...lookUp(0), ...set(low), ...lookUp(plane), ...set(high)],
    ...[...addFour(sums[0], 0, extendLow), ...addFour(sums[1], 0, extendHigh)],
    ...[...addFour(sums[2], 8, extendLow), ...addFour(sums[3], 8, extendHigh)],
    ...[...get(question), ...constant(depth * 8), ...addI32, ...set(question)],
    ...[...get(leaf), ...constant(plane * 2), ...addI32, ...set(leaf)],
    ...[...get(left), ...constant(-1), ...addI32, 0x22, left, 0x0d, 0, 0x0b],
    ...sums.flatMap((sum, i) => [...get(scores), ...get(sum), ...store(i * 16)]),
    ...[...get(codes), ...constant(kernelRows), ...addI32, ...set(codes)],
    ...[...get(scores), ...constant(kernelRows * 4), ...addI32, ...set(scores)],
    ...[...get(groups), ...constant(-1), ...addI32, 0x22, groups, 0x0d, 0, 0x0b],
    0x0b,
  ];
  const locals = [2, ...[3, i32], ...[7, v128]];
  return [...unsigned(locals.length + body.length), ...locals, ...body];
}

function assemble(): Uint8Array {
  const depths: readonly KernelDepth[] = [2, 4, 6];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[0x60, ...vector(new Array<Bytes>(6).fill([i32])), 0]]),
    ...section(2, [[...text('env'), ...text('memory'), 0x02, 0x00, 1]]),
    ...section(
      3,
      depths.map(() => [0]),
    ),
    ...section(
      7,
      depths.map((depth, i) => [...text(`score${depth}`), 0x00, i]),
    ),
    ...section(10, depths.map(scoreFunction)),
  ]);
}
