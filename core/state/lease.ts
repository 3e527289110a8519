// One build (or scheduler) at a time, across processes: a lease in the state file, kept alive by a heartbeat and taken over when its holder died.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { SynthError } from '../errors.ts';
import { exclusively } from './exclusive.ts';
import type { State } from './open.ts';

export interface LeaseOwner {
  readonly pid: number;
  readonly host: string;
}

export interface LeaseHolder extends LeaseOwner {
  /** ISO 8601, UTC. */
  readonly since: string;
}

export interface LeaseOptions {
  /** What is leased. Default `build`. */
  readonly name?: 'build' | 'schedule';
  readonly owner: LeaseOwner;
  /** A holder that has not been heard of for so long counts as dead. */
  readonly ttlSeconds: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Wait for the holder instead of failing. */
  readonly wait?: boolean;
  readonly signal?: AbortSignal;
  /** Called once, when waiting starts. */
  readonly onWait?: (holder: LeaseHolder) => void;
  readonly pollMillis?: number;
}

export interface Lease extends AsyncDisposable {
  /**
   * The fencing number: greater than that of every holder before. A store that has seen a greater one refuses this holder,
   * whatever it believes about its lease (M. Kleppmann, "How to do distributed locking", 2016). It starts from the clock, so
   * that numbers go on rising after the state was removed.
   */
  readonly fence: number;
  /** The dead or silent holder that this lease was taken from. */
  readonly takenFrom?: LeaseHolder;
  /** Aborted when another process took the lease over: this one was silent for too long and must not publish. */
  readonly lost: AbortSignal;
  /** True while the lease is ours. Ask right before what only a holder may do. */
  renew(): Promise<boolean>;
}

interface LeaseRow {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  readonly since: number;
  readonly expires_at: number;
}

const nameOf = (options: LeaseOptions): string => options.name ?? 'build';

/** @throws SynthError `lease.held`, naming the holder, when another process has it and `wait` is not set */
export async function acquireLease(state: State, options: LeaseOptions): Promise<Lease> {
  const token = randomUUID();
  for (let waiting = false; ; waiting = true) {
    options.signal?.throwIfAborted();
    const result = await tryAcquire(state, token, options);
    if (result.kind === 'acquired') return keepAlive(state, token, options, result);
    const { holder } = result;
    if (options.wait !== true) {
      throw new SynthError(
        'lease.held',
        `Another ${nameOf(options) === 'build' ? 'build' : 'scheduler'} is running: process ${holder.pid} on ${holder.host}, since ${holder.since}.`,
        { hint: 'Wait for it with --wait, or stop that process.' },
      );
    }
    if (!waiting) options.onWait?.(holder);
    await sleep(options.pollMillis ?? 250, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

/** Who builds now, if anyone: for `synth debug`. */
export async function leaseHolder(state: State, owner: LeaseOwner, now: number): Promise<LeaseHolder | undefined> {
  const row = await readLease(state.db, 'build');
  return row === undefined || isDead(row, owner, now) ? undefined : toHolder(row);
}

type Attempt =
  | { readonly kind: 'acquired'; readonly takenFrom: LeaseHolder | undefined; readonly fence: number }
  | { readonly kind: 'held'; readonly holder: LeaseHolder };

async function tryAcquire(state: State, token: string, options: LeaseOptions): Promise<Attempt> {
  const { owner, ttlSeconds, clock } = options;
  const name = nameOf(options);
  // An immediate transaction: of two that try at once, the second sees what the first wrote.
  const attempt = async (transaction: Pick<State['db'], 'all' | 'run'>): Promise<Attempt> => {
    const now = clock();
    const row = await readLease(transaction, name);
    if (row !== undefined && !isDead(row, owner, now)) return { kind: 'held', holder: toHolder(row) };
    await transaction.run(sql`
      INSERT OR REPLACE INTO leases (name, token, pid, host, since, expires_at)
      VALUES (${name}, ${token}, ${owner.pid}, ${owner.host}, ${now}, ${now + ttlSeconds * 1000})`);
    const [fence] = await transaction.all<{ number: number }>(sql`
      INSERT INTO fences (name, number) VALUES (${name}, ${now})
      ON CONFLICT (name) DO UPDATE SET number = max(number + 1, excluded.number) RETURNING number`);
    return { kind: 'acquired', takenFrom: row === undefined ? undefined : toHolder(row), fence: fence?.number ?? 0 };
  };
  return await exclusively(() => state.db.transaction(attempt));
}

function keepAlive(
  state: State,
  token: string,
  options: LeaseOptions,
  { takenFrom, fence }: Extract<Attempt, { kind: 'acquired' }>,
): Lease {
  const name = nameOf(options);
  const lost = new AbortController();
  const renew = async (): Promise<boolean> => {
    if (lost.signal.aborted) return false;
    const expiresAt = options.clock() + options.ttlSeconds * 1000;
    const extend = sql`UPDATE leases SET expires_at = ${expiresAt} WHERE name = ${name} AND token = ${token}`;
    const renewed = await exclusively(() => state.db.run(extend));
    if (renewed.rowsAffected === 1) return true;
    lost.abort(new SynthError('lease.lost', 'Another build took over: this one had not been heard of for too long.'));
    return false;
  };
  // A heartbeat that fails (a full disk) is tried again; the lease then ends by itself.
  const heartbeat = setInterval(() => void renew().catch(() => {}), (options.ttlSeconds * 1000) / 3);
  heartbeat.unref();
  return {
    fence,
    ...(takenFrom === undefined ? {} : { takenFrom }),
    lost: lost.signal,
    renew,
    async [Symbol.asyncDispose](): Promise<void> {
      clearInterval(heartbeat);
      const giveBack = sql`DELETE FROM leases WHERE name = ${name} AND token = ${token}`;
      await exclusively(() => state.db.run(giveBack));
    },
  };
}

async function readLease(db: Pick<State['db'], 'all'>, name: string): Promise<LeaseRow | undefined> {
  const rows = await db.all<LeaseRow>(sql`SELECT token, pid, host, since, expires_at FROM leases WHERE name = ${name}`);
  return rows[0];
}

/** Silent for longer than its time, or a process of this host that is gone. */
function isDead(row: LeaseRow, owner: LeaseOwner, now: number): boolean {
  return row.expires_at <= now || (row.host === owner.host && !isAlive(row.pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // signal 0 only asks
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM'; // alive, another user's
  }
}

function toHolder(row: LeaseRow): LeaseHolder {
  return { pid: row.pid, host: row.host, since: new Date(row.since).toISOString() };
}
