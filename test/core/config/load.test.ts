// Loads real files from temporary folders: what is accepted, and each error with its place and its way out.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../core/config/load.ts';
import { mirrorRows } from '../../../core/config/loaded.ts';
import { SynthError } from '../../../core/errors.ts';

// A config in a folder where synthouse is not installed, with a connector of its own: no database is needed to check it.
const head = `import { boosted, defineConfig, dependent, env, fake, omit, sum, type ProjectConfig } from 'synthouse';
const place = { kind: 'connector', name: 'test', location: 'x', attach: () => {}, store: () => ({}) } as unknown as ProjectConfig['source'];
`;
const project = (tables: string, more = ''): string =>
  `${head}export default defineConfig({ source: place, mirrors: place, tables: { ${tables} }, ${more} } as never);\n`;

interface Failure {
  readonly title: string;
  readonly text: string;
  readonly code: string;
  readonly says: readonly RegExp[];
}

const failures: readonly Failure[] = [
  {
    title: 'a file that is not TypeScript',
    text: `${head}export default {\n  source: ,\n};\n`,
    code: 'config.syntax',
    says: [/synth\.config\.ts:4:\d+ is not valid TypeScript/],
  },
  {
    title: 'no default export',
    text: 'export const config = {};\n',
    code: 'config.no-default',
    says: [/export default/],
  },
  {
    title: 'a misspelt import',
    text: "import { defineConfg } from 'synthouse';\nexport default defineConfg({});\n",
    code: 'config.unknown-import',
    says: [/"defineConfg"/, /Did you mean "defineConfig"/],
  },
  {
    title: 'a module that is not installed',
    text: "import x from 'not-installed-anywhere';\nexport default x;\n",
    code: 'config.import',
    says: [/"not-installed-anywhere"/],
  },
  {
    title: 'a config that throws',
    text: `${head}const a = (undefined as never as { b: string }).b;\nexport default { a };\n`,
    code: 'config.failed',
    says: [/synth\.config\.ts:3:\d+ stopped/],
  },
  {
    title: 'an environment variable that is not set',
    text: project('t: boosted()', "schedule: env('SYNTH_TEST_NOT_SET')"),
    code: 'config.missing-env',
    says: [/SYNTH_TEST_NOT_SET is not set/, /export SYNTH_TEST_NOT_SET/],
  },
  {
    title: 'a misspelt key at the top',
    text: project('t: boosted()', 'sede: 1'),
    code: 'config.unknown-key',
    says: [/synth\.config\.ts, sede: /, /Did you mean "seed"/],
  },
  {
    title: 'a misspelt key of a table',
    text: project('flights: { generator: boosted(), fitRow: 10 }'),
    code: 'config.unknown-key',
    says: [/tables\.flights\.fitRow: /, /Did you mean "fitRows"/],
  },
  {
    title: 'a misspelt key of a relation, in a table with an odd name',
    text: project(
      `'raw.a b': { generator: boosted(), relations: [{ columns: 'x', references: 'y', refrencedColumns: 'z' }] }`,
    ),
    code: 'config.unknown-key',
    says: [/tables\["raw\.a b"\]\.relations\[0\]\.refrencedColumns/, /Did you mean "referencedColumns"/],
  },
  {
    title: 'a misspelt option of a generator',
    text: project('flights: boosted({ kk: 20 } as never)'),
    code: 'config.unknown-key',
    says: [/tables\.flights\.generator \(options of boosted\)\.kk/, /Did you mean "k"/],
  },
  {
    title: 'a generator that was not called',
    text: project('flights: { generator: boosted }'),
    code: 'config.invalid-value',
    says: [/tables\.flights\.generator: .*Call it, as boosted\(\)/],
  },
  {
    title: 'rows that are no number',
    text: project("flights: { generator: boosted(), rows: 'x2' }"),
    code: 'config.invalid-value',
    says: [/tables\.flights\.rows: Must be a whole number/],
  },
  {
    title: 'a column rule of no kind',
    text: project("flights: { generator: boosted(), columns: { email: 'internet.email' } }"),
    code: 'config.invalid-value',
    says: [/tables\.flights\.columns\.email: /, /fake\('internet\.email'\)/],
  },
  {
    title: 'a target of a table that is not there',
    text: project('flights: boosted()', "audits: { target: { fligths: 'delay' } }"),
    code: 'config.unknown-table',
    says: [/audits\.target\.fligths/, /Did you mean "flights"/],
  },
  {
    title: 'a bound with a key that is not there',
    text: project('flights: boosted()', "audits: { bounds: [{ audit: 'fid.ks', failsAt: 0.3 }] }"),
    code: 'config.unknown-key',
    says: [/audits\.bounds\[0\]\.failsAt: /, /Did you mean "failAt"/],
  },
  {
    title: 'a bound that is text',
    text: project("flights: { generator: boosted(), audits: { bounds: [{ audit: 'fid.ks', failAt: '5%' }] } }"),
    code: 'config.invalid-value',
    says: [/tables\.flights\.audits\.bounds\[0\]\.failAt: Must be a number/],
  },
  {
    title: 'a bound of a table that is not there',
    text: project('flights: boosted()', "audits: { bounds: [{ audit: 'fid.ks', table: 'fligths', failAt: 1 }] }"),
    code: 'config.unknown-table',
    says: [/audits\.bounds\[0\]\.table: /, /Did you mean "flights"/],
  },
  {
    title: 'a bound that says nothing',
    text: project('flights: boosted()', "audits: { bounds: [{ audit: 'fid.ks' }] }"),
    code: 'config.invalid-value',
    says: [/audits\.bounds\[0\]: This changes nothing/],
  },
  { title: 'no tables', text: project(''), code: 'config.invalid-value', says: [/tables: No table is named/] },
];

