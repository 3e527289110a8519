// Plans, table-driven: what a build does for each change of config, source, generator, files and selection.
import assert from 'node:assert/strict';
import { digestTable } from '../../../core/config/digest.ts';
import type { LoadedConfig, LoadedTable } from '../../../core/config/loaded.ts';
import type { Generator } from '../../../core/generator.ts';
import {
  describePlan,
  type KnownTable,
  orderTables,
  planBuild,
  type RefitReason,
  selectTables,
} from '../../../core/plan/index.ts';
import { mirroredKeys } from '../../../core/plan/order.ts';
import type { ForeignKey, TableSchema } from '../../../core/schema.ts';

function key(columns: string, parent: string): ForeignKey {
  return { columns: [columns], references: { table: { schema: 'main', table: parent }, columns: ['id'] } };
}

function schema(table: string, foreignKeys: readonly ForeignKey[] = [], nullable = false): TableSchema {
  const type = { kind: 'integer', bits: 32, signed: true } as const;
  const names = ['id', ...foreignKeys.flatMap((foreign) => foreign.columns)];
  return {
    name: { schema: 'main', table },
    columns: names.map((name) => ({ name, sqlType: 'INTEGER', type, nullable: nullable && name !== 'id' })),
    primaryKey: ['id'],
    uniques: [],
    foreignKeys,
  };
}

function tableConfig(name: string, generator = 'boosted', more: Partial<LoadedTable> = {}): LoadedTable {
  return {
    name,
    table: { schema: 'main', table: name },
    generator: { kind: 'generator', generator: { name: generator, version: 1 } as Generator, options: {} },
    subject: [],
    order: [],
    key: [],
    columns: {},
    relations: [],
    constraints: [],
    balance: {},
    labels: {},
    fitRows: 100,
    audits: { tier: 'run', severity: {}, options: {}, bounds: [] },
    review: { when: 'never' },
    contamination: 'refuse',
    ...more,
  };
}

// airports (copied) ← flights ← delays; hangars stands alone. Children first: the order is the plan's work.
const schemas = [
  schema('delays', [key('flight', 'flights')]),
  schema('flights', [key('origin', 'airports')]),
  schema('airports'),
  schema('hangars'),
];
const base = [
  tableConfig('delays'),
  tableConfig('flights'),
  tableConfig('airports', 'reference'),
  tableConfig('hangars'),
];
const names = new Set(schemas.map((entry) => entry.name.table));

function known(table: LoadedTable, more: Partial<KnownTable> = {}): KnownTable {
  const own = schemas.find((entry) => entry.name.table === table.name) as TableSchema;
  const digests = digestTable(table, 7, mirroredKeys(own, names));
  return {
    table: table.name,
    fingerprint: 'f',
    fitDigest: digests.fit,
    sampleDigest: digests.sample,
    auditDigest: digests.audit,
    generator: table.generator.generator.name,
    generatorVersion: 1,
    rows: 1,
    mirrored: true,
    fitAvailable: true,
    ...more,
  };
}

interface Change {
  readonly title: string;
  readonly config?: Readonly<Record<string, Partial<LoadedTable>>>;
  readonly known?: Readonly<Record<string, Partial<KnownTable> | null>>;
  readonly changedSources?: readonly string[];
  readonly refit?: Readonly<Record<string, readonly RefitReason[]>>;
  readonly select?: readonly string[];
  readonly fullRefresh?: boolean;
  readonly expected: readonly string[];
}

const kept = (...tables: string[]) => tables.map((table) => `keep ${table} (unchanged)`);
const everything = ['airports', 'flights', 'delays', 'hangars'];

