// A child process for lease.test.ts: takes the lease of the state file in argv[2], says so, and holds it until it is killed.
import { acquireLease, openState } from '../../../core/state/index.ts';

const state = await openState(process.argv[2] as string);
const owner = { pid: process.pid, host: 'testhost' };
const lease = await acquireLease(state, { owner, ttlSeconds: 600, clock: Date.now, wait: true, pollMillis: 20 });
process.stdout.write(`${lease.takenFrom?.pid ?? 'free'}\n`);
process.stdin.on('data', async () => {
  await lease[Symbol.asyncDispose]();
  process.exit(0);
});
