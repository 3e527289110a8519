// Turns DuckDB's 16-byte string heads into dictionary codes, making a JavaScript string only for values not seen lately.
import duckdb from '@duckdb/node-bindings';

/** The codes of all strings met so far. */
export interface Dictionary {
  /** In the order of first appearance. */
  readonly labels: readonly string[];
  /** Writes the codes of one chunk's strings to `into` from `offset`; entries without their bit stay 0. */
  encode(heads: Uint8Array, bits: Uint8Array | null, rows: number, into: Uint32Array, offset: number): void;
}

const slots = 1 << 14;

/**
 * A head is a length and 12 bytes: the string itself, zero-padded, or its first 4 bytes and a pointer. A direct-mapped
 * cache from heads to codes stands before the map of strings. Pointers hold within one chunk only, so their entries carry
 * the number of the chunk.
 */
export function createDictionary(): Dictionary {
  const labels: string[] = [];
  const codes = new Map<string, number>();
  const cachedHeads = new Uint32Array(slots * 4);
  const cachedCodes = new Int32Array(slots).fill(-1);
  const cachedChunks = new Uint32Array(slots);
  let chunk = 0;

  const codeOf = (text: string): number => {
    let code = codes.get(text);
    if (code === undefined) {
      code = labels.length;
      labels.push(text);
      codes.set(text, code);
    }
    return code;
  };

  return {
    labels,
    encode(heads, bits, rows, into, offset) {
      chunk++;
      const buffer = heads.buffer as ArrayBuffer;
      const bytes = Buffer.from(buffer, heads.byteOffset, heads.byteLength);
      const words = new Uint32Array(buffer, heads.byteOffset, rows * 4);
      for (let i = 0; i < rows; i++) {
        if (bits !== null && !(((bits[i >> 3] as number) >> (i & 7)) & 1)) {
          into[offset + i] = 0;
          continue;
        }
        const length = words[4 * i] as number;
        const a = words[4 * i + 1] as number;
        const b = words[4 * i + 2] as number;
        const c = words[4 * i + 3] as number;
        let slot = Math.imul(length ^ Math.imul(a, 0x21f0aaad), 0x735a2d97) ^ Math.imul(b, 0x9e3779b1) ^ c;
        slot = (slot ^ (slot >>> 15)) & (slots - 1);
        const stamp = length <= 12 ? 0 : chunk;
        if (
          cachedCodes[slot] !== -1 &&
          cachedChunks[slot] === stamp &&
          cachedHeads[4 * slot] === length &&
          cachedHeads[4 * slot + 1] === a &&
          cachedHeads[4 * slot + 2] === b &&
          cachedHeads[4 * slot + 3] === c
        ) {
          into[offset + i] = cachedCodes[slot] as number;
          continue;
        }
        const start = 16 * i + 4;
        const code = codeOf(
          length <= 12
            ? bytes.toString('utf8', start, start + length)
            : textAt(duckdb.get_data_from_pointer(buffer, heads.byteOffset + 16 * i + 8, length)),
        );
        cachedHeads[4 * slot] = length;
        cachedHeads[4 * slot + 1] = a;
        cachedHeads[4 * slot + 2] = b;
        cachedHeads[4 * slot + 3] = c;
        cachedChunks[slot] = stamp;
        cachedCodes[slot] = code;
        into[offset + i] = code;
      }
    },
  };
}

function textAt(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
