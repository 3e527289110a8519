// `synth debug`: looks at all that a build needs, one check after the other, and goes on after those that fail.
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, hostname, tmpdir } from 'node:os';
import { relative } from 'node:path';
import { chooseEngine, type EngineChoice, engineChoices } from '../../models/nets/index.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import { checkAgainstSchemas } from '../config/resolve.ts';
import { SynthError } from '../errors.ts';
import { defaultThreads } from '../pool.ts';
import { relationRef } from '../sql.ts';
import { leaseHolder, openState } from '../state/index.ts';
import { mirrorStore, projectPaths } from './plan.ts';
import { withSide } from './query.ts';

export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** What was found, in one line, without a value of the data. */
  readonly detail: string;
  readonly hint?: string;
}

export interface DebugOptions {
  readonly version: string;
  readonly directory: string;
  loadConfig(): Promise<LoadedConfig>;
  readonly threads?: number;
  readonly signal: AbortSignal;
  readonly clock: () => Date;
  /** Called with each check as it ends. */
  onCheck(check: Check): void;
}

/** A check says what it found; it throws what is wrong. */
type Look = () => Promise<string | Omit<Check, 'name'>>;

export async function runDebug(options: DebugOptions): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const check = async (name: string, look: Look): Promise<void> => {
    options.signal.throwIfAborted();
    const found = await look().catch((error: unknown) => failed(error));
    const done: Check = typeof found === 'string' ? { name, status: 'ok', detail: found } : { name, ...found };
    checks.push(done);
    options.onCheck(done);
  };
  await check('synthouse', async () => options.version);
  await check('node', async () => `${process.version} on ${process.platform} ${process.arch}`);
  await check('duckdb', async () => `${(await import('@duckdb/node-api')).version()} loads`);
  await check('libsql', sqliteVersion);
  await check('networks', networkEngine);
  await check('threads', async () => `${options.threads ?? defaultThreads()} of ${availableParallelism()} cores`);
  await check('memory', async () => `${gib(freemem())} free`);
  let config: LoadedConfig | undefined;
  await check('config', async () => {
    config = await options.loadConfig();
    return `${relative(options.directory, config.file)} is valid, ${count(config.tables.length, 'table')}`;
  });
  await check('disk', () => diskSpace(config?.directory ?? options.directory, 'the project'));
  await check('temporary disk', () => diskSpace(tmpdir(), tmpdir()));
  if (config === undefined) return checks;
  const loaded: LoadedConfig = config;
  for (const choice of namedEngines(loaded)) {
    await check(`engine ${choice}`, async () => `${(await chooseEngine(choice)).detail} loads`);
  }
  await check('source', () => lookAtSource(loaded, options));
  await check('mirrors', () => lookAtMirrors(loaded));
  await check('state', () => lookAtState(loaded));
  await check('lease', () => lookAtLease(loaded, options.clock));
  return checks;
}

function failed(error: unknown): Omit<Check, 'name'> {
  if (!(error instanceof Error)) return { status: 'fail', detail: 'Something that is no error was thrown.' };
  const hint = error instanceof SynthError && error.hint !== undefined ? { hint: error.hint } : {};
  return { status: 'fail', detail: error.message, ...hint };
}

async function sqliteVersion(): Promise<string> {
  const { createClient } = await import('@libsql/client/sqlite3');
  const client = createClient({ url: ':memory:' });
  try {
    return `SQLite ${String((await client.execute('select sqlite_version()')).rows[0]?.[0])} loads`;
  } finally {
    client.close();
  }
}

/** What would train neural generators. */
async function networkEngine(): Promise<string | Omit<Check, 'name'>> {
  try {
    const { name, detail } = await chooseEngine('auto');
    const found = `engine ${name} (${detail})`;
    return name === 'onnx' ? found : { status: 'warn', detail: found, hint: 'Run `npm install onnxruntime-node`.' };
  } catch (error) {
    // Only neural generators need an engine.
    return { ...failed(error), status: 'warn' };
  }
}

/** Engines that tables ask for by name. */
function namedEngines({ tables }: LoadedConfig): readonly EngineChoice[] {
  const named = tables.map(({ generator }) => generator.options.engine);
  return engineChoices.filter((choice) => choice !== 'auto' && named.includes(choice));
}

/** Below it a build of a few million rows is likely to end early. */
const littleSpace = 2 * 2 ** 30;

async function diskSpace(folder: string, shown: string): Promise<Omit<Check, 'name'>> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${gib(free)} free for ${shown}`;
  return free < littleSpace
    ? { status: 'warn', detail, hint: 'A build needs room for the mirrors twice.' }
    : { status: 'ok', detail };
}

async function lookAtSource(config: LoadedConfig, { signal }: DebugOptions): Promise<string> {
  return withSide({ config, side: 'source', signal }, async ({ workspace, attached }) => {
    const tables = await attached.tables();
    let rows = 0;
    for (const { schema } of checkAgainstSchemas(config, tables)) {
      const counted = await workspace.db
        .selectFrom(relationRef(attached.relation(schema.name)).as('t'))
        .select((build) => build.fn.countAll<number>().as('rows'))
        .executeTakeFirst();
      rows += Number(counted?.rows ?? 0);
    }
    const all = count(tables.length, 'table');
    return `${config.source.location} opens, ${all}; those of the config hold ${rows.toLocaleString('en')} rows`;
  });
}

async function lookAtMirrors(config: LoadedConfig): Promise<string> {
  const store = mirrorStore(config);
  const kept = (await store.releases()).length;
  const current = await store.current();
  if (current !== undefined) return `${store.location} shows release ${current.id}, ${count(kept, 'release')} kept`;
  if (!existsSync(store.location)) return `${store.location} is not there yet: nothing was published`;
  throw new SynthError('mirrors.not-ours', `${store.location} exists and was not published by synthouse.`, {
    hint: 'Name another file for the mirrors, or move this one away if it holds nothing but old mirrors.',
  });
}

async function lookAtState(config: LoadedConfig): Promise<string> {
  const path = projectPaths(config).state;
  if (!existsSync(path)) return 'none yet: nothing was built';
  await using state = await openState(path);
  const [last] = await state.read.runs(1);
  return `${relative(config.directory, path)} opens${last === undefined ? '' : `, last run ${last.id}: ${last.status}`}`;
}

async function lookAtLease(config: LoadedConfig, clock: () => Date): Promise<Omit<Check, 'name'>> {
  const path = projectPaths(config).state;
  if (!existsSync(path)) return { status: 'ok', detail: 'free' };
  await using state = await openState(path);
  const holder = await leaseHolder(state, { pid: process.pid, host: hostname() }, clock().getTime());
  if (holder === undefined) return { status: 'ok', detail: 'free' };
  const { pid, host, since } = holder;
  return { status: 'warn', detail: `a build runs: process ${pid} on ${host}, since ${since}` };
}

function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
