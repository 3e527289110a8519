// What conditions say of single columns, and orders of columns that go round in a circle.
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { openWorkspace } from '../../../connectors/duckdb/index.ts';
import type { Workspace } from '../../../core/connector.ts';
import { goesRound, readBounds } from '../../../core/constraints/index.ts';

describe('core/constraints/bounds', () => {
  let workspace: Workspace & AsyncDisposable;
  before(async () => {
    workspace = await openWorkspace({ tempDirectory: tmpdir(), signal: new AbortController().signal, threads: 1 });
  });
  after(() => workspace[Symbol.asyncDispose]());

  const cases: readonly (readonly [expression: string, ...bounds: string[]])[] = [
    ['a > 3 and 5 >= a', 'a 3 to', 'a to 5'],
    ['a between -3 and 4.5', 'a -3 to 4.5'],
    ["day >= date '2001-01-01' and name in ('x', 'y')", "day '2001-01-01' to", "name is 'x' 'y'"],
    ["name = 'x' and (a > 3 or a < 1)", "name is 'x'"],
    ['a is null and b is not null', 'a null', 'b present'],
    ['a <> 3 and a + 1 > 3 and a not in (3)'],
    ['not a > 3', 'a to 3'],
    ['p.a > 3'],
    ['a = null and a in (b, 3)'],
    ['1e3 < a', 'a 1000 to'],
    ['flag = true', 'flag is t'],
  ];
  for (const [expression, ...expected] of cases) {
    it(`reads ${expression}`, async () => {
      const { columns } = await readBounds(workspace, expression);
      const text = (constant?: { text: string; isText: boolean }): string =>
        constant === undefined ? '' : constant.isText ? `'${constant.text}'` : constant.text;
      const found = columns.map((bound) => {
        if (bound.kind === 'values') return `${bound.column} is ${bound.values.map(text).join(' ')}`;
        if (bound.kind === 'range')
          return `${bound.column} ${text(bound.low)} to ${text(bound.high)}`.replaceAll(/ +/g, ' ').trim();
        return `${bound.column} ${bound.kind}`;
      });
      assert.deepEqual(found, expected);
    });
  }

  const circles: readonly (readonly [condition: string, rule: string, round: boolean])[] = [
    ['a < b and b < a', 'x <= y', true],
    ['a < b', 'B <= A', true],
    ['a <= b', 'b <= a', false],
    ['a = b', 'a < b', true],
    ['a < b and b < c', 'c <= a', true],
    // c may be NULL, and then the rules hold.
    ['a < b', 'b <= c and c <= a', false],
    ['a < b', 'a <= b', false],
  ];
  for (const [condition, rule, round] of circles) {
    it(`${round ? 'sees' : 'does not claim'} that ${condition} breaks ${rule}`, async () => {
      const [own, others] = [await readBounds(workspace, condition), await readBounds(workspace, rule)];
      assert.equal(goesRound(own.orders, others.orders), round);
    });
  }
});
