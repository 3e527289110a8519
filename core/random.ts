// Counter-based randomness: the draw for (seed, table, column, row) is a pure function, the same in JavaScript and in SQL.
// 32-bit mixing whose products stay below 2^63, so that engines with signed 64-bit integers compute the same bits.

// Multipliers of lowbias32, the least biased two-round 32-bit mixer known (C. Wellons, hash-prospector); both odd, < 2^31.
const M1 = 0x21f0aaad;
const M2 = 0x735a2d97;

/** The constants of one stream of draws: one per (seed, table, column, purpose). */
export interface DrawStream {
  readonly rowSalt: number;
  readonly k1: number;
  readonly k2: number;
}

/** A bijection on 32-bit words in which every input bit flips every output bit with probability near ½. */
export function mix32(word: number): number {
  let x = word ^ (word >>> 16);
  x = Math.imul(x, M1);
  x ^= x >>> 15;
  x = Math.imul(x, M2);
  return (x ^ (x >>> 15)) >>> 0;
}

/** A 32-bit hash of text (UTF-16 code units, each mixed in). */
export function hashText(text: string, seed = 0): number {
  let hash = mix32(seed ^ text.length);
  for (let i = 0; i < text.length; i++) hash = mix32(hash ^ text.charCodeAt(i));
  return hash;
}

/** The stream of draws of one column of one table under one seed. */
export function drawStream(seed: number, table: string, column: string): DrawStream {
  const rowSalt = hashText(table, mix32(seed >>> 0) ^ Math.floor(seed / 4294967296));
  const k1 = hashText(column, rowSalt);
  return { rowSalt, k1, k2: mix32(k1 ^ 0x5bd1e995) };
}

/** The hash of a row number (an integer in [0, 2^53)), shared by all columns of its table. */
export function rowHash(row: number, rowSalt: number): number {
  const low = mix32((row >>> 0) ^ rowSalt);
  const high = Math.floor(row / 4294967296);
  return high === 0 ? low : mix32(low ^ high);
}

/** A uniform 32-bit word for one row and column. Divide by 2^32 for a number in [0, 1). */
export function drawWord(stream: DrawStream, hash: number): number {
  const z = Math.imul(hash ^ stream.k1, M1) + stream.k2;
  return Math.imul(z ^ (z >>> 15), M2) >>> 0;
}

/** Fills `into` with uniform numbers in [0, 1), one per entry of `hashes`. */
export function drawUniform(stream: DrawStream, hashes: Uint32Array, into: Float64Array): void {
  for (let i = 0; i < hashes.length; i++) into[i] = drawWord(stream, hashes[i] as number) / 4294967296;
}

/** A sequential generator (sfc32) for learners, where the order of draws is fixed by the algorithm. Returns [0, 1). */
export function sequence(seed: number, purpose: string): () => number {
  let a = hashText(purpose, seed >>> 0);
  let b = mix32(a ^ 0x9e3779b9);
  let c = mix32(b ^ seed);
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}