const changes: readonly Change[] = [
  { title: 'nothing', expected: kept(...everything) },
  {
    title: 'everything, at the first build',
    known: { airports: null, flights: null, delays: null, hangars: null },
    expected: [
      'copy airports (new)',
      'learn and draw flights (new)',
      'learn and draw delays (new)',
      'learn and draw hangars (new)',
      ...everything.map((table) => `audit ${table}`),
      'publish 4 tables',
    ],
  },
  {
    title: 'the source of a parent: its descendants follow',
    changedSources: ['flights'],
    expected: [
      ...kept('airports'),
      'learn and draw flights (source changed)',
      'learn and draw delays (parent rebuilt)',
      ...kept('hangars'),
      'audit flights',
      'audit delays',
      'publish 4 tables',
    ],
  },
  {
    title: 'sources whose policy waits for more: what they hold is audited, and only what moved is learnt',
    changedSources: ['flights', 'hangars'],
    refit: { flights: [], hangars: ['source drifted', 'use decayed'] },
    expected: [
      ...kept('airports'),
      'keep flights (source changed little)',
      ...kept('delays'),
      'learn and draw hangars (source drifted, use decayed)',
      'audit flights',
      'audit hangars',
      'publish 4 tables',
    ],
  },
  {
    title: 'the columns of a source: it is learnt again whatever its policy',
    changedSources: ['hangars'],
    known: { hangars: { schema: [['id', 'BIGINT']] } },
    refit: { hangars: [] },
    expected: [
      ...kept('airports', 'flights', 'delays'),
      'learn and draw hangars (schema changed)',
      'audit hangars',
      'publish 4 tables',
    ],
  },
  {
    title: 'how many rows are drawn: the fit stays, descendants are drawn again',
    config: { flights: { rows: { kind: 'count', count: 5 } } },
    expected: [
      ...kept('airports'),
      'draw again flights (config changed)',
      'draw again delays (parent rebuilt)',
      ...kept('hangars'),
      'audit flights',
      'audit delays',
      'publish 4 tables',
    ],
  },
  {
    title: 'only the audits: nothing is drawn or published',
    config: { hangars: { audits: { tier: 'nightly', severity: {}, options: {}, bounds: [] } } },
    expected: [...kept('airports', 'flights', 'delays'), 'keep hangars (audits changed)', 'audit hangars'],
  },
  {
    title: 'the version of a generator',
    known: { hangars: { generatorVersion: 0 } },
    expected: [
      ...kept('airports', 'flights', 'delays'),
      'learn and draw hangars (generator version changed)',
      'audit hangars',
      'publish 4 tables',
    ],
  },
  {
    title: 'the files: a mirror that is gone is drawn again, without its fit it is learnt again',
    known: { delays: { mirrored: false }, hangars: { mirrored: false, fitAvailable: false } },
    expected: [
      ...kept('airports', 'flights'),
      'draw again delays (mirror missing)',
      'learn and draw hangars (mirror missing, fit missing)',
      'audit delays',
      'audit hangars',
      'publish 4 tables',
    ],
  },
  {
    title: 'the selection: the others are kept, however stale',
    changedSources: ['flights', 'hangars'],
    select: ['hangars'],
    expected: [
      ...['airports', 'flights', 'delays'].map((table) => `keep ${table} (not selected)`),
      'learn and draw hangars (source changed)',
      'audit hangars',
      'publish 4 tables',
    ],
  },
  {
    title: 'a selected parent: its children follow, selected or not, or their keys would lead nowhere',
    select: ['flights'],
    fullRefresh: true,
    expected: [
      'keep airports (not selected)',
      'learn and draw flights (requested)',
      'learn and draw delays (parent rebuilt)',
      'keep hangars (not selected)',
      'audit flights',
      'audit delays',
      'publish 4 tables',
    ],
  },
  {
    title: 'a first build of one table: the others are left out',
    known: { airports: null, flights: null, delays: null, hangars: null },
    select: ['hangars'],
    expected: [
      'learn and draw hangars (new)',
      'audit hangars',
      'publish 1 table',
      ...['airports', 'flights', 'delays'].map((table) => `leave out ${table} (not selected, never built)`),
    ],
  },
];

