// Writes docs/audits/blind-spots.md: `node dist/bench/blind-spots.js`. With a seed (and a failure) it measures the matrix
// and prints each row, and which cells are not as expected: `node dist/bench/blind-spots.js 2 'early collapse'`; with ids, only
// those columns: `node dist/bench/blind-spots.js 2 all utl.tstr,utl.importance`.
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkspace } from '../connectors/duckdb/index.ts';
import { blindSpots } from '../test/planted/document.ts';
import { unexpected } from '../test/planted/expected.ts';
import { failures } from '../test/planted/failures.ts';
import { auditPlanted } from '../test/planted/matrix.ts';
import { createPopulation, fullSizes } from '../test/planted/tables.ts';

const [seed, wanted = 'all', ids] = process.argv.slice(2);
if (seed === undefined) await writeFile('docs/audits/blind-spots.md', blindSpots());
else await measure(Number(seed));

async function measure(populationSeed: number): Promise<void> {
  const { signal } = new AbortController();
  await using workspace = await openWorkspace({ tempDirectory: join(tmpdir(), 'synthouse-bench'), threads: 2, signal });
  await createPopulation(workspace, populationSeed, fullSizes);
  for (const failure of failures.filter(({ name }) => wanted === 'all' || name === wanted)) {
    const before = process.cpuUsage();
    const row = await auditPlanted(workspace, failure, ({ id }) => ids === undefined || ids.split(',').includes(id));
    const { user, system } = process.cpuUsage(before);
    const seen = Object.fromEntries([...row.cells].filter(([, cell]) => cell !== 'pass'));
    const { stoppedBy } = row;
    const cpuSeconds = (user + system) / 1e6;
    console.log(JSON.stringify({ failure: failure.name, unexpected: unexpected(row), stoppedBy, seen, cpuSeconds }));
    if (wanted === 'all') continue;
    for (const { table, id, columns, name = '', verdict, reason } of row.results) {
      console.log(`${table} ${id} ${columns.join(' × ')} ${name} ${verdict}: ${reason}`);
    }
  }
}
