// Commands that look at a project and tidy it: query, show, ls, history, rollback, debug, clean; and what Ctrl-C leaves.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProject, type Project, start, synth } from './support.ts';

describe('a project that was built', () => {
  let project: Project;
  const run = (...args: readonly string[]) => synth(project.folder, ...args);
  const path = (...parts: readonly string[]): string => join(project.folder, ...parts);
  before(async () => {
    project = await createProject();
    const before = await run('query', 'select 1');
    assert.equal(before.code, 1);
    assert.match(before.stderr, /^Error: Nothing is published yet[^\n]*\nRun `synth build` first\.\n$/);
    const built = await run('build');
    assert.equal(built.code, 0, built.stderr);
  });
  after(() => project[Symbol.asyncDispose]());

  it('answers queries on the mirrors', async () => {
    const { code, stdout, stderr } = await run('query', 'select count(*) as n, 1.5 as f, null as e from visits');
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(stdout.split('\n'), ['  n    f  e', '---  ---  ----', '300  1.5  NULL', '']);
  });

  it('prints the real answer above the synthetic one', async () => {
    const { stdout } = await run('query', '--both', 'select count(*) as n from public.places');
    assert.match(stdout, /^real \(warehouse\.duckdb\)\nn\n-\n5\n\nsynthetic \(mirrors\.duckdb\)\nn\n-\n5\n$/);
  });

  it('gives JSON with every column and every row, and nothing else', async () => {
    const wanted = 'select i as a, i::hugeint << 80 as a, 0.0/0 as "1" from range(150) t(i)';
    const { stdout, stderr } = await run('query', '--json', wanted);
    const { columns, rows } = JSON.parse(stdout) as { columns: string[]; rows: unknown[][] };
    assert.deepEqual(columns, ['a', 'a', '1']);
    assert.equal(rows.length, 150);
    assert.deepEqual(rows[1], [1, '1208925819614629174706176', 'NaN']);
    assert.equal(stderr, '');
    const people = await run('query', wanted);
    assert.equal(people.stdout.split('\n').length, 103);
    assert.match(people.stderr, /first 100 rows/);
  });

  it('gives both answers as JSON', async () => {
    const { stdout } = await run('query', '--both', '--json', 'select count(*) as n from visits');
    const { real, synthetic } = JSON.parse(stdout) as Record<string, { rows: unknown[][] }>;
    assert.deepEqual([real?.rows, synthetic?.rows], [[[300]], [[300]]]);
  });

  it('refuses what is no query in two lines, on either side, and leaves the mirrors as they are', async () => {
    const bytes = readFileSync(path('mirrors.duckdb'));
    for (const side of [[], ['--source'], ['--both']]) {
      const { code, stdout, stderr } = await run('query', ...side, 'delete from visits');
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /^Error: [^\n]*this is DELETE\.\nWrite SELECT[^\n]*\n$/);
    }
    assert.ok(readFileSync(path('mirrors.duckdb')).equals(bytes));
  });

  it('explains a query without running it as a table', async () => {
    assert.match((await run('query', 'explain select * from visits')).stdout, /^┌/);
  });

  it('shows the first rows of a mirror, and names the nearest table', async () => {
    const { stdout } = await run('show', 'public.places', '--limit', '2');
    assert.equal(stdout, 'place  name\n-----  -------\n    0  Place 0\n    1  Place 1\n');
    const { code, stderr } = await run('show', 'visit');
    assert.equal(code, 1);
    assert.match(stderr, /no table "visit"\.\nDid you mean "visits"\?/);
  });

  it('is found from a folder below, and its paths mean the same there', async () => {
    await mkdir(path('models/deep'), { recursive: true });
    const { code, stdout } = await synth(path('models/deep'), 'query', '--json', 'select count(*) from visits');
    assert.deepEqual([code, (JSON.parse(stdout) as { rows: unknown }).rows], [0, [[300]]]);
  });

  it('lists its tables with their mirrors', async () => {
    const { stdout } = await run('ls', '--json');
    const { tables } = JSON.parse(stdout) as { tables: { name: string; generator: string; rows: number }[] };
    assert.deepEqual(
      tables.map(({ name, generator, rows }) => [name, generator, rows]),
      [
        ['public.places', 'reference', 5],
        ['visits', 'boosted', 300],
      ],
    );
    assert.match((await run('ls')).stdout, /visits +boosted +300 +\d{8}-/);
  });

  it('remembers runs, and which release is visible before and after a rollback', async () => {
    assert.equal((await run('build', '--full-refresh', '--quiet')).code, 0);
    type Runs = { runs: { id: string; status: string; release?: string; verdicts: { pass: number } }[] };
    const marks = async () => (JSON.parse((await run('history', '--json')).stdout) as Runs).runs;
    assert.deepEqual(
      (await marks()).map(({ status, release }) => [status, release]),
      [
        ['published', 'visible'],
        ['published', 'kept'],
      ],
    );
    assert.equal((await run('rollback')).code, 0);
    assert.deepEqual(
      (await marks()).map(({ release }) => release),
      ['kept', 'visible'],
    );
    const { runs } = JSON.parse((await run('history', 'visits', '--json')).stdout) as Runs;
    assert.equal(runs.length, 2);
    assert.ok(runs.every(({ verdicts }) => verdicts.pass > 0));
    const drawn = await run('history', 'visits', '--audit', 'fid.missing');
    assert.match(drawn.stdout, /^fid\.missing of visits: [^\n]*warn at 0\.01[^\n]*\n(.*┤.*\n){10}/);
    assert.match((await run('history', 'visits', '--audit', 'fid.mising')).stderr, /Did you mean "fid\.missing"\?/);
    assert.match((await run('history', '--audit', 'fid.ks')).stderr, /^Error: [^\n]*\nName the table/);
    const inSql = 'select count(distinct run) as runs, count(*) > 20 as many from synth_meta.audit_results';
    assert.deepEqual(JSON.parse((await run('query', '--json', inSql)).stdout).rows, [[1, true]]);
    const { code, stderr } = await run('history', 'visit');
    assert.equal(code, 1);
    assert.match(stderr, /Did you mean "visits"\?/);
  });

  it('answers while a build runs', async () => {
    const { outcome } = start(project.folder, ['build', '--full-refresh']);
    const answers = [await run('query', 'select count(*) from visits'), await run('show', 'visits')];
    assert.deepEqual(
      answers.map(({ code, stderr }) => [code, stderr]),
      [
        [0, ''],
        [0, ''],
      ],
    );
    assert.equal((await outcome).code, 0);
  });

  it('is quiet when nobody reads on', async () => {
    const { child, outcome } = start(project.folder, ['query', '--json', 'select * from range(200000)']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, stderr } = await outcome;
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('passes every check of debug, in text and as JSON', async () => {
    const { code, stdout } = await run('debug');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^ok +source +warehouse\.duckdb opens, 2 tables; those of the config hold 305 rows$/m);
    assert.match(stdout, /^ok +mirrors +mirrors\.duckdb shows release /m);
    const { checks } = JSON.parse((await run('debug', '--json')).stdout) as {
      checks: { name: string; status: string }[];
    };
    assert.deepEqual(
      checks.filter(({ status }) => status === 'fail'),
      [],
    );
    assert.ok(checks.some(({ name }) => name === 'lease'));
  });

  it('is cleaned of what can be made again, and keeps its mirrors and what others put into target', async () => {
    await writeFile(path('target/graph.gpickle'), 'of dbt');
    const { code, stdout } = await run('clean');
    assert.equal(code, 0);
    assert.match(stdout, /removed target\/synth/);
    assert.deepEqual(readdirSync(path('target')), ['graph.gpickle']);
    assert.ok(existsSync(path('.synth/state.db')));
    assert.match((await run('clean')).stderr, /Nothing to remove/);
    assert.equal((await run('clean', '--all')).code, 0);
    assert.ok(!existsSync(path('.synth')));
    assert.equal((await run('query', 'select count(*) from visits')).code, 0);
    assert.match((await run('ls')).stdout, /visits +boosted +- +/);
    // Releases outlive what was remembered of them.
    assert.equal((await run('rollback')).code, 0);
  });

  it('tells what debug finds broken and goes on', async () => {
    await writeFile(
      path('broken.config.ts'),
      "import { duckdb } from 'synthouse'; export default { source: 1, sead: 2 };",
    );
    const { code, stdout } = await run('debug', '--config', 'broken.config.ts');
    assert.equal(code, 1);
    assert.match(stdout, /^fail +config +broken\.config\.ts/m);
    assert.match(stdout, /^ok +disk/m);
  });

  it('is cleaned of a damaged state', async () => {
    // With the log of the old file beside it SQLite would restore it.
    await rm(path('.synth'), { recursive: true, force: true });
    await mkdir(path('.synth'));
    await writeFile(path('.synth/state.db'), 'this is no database, whatever its name says. '.repeat(100));
    assert.match((await run('debug')).stdout, /^fail +state/m);
    const { code, stdout } = await run('clean');
    assert.equal(code, 0);
    assert.match(stdout, /removed \.synth\/state\.db/);
    assert.ok(!existsSync(path('.synth/state.db')));
  });
});

describe('Ctrl-C', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`as ${signal} ends a build with code 130 and publishes nothing`, async () => {
      await using project = await createProject(200_000);
      const { child, outcome } = start(project.folder, ['build']);
      // The first line comes when the source was read, before anything is learnt.
      child.stderr?.once('data', () => child.kill(signal));
      const { code, stderr } = await outcome;
      assert.equal(code, 130, stderr);
      assert.match(stderr, /Interrupted\./);
      assert.ok(!existsSync(join(project.folder, 'mirrors.duckdb')));
    });
  }
});
