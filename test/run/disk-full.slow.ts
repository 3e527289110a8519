// A disk that is full, for real: the system refuses to let any file of the build grow beyond a size.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inFolder, one, shop, synth, writeConfig } from './support.ts';

const main = fileURLToPath(new URL('../../cli/main.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command with files of at most so many KiB. */
async function within(kibibytes: number, folder: string, ...args: readonly string[]): Promise<Ended> {
  const script = `ulimit -f ${kibibytes}; exec "$0" "$@"`;
  try {
    const ended = await promisify(execFile)('bash', ['-c', script, process.execPath, main, ...args], { cwd: folder });
    return { code: 0, ...ended };
  } catch (error) {
    return error as Ended;
  }
}

describe('a full disk', function () {
  this.timeout(300_000);
  before(function () {
    // Windows has no such limit.
    if (process.platform === 'win32') this.skip();
  });

  it('is said in two lines at whatever moment, leaves the visible mirrors alone, and is forgotten once there is room', () =>
    inFolder(async (folder) => {
      await shop(folder, { customers: 1000, orders: 3500 });
      await writeConfig(folder, 'customers: boosted(), orders: boosted()');
      const mirrors = join(folder, 'mirrors.duckdb');
      assert.equal((await synth(folder, 'build')).code, 0);
      const before = readFileSync(mirrors);
      let refused = 0;
      // From too little for the state to enough for all but the whole mirrors.
      for (const share of [0.02, 0.1, 0.3, 0.5, 0.7, 0.9]) {
        const limit = Math.floor((share * before.length) / 1024);
        const { code, stdout, stderr } = await within(limit, folder, 'build', '--full-refresh');
        assert.equal(code, 1, `${limit} KiB: ${stdout}${stderr}`);
        assert.match(
          stderr,
          /(^|\n)Error: [^\n]*(refused to store more|cannot be opened or written)[^\n]*\n[^\n]*disk space[^\n]*\n$/,
        );
        assert.ok(readFileSync(mirrors).equals(before), `${limit} KiB: the visible mirrors changed`);
        if (stderr.includes('refused')) refused++;
      }
      assert.ok(refused > 0);
      const again = await synth(folder, 'build', '--full-refresh');
      assert.equal(again.code, 0, again.err);
      assert.deepEqual(await one('select count(*)::int as n from orders', mirrors), { n: 3500 });
    }));

  it('is said by synth mirror, which then leaves no file', () =>
    inFolder(async (folder) => {
      await shop(folder, { customers: 20_000, orders: 10 });
      const { code, stderr } = await within(
        64,
        folder,
        'mirror',
        'shop.duckdb#customers',
        '--out',
        'out.csv',
        '--set',
        'rounds=3',
      );
      assert.equal(code, 1, stderr);
      assert.match(stderr, /Error: [^\n]*(refused to store more|cannot be)/);
      assert.equal(
        (await synth(folder, 'mirror', 'shop.duckdb#customers', '--out', 'out.csv', '--set', 'rounds=3')).code,
        0,
      );
    }));
});
