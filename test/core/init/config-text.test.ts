import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Proposal } from '../../../core/discover/index.ts';
import { configText, type SourceChoice } from '../../../core/init/config-text.ts';
import type { TableFacts } from '../../../core/init/facts.ts';
import { proposeConfig, type SourceTable } from '../../../core/init/propose.ts';
import type { ColumnSchema, ColumnType, TableSchema } from '../../../core/schema.ts';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');
const tool = (name: string): string => join(repository, 'node_modules/.bin', name);

function table(name: string, columns: Readonly<Record<string, ColumnType['kind']>>, more: Partial<TableSchema> = {}) {
  return {
    name: { schema: 'main', table: name },
    columns: Object.entries(columns).map(
      ([column, kind]): ColumnSchema => ({
        name: column,
        sqlType: kind === 'unsupported' ? 'STRUCT(secret INTEGER)' : 'VARCHAR',
        type: { kind } as ColumnType,
        nullable: true,
      }),
    ),
    primaryKey: [],
    uniques: [],
    foreignKeys: [],
    ...more,
  } satisfies TableSchema;
}

const noted = (rows: number, ...freeText: TableFacts['freeText']): TableFacts => ({ rows, freeText, rareText: [] });

function proposal(schema: TableSchema, kind: Proposal['kind'], column: string, text: string, parent?: TableSchema) {
  return {
    kind,
    table: schema.name,
    columns: [column],
    ...(parent === undefined ? {} : { references: parent.name }),
    text,
    confidence: 0.9,
    why: `${kind} of ${column}.`,
  } satisfies Proposal;
}

const text = (
  tables: readonly SourceTable[],
  proposals: readonly Proposal[] = [],
  source: SourceChoice = { kind: 'duckdb', path: 'warehouse.duckdb' },
): string => configText({ source, mirrors: 'mirrors.duckdb', tables: proposeConfig(tables, proposals) });

