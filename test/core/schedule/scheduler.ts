// One of several schedulers on one state, as a process: steps a clock of its own through the ticks, and writes down each build.
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadedConfig } from '../../../core/config/loaded.ts';
import type { BuildResult } from '../../../core/run/build.ts';
import { runDue } from '../../../core/schedule/due.ts';

const [folder = '', me = '', other = '', ticks = ''] = process.argv.slice(2);
const start = Date.UTC(2026, 0, 1);
// Only what runDue reads of a config.
const config = {
  directory: folder,
  alerts: { channels: [], silence: [] },
  schedule: { cron: '* * * * * *', timeZone: 'UTC', jitterSeconds: 0 },
  tables: [{ name: 't' }],
} as unknown as LoadedConfig;

for (let i = 1; i <= Number(ticks); i++) {
  const now = new Date(start + i * 1000);
  writeFileSync(join(folder, `${me}-${i}`), '');
  while (!existsSync(join(folder, `${other}-${i}`))) await sleep(1);
  for (let elsewhere = true; elsewhere; ) {
    const result = await runDue({
      config,
      signal: new AbortController().signal,
      progress: () => {},
      clock: () => now,
      build: async () => {
        appendFileSync(join(folder, 'builds'), `${i}\n`);
        await sleep(2);
        return { published: true, summary: { fail: 0 } } as unknown as BuildResult;
      },
    });
    elsewhere = result.elsewhere === true;
    if (elsewhere) await sleep(2);
  }
}
