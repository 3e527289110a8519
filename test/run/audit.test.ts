// `synth audit` on pairs of files that are not as they should be: what it says, and that it lets none of them pass.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gate } from '../../audits/run.ts';
import type { AuditResult } from '../../core/audit.ts';
import { type AuditOptions, type AuditRunResult, runAudit } from '../../core/run/audit.ts';
import { duck, failureOf } from './support.ts';

/** Visits with a key, a number, a category, a day and a target; another salt draws other ones. */
const visits = (salt: number, rows = 3000): string => `select i + ${salt * 100_000} as id,
  18 + (hash(i, ${salt}, 1) % 60)::integer as age, (hash(i, ${salt}, 2) % 1000) / 7 as spent,
  ['north', 'south', 'east'][1 + (hash(i, ${salt}, 3) % 3)::integer] as region,
  date '2024-01-01' + (hash(i, ${salt}, 4) % 90)::integer as day, hash(i, ${salt}, 5) % 3 = 0 as back
  from range(${rows}) as t(i)`;

const files: Readonly<Record<string, string>> = {
  real: visits(1),
  holdout: visits(2, 1000),
  mirror: visits(3),
  renamed: `select id, age as agee, spent, region, day, back from (${visits(3)})`,
  twin: `select id, age as "аge", spent, region, day, back from (${visits(3)})`,
  strangers: `select i as x, i as y from range(9) as t(i)`,
  texts: `select columns(*)::varchar from (${visits(3)})`,
  words: `select * replace (case when id % 3 = 0 then 'old' else age::varchar end as age) from (${visits(3)})`,
  empty: `${visits(3)} limit 0`,
  ten: `${visits(3)} limit 10`,
  nulls: `select id, null::integer as age, null::double as spent, null::varchar as region, null::date as day,
    null::boolean as back from (${visits(3)})`,
  constant: `select * replace (40 as age, 5::double as spent, 'north' as region, date '2024-01-09' as day) from (${visits(3)})`,
  one: `select * replace (true as back) from (${visits(3)})`,
  untargeted: `select * exclude (back) from (${visits(3)})`,
  leaked: `(${visits(2, 800)}) union all (select * from (${visits(1)}) where id < 100200)`,
  alike: `select * replace (case region when 'north' then 'nоrth' when 'east' then 'east ' else region end as region) from (${visits(3)})`,
  repeated: `select * replace (id // 2 as id) from (${visits(3)})`,
};

