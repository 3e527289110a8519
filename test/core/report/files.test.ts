import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { junitXml } from '../../../core/report/junit.ts';
import { manifest } from '../../../core/report/manifest.ts';
import { runResults } from '../../../core/report/run-results.ts';
import { badness, countVerdicts, worstFirst, worstVerdict } from '../../../core/report/verdicts.ts';
import { writeJson, writeReport } from '../../../core/report/write.ts';
import type { TableSchema } from '../../../core/schema.ts';
import { model, result } from './fixtures.ts';

describe('run_results.json', () => {
  const run = {
    command: 'build',
    version: '0.1.0',
    startedAt: '2026-01-02T03:04:05Z',
    seconds: 12,
    seed: 7,
    mirrors: [
      { table: 'flights', status: 'success', generator: 'boosted', rows: 10, seconds: 1 },
      { table: 'sales.old', status: 'skipped', generator: 'boosted', rows: 0, seconds: 0, message: 'Unchanged.' },
    ],
    audits: [result(), result({ verdict: 'warn', columns: [] }), result({ verdict: 'inconclusive' })],
  } as const;

  it('holds an entry per mirror and per measurement, each with an id of its own table and columns', () => {
    assert.deepEqual(
      runResults(run).results.map(({ uniqueId, status }) => [uniqueId, status]),
      [
        ['mirror.flights', 'success'],
        ['mirror.sales.old', 'skipped'],
        ['audit.fid.ks.flights["delay"]', 'pass'],
        ['audit.fid.ks.flights', 'warn'],
        ['audit.fid.ks.flights["delay"]', 'inconclusive'],
      ],
    );
  });

  it('sums up verdicts and skipped tables', () => {
    assert.deepEqual(runResults(run).summary, {
      pass: 1,
      warn: 1,
      fail: 0,
      inconclusive: 1,
      error: 0,
      skip: 1,
      total: 4,
    });
  });
});

describe('manifest.json', () => {
  const schema = (table: string, references?: string): TableSchema => ({
    name: { schema: 'main', table },
    columns: [{ name: 'id', sqlType: 'BIGINT', nullable: false, type: { kind: 'integer', bits: 64, signed: true } }],
    primaryKey: ['id'],
    uniques: [],
    foreignKeys:
      references === undefined
        ? []
        : [{ columns: ['id'], references: { table: { schema: 'main', table: references }, columns: ['id'] } }],
  });
  const table = (of: TableSchema) => ({
    schema: of,
    generator: 'boosted',
    generatorVersion: 1,
    options: {},
    rows: 10,
    rules: {},
    constraints: [],
  });
  const project = {
    version: '0.1.0',
    generatedAt: '2026-01-02T03:04:05Z',
    seed: 7,
    source: 'a.duckdb',
    mirrors: 'b.duckdb',
    audits: [],
  };

  it('says which mirror refers to which', () => {
    const made = manifest({ ...project, tables: [table(schema('orders', 'customers')), table(schema('customers'))] });
    assert.deepEqual(made.parents, { 'mirror.orders': ['mirror.customers'], 'mirror.customers': [] });
  });

  it('names no parent that is not mirrored, and not the table itself', () => {
    const made = manifest({ ...project, tables: [table(schema('a', 'elsewhere')), table(schema('b', 'b'))] });
    assert.deepEqual(made.parents, { 'mirror.a': [], 'mirror.b': [] });
  });
});

describe('JUnit XML', () => {
  for (const [verdict, severity, element] of [
    ['fail', 'error', '<failure message="Inside the bound.">'],
    ['fail', 'warn', '<system-out>fail'],
    ['warn', 'error', '<system-out>warn'],
    ['error', 'error', '<error message='],
    ['inconclusive', 'error', '<skipped message='],
  ] as const) {
    it(`writes ${element} for ${verdict} with severity ${severity}`, () => {
      assert.ok(junitXml([result({ verdict, severity })]).includes(element));
    });
  }

  it('counts what it holds and escapes names', () => {
    const xml = junitXml([result({ table: '<a>', columns: ['"b"&\u0001'] }), result({ verdict: 'fail' })]);
    assert.match(xml, /<testsuites name="synth" tests="2" failures="1" errors="0" skipped="0" time="0.500">/);
    assert.match(xml, /<testsuite name="&lt;a&gt;" tests="1"/);
    assert.match(xml, /name="fid.ks &quot;b&quot;&amp;\ufffd"/);
  });
});

describe('verdicts', () => {
  it('are counted, and the worst is found', () => {
    const counts = countVerdicts([result(), result({ verdict: 'inconclusive' }), result({ verdict: 'warn' })]);
    assert.deepEqual(counts, { pass: 1, warn: 1, fail: 0, inconclusive: 1, error: 0 });
    assert.equal(worstVerdict(counts), 'inconclusive');
    assert.equal(worstVerdict(countVerdicts([])), 'pass');
  });

  it('come worst first, then by how near the bound is, values that cannot be scored last', () => {
    const results = [0.01, 0.04, null, 0.02].map((value) => result({ value }));
    const sorted = worstFirst([...results, result({ verdict: 'fail', value: 0.2 })]);
    assert.deepEqual(
      sorted.map(({ value }) => value),
      [0.2, 0.04, 0.02, 0.01, null],
    );
  });

  it('know that small values are bad where the fail bound is below the warning', () => {
    const near = { warnAt: 0.95, failAt: 0.85 };
    assert.ok(badness({ value: 0.86, ...near }) > badness({ value: 0.99, ...near }));
  });
});

describe('written files', () => {
  it('make their folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'synth-report-'));
    try {
      await writeReport(model(), join(folder, 'a/b/index.html'));
      await writeJson({ a: 1 }, join(folder, 'c/d.json'));
      assert.match(await readFile(join(folder, 'a/b/index.html'), 'utf8'), /^<!doctype html>/);
      assert.equal(await readFile(join(folder, 'c/d.json'), 'utf8'), '{\n  "a": 1\n}\n');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
