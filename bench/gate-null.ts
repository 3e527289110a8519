// How often the gate (tier nightly, default bounds) lets a fresh draw pass: `node dist/bench/gate-null.js [seeds] [first]`.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkspace } from '../connectors/duckdb/index.ts';
import { failures } from '../test/planted/failures.ts';
import { auditPlanted } from '../test/planted/matrix.ts';
import { createPopulation, fullSizes } from '../test/planted/tables.ts';

const [seeds = '100', first = '1'] = process.argv.slice(2);
const [fresh] = failures;
if (fresh === undefined) throw new RangeError('There is no fresh draw.');
const { signal } = new AbortController();
const alarms = new Map<string, number>();
let passed = 0;
let quiet = 0;
for (let seed = Number(first); seed < Number(first) + Number(seeds); seed++) {
  await using workspace = await openWorkspace({ tempDirectory: join(tmpdir(), 'synthouse-bench'), threads: 2, signal });
  await createPopulation(workspace, seed, fullSizes);
  const row = await auditPlanted(workspace, fresh);
  const open = row.results.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'inconclusive');
  if (row.stoppedBy.length === 0) passed++;
  if (open.length === 0) quiet++;
  for (const kind of new Set(open.map(({ id, verdict }) => `${id} ${verdict}`))) {
    alarms.set(kind, (alarms.get(kind) ?? 0) + 1);
  }
  const told = open.map(
    ({ table, id, columns, verdict, reason }) => `${table} ${id} ${columns.join(' × ')} ${verdict}: ${reason}`,
  );
  console.log(`seed ${seed}: ${row.stoppedBy.length === 0 ? 'passes' : `stopped by ${row.stoppedBy.join(', ')}`}`);
  for (const line of told) console.log(`  ${line}`);
}
console.log(`${passed} of ${seeds} pass, ${quiet} without a warning.`);
for (const [kind, count] of alarms) console.log(`  ${kind}: ${count}`);