describe('an audit of two files', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'synth-audit-'));
    await duck(Object.entries(files).map(([name, rows]) => `copy (${rows}) to '${join(folder, `${name}.parquet`)}'`));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  function audit(synthetic: string, more: Partial<AuditOptions> = {}): Promise<AuditRunResult> {
    const path = (name: string): string => join(folder, `${name}.parquet`);
    const { real = 'real', holdout, ...rest } = more;
    return runAudit({
      real: path(real),
      synthetic: path(synthetic),
      ...(holdout === undefined ? {} : { holdout: path(holdout) }),
      tier: 'run',
      threads: 1,
      signal: new AbortController().signal,
      progress: () => {},
      clock: () => new Date(0),
      ...rest,
    });
  }
  const of = ({ audits }: AuditRunResult, id: string, column?: string): readonly AuditResult[] =>
    audits.filter((result) => result.id === id && (column === undefined || result.columns.includes(column)));

  it('does not compare a column that names a row, and wants it unique', async () => {
    const found = await audit('mirror', { holdout: 'holdout' });
    assert.deepEqual(
      of(found, 'fid.ks').flatMap(({ columns }) => columns),
      ['age', 'spent', 'day'],
    );
    assert.equal(of(found, 'val.key', 'id')[0]?.verdict, 'pass');
    assert.equal(of(await audit('repeated', { only: ['val.key'] }), 'val.key')[0]?.verdict, 'fail');
  });

  it('names columns that differ, with the nearest', async () => {
    const [schema] = of(await audit('renamed', { only: ['val.schema'] }), 'val.schema');
    assert.match(
      schema?.reason ?? '',
      /^'age' is missing \(is 'agee' meant\?\), 'agee' is not in the source: 2 columns/,
    );
    assert.equal(schema?.verdict, 'fail');
  });

  it('says when a column or a category looks like the real one and is written otherwise', async () => {
    const [schema] = of(await audit('twin', { only: ['val.schema'] }), 'val.schema');
    assert.match(
      schema?.reason ?? '',
      /^'age' is missing \('аge' looks like it, and is written with other characters\)/,
    );
    const [domain] = of(await audit('alike', { only: ['val.domain'] }), 'val.domain', 'region');
    assert.match(domain?.reason ?? '', /rows have a category that looks like a real one and is written with other/);
    assert.equal(
      domain?.value,
      Number(
        (await duck(`select count(*) as n from '${join(folder, 'mirror.parquet')}' where region <> 'south'`))[0]?.n,
      ),
    );
  });

  it('refuses tables without a column in common', async () => {
    assert.equal((await failureOf(audit('strangers'))).code, 'audit.no-shared-column');
  });

  it('compares another type after a cast, and tells of it', async () => {
    const found = await audit('texts', { only: ['val.schema', 'fid.ks', 'fid.tvd', 'fid.missing'] });
    assert.equal(of(found, 'val.schema')[0]?.value, 5);
    assert.ok(
      [...of(found, 'fid.ks'), ...of(found, 'fid.tvd'), ...of(found, 'fid.missing')].every(
        ({ verdict }) => verdict === 'pass',
      ),
    );
    assert.equal(of(found, 'fid.ks').length, 3);
  });

  it('does not compare what cannot be cast, and gives an error for it', async () => {
    const found = await audit('words');
    const [schema] = of(found, 'val.schema');
    assert.equal(schema?.verdict, 'error');
    assert.match(
      schema?.reason ?? '',
      /^1,000 values of 'age' cannot be read as INTEGER, so that it is not compared, 'age' has another type\.$/,
    );
    assert.ok(!found.audits.some(({ columns }) => columns.includes('age')));
    assert.equal(of(found, 'fid.ks', 'spent')[0]?.verdict, 'pass');
  });

  const stopped: readonly [string, string, Partial<AuditOptions>, string, RegExp][] = [
    ['an empty mirror', 'empty', {}, 'prv.exact', /^inconclusive/],
    ['ten rows', 'ten', { tier: 'nightly' }, 'prv.exact', /^inconclusive/],
    ['NULL alone', 'nulls', {}, 'fid.missing', /^fail/],
    ['constants', 'constant', {}, 'fid.ks', /^fail/],
    ['one class of the target', 'one', { target: 'back' }, 'fid.tvd', /^fail/],
    ['a mirror without the target', 'untargeted', { target: 'back' }, 'val.schema', /^fail.*'back' is missing/],
    ['a holdout with rows that were learnt', 'mirror', { holdout: 'leaked' }, 'gov.holdout', /^fail/],
  ];
  for (const [what, synthetic, more, id, verdict] of stopped) {
    it(`lets ${what} not pass`, async () => {
      const found = await audit(synthetic, more);
      assert.equal(found.summary.error, 0);
      assert.ok(
        of(found, id).some((result) => verdict.test(`${result.verdict} ${result.reason}`)),
        id,
      );
      assert.ok(gate(found.audits).blocking.some((result) => result.id === id));
    });
  }

  it('decides nothing of likeness or copies on ten rows', async () => {
    const found = await audit('ten', { tier: 'nightly' });
    const decided = found.audits.filter(
      ({ verdict, id }) => verdict === 'pass' && /^(fid|utl|col|fair)\.|^prv\.(exact|dcr)/.test(id),
    );
    assert.deepEqual(decided, []);
  });

  it('leaves out the columns that it is told to, and knows whose rows they are', async () => {
    const found = await audit('untargeted', {
      omit: ['back'],
      subject: ['id'],
      key: [],
      holdout: 'holdout',
      only: ['val.schema', 'gov.holdout'],
    });
    assert.equal(of(found, 'val.schema')[0]?.verdict, 'pass');
    assert.deepEqual(of(found, 'gov.holdout')[0]?.columns, ['id']);
    assert.equal((await failureOf(audit('mirror', { omit: ['bakc'] }))).hint, 'Did you mean "back"?');
    assert.equal((await failureOf(audit('mirror', { omit: ['back'], target: 'back' }))).code, 'audit.omitted');
  });
});
