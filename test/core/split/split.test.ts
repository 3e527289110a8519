// The holdout: by subject, the same on every day, with children beside their parents.
import assert from 'node:assert/strict';
import { bootstrap } from '../mirror/bootstrap.ts';
import { withMirror } from '../mirror/support.ts';

const warehouse = `create table people (id integer primary key, kind varchar);
  insert into people select i, ['a', 'b'][1 + i % 2] from range(2000) t(i);
  create table visits (id integer primary key, person_id integer not null references people(id), n integer);
  insert into visits select i, i % 2000, i % 7 from range(6000) t(i);
  create table events (subject_id integer, n integer);
  insert into events select i % 2000, i % 5 from range(6000) t(i);
  create table loose (a integer, b varchar);
  insert into loose select i % 900, ['x', 'y'][1 + i % 2] from range(1800) t(i);`;

describe('the holdout', () => {
  it('holds a fifth of the subjects, with all of their rows in every table', () =>
    withMirror(
      { warehouse, choice: bootstrap(), tables: { events: { subject: 'subject_id' } } },
      async ({ value, splits }) => {
        const at = (side: string, table: string): string => `scratch.main."__synth_${side}:${table}"`;
        const held = splits.get('people')?.holdoutRows ?? 0;
        assert.ok(held > 320 && held < 480, String(held));
        for (const [table, column] of [
          ['visits', 'person_id'],
          ['events', 'subject_id'],
        ]) {
          assert.equal(
            await value(
              `select count(*) from ${at('train', table as string)} where ${column} in (select id from ${at('holdout', 'people')})`,
            ),
            0,
            table,
          );
          assert.equal(splits.get(table as string)?.holdoutRows, held * 3, table);
        }
        const equal =
          'select * from scratch.main."__synth_train:loose" semi join scratch.main."__synth_holdout:loose" using (a, b)';
        // Without a key a row is its own subject: else no held-out row could equal a learnt one.
        assert.ok(Number(await value(`select count(*) from (${equal})`)) > 0, 'equal rows on both sides');
        // A fixed fact of the hash: a change of it would move rows that were held out into the train data.
        assert.equal(await value(`select count(*) from ${at('holdout', 'people')} where id < 20`), 3);
      },
    ));

  it('is empty when the user gives another, and leaves tiny tables something to learn', async () => {
    await withMirror({ warehouse, choice: bootstrap(), holdoutPercent: 0 }, async ({ splits }) => {
      assert.equal(splits.get('people')?.trainRows, 2000);
      assert.equal(splits.get('people')?.holdout, undefined);
    });
    const tiny = 'create table t (id integer primary key, n integer); insert into t values (1, 1);';
    await withMirror({ warehouse: tiny, choice: bootstrap(), holdoutPercent: 99 }, async ({ splits }) => {
      assert.equal(splits.get('t')?.trainRows, 1);
    });
  });
});
