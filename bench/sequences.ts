// Benchmark: a family of two tables, parents and their events in order, mirrored and held against the real ones.
// node dist/bench/sequences.js --config pair.json [--seed N] [--threads N] [--set option=value]
// node dist/bench/sequences.js --fake SEED: 10,000 made-up customers and their 71,000 orders
// pair.json: { "parents": "women.parquet", "children": "jobs.parquet", "key": "idcode", "parentKey": "id", "order": "year" }; paths
// are relative to it, parentKey is key when left out, and the order is looked for when left out.
//
// All figures are mean total variation distances in %, mirror against the train rows (80 % of the families), on the real table's
// edges: deciles of numbers and times, the 15 most frequent categories, all others, NULL. shape: single columns of the children;
// child pairs: each two of them; parent–child: one of a child, one of its parent; lag-1: a column and the same column of the next
// row. cardinality: KS distance of the children per parent. `real` is the holdout against train, scaled
// to the mirror's size.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { compareCounts, countCodes } from '../audits/code-counts.ts';
import { codesOf } from '../audits/codes.ts';
import { cardinalityAudit } from '../audits/fidelity/cardinality.ts';
import { frameOf } from '../audits/frame.ts';
import { joinParents } from '../audits/joined.ts';
import { orderOf, stepsOf } from '../audits/sequences.ts';
import { scaledToSize } from '../audits/statistics/proportion.ts';
import { duckdb } from '../connectors/duckdb/index.ts';
import { openWorkspace } from '../connectors/duckdb/workspace.ts';
import type { AuditInput, Relation } from '../core/audit.ts';
import type { Workspace } from '../core/connector.ts';
import { mirrorFamily, planFamily, splitFamily } from '../core/mirror/index.ts';
import { createPool } from '../core/pool.ts';
import type { ProgressEvent } from '../core/progress.ts';
import { auditTarget, comparedColumns } from '../core/run/audit-target.ts';
import { boosted } from '../generators/index.ts';
import { fakeFamily } from './family.ts';

interface Pair {
  readonly parents: string;
  readonly children: string;
  readonly key: string;
  readonly parentKey?: string;
  readonly order?: string | readonly string[];
}

const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    fake: { type: 'string' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
    set: { type: 'string', multiple: true, default: [] },
    verbose: { type: 'boolean', default: false },
  },
});

if (values.config === undefined && values.fake === undefined)
  console.log('No data: name a pair of tables with --config.');
else await main();

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'synthouse-sequences-'));
  try {
    const pair = await load(join(folder, 'source.duckdb'));
    await measure(folder, pair);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function load(path: string): Promise<Pick<Pair, 'key' | 'parentKey' | 'order'>> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const file = values.config;
  let pair: Pick<Pair, 'key' | 'parentKey' | 'order'> = { key: 'parent_id', parentKey: 'id' };
  if (file === undefined) await connection.run(fakeFamily(Number(values.fake)));
  else {
    const named = JSON.parse(await readFile(file, 'utf8')) as Pair;
    for (const table of ['parents', 'children'] as const) {
      const from = resolve(dirname(file), named[table]).replaceAll("'", "''");
      await connection.run(`create table ${table} as from '${from}'`);
    }
    pair = named;
  }
  connection.closeSync();
  instance.closeSync();
  return pair;
}

