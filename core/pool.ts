// Worker threads behind one call: run an exported pure function of a module on a payload, wherever there is a free thread.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { SynthError } from './errors.ts';
import { refuseTelemetry } from './telemetry.ts';

/** A call that a worker can run: `export function name(payload)` of the module at `module` (a file URL). */
export interface WorkerCall {
  readonly module: string;
  readonly name: string;
  readonly payload: unknown;
  readonly transfer?: readonly ArrayBuffer[];
}

export interface WorkerPool extends AsyncDisposable {
  readonly threads: number;
  /**
   * Runs a call and resolves to its result. Results may carry SharedArrayBuffers; an exported function that returns
   * `{ value, transfer }` through {@link withTransfer} hands its buffers over without a copy.
   */
  run<Result>(call: WorkerCall): Promise<Result>;
}

/** Marks a worker's result so that `transfer` is handed over instead of copied. */
export interface Transferred<Value> {
  readonly transferredValue: Value;
  readonly transfer: readonly ArrayBuffer[];
}

export function withTransfer<Value>(value: Value, transfer: readonly ArrayBuffer[]): Transferred<Value> {
  return { transferredValue: value, transfer };
}

export function isTransferred(value: unknown): value is Transferred<unknown> {
  return typeof value === 'object' && value !== null && 'transferredValue' in value;
}

/** The function `name` of the module at `url`. */
export async function importCall(url: string, name: string): Promise<(payload: unknown) => unknown> {
  const loaded: Record<string, unknown> = await import(url);
  const call = loaded[name];
  if (typeof call !== 'function') {
    throw new SynthError('pool.no-function', `The module of a worker call exports no function "${name}".`, {
      kind: 'unexpected',
    });
  }
  return call as (payload: unknown) => unknown;
}

/** Threads to use when the user names none: all that the machine offers, at most 16. */
export function defaultThreads(): number {
  return Math.min(16, availableParallelism());
}

interface Job {
  readonly call: WorkerCall;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

interface Reply {
  readonly value?: unknown;
  readonly error?: {
    readonly message: string;
    readonly code?: string;
    readonly hint?: string;
    readonly stack?: string;
  };
}

/** Milliseconds without a call after which workers end: each holds some 60 MB, which writing and auditing can use. */
const restAfter = 1000;

/**
 * A pool of `threads` worker threads, started when needed and ended when nothing was for a while. With one thread, calls
 * run in this thread.
 */
export function createPool(threads: number, signal?: AbortSignal, rest: number = restAfter): WorkerPool {
  refuseTelemetry();
  const idle: Worker[] = [];
  const busy = new Map<Worker, Job>();
  const queue: Job[] = [];
  let closed = false;
  let resting: NodeJS.Timeout | undefined;

  const failAll = (error: unknown): void => {
    for (const job of [...busy.values(), ...queue.splice(0)]) job.reject(error);
    busy.clear();
  };
  const abort = (): void => {
    closed = true;
    failAll(signal?.reason ?? new SynthError('pool.closed', 'The work was cancelled.'));
    for (const worker of workers) void worker.terminate();
  };
  const workers = new Set<Worker>();
  signal?.addEventListener('abort', abort, { once: true });

  const endIdle = (): void => {
    for (const worker of idle.splice(0)) {
      workers.delete(worker);
      void worker.terminate();
    }
  };

  const start = (): Worker => {
    const worker = new Worker(new URL('./pool-worker.js', import.meta.url));
    workers.add(worker);
    worker.unref();
    worker.on('message', (reply: Reply) => {
      const job = busy.get(worker);
      busy.delete(worker);
      worker.unref();
      idle.push(worker);
      if (busy.size + queue.length === 0) resting = setTimeout(endIdle, rest).unref();
      if (reply.error === undefined) job?.resolve(reply.value);
      else job?.reject(revive(reply.error));
      next();
    });
    worker.on('error', (error) => {
      workers.delete(worker);
      const job = busy.get(worker);
      busy.delete(worker);
      job?.reject(error);
      next();
    });
    return worker;
  };

  const next = (): void => {
    if (queue.length > 0) clearTimeout(resting);
    while (!closed && queue.length > 0 && (idle.length > 0 || workers.size < threads)) {
      const worker = idle.pop() ?? start();
      const job = queue.shift() as Job;
      busy.set(worker, job);
      worker.ref();
      const { module, name, payload, transfer } = job.call;
      worker.postMessage({ module, name, payload }, [...(transfer ?? [])]);
    }
  };

  return {
    threads,
    async run<Result>(call: WorkerCall): Promise<Result> {
      signal?.throwIfAborted();
      if (threads <= 1) {
        const result = await (await importCall(call.module, call.name))(call.payload);
        return (isTransferred(result) ? result.transferredValue : result) as Result;
      }
      return new Promise<Result>((resolve, reject) => {
        queue.push({ call, resolve: (value) => resolve(value as Result), reject });
        next();
      });
    },
    async [Symbol.asyncDispose](): Promise<void> {
      closed = true;
      clearTimeout(resting);
      signal?.removeEventListener('abort', abort);
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}

function revive(error: NonNullable<Reply['error']>): Error {
  if (error.code === undefined) return Object.assign(new Error(error.message), { stack: error.stack });
  return new SynthError(error.code, error.message, error.hint === undefined ? {} : { hint: error.hint });
}
