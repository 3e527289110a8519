import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

const main = resolve(dirname(fileURLToPath(import.meta.url)), '../../cli/main.js');

describe('synth init', function () {
  this.timeout(120_000);
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'synth-cli-init-'));
    const instance = await DuckDBInstance.create(join(folder, 'shop.duckdb'));
    const connection = await instance.connect();
    // An address per customer (text that cannot be learnt), and a column of a type that cannot.
    await connection.run(
      `create table customers (id integer primary key, email varchar, tier varchar, tags varchar[])`,
    );
    await connection.run(`insert into customers
      select i, 'person' || i || '@example.org', 'tier ' || (hash(i) % 3), ['a'] from range(500) t(i)`);
    await connection.run(`create table orders (id integer primary key, customer_id integer references customers (id),
      remark varchar, paid boolean)`);
    await connection.run(`insert into orders select i, hash(i + 1) % 500, 'please ring bell ' || i, hash(i + 2) % 4 = 0
      from range(1500) t(i)`);
    connection.closeSync();
    instance.closeSync();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const synth = (...args: readonly string[]): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [main, '--no-color', '--threads', '2', ...args], { cwd: folder, encoding: 'utf8' });

  it('writes a config that builds as it is', () => {
    const init = synth('init');
    assert.equal(init.status, 0, init.stderr);
    assert.match(init.stdout, /^Wrote synth\.config\.ts: 2 tables of shop\.duckdb/);
    assert.match(init.stdout, /synth plan[\s\S]+synth build/);
    const build = synth('build');
    assert.equal(build.status, 0, build.stdout + build.stderr);
    assert.ok(existsSync(join(folder, 'mirrors.duckdb')));
    const shown = synth(
      'query',
      'select count(*) as n, count(distinct email) > 300 as varied from customers',
      '--json',
    );
    assert.match(shown.stdout, /\b500\b/, shown.stderr);
    assert.match(shown.stdout, /true/);
  });

  it('leaves a config that is there as it is', () => {
    const again = synth('init');
    assert.equal(again.status, 1);
    assert.match(again.stderr, /synth\.config\.ts is there already\.\n.*--force/);
  });
});
