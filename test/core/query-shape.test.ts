// What is read off the text of a query, without running it.
import assert from 'node:assert/strict';
import type { Workspace } from '../../core/connector.ts';
import { queryShape } from '../../core/query-shape.ts';
import { displayName } from '../../core/schema.ts';
import { openTestWorkspace } from '../audits/support.ts';

const cases: readonly [
  text: string,
  tables: readonly string[],
  roles: readonly string[] | undefined,
  ranked: boolean,
][] = [
  ['select count(*) from a', ['a'], ['additive'], false],
  ['select city, sum(x) s from a group by 1 order by s desc limit 3;', ['a'], ['key', 'additive'], true],
  ['select city, sum(x) s from a group by 1 order by city', ['a'], ['key', 'additive'], false],
  ['select year(d), round(avg(x), 2) from a group by all order by 2', ['a'], ['key', 'measure'], true],
  ['select city, round(count(*)::double, 1) from a group by all order by count(*)', ['a'], ['key', 'additive'], true],
  [
    'select count(distinct x), sum(x) / count(*) from s.a join b using (id)',
    ['s.a', 'b'],
    ['measure', 'measure'],
    false,
  ],
  ['with t as (select city, count(*) n from a group by 1) select * from t', ['a'], undefined, false],
  ['select city from a where x in (select x from b) union all select y from c', ['a', 'b', 'c'], undefined, false],
  ['select x, sum(x) over (order by y) from a', ['a'], ['key', 'measure'], false],
  ['select 1', [], undefined, false],
];

describe('the shape of a query', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  for (const [text, tables, roles, ranked] of cases) {
    it(`is read off: ${text}`, async () => {
      const shape = await queryShape(workspace.db, text);
      assert.deepEqual(shape?.tables.map(displayName), tables);
      assert.deepEqual([shape?.roles, shape?.ranked], [roles, ranked]);
    });
  }

  it('is unknown of what is no plain SELECT, and refused of what is no SQL', async () => {
    assert.equal(await queryShape(workspace.db, 'delete from a'), undefined);
    await assert.rejects(queryShape(workspace.db, 'selec 1'), { code: 'query.wrong' });
    await assert.rejects(queryShape(workspace.db, 'select 1; select 2'), { code: 'query.many' });
  });
});