function planFor(change: Omit<Change, 'title' | 'expected'>) {
  const tables = base.map((table) => ({ ...table, ...change.config?.[table.name] }));
  return planBuild({
    config: { seed: 7, tables } as unknown as LoadedConfig,
    tables: tables.map((config, i) => ({ config, schema: schemas[i] as TableSchema })),
    fingerprints: new Map(base.map(({ name }) => [name, change.changedSources?.includes(name) ? 'g' : 'f'])),
    known: new Map(
      base
        .filter(({ name }) => change.known?.[name] !== null)
        .map((table) => [table.name, known(table, change.known?.[table.name] ?? {})]),
    ),
    ...(change.refit === undefined ? {} : { refit: new Map(Object.entries(change.refit)) }),
    ...(change.select === undefined ? {} : { select: change.select }),
    ...(change.fullRefresh === undefined ? {} : { fullRefresh: change.fullRefresh }),
  });
}

describe('a plan, when there changed', () => {
  for (const change of changes) {
    it(change.title, () => assert.deepEqual(describePlan(planFor(change)), change.expected));
  }

  it('is JSON that reads back the same', () => {
    const plan = planFor({ changedSources: ['flights'] });
    assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
  });

  it('is refused when a selected table has a parent that was never built', () => {
    const never = { airports: null, flights: null };
    assert.throws(() => planFor({ known: never, select: ['flights'] }), {
      code: 'plan.parent-missing',
      hint: /--select \+flights/,
    });
  });
});

describe('the order of tables', () => {
  it('defers a nullable key of a cycle, and no key of tables that only wait for it', () => {
    const waiting = schema('waiting', [key('a', 'staff')], true);
    const ordered = orderTables([
      waiting,
      schema('staff', [key('team', 'teams')]),
      schema('teams', [key('lead', 'staff')], true),
    ]);
    assert.deepEqual(
      ordered.map(({ table, parents, deferred }) => [table, parents, deferred.map((foreign) => foreign.columns[0])]),
      [
        ['teams', [], ['lead']],
        ['staff', ['teams'], []],
        ['waiting', ['staff'], []],
      ],
    );
  });

  it('ignores references of a table to itself and to tables without a mirror', () => {
    const [only] = orderTables([schema('staff', [key('boss', 'staff'), key('x', 'unknown')])]);
    assert.deepEqual(only, { table: 'staff', parents: [], deferred: [] });
  });

  it('names the tables of a cycle that cannot be broken', () => {
    const cycle = [schema('a', [key('x', 'b')]), schema('b', [key('y', 'a')]), schema('c', [key('z', 'a')])];
    assert.throws(() => orderTables(cycle), { code: 'plan.cycle', message: /tables a, b refer/ });
  });
});

describe('--select', () => {
  const parents = new Map([
    ['airports', []],
    ['flights', ['airports']],
    ['delays', ['flights']],
    ['stg.a_b', []],
    ['stg.acb', []],
  ]);
  const cases: readonly (readonly [selectors: string, expected: string])[] = [
    ['', 'airports flights delays stg.a_b stg.acb'],
    ['flights', 'flights'],
    ['+flights', 'flights airports'],
    ['flights+', 'flights delays'],
    ['+flights+', 'flights airports delays'],
    ['stg.*', 'stg.a_b stg.acb'],
    ['stg?a_b airports', 'stg.a_b airports'],
    ['stg.a?b,delays', 'stg.a_b stg.acb delays'],
  ];
  for (const [selectors, expected] of cases) {
    it(`"${selectors}" picks ${expected}`, () => {
      const chosen = selectors === '' ? [] : [selectors];
      assert.deepEqual([...selectTables(chosen, parents)], expected.split(' '));
    });
  }

  it('that matches nothing suggests the nearest table', () => {
    assert.throws(() => selectTables(['fligths'], parents), { code: 'plan.unknown-selector', hint: /"flights"/ });
  });
});
