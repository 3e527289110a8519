// Functions that the tests of core/pool call in worker threads.
import { threadId } from 'node:worker_threads';
import { withTransfer } from '../../core/pool.ts';

export function double(payload: unknown): number {
  return (payload as number) * 2;
}

export function fillShared(payload: unknown): null {
  const { buffer, value } = payload as { buffer: SharedArrayBuffer; value: number };
  new Uint8Array(buffer).fill(value);
  return null;
}

export function makeBytes(payload: unknown): unknown {
  const bytes = new Uint8Array(payload as number).fill(9);
  return withTransfer(bytes, [bytes.buffer]);
}

export function fail(): never {
  throw new Error('on purpose');
}

export function loop(): never {
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}

export function thread(): number {
  return threadId;
}
