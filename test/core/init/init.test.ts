import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type InitResult, runInit } from '../../../core/run/index.ts';

const shop = `
  create table customers (id integer primary key, email varchar, tier varchar);
  insert into customers select i, 'person' || i || '@example.org', 'tier ' || (i % 3) from range(300) t(i);
  create table orders as select i as order_id, hash(i) % 300 as customer_id, hash(i + 7) % 90 as amount
    from range(3000) t(i)`;

async function warehouse(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const statement of shop.split(';')) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

describe('init', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'synth-init-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (path: string, text = 'a,b\n1,x\n2,y\n'): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const run = (source?: string, force = false): Promise<InitResult> =>
    runInit({
      directory: folder,
      ...(source === undefined ? {} : { source }),
      force,
      threads: 1,
      signal: new AbortController().signal,
    });
  const config = (): string => readFileSync(join(folder, 'synth.config.ts'), 'utf8');

  it('finds the DuckDB file, and proposes what its schema does not say', async () => {
    await warehouse(join(folder, 'shop.duckdb'));
    await warehouse(join(folder, 'mirrors.duckdb'));
    const { tables, path, notes } = await run();
    assert.deepEqual({ tables, path, notes }, { tables: 2, path: join(folder, 'synth.config.ts'), notes: [] });
    const text = config();
    assert.match(text, /source: duckdb\(\{ path: 'shop\.duckdb' \}\)/);
    assert.match(text, /\n +email: fake\('internet\.email'\),/);
    assert.match(text, /\n +\/\/ key: 'order_id',/);
    assert.match(text, /\n +\/\/ \{ columns: 'customer_id', references: 'customers' \},/);
    // Names of columns are in it, values are not.
    assert.doesNotMatch(text, /example\.org|person\d|tier \d/);
    assert.deepEqual(readdirSync(folder).sort(), ['mirrors.duckdb', 'shop.duckdb', 'synth.config.ts']);
  });

  for (const { title, present, source, line } of [
    { title: 'a file in it', present: ['b.csv', 'package.json'], line: "files({ path: 'b.csv' })" },
    { title: 'files in it', present: ['b.csv', 'a.tsv'], line: "files({ path: ['a.tsv', 'b.csv'] })" },
    { title: 'a folder of files', present: ['data/b.csv', 'node_modules/c.csv'], line: "files({ folder: 'data' })" },
    { title: 'the folder that is named', present: ['x/b.csv', 'y/b.csv'], source: 'y', line: "files({ folder: 'y' })" },
    {
      title: 'the file that is named',
      present: ['a.csv', 'b.csv'],
      source: './b.csv',
      line: "files({ path: 'b.csv' })",
    },
  ]) {
    it(`takes ${title}`, async () => {
      for (const path of present) put(path);
      await run(source);
      assert.ok(config().includes(`  source: ${line},\n`), config());
    });
  }

  for (const { title, present, source, code, says } of [
    { title: 'nothing to mirror', present: ['package.json'], code: 'init.no-source', says: /synth init path/ },
    {
      title: 'two databases',
      present: ['a.duckdb', 'b.duckdb'],
      code: 'init.many-sources',
      says: /a\.duckdb, b\.duckdb/,
    },
    { title: 'two folders of files', present: ['x/b.csv', 'y/b.csv'], code: 'init.many-sources', says: /x, y/ },
    { title: 'a source that is not there', present: [], source: 'c.csv', code: 'file.missing', says: /c\.csv/ },
    {
      title: 'a config that is there',
      present: ['synth.config.mjs'],
      code: 'init.exists',
      says: /synth\.config\.mjs.*--force/,
    },
  ]) {
    it(`stops at ${title}`, async () => {
      for (const path of present) put(path);
      await assert.rejects(run(source), (error: { code: string; message: string; hint: string }) => {
        assert.equal(error.code, code);
        assert.match(`${error.message} ${error.hint}`, says);
        return true;
      });
      assert.ok(!readdirSync(folder).includes('synth.config.ts'));
    });
  }

  it('writes over a config when told to', async () => {
    put('synth.config.ts', 'mine');
    put('a.csv');
    await run(undefined, true);
    assert.match(config(), /^\/\/ Which tables/);
  });

  for (const { before, after } of [
    { before: undefined, after: '.synth/\ntarget/synth/\n' },
    { before: 'dist\n/target', after: 'dist\n/target\n.synth/\n' },
    { before: '.synth/\ntarget/synth\n', after: '.synth/\ntarget/synth\n' },
    { before: '.synth\ntarget/\n', after: '.synth\ntarget/\n' },
  ]) {
    it(`keeps run files out of git with ${before === undefined ? 'no ignore file' : JSON.stringify(before)}`, async () => {
      put('a.csv');
      mkdirSync(join(folder, '.git'));
      if (before !== undefined) put('.gitignore', before);
      await run();
      assert.equal(readFileSync(join(folder, '.gitignore'), 'utf8'), after);
    });
  }
});
