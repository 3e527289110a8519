// The body of a worker thread: imports the module of each call and posts back what its function returns.
import { parentPort } from 'node:worker_threads';
import { SynthError } from './errors.ts';
import { importCall, isTransferred } from './pool.ts';

parentPort?.on('message', async (call: { module: string; name: string; payload: unknown }) => {
  try {
    const result = await (await importCall(call.module, call.name))(call.payload);
    if (isTransferred(result)) parentPort?.postMessage({ value: result.transferredValue }, [...result.transfer]);
    else parentPort?.postMessage({ value: result });
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    const known = error instanceof SynthError ? { code: error.code, hint: error.hint } : {};
    parentPort?.postMessage({ error: { message, stack, ...known } });
  }
});
