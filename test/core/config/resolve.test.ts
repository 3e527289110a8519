// Configs against the schemas of a source: names that do not exist, types that cannot be learnt, keys laid over.
import assert from 'node:assert/strict';
import type { LoadedConfig, LoadedTable } from '../../../core/config/loaded.ts';
import { checkAgainstSchemas } from '../../../core/config/resolve.ts';
import type { ColumnType, TableSchema } from '../../../core/schema.ts';
import { boosted } from '../../../generators/boosted.ts';

function schema(table: string, columns: Readonly<Record<string, ColumnType>>): TableSchema {
  return {
    name: { schema: 'main', table },
    columns: Object.entries(columns).map(([name, type]) => ({
      name,
      sqlType: 'STRUCT(a INTEGER)',
      type,
      nullable: true,
    })),
    primaryKey: [],
    uniques: [],
    foreignKeys: [],
  };
}

const text: ColumnType = { kind: 'text' };
const schemas = [
  schema('flights', { origin: text, delay: text, extra: { kind: 'unsupported' } }),
  { ...schema('airports', { iata: text }), primaryKey: ['iata'] },
];

function configWith(table: Partial<LoadedTable>, name = 'flights'): LoadedConfig {
  const base: LoadedTable = {
    name,
    table: { schema: 'main', table: name },
    generator: boosted(),
    subject: [],
    order: [],
    key: [],
    columns: { extra: { kind: 'omit' } },
    relations: [],
    constraints: [],
    balance: {},
    labels: {},
    fitRows: 10,
    audits: { tier: 'run', severity: {}, options: {}, bounds: [] },
    review: { when: 'never' },
    contamination: 'refuse',
  };
  return { tables: [{ ...base, ...table }] } as unknown as LoadedConfig;
}

const airports = { schema: 'main', table: 'airports' };

describe('a config against its source', () => {
  const failures: readonly (readonly [title: string, config: LoadedConfig, code: string, says: RegExp])[] = [
    ['an unknown table', configWith({}, 'fligths'), 'config.unknown-table', /tables\.fligths: .*mean "flights"/],
    ['an unknown key column', configWith({ key: ['orign'] }), 'config.unknown-column', /flights\.key: .*mean "origin"/],
    [
      'an unknown column of a rule',
      configWith({ columns: { extra: { kind: 'omit' }, dely: { kind: 'nulls' } } }),
      'config.unknown-column',
      /"dely".*mean "delay"/,
    ],
    [
      'an unknown column of a constraint',
      configWith({ constraints: ['a < b', { kind: 'sum', total: 'delay', parts: ['orign'] }] }),
      'config.unknown-column',
      /constraints\[1\]: .*"orign"/,
    ],
    [
      'an unknown parent',
      configWith({
        relations: [{ columns: ['origin'], references: { schema: 'main', table: 'airport' }, referencedColumns: [] }],
      }),
      'config.unknown-table',
      /relations\[0\]\.references: .*mean "airports"/,
    ],
    [
      'a relation of two columns to a key of one',
      configWith({ relations: [{ columns: ['origin', 'delay'], references: airports, referencedColumns: [] }] }),
      'config.invalid-value',
      /referencedColumns/,
    ],
    [
      'a column that cannot be learnt, with the three ways out',
      configWith({ columns: {} }),
      'config.unsupported-column',
      /columns\.extra: STRUCT\(…\) .*omit\(\).*nulls\(\).*fake/,
    ],
  ];
  for (const [title, config, code, says] of failures) {
    it(`names ${title}`, () => assert.throws(() => checkAgainstSchemas(config, schemas), { code, message: says }));
  }

  it('lays its keys and relations over those of the source', () => {
    const relations = [{ columns: ['origin'], references: airports, referencedColumns: [] }];
    const [resolved] = checkAgainstSchemas(configWith({ key: ['delay'], relations }), schemas);
    assert.deepEqual(resolved?.schema.primaryKey, ['delay']);
    assert.deepEqual(resolved?.schema.foreignKeys, [
      { columns: ['origin'], references: { table: airports, columns: ['iata'] } },
    ]);
  });
});
