// Filling what is missing: real values stay, NULLs get values that go with the rest of their row.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { runComplete } from '../../core/run/complete.ts';
import { failureOf, inFolder, one, parquet } from './support.ts';

/** The kind says the size, the size says the price; a tenth of each is missing. */
const rows = `select i as id, kind, case when hash(i, 7) % 10 = 0 then null else size end as size,
    case when hash(i, 8) % 10 = 0 then null else price end as price, 'free text of row ' || i as note
  from (select i, ['a', 'b', 'c'][1 + k] as kind, 10 * k + (hash(i, 2) % 5)::int as size,
      100 * k + (hash(i, 3) % 20)::int as price
    from (select i, (hash(i, 1) % 3)::int as k from range(6000) t(i)))`;

describe('synth complete', function () {
  this.timeout(60_000);
  const complete = (input: string, out: string, more: { draws?: number; seed?: number } = {}) =>
    runComplete({
      input,
      out,
      draws: 1,
      seed: 1,
      set: { rounds: '20' },
      threads: 1,
      signal: new AbortController().signal,
      progress: () => {},
      ...more,
    });

  it('keeps every real value and fills each NULL by the rest of its row, columns before and after it alike', () =>
    inFolder(async (folder) => {
      const input = await parquet(folder, 'rows', rows);
      const out = join(folder, 'filled.parquet');
      const result = await complete(input, out);
      assert.deepEqual(
        result.columns.map(({ name, missing, filled }) => [name, missing > 400, filled === missing]),
        [
          ['size', true, true],
          ['price', true, true],
        ],
      );
      const found =
        await one(`select count(*)::int as n, count(*) filter (where f.size is null or f.price is null)::int as nulls,
        count(*) filter (where r.size <> f.size or r.price <> f.price or r.note <> f.note or r.kind <> f.kind)::int as changed,
        avg((f.size // 10 = f.price // 100)::int) filter (where r.size is null or r.price is null) as together
        from '${out}' as f join '${input}' as r using (id)`);
      assert.deepEqual(
        { ...found, together: Number(found.together) > 0.97 },
        { n: 6000, nulls: 0, changed: 0, together: true },
      );
    }));

  it('draws several versions that differ only where values were missing, and repeats itself', () =>
    inFolder(async (folder) => {
      const input = await parquet(folder, 'rows', rows);
      const [first, again] = [join(folder, 'first.parquet'), join(folder, 'again.csv')];
      await complete(input, first, { draws: 3 });
      await complete(input, again, { draws: 3 });
      const found = await one(`select (select count(*)::int from '${first}') as n,
        (select count(*)::int from (select id from '${first}' group by id having count(distinct price) > 1)) > 300 as vary,
        (select count(*)::int from (select * from '${first}' except select * from '${again}')) as differ`);
      assert.deepEqual(found, { n: 18_000, vary: true, differ: 0 });
    }));

  it('says what it cannot fill', () =>
    inFolder(async (folder) => {
      const none = await parquet(folder, 'none', 'select i % 7 as a from range(1000) t(i)');
      const whole = await failureOf(complete(none, join(folder, 'x.parquet')));
      assert.equal(whole.code, 'complete.nothing');
      const drawn = await parquet(folder, 'drawn', 'select nullif(i % 7, 3) as draw from range(1000) t(i)');
      const named = await failureOf(complete(drawn, join(folder, 'x.parquet'), { draws: 2 }));
      assert.match(named.message, /has a column "draw"/);
    }));
});
