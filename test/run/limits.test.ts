// What a config says of threads and memory holds for every run of it, and the command line goes before it.
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { z } from 'zod';
import { duckdb } from '../../connectors/duckdb/index.ts';
import type { Audit } from '../../core/audit.ts';
import { defineConfig } from '../../core/config/define.ts';
import { normaliseConfig } from '../../core/config/normalise.ts';
import { runBuild } from '../../core/run/index.ts';
import { openSession } from '../../core/run/session.ts';
import { boosted } from '../../generators/index.ts';
import { inFolder, shop } from './support.ts';

interface Limits {
  readonly memory: string;
  readonly threads: number;
}

const settings = sql<Limits>`select current_setting('memory_limit') as memory, current_setting('threads')::integer as threads`;

/** Notes the limits of the database that audits ask. */
function noting(found: Limits[]): Audit {
  return {
    id: 'my.limits',
    title: 'The limits of a run are those of its config.',
    scope: 'table',
    family: 'validity',
    direction: 'above',
    unit: 'rows',
    minRows: 1,
    tier: 'run',
    needs: [],
    options: z.strictObject({}),
    applies: () => true,
    async run({ db }) {
      found.push(...(await settings.execute(db)).rows);
      return [{ columns: [], value: 0, n: { real: 1, synthetic: 1, holdout: 1 } }];
    },
  };
}

describe('the limits of a run', () => {
  const signal = new AbortController().signal;

  it('are those of the config, in the database that a build works in', () =>
    inFolder(async (folder) => {
      const found: Limits[] = [];
      const path = await shop(folder, { customers: 300, orders: 0 });
      const config = normaliseConfig(
        defineConfig({
          source: duckdb({ path }),
          mirrors: duckdb({ path: `${folder}/mirrors.duckdb` }),
          memoryLimit: '320MiB',
          threads: 1,
          tables: { customers: boosted() },
          audits: { plugins: [noting(found)] },
        }),
        { file: `${folder}/synth.config.ts`, directory: folder, displayFile: 'synth.config.ts' },
      );
      const quiet = { progress: () => {}, clock: () => new Date(), signal };
      await runBuild({ config, fullRefresh: false, wait: false, ...quiet });
      assert.deepEqual(found, [{ memory: '320.0 MiB', threads: 1 }]);
    }));

  it('yield to the threads of the command line', async () => {
    await using session = await openSession({ signal, threads: 2, config: { threads: 1, memoryLimit: '320MiB' } });
    assert.deepEqual((await settings.execute(session.workspace.db)).rows, [{ memory: '320.0 MiB', threads: 2 }]);
  });
});