async function measure(
  folder: string,
  { key, parentKey = key, order }: Pick<Pair, 'key' | 'parentKey' | 'order'>,
): Promise<void> {
  await using workspace = await openWorkspace({
    tempDirectory: folder,
    threads: Number(values.threads),
    signal: new AbortController().signal,
  });
  await using source = await duckdb({ path: join(folder, 'source.duckdb') }).attach(workspace);
  await using pool = createPool(Number(values.threads));
  const choice = boosted(
    Object.fromEntries(values.set.map((text) => text.split('=')).map(([name, value]) => [name, Number(value)])),
  );
  const plan = planFamily(
    (await source.tables()).map((schema) => ({
      schema,
      choice,
      config:
        schema.name.table === 'parents'
          ? { key: parentKey }
          : { relations: [{ columns: key, references: 'parents' }], ...(order !== undefined && { order }) },
    })),
  );
  const splits = await splitFamily({
    workspace,
    plan,
    relation: (name) => source.relation(name),
    salt: `bench ${values.seed}`,
    holdoutPercent: 20,
  });
  const seconds = new Map<string, number>();
  const cpu = process.cpuUsage();
  const started = performance.now();
  const mirrors = await mirrorFamily({
    workspace,
    pool,
    plan,
    splits,
    seed: Number(values.seed),
    k: 20,
    freeText: 'pattern',
    target: ({ table }) => ({ schema: 'mirror', table }),
    clock: () => performance.now() / 1000,
    progress: (event: ProgressEvent) => {
      if (event.kind === 'step-end') seconds.set(event.step, (seconds.get(event.step) ?? 0) + event.seconds);
      if (event.kind === 'note') console.log(event.message);
    },
  });
  const wall = (performance.now() - started) / 1000;
  const used = process.cpuUsage(cpu);
  const children = mirrors.find(({ table }) => table.label === 'children');
  const parents = mirrors.find(({ table }) => table.label === 'parents');
  const split = splits.get('children');
  if (children === undefined || parents === undefined || split === undefined) throw new Error('A mirror is missing.');
  const target = await auditTarget({
    workspace,
    table: children.table,
    ...(children.fit && { fit: children.fit }),
    real: (name) => splits.get(name.table)?.all,
    synthetic: (name) => ({ schema: 'mirror', table: name.table }),
    compared: () => comparedColumns(parents.table, parents.fit),
  });
  const { holdout } = split;
  if (holdout === undefined) throw new Error('There is no holdout.');
  const mirror = await figures({ db: workspace.db, target, real: split.train, synthetic: children.target });
  const held = await figures({ db: workspace.db, target, real: split.train, synthetic: holdout }, true);
  const counts = await cardinality(
    { db: workspace.db, target, real: split.train, synthetic: children.target },
    holdout,
    workspace,
  );
  console.log(`${parents.rows} parents, ${children.rows} children; order: ${mirror.order.join(', ') || 'none'}`);
  console.log(
    `fit ${show(seconds.get('fit'), 1)} s, sample ${show(seconds.get('sample'), 1)} s, all ${wall.toFixed(1)} s; CPU ${((used.user + used.system) / 1e6).toFixed(1)} s\n`,
  );
  console.log('in %            mirror   real');
  for (const [name, value] of mirror.means) {
    const real = scaledToSize(held.means.get(name) ?? 0, split.trainRows, children.rows, split.holdoutRows);
    console.log(`${name.padEnd(14)} ${show(100 * value)} ${show(100 * real)}`);
  }
  console.log(`cardinality    ${show(100 * counts)}`);
  if (!values.verbose) return;
  for (const [name, value] of mirror.single)
    console.log(`  ${name.padEnd(40)} ${show(100 * value)} ${show(100 * (held.single.get(name) ?? 0))}`);
}

interface Figures {
  readonly order: readonly string[];
  readonly means: ReadonlyMap<string, number>;
  /** Per column: lag-1, and its part in the other means. */
  readonly single: ReadonlyMap<string, number>;
}

async function figures(input: AuditInput, ofHoldout = false): Promise<Figures> {
  const { target } = input;
  const [relation] = target.relations;
  if (relation === undefined || target.sequence === undefined) throw new Error('The children have no parents.');
  const side: Relation = ofHoldout ? relation.realParent : relation.syntheticParent;
  const connected = { ...relation, syntheticParent: side };
  const frame = await frameOf(input);
  const names = frame.columns.map(({ name }) => name);
  const single = new Map<string, number>();
  const mean = async (of: AuditInput, groups: readonly (readonly number[])[], label: string): Promise<number> => {
    const distances = await distancesOf(of, groups);
    for (const [i, group] of groups.entries()) {
      for (const at of group) {
        const name = `${label} ${(await frameOf(of)).columns[at]?.name}`;
        const mine = groups.flatMap((one, j) => (one.includes(at) ? [distances[j] as number] : []));
        if (label !== 'lag-1' || at === groups[i]?.[0]) single.set(name, average(mine));
      }
    }
    return average(distances);
  };
  const order = await orderOf(input, target.sequence);
  const steps = await stepsOf(input, target.sequence.by, order, frame);
  const joined = await joinParents(input, connected, frame);
  const means = new Map<string, number>();
  means.set(
    'shape',
    await mean(
      input,
      names.map((_, i) => [i]),
      'shape',
    ),
  );
  means.set(
    'child pairs',
    await mean(
      input,
      names.flatMap((_, i) => names.slice(i + 1).map((__, j) => [i, i + 1 + j])),
      'pairs',
    ),
  );
  means.set('parent–child', await mean(joined.input, joined.pairs, 'parent–child'));
  means.set('lag-1', await mean(steps.input, steps.pairs, 'lag-1'));
  if (steps.gap !== undefined) means.set('gaps', await mean(steps.input, [[steps.gap]], 'gap'));
  return { order, means, single };
}

async function distancesOf(input: AuditInput, groups: readonly (readonly number[])[]): Promise<number[]> {
  const frame = await frameOf(input);
  const codes = await codesOf(input.db, frame);
  const named = groups.map((group) => group.map((i) => frame.columns[i]?.value ?? ''));
  const real = await countCodes(input.db, codes.real, named);
  const other = await countCodes(input.db, codes.synthetic, named);
  return groups.map((_, i) => compareCounts(real[i], other[i], 1)?.value ?? Number.NaN);
}

/** KS distance of the children per parent, mirror against train and holdout together. */
async function cardinality(input: AuditInput, holdout: Relation, { signal }: Workspace): Promise<number> {
  const [measured] = await cardinalityAudit.run(
    { ...input, holdout },
    { warnAt: 0.05, failAt: 0.1 },
    { seed: 0, signal },
  );
  return measured?.value ?? Number.NaN;
}

function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0) / Math.max(1, numbers.length);
}

function show(value: number | undefined, digits = 2): string {
  return value === undefined || Number.isNaN(value) ? '     –' : value.toFixed(digits).padStart(6);
}
