// `npm run bench -- NAME …` runs one benchmark; without a name it lists them.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Modules that benchmarks share. */
const helpers = ['run', 'tables', 'csv', 'datasets', 'reference-step', 'bootstrap'];

const [name = '', ...rest] = process.argv.slice(2);
const file = join(import.meta.dirname, `${name}.js`);
if (/^[a-z-]+$/.test(name) && !helpers.includes(name) && existsSync(file)) {
  process.exitCode = spawnSync(process.execPath, [file, ...rest], { stdio: 'inherit' }).status ?? 1;
} else {
  const all = readdirSync(import.meta.dirname).filter((entry) => entry.endsWith('.js'));
  for (const entry of all.map((found) => found.slice(0, -3))) {
    if (!helpers.includes(entry)) console.log(`npm run bench -- ${entry}`);
  }
}
