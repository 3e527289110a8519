import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, synth } from '../run/support.ts';

describe('synth status', function () {
  this.timeout(60_000);

  it('says what is overdue, and with --check by its exit code', () =>
    inFolder(async (folder) => {
      writeFileSync(
        join(folder, 'synth.config.ts'),
        `import { copula, defineConfig, duckdb } from 'synthouse';
export default defineConfig({ source: duckdb({ path: 'a.duckdb' }), mirrors: duckdb({ path: 'b.duckdb' }), tables: { t: copula() },
  schedule: '0 0 1 1 *' });`,
      );
      const [told, checked] = [await synth(folder, 'status'), await synth(folder, 'status', '--check')];
      assert.match(told.out, /project +0 0 1 1 \* .*overdue/);
      assert.deepEqual([told.code, checked.code, checked.out], [0, 1, told.out]);
    }));
});