describe('the text of a new config', () => {
  it('names every table, and imports no more than it uses', () => {
    assert.equal(
      text([{ schema: table('flights', { origin: 'text' }), facts: noted(75) }]),
      `// Which tables synthouse mirrors, and how. Lines in comments are proposals: switch on those that are right.
import { boosted, defineConfig, duckdb } from 'synthouse';

export default defineConfig({
  source: duckdb({ path: 'warehouse.duckdb' }),
  mirrors: duckdb({ path: 'mirrors.duckdb' }),
  tables: {
    flights: boosted(),
  },
});
`,
    );
  });

  const people = table('people', { id: 'integer', email: 'text' });
  for (const { title, schema, facts, proposals = [], has, hasNot = [] } of [
    {
      title: 'leaves columns out that no generator can learn, without the parts of their type',
      schema: table('t', { a: 'integer', 'b c': 'unsupported' }),
      facts: noted(75),
      has: ["        'b c': omit(),"],
      hasNot: ['secret'],
    },
    {
      title: 'puts proposals into comments',
      schema: people,
      facts: noted(75),
      proposals: [proposal(people, 'key', 'id', "'id'"), proposal(people, 'personal', 'email', "email: fake('a.b')")],
      has: ["      // key: 'id',", "        // email: fake('a.b'),", 'defineConfig, duckdb, fake }'],
    },
    {
      title: 'switches on what is proposed for text that could not be learnt',
      schema: people,
      facts: noted(100, { column: 'email', meanLength: 20, spaced: 0 }),
      proposals: [proposal(people, 'personal', 'email', "email: fake('a.b')")],
      has: ["        email: fake('a.b'),"],
    },
    {
      title: 'makes a key of text that could not be learnt otherwise',
      schema: people,
      facts: noted(100, { column: 'email', meanLength: 20, spaced: 0 }),
      proposals: [proposal(people, 'key', 'email', "'email'")],
      has: ["      key: 'email',"],
      hasNot: ['fake'],
    },
    {
      title: 'puts words in the place of other text that could not be learnt',
      schema: people,
      facts: noted(100, { column: 'email', meanLength: 20, spaced: 1 }),
      has: ["        email: fake('lorem.words'),"],
    },
    {
      title: 'leaves declared keys of text alone',
      schema: table('t', { code: 'text' }, { primaryKey: ['code'] }),
      facts: noted(100, { column: 'code', meanLength: 20, spaced: 0 }),
      has: ['    t: boosted(),'],
      hasNot: ['fake'],
    },
    {
      title: 'does not read a dot in a name as the end of a schema',
      schema: table('a.b', { code: 'text' }),
      facts: noted(100),
      has: ["    'main.a.b': boosted(),"],
    },
    {
      title: 'lets audits only report what pooling rare text must show, and says how much it is',
      schema: table('t', { 'Made by': 'text', id: 'integer' }),
      facts: { ...noted(1000), rareText: [{ column: 'Made by', share: 0.184 }] },
      has: [
        '      audits: {',
        '        bounds: [',
        '          // 18 % of rows have a Made by too rare to be shown: frequent ones take their place, which audits see.',
        "          { audit: 'fid.tvd', column: 'Made by', severity: 'warn' },",
        "          { audit: 'fid.pair', column: 'Made by', severity: 'warn' },",
      ],
    },
    {
      title: 'loosens nothing for text that is a key, or made by a rule',
      schema: people,
      facts: {
        ...noted(100, { column: 'email', meanLength: 20, spaced: 0 }),
        rareText: [{ column: 'email', share: 0.5 }],
      },
      proposals: [proposal(people, 'personal', 'email', "email: fake('a.b')")],
      has: ["        email: fake('a.b'),"],
      hasNot: ['audit'],
    },
    {
      title: 'does not learn from fewer rows than protect one another',
      schema: table('regions', { name: 'text' }),
      facts: noted(74),
      has: [
        '    // Its 74 rows are too few to learn from without showing them. If it is public, copy it as it is:',
        '    // regions: reference(),',
        'defineConfig, duckdb, reference }',
      ],
      hasNot: ['boosted'],
    },
    {
      title: 'only mentions a table of which nothing can be learnt',
      schema: table('blobs', { a: 'unsupported' }),
      facts: noted(100),
      has: ['    // blobs: boosted(),'],
    },
  ]) {
    it(title, () => {
      const written = text([{ schema, facts }], proposals).split('\n');
      for (const line of has)
        assert.ok(
          written.some((one) => one === line || (line.endsWith(' }') && one.includes(line))),
          line,
        );
      for (const part of hasNot) assert.ok(!written.join('\n').includes(part), part);
    });
  }

  it('asks of small tables that others refer to whether they are public', () => {
    const parent = table('airports', { iata: 'text' }, { primaryKey: ['iata'] });
    const child = table('flights', { origin: 'text' });
    const found = proposal(child, 'relation', 'origin', "{ columns: 'origin', references: 'airports' }", parent);
    const tables = (rows: number): readonly SourceTable[] => [
      { schema: parent, facts: noted(rows) },
      { schema: child, facts: noted(1000) },
    ];
    assert.match(text(tables(80), [found]), /\/\/ Small, .* reference\(\) .*\n {4}airports: boosted\(\),/);
    assert.match(text(tables(80), [found]), /import \{.* reference \}/);
    assert.doesNotMatch(text(tables(500), [found]), /reference\(\)/);
  });

  it('is formatted TypeScript that type-checks, hostile names and all', function () {
    this.timeout(60_000);
    const schema = table('line\nbreak */ \u2028`x`', { "a'b": 'text', 'c"d\\': 'unsupported', é: 'text' });
    const proposals = (['key', 'personal', 'relation', 'unique', 'sum'] as const).map((kind) =>
      proposal(
        schema,
        kind,
        "a'b\n*/\u2028evil(",
        {
          key: "'a\\'b'",
          personal: "'a\\'b': fake('internet.email')",
          relation: "{ columns: 'a\\'b', references: 'x' }",
          unique: "unique('a\\'b')",
          sum: "sum('é', ['a\\'b'])",
        }[kind],
      ),
    );
    const paths = Array.from({ length: 12 }, (_, i) => `some folder/of_data_number_${i}.csv`);
    const free = {
      ...noted(100, { column: 'é', meanLength: 99, spaced: 1 }),
      rareText: [
        { column: 'c"d\\', share: 0.2 },
        { column: `${'long '.repeat(18)}name`, share: 0.3 },
      ],
    };
    const written = text([{ schema, facts: free }], proposals, { kind: 'files', paths });
    // As it is, and with every proposal switched on.
    const on = written.replace(/^( *)\/\/ (?=(?:key:|'|\{|unique\(|sum\().*,$)/gm, '$1');
    assert.notEqual(on, written);
    const folder = mkdtempSync(join(tmpdir(), 'synth-init-text-'));
    try {
      writeFileSync(join(folder, 'synth.config.ts'), written);
      writeFileSync(join(folder, 'on.ts'), on);
      const types = ['node'];
      const compilerOptions = {
        strict: true,
        noEmit: true,
        noUnusedLocals: true,
        skipLibCheck: true,
        target: 'ES2023',
        lib: ['ES2023', 'ESNext.Disposable'],
        module: 'NodeNext',
        types,
        typeRoots: [join(repository, 'node_modules/@types')],
        paths: { synthouse: [join(repository, 'dist/index.d.ts')] },
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['on.ts'] }));
      writeFileSync(
        join(folder, 'tsconfig.written.json'),
        JSON.stringify({
          extends: './tsconfig.json',
          compilerOptions: { noUnusedLocals: false },
          files: ['synth.config.ts'],
        }),
      );
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      for (const project of ['tsconfig.json', 'tsconfig.written.json']) {
        const checked = spawnSync(tool('tsc'), ['-p', join(folder, project)], {
          cwd: repository,
          encoding: 'utf8',
        });
        assert.equal(checked.stdout + (checked.status === 0 ? '' : checked.stderr), '', written);
      }
      const biome = spawnSync(tool('biome'), ['format', '--stdin-file-path=synth.config.ts'], {
        cwd: repository,
        input: written,
        encoding: 'utf8',
      });
      assert.equal(biome.stdout, written);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
