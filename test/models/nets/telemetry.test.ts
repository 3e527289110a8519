import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** ONNX Runtime opens a log for what it sends, named by the process: it is there as soon as it may send. Not where CI is known. */
function sends(script: string): boolean {
  const { ORT_DISABLE_TELEMETRY: _, GITHUB_ACTIONS: __, CI: ___, ...env } = process.env;
  const { pid, status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    env,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return existsSync(join('/tmp', `mat-debug-${pid}.log`));
}

describe('what ONNX Runtime reports home', () => {
  it('is refused in the main thread', () => {
    const script = `import { nativeOnnx } from ${url('../../../models/nets/engines/onnx.js')};
      await nativeOnnx(undefined);
      const { startRuntime } = await import(${url('./telemetry-call.js')});
      await startRuntime();`;
    assert.equal(sends(script), false);
  });

  it('is refused in workers', () => {
    const script = `import { createPool } from ${url('../../../core/pool.js')};
      const pool = createPool(1);
      await pool.run({ module: ${url('./telemetry-call.js')}, name: 'startRuntime', payload: null });
      await pool[Symbol.asyncDispose]();`;
    assert.equal(sends(script), false);
  });
});
