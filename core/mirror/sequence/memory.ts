// What rows remember of the siblings before their elder one: which columns are worth it. Pure.
import type { ColumnBatch } from '../../batch.ts';
import type { ColumnSchema, ColumnType } from '../../schema.ts';
import { coarsen, learnCoarse, vectorOf } from '../buckets.ts';
import { elderContext, memoryContext } from '../names.ts';
import type { Memory } from './types.ts';

/** Bits that a memory must tell beyond what the elder sibling tells. */
const leastInformation = 0.01;
const mostMemories = 8;
const mostRows = 50_000;
const codes = 8;

/** What could be remembered of a column; undefined for times, of which the order tells. */
export function memoryOf({ name, type }: ColumnSchema): Memory | undefined {
  switch (type.kind) {
    case 'integer':
    case 'decimal':
    case 'float':
      return { column: name, kind: 'mean' };
    case 'boolean':
    case 'enum':
    case 'text':
      return { column: name, kind: 'share' };
    default:
      return undefined;
  }
}

/** The column of the context that holds a memory. */
export function memorySchema({ column }: Memory): ColumnSchema {
  return { name: memoryContext(column), sqlType: 'DOUBLE', type: { kind: 'float', bits: 64 }, nullable: true };
}

/** Decimals travel as whole numbers: what divides them. */
export function unitOf(type: ColumnType): number {
  return type.kind === 'decimal' ? 10 ** type.scale : 1;
}

/**
 * The memories that tell at least .01 bit of their own column beyond what the elder sibling tells: conditional mutual
 * information of coarse codes less its bias under independence, (r − 1)(c − 1) / 2n nats for each code of the elder.
 * @param rows with the columns, their elder sibling's and their memories; of rows that have one
 */
export function chooseMemories(memories: readonly Memory[], rows: ColumnBatch, k: number): readonly Memory[] {
  const n = Math.min(mostRows, rows.rowCount);
  if (n < 4 * k) return [];
  const codesOf = (name: string): Uint8Array | undefined => {
    const vector = vectorOf(rows, name);
    const coarse = learnCoarse(name, vector, n, k);
    return coarse === undefined ? undefined : coarsen(coarse, vector, n);
  };
  return memories
    .map((memory) => {
      const own = codesOf(memory.column);
      const elder = codesOf(elderContext(memory.column));
      const before = codesOf(memoryContext(memory.column));
      const known = own !== undefined && elder !== undefined && before !== undefined;
      return { memory, bits: known ? conditionalInformation(own, before, elder) : 0 };
    })
    .filter(({ bits }) => bits >= leastInformation)
    .sort((a, b) => b.bits - a.bits)
    .slice(0, mostMemories)
    .map(({ memory }) => memory);
}

/** I(a; b | given) in bits, less its bias, never below 0 for a code of `given`. */
function conditionalInformation(a: Uint8Array, b: Uint8Array, given: Uint8Array): number {
  const joint = new Float64Array(codes ** 3);
  for (let row = 0; row < a.length; row++) {
    const cell = ((given[row] as number) * codes + (a[row] as number)) * codes + (b[row] as number);
    joint[cell] = (joint[cell] as number) + 1;
  }
  let nats = 0;
  for (let at = 0; at < joint.length; at += codes * codes) {
    const left = new Float64Array(codes);
    const right = new Float64Array(codes);
    let total = 0;
    for (let cell = 0; cell < codes * codes; cell++) {
      const count = joint[at + cell] as number;
      left[Math.floor(cell / codes)] = (left[Math.floor(cell / codes)] as number) + count;
      right[cell % codes] = (right[cell % codes] as number) + count;
      total += count;
    }
    let here = 0;
    for (let cell = 0; cell < codes * codes; cell++) {
      const count = joint[at + cell] as number;
      if (count === 0) continue;
      here +=
        count *
        Math.log((count * total) / ((left[Math.floor(cell / codes)] as number) * (right[cell % codes] as number)));
    }
    const used = (counts: Float64Array): number => Math.max(0, counts.filter((count) => count > 0).length - 1);
    nats += Math.max(0, here - (used(left) * used(right)) / 2);
  }
  return nats / a.length / Math.LN2;
}