describe('loadConfig', () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'synth-config-')));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (text: string, name = 'synth.config.ts'): void => writeFileSync(join(folder, name), text);

  for (const { title, text, code, says } of failures) {
    it(`explains ${title}`, async () => {
      write(text);
      const error = await loadConfig({ directory: folder }).then(
        () => assert.fail('it loaded'),
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof SynthError, String(error));
      assert.equal(error.code, code, error.message);
      for (const pattern of says) assert.match(`${error.message} ${error.hint}`, pattern);
    });
  }

  it('lists all problems at once', async () => {
    write(project('a: { generator: boosted(), rows: -1 }, b: { genrator: boosted() }', 'sede: 1'));
    await assert.rejects(loadConfig({ directory: folder }), (error: SynthError) => {
      assert.equal(error.code, 'config.invalid');
      for (const place of ['a.rows', 'b.genrator', 'sede']) assert.ok(error.message.includes(`${place}: `), place);
      return true;
    });
  });

  it('says where it looked when there is no config', async () => {
    await assert.rejects(loadConfig({ directory: folder }), { code: 'config.missing', hint: /synth init/ });
    await assert.rejects(loadConfig({ directory: folder, file: 'x.ts' }), { code: 'config.missing', message: /x\.ts/ });
  });

  it('fills in defaults, from a folder below, with TypeScript that needs more than stripping', async () => {
    write(
      project(
        `flights: boosted(), customers: { generator: boosted({ k: 5 }), key: 'id', subject: ['id'], rows: '50%',
          columns: { email: fake('internet.email', { per: 'id' }), blob: omit() },
          constraints: ['a <= b', sum('total', ['x', 'y']), dependent('d', { on: ['x', 'y'] })],
          audits: { options: { 'fid.ks': { failAt: 0.3 } }, bounds: [{ audit: 'fid.ks', column: 'age', failAt: null }] } }`,
        "audits: { bounds: [{ audit: 'x', table: 'flights', owner: 'a' }, { audit: 'fid.*', severity: 'warn' }], tier: 'nightly', target: { customers: 'churned' }, options: { 'fid.ks': { warnAt: 0.1 } } }",
      ).replace('export default', 'enum Mode { A = 1 }\nvoid Mode;\nexport default'),
    );
    mkdirSync(join(folder, 'a', 'b'), { recursive: true });
    const config = await loadConfig({ directory: join(folder, 'a', 'b') });
    assert.equal(config.file, join(folder, 'synth.config.ts'));
    assert.equal(config.directory, folder);
    const [flights, customers] = config.tables;
    assert.ok(flights !== undefined && customers !== undefined);
    assert.equal(flights.fitRows, 250_000);
    assert.deepEqual(flights.generator.options, flights.generator.generator.options.parse({}));
    assert.equal(customers.generator.options.k, 5);
    assert.deepEqual(customers.key, ['id']);
    assert.deepEqual(customers.rows, { kind: 'factor', factor: 0.5 });
    assert.equal(mirrorRows(customers.rows, 9), 5);
    assert.equal(mirrorRows(flights.rows, 9), 9);
    assert.deepEqual(customers.columns.email, { kind: 'fake', method: 'internet.email', arguments: [], per: 'id' });
    assert.deepEqual(customers.constraints, [
      'a <= b',
      { kind: 'sum', total: 'total', parts: ['x', 'y'] },
      { kind: 'dependent', columns: ['d'], on: ['x', 'y'] },
    ]);
    assert.deepEqual(customers.audits, {
      tier: 'nightly',
      severity: {},
      options: { 'fid.ks': { warnAt: 0.1, failAt: 0.3 } },
      bounds: [
        { audit: 'fid.*', severity: 'warn', where: 'audits.bounds[1]' },
        { audit: 'fid.ks', column: 'age', failAt: null, where: 'tables.customers.audits.bounds[0]' },
      ],
      target: 'churned',
    });
    assert.ok(Object.isFrozen(config) && Object.isFrozen(customers) && Object.isFrozen(customers.audits));
  });

  it('reads a JavaScript config, and imports of the config', async () => {
    write('export const seed = 42;\n', 'shared.mjs');
    const text = project('t: boosted()', 'seed').replace(/, type ProjectConfig|as unknown as .*\]|as never/g, '');
    write(`import { seed } from './shared.mjs';\n${text}`, 'synth.config.mjs');
    assert.equal((await loadConfig({ directory: folder })).seed, 42);
  });

  it('sees a file that was changed', async () => {
    write(project('t: boosted()', 'seed: 1'));
    assert.equal((await loadConfig({ directory: folder })).seed, 1);
    write(project('t: boosted()', 'seed: 2 /* changed */'));
    assert.equal((await loadConfig({ directory: folder })).seed, 2);
  });
});
