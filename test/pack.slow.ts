// The package as users get it: packed, installed in an empty folder, and run there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the package', function () {
  this.timeout(600_000);
  let folder = '';
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'synth-pack-'));
    // Without its scripts: they would empty the folder from which this test runs.
    const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: root,
    });
    const [packed] = JSON.parse(stdout) as { filename: string }[];
    assert.ok(packed !== undefined);
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    // The CUDA libraries of an optional engine are no part of the question, and hundreds of megabytes.
    await run('npm', ['install', '--no-audit', '--no-fund', join(folder, packed.filename)], {
      cwd: folder,
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('mirrors a CSV file', async () => {
    const lines = Array.from({ length: 600 }, (_, i) => `${((i * 7919) % 10_007) / 7},${'abc'[(i * 31) % 3]}`);
    writeFileSync(join(folder, 'in.csv'), `amount,kind\n${lines.join('\n')}\n`);
    const { stdout } = await run('npx', ['synth', 'mirror', 'in.csv', '--out', 'out.parquet', '--json'], {
      cwd: folder,
    });
    const result = JSON.parse(stdout) as { rows: number; written: boolean };
    assert.equal(result.rows, 600);
    assert.equal(result.written, true);
  });

  it('has types for a config', async () => {
    const config =
      "import { boosted, defineConfig, duckdb } from 'synthouse';\n" +
      "export default defineConfig({ source: duckdb({ path: 'a.duckdb' }), mirrors: duckdb({ path: 'b.duckdb' }), tables: ";
    writeFileSync(join(folder, 'right.ts'), `${config} { a: boosted() } });\n`);
    writeFileSync(join(folder, 'wrong.ts'), `${config} { a: 3 } });\n`);
    const check = (file: string): Promise<unknown> =>
      run(
        process.execPath,
        [
          join(root, 'node_modules/typescript/bin/tsc'),
          '--noEmit',
          '--strict',
          '--skipLibCheck',
          '--ignoreConfig',
          '--module',
          'nodenext',
          '--target',
          'es2022',
          '--types',
          '',
          file,
        ],
        { cwd: folder },
      );
    await check('right.ts');
    await assert.rejects(check('wrong.ts'), (error: { stdout?: string }) => /wrong\.ts/.test(error.stdout ?? ''));
  });
});
