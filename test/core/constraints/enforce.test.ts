import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openWorkspace } from '../../../connectors/duckdb/index.ts';
import type { RuleTarget } from '../../../core/audit.ts';
import type { Workspace } from '../../../core/connector.ts';
import {
  brokenRows,
  dependent,
  enforceRules,
  expressionColumns,
  fixed,
  rowRules,
  sum,
  unique,
} from '../../../core/constraints/index.ts';
import { SynthError } from '../../../core/errors.ts';
import type { ColumnType } from '../../../core/schema.ts';
import { columnRef } from '../../../core/sql.ts';
import { decimal, float, text, tiny } from './tables.ts';

const relation = { table: 'drawn' };

function coded(code: string, message = /./) {
  return (error: unknown): boolean =>
    error instanceof SynthError && error.code === code && message.test(`${error.message} ${error.hint}`);
}

describe('rules in SQL', () => {
  let workspace: Workspace;

  before(async () => {
    workspace = await openWorkspace({
      tempDirectory: join(tmpdir(), `synthouse-test-${process.pid}`),
      signal: new AbortController().signal,
    });
  });
  after(() => workspace[Symbol.asyncDispose]());

  /** Rows as SQL values; the row id is the position. */
  async function drawn(columns: string, rows: readonly string[]): Promise<void> {
    const values = rows.map((row, id) => `(${id}, ${row})`).join(', ');
    await workspace.execute({ sql: `create or replace table drawn (id bigint, ${columns})`, parameters: [] });
    await workspace.execute({ sql: `insert into drawn values ${values}`, parameters: [] });
  }

  async function set(column: string, value: unknown, rowIds: Float64Array): Promise<void> {
    for (const id of rowIds) {
      await sql`update drawn set ${columnRef(column)} = ${value} where id = ${id}`.execute(workspace.db);
    }
  }

  describe('of an expression', () => {
    const columns = ['a', 'b', 'odd "name', 'ü', 'from'];
    const cases: readonly [string, readonly string[]][] = [
      ['a <= B', ['a', 'b']],
      ['"odd ""name" between 1 and 2 or ü is null', ['odd "name', 'ü']],
      ["length(a) > 3 and a || 'c' <> 'b)'", ['a']],
      ['list_filter([a], x -> x > b) = []', ['a', 'b']],
      ['case when "from" in (1, 2) then b > current_date else true end', ['from', 'b']],
      ['a > 1 -- because', ['a']],
      ['1 = 1', []],
    ];
    for (const [expression, expected] of cases) {
      it(`finds the columns in ${expression}`, async () => {
        assert.deepEqual([...(await expressionColumns(workspace, expression, columns))].sort(), [...expected].sort());
      });
    }

    const failures: readonly [string, string, RegExp][] = [
      ['a >', 'constraint.syntax', /a >/],
      ['a) from drawn where (b', 'constraint.syntax', /./],
      ['a > 1; drop table drawn', 'constraint.syntax', /./],
      ['frm > 1', 'constraint.unknown-column', /Did you mean "from"/],
      ['a > (select max(b) from drawn)', 'constraint.not-one-row', /./],
      ['a > lag(b) over (order by a)', 'constraint.not-one-row', /./],
    ];
    for (const [expression, code, message] of failures) {
      it(`says ${code} for ${expression}`, async () => {
        await assert.rejects(expressionColumns(workspace, expression, columns), coded(code, message));
      });
    }
  });

  it('of each kind are targets for the audit', () => {
    const columns = [
      { name: 'a', type: tiny },
      { name: 'b"', type: decimal(2) },
      { name: 't', type: decimal(1) },
      { name: 'f', type: float },
      { name: 'n', type: text },
    ].map((column: { name: string; type: ColumnType }) => ({ ...column, sqlType: '', nullable: true }));
    const targets = rowRules(
      [
        'a < 9',
        unique('a', 'n'),
        fixed('a', 'n'),
        dependent('n', { on: ['a', 'f'] }),
        sum('t', ['a', 'b"']),
        sum('f', ['a', 't']),
      ],
      columns,
    );
    assert.deepEqual(
      targets.map(({ title }) => title),
      ['a < 9', 'a, n: each combination once', 'n follows from a, f', 't = a + b"', 'f = a + t'],
    );
    assert.deepEqual(targets[1]?.unique, ['a', 'n']);
    assert.deepEqual(targets[2]?.dependency, { determinant: ['a', 'f'], dependent: ['n'] });
    assert.match(targets[3]?.expression ?? '', /"b"""/);
    assert.throws(() => rowRules([unique('none')], columns), coded('constraint.unknown-column'));
  });

  it('of each kind find the rows that break them', async () => {
    await drawn('a tinyint, b decimal(9,2), t decimal(9,1), f double, n varchar', [
      "100, 100.04, 200.0, 300.0000000001, 'x'",
      "1, 2.00, 3.1, 4.1, 'y'",
      "1, null, 3.1, 4.2, 'y'",
      "1, 1.00, 2.0, null, 'z'",
      "1, 1.00, 2.0, 'nan', null",
      '1, 1.00, 2.0, null, null',
    ]);
    const columns = [
      { name: 'a', type: tiny },
      { name: 'b', type: decimal(2) },
      { name: 't', type: decimal(1) },
      { name: 'f', type: float },
      { name: 'n', type: text },
    ].map((column: { name: string; type: ColumnType }) => ({ ...column, sqlType: '', nullable: true }));
    const rules = [
      sum('t', ['a', 'b']),
      sum('f', ['a', 't']),
      'a + b < 200',
      unique('a', 'n'),
      dependent('n', { on: 'a' }),
    ] as const;
    const broken: number[][] = [];
    for (const rule of rowRules(rules, columns)) broken.push([...(await brokenRows(workspace, relation, 'id', rule))]);
    assert.deepEqual(broken, [[1], [2, 4], [0], [2], [3, 4, 5]]);
  });

  it('are enforced by redrawing only the rows and columns of the broken rule', async () => {
    await drawn('a integer, b integer, n varchar', [
      "1, 2, 'x'",
      "5, 2, 'y'",
      "7, 6, 'z'",
      "null, 6, 'z'",
      "0, 6, 'z'",
    ]);
    const rules: readonly RuleTarget[] = [
      { title: 'a <= b', expression: 'a <= b' },
      { title: 'n once', unique: ['n'] },
    ];
    const calls: [number[], number, readonly string[]][] = [];
    const { redrawn } = await enforceRules({
      workspace,
      relation,
      rowIdColumn: 'id',
      columns: ['a', 'b', 'n'],
      rules,
      maxTries: 3,
      table: 'sales',
      async redraw(rowIds, attempt, columns) {
        calls.push([[...rowIds], attempt, columns]);
        if (columns.includes('a')) await set('a', attempt === 1 ? 3 : 2, rowIds);
        else for (const id of rowIds) await set('n', `${attempt} of ${id}`, Float64Array.of(id));
      },
    });
    assert.deepEqual(calls, [
      [[1, 2], 1, ['a', 'b']],
      [[3, 4], 1, ['n']],
      [[1], 2, ['a', 'b']],
    ]);
    assert.equal(redrawn, 5);
  });

  it('that cannot be satisfied are named, with the number of rows', async () => {
    await drawn('a integer', ['1', '2', '3']);
    const options = { workspace, relation, rowIdColumn: 'id', columns: ['a'], maxTries: 2, table: 'sales' };
    let calls = 0;
    const redraw = async (): Promise<void> => {
      calls++;
    };
    const rules: readonly RuleTarget[] = [{ title: 'a is small', expression: 'a < 2' }];
    await assert.rejects(
      enforceRules({ ...options, rules, redraw }),
      coded('constraint.unsatisfied', /2 rows of sales.*"a is small".*2 redraws/),
    );
    assert.equal(calls, 2);
  });

  const wrong: readonly [string, string, RegExp][] = [
    ['a + 1', 'constraint.not-boolean', /INTEGER/],
    ['a > 1, a < 3', 'constraint.not-boolean', /STRUCT/],
    ['nofunction(a)', 'constraint.syntax', /nofunction/],
    ["a > date '2020-01-01'", 'constraint.syntax', /./],
    ['sum(a) > 1 group', 'constraint.syntax', /./],
  ];
  for (const [expression, code, message] of wrong) {
    it(`says ${code} for the rule ${expression}`, async () => {
      await drawn('a integer', ['1']);
      const rules: readonly RuleTarget[] = [{ title: expression, expression }];
      await assert.rejects(
        enforceRules({
          workspace,
          relation,
          rowIdColumn: 'id',
          columns: ['a'],
          rules,
          maxTries: 1,
          table: 't',
          redraw: async () => {},
        }),
        coded(code, message),
      );
    });
  }
});
