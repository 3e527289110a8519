// prv.pii and prv.kmap: identifiers and small groups of real people that a mirror gives away.
import assert from 'node:assert/strict';
import { runAudits } from '../../audits/run.ts';
import type { AuditResult, AuditTarget, Verdict } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { inputOf, openTestWorkspace, type Tables } from './support.ts';

describe('identifiers and quasi-identifiers', () => {
  let workspace: Workspace;
  before(async () => {
    workspace = await openTestWorkspace();
  });
  after(() => workspace[Symbol.asyncDispose]());

  async function judged(
    id: string,
    tables: Tables,
    target: Partial<AuditTarget> = {},
    options: Readonly<Record<string, unknown>> = {},
  ): Promise<readonly AuditResult[]> {
    const input = await inputOf(workspace.db, tables, target);
    const settings = { tier: 'run', only: [id], options: { [id]: options } } as const;
    return runAudits(input, settings, { seed: 1, signal: new AbortController().signal });
  }

  const text = (from: number, to: number, expression: string, name = 'note'): string =>
    `SELECT i AS id, ${expression} AS ${name} FROM range(${from}, ${to}) t(i)`;
  const mail = "'p' || i || '@example.org'";
  for (const { name, real, synthetic, holdout, target, value, verdict } of [
    {
      name: 'finds one e-mail address inside a note, however it is written',
      real: text(0, 500, `'Call ' || ${mail} || ' first'`),
      synthetic: text(499, 900, `upper(${mail})`),
      value: 1,
      verdict: 'fail',
    },
    {
      name: 'passes addresses that nobody has',
      real: text(0, 500, mail),
      synthetic: text(500, 900, mail),
      value: 0,
      verdict: 'pass',
    },
    {
      name: 'finds account numbers with other blanks, in a column made by a rule',
      real: text(0, 500, "'DE89 3704 0044 0532 ' || lpad(i::VARCHAR, 4, '0') || ' 00'"),
      synthetic: text(498, 900, "'DE8937040044 0532' || lpad(i::VARCHAR, 4, '0') || '00'"),
      target: { excluded: ['note'] },
      value: 2,
      verdict: 'fail',
    },
    {
      name: 'finds phone numbers that are whole numbers, by the name of their column',
      real: text(0, 500, '4930000000 + i', 'mobile_phone'),
      synthetic: text(400, 900, '4930000000 + i', 'mobile_phone'),
      value: 100,
      verdict: 'fail',
    },
    {
      name: 'passes names that many have',
      real: text(0, 500, "['Ada', 'Emmy', 'Grace'][1 + i % 3]", 'first_name'),
      synthetic: text(0, 500, "['Ada', 'Emmy', 'Grace'][1 + i % 3]", 'first_name'),
      value: 0,
      verdict: 'pass',
    },
    {
      name: 'counts people and not their rows',
      real: text(0, 500, "'Ada'", 'first_name').replace('i AS id', '1 AS id'),
      synthetic: text(0, 500, "'Ada'", 'first_name'),
      target: { subject: ['id'] },
      value: 1,
      verdict: 'fail',
    },
    {
      name: 'allows what the holdout shares as well',
      real: text(0, 3000, "'Ada ' || i % 1000", 'full_name'),
      holdout: text(500, 1500, "'Ada ' || i % 1500", 'full_name'),
      synthetic: text(700, 1700, "'Ada ' || i % 1500", 'full_name'),
      value: 500,
      verdict: 'pass',
    },
  ] as const) {
    it(`prv.pii ${name}`, async () => {
      const tables = { real, synthetic, ...(holdout === undefined ? {} : { holdout }) };
      const [found] = await judged('prv.pii', tables, target ?? {});
      assert.equal(found?.value, value);
      assert.equal(found?.verdict, verdict, found?.reason);
      assert.doesNotMatch(JSON.stringify(found), /example|Ada|3704/);
    });
  }

  it('prv.pii says nothing of columns without identifiers, dates and codes among them', async () => {
    const real = text(0, 50, "'2020-01-' || (10 + i % 20)", 'day');
    assert.deepEqual(await judged('prv.pii', { real, synthetic: real }), []);
  });

  const people = (salt: number, rows: number, zips: number): string =>
    `SELECT i // 2 AS id, (18 + hash(i, ${salt}) % 60)::INT AS age, (hash(i, ${salt + 1}) % ${zips})::INT AS zip, 1.5::DOUBLE AS x
      FROM range(${rows}) t(i)`;
  const kmapCases: readonly { name: string; tables: Tables; verdict: Verdict; value?: number; target?: object }[] = [
    {
      name: 'passes a fresh draw, though most combinations are rare',
      tables: { real: people(1, 4000, 50), holdout: people(3, 1000, 50), synthetic: people(5, 4000, 50) },
      verdict: 'pass',
    },
    {
      name: 'fails a mirror that repeats real combinations',
      tables: { real: people(1, 4000, 50), holdout: people(3, 1000, 50), synthetic: people(1, 4000, 50) },
      verdict: 'fail',
    },
    {
      name: 'passes a mirror that keeps to frequent combinations',
      tables: { real: people(1, 4000, 1), holdout: people(3, 1000, 1), synthetic: people(1, 4000, 1) },
      verdict: 'pass',
      value: 0,
    },
    {
      name: 'cannot tell without a holdout',
      tables: { real: people(1, 4000, 50), synthetic: people(5, 4000, 50) },
      verdict: 'inconclusive',
    },
  ];
  for (const { name, tables, verdict, value } of kmapCases) {
    it(`prv.kmap ${name}`, async () => {
      const [found] = await judged('prv.kmap', tables, { excluded: ['id'] });
      assert.equal(found?.verdict, verdict, found?.reason);
      if (value !== undefined) assert.equal(found?.value, value);
    });
  }

  it('prv.kmap counts people, not rows: 25 rows of one person are no group of 20', async () => {
    const rows = (salt: number, n: number): string =>
      `SELECT i // 25 AS id, i // 25 AS zip, (hash(i, ${salt}) % 9)::INT AS x FROM range(${n}) t(i)`;
    const tables = { real: rows(1, 2500), synthetic: rows(1, 2500), holdout: `${rows(2, 1000)} WHERE false` };
    const other = { ...tables, holdout: `SELECT id + 1000 AS id, zip + 1000 AS zip, x FROM (${rows(2, 1000)})` };
    const [byRow] = await judged('prv.kmap', other, { excluded: ['id'] });
    const [byPerson] = await judged('prv.kmap', other, { excluded: ['id'], subject: ['id'] });
    assert.deepEqual([byRow?.value, byRow?.verdict], [0, 'pass']);
    assert.deepEqual([byPerson?.value, byPerson?.verdict], [1, 'fail']);
  });

  it('prv.kmap names a column that is not there, with the nearest', async () => {
    const tables = { real: people(1, 2000, 5), synthetic: people(5, 2000, 5), holdout: people(3, 1000, 5) };
    const [found] = await judged('prv.kmap', tables, {}, { columns: ['zipp'] });
    assert.equal(found?.verdict, 'error');
    assert.match(found?.reason ?? '', /'zipp'/);
  });
});
