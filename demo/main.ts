// `npm start`: loads the demo warehouse, then runs `synth build` on the synth.config.ts of this folder's parent.
import { spawnSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureWarehouse } from './warehouse.ts';

const project = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const full = process.argv.includes('--full');
const flights = full ? 3_000_000 : 500_000;
const queries = [
  'select origin, round(avg(delay), 1) as delay, count(*) as flights from flights group by all order by flights desc limit 5',
  'select phase, count(*) as strikes, round(avg(speed)) as knots from birdstrikes group by all order by strikes desc',
  'select a.state, round(avg(f.distance)) as miles, count(*) as flights from flights f join airports a on a.iata = f.origin group by all order by flights desc limit 5',
];
const started = performance.now();
const built = await ensureWarehouse(join(project, 'demo/warehouse.duckdb'), { flights });
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.error(
  built
    ? `Loaded ${flights.toLocaleString('en')} real flights into demo/warehouse.duckdb in ${seconds} s.`
    : `demo/warehouse.duckdb is there with ${flights.toLocaleString('en')} flights.`,
);
const rest = process.argv.slice(2).filter((argument) => argument !== '--full');
const { status } = spawnSync(process.execPath, [join(project, 'dist/cli/main.js'), 'build', ...rest], {
  cwd: project,
  stdio: 'inherit',
});
if (status === 0) {
  console.log('\nThe same question on both sides, real and synthetic:');
  for (const query of queries) console.log(`  npx synth query --both "${query}"`);
}
process.exitCode = status ?? 2;
