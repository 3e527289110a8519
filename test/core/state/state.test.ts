// The state file with real libsql in temporary folders.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { AuditResult } from '../../../core/audit.ts';
import { openState, type State, type TableState } from '../../../core/state/index.ts';

const flights: TableState = {
  table: 'flights',
  fingerprint: 'f1',
  fitDigest: 'a',
  sampleDigest: 'b',
  auditDigest: 'c',
  generator: 'boosted',
  generatorVersion: 1,
  fitPath: 'fits/flights.bin',
  rows: 10,
};
const airports: TableState = { ...flights, table: 'airports', generator: 'reference' };

const result: AuditResult = {
  id: 'fid.ks',
  table: 'flights',
  columns: ['delay'],
  value: 0.01,
  unit: 'share',
  verdict: 'pass',
  reason: 'Below the noise floor.',
  severity: 'error',
  warnAt: 0.1,
  failAt: 0.2,
  n: { real: 10, synthetic: 10, holdout: 5 },
  seconds: 0.1,
};

describe('the state file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'synth state % ü '));
    path = join(folder, '.synth', 'state.db');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const release = (id: string) => ({ id, runId: `run-${id}`, createdAt: '2026-01-01T00:00:00Z' });

  it('is created with its folder, and remembers after it was closed', async () => {
    {
      await using state = await openState(path);
      await state.write.startRun({ id: 'r1', command: 'build', startedAt: '2026-01-01T00:00:00Z' });
      await state.write.recordRelease(release('1'), [flights, airports]);
      await state.write.endRun('r1', { status: 'published', endedAt: '2026-01-01T00:01:00Z', releaseId: '1' });
      await state.write.note('r1', '2026-01-01T00:00:30Z', 'a note');
    }
    await using state = await openState(path);
    assert.deepEqual((await state.read.tables()).get('flights'), flights);
    assert.deepEqual(await state.read.runs(), [
      {
        id: 'r1',
        command: 'build',
        status: 'published',
        startedAt: '2026-01-01T00:00:00Z',
        endedAt: '2026-01-01T00:01:00Z',
        releaseId: '1',
      },
    ]);
    assert.deepEqual(await state.read.releases(), [
      { ...release('1'), current: true, tables: ['airports', 'flights'] },
    ]);
    assert.deepEqual(await state.read.notes(), [{ runId: 'r1', at: '2026-01-01T00:00:30Z', text: 'a note' }]);
  });

  it('gives the last runs that audited a table, oldest first, with its results', async () => {
    await using state = await openState(path);
    for (const id of ['r1', 'r2', 'r3', 'r4']) {
      await state.write.startRun({ id, command: 'build', startedAt: '2026-01-01T00:00:00Z' });
      const other = id === 'r3' ? [] : [{ ...result, id: 'fid.tvd' }];
      if (id !== 'r2') await state.write.recordAudits(id, [result, ...other, { ...result, table: 'airports' }]);
    }
    const ids = async (options?: { audit?: string; limit?: number }) =>
      (await state.read.auditedRuns('flights', options)).map(({ run, results }) => [run.id, results.length]);
    assert.deepEqual(await ids(), [
      ['r1', 2],
      ['r3', 1],
      ['r4', 2],
    ]);
    assert.deepEqual(await ids({ limit: 2 }), [
      ['r3', 1],
      ['r4', 2],
    ]);
    assert.deepEqual(await ids({ audit: 'fid.tvd' }), [
      ['r1', 1],
      ['r4', 1],
    ]);
    assert.deepEqual(await state.read.auditedRuns('nothing'), []);
  });

  describe('as a chain of audit results', () => {
    const runs = ['r1', 'r2', 'r3', 'r4'];
    const recorded = async (): Promise<State> => {
      const state = await openState(path);
      for (const id of runs) {
        await state.write.startRun({ id, command: 'build', startedAt: `2026-01-0${id.slice(1)}T00:00:00Z` });
        await state.write.recordAudits(id, [result, { ...result, id: 'fid.tvd' }]);
      }
      await state.write.recordAudits('r4', [result]);
      await state.write.recordAudits('r4', []);
      return state;
    };

    it('is whole when nobody touched it, wherever the check starts', async () => {
      await using state = await recorded();
      assert.deepEqual(await state.read.checkChain(), { links: 5, broken: 0 });
      assert.deepEqual(await state.read.checkChain(2), { links: 2, broken: 0 });
    });

    for (const [what, change, broken] of [
      [
        'a changed result',
        sql`UPDATE audit_results SET result = replace(result, '0.01', '0.00') WHERE run_id = 'r2'`,
        1,
      ],
      ['a changed verdict', sql`UPDATE audit_results SET verdict = 'fail' WHERE run_id = 'r2' AND position = 0`, 1],
      ['a removed result', sql`DELETE FROM audit_results WHERE run_id = 'r3' AND position = 1`, 1],
      ['a removed run', sql`DELETE FROM audit_results WHERE run_id = 'r1'`, 1],
      ['a removed link', sql`DELETE FROM audit_chain WHERE run_id = 'r2'`, 2],
      ['a result put in', sql`INSERT INTO audit_results VALUES ('r3', 9, 'a', 'flights', 'pass', 0, '{}')`, 1],
    ] as const) {
      it(`is broken by ${what}`, async () => {
        await using state = await recorded();
        await state.db.run(change);
        assert.equal((await state.read.checkChain()).broken, broken);
      });
    }

    it('knows when each audit last ran on a table', async () => {
      await using state = await recorded();
      assert.deepEqual(await state.read.auditTimes('flights'), {
        first: '2026-01-01T00:00:00Z',
        last: new Map([
          ['fid.ks', '2026-01-04T00:00:00Z'],
          ['fid.tvd', '2026-01-04T00:00:00Z'],
        ]),
      });
      assert.deepEqual(await state.read.auditTimes('nothing'), { last: new Map() });
    });
  });

  it('gives the tables of the current release, also after a rollback', async () => {
    await using state = await openState(path);
    await state.write.recordRelease(release('1'), [flights]);
    await state.write.recordRelease(release('2'), [{ ...flights, fingerprint: 'f2' }, airports]);
    assert.equal((await state.read.tables()).get('flights')?.fingerprint, 'f2');
    await state.write.setCurrentRelease('1');
    assert.deepEqual([...(await state.read.tables()).values()], [flights]);
    await assert.rejects(state.write.setCurrentRelease('9'), { code: 'state.unknown-release' });
    assert.deepEqual([...(await state.read.tables()).values()], [flights]);
  });

  it('never forgets the current release', async () => {
    await using state = await openState(path);
    for (const id of ['1', '2', '3']) await state.write.recordRelease(release(id), [flights]);
    await state.write.setCurrentRelease('1');
    await state.write.keepReleases(['3']);
    assert.deepEqual(
      (await state.read.releases()).map(({ id, current, tables }) => [id, current, tables.length]),
      [
        ['3', false, 1],
        ['1', true, 1],
      ],
    );
  });

  it('keeps audit results whole and in order, beyond one statement of SQLite', async () => {
    await using state = await openState(path);
    const many = Array.from({ length: 2500 }, (_, i) => ({ ...result, columns: [`c${i}`] }));
    await state.write.recordAudits('r1', [result]);
    await state.write.recordAudits('r1', many);
    assert.deepEqual(await state.read.auditResults('r1'), [result, ...many]);
    assert.deepEqual(await state.read.auditResults('r2'), []);
  });

  it('marks runs that never ended as interrupted, once, and not the one that asks', async () => {
    await using state = await openState(path);
    for (const id of ['r1', 'r2']) await state.write.startRun({ id, command: 'build', startedAt: 'then' });
    const found = await state.write.markInterrupted('now', 'r2');
    assert.deepEqual(
      found.map(({ id, status, endedAt }) => [id, status, endedAt]),
      [['r1', 'interrupted', 'now']],
    );
    assert.deepEqual(await state.write.markInterrupted('later', 'r2'), []);
  });

  it('of a newer version is refused, and left as it is', async () => {
    {
      await using state = await openState(path);
      await state.db.run(sql`PRAGMA user_version = 99`);
    }
    await assert.rejects(openState(path), { code: 'state.newer', message: /state version 99/ });
    await assert.rejects(openState(path), { code: 'state.newer' });
  });

  it('that is no database is an error that says what to do', async () => {
    const broken = join(folder, 'state.db');
    writeFileSync(broken, 'this is not a database, and longer than a header '.repeat(20));
    await assert.rejects(openState(broken), { code: 'state.unreadable', hint: /synth clean/ });
  });

  it('can be opened for the first time by several at once', async () => {
    const states = await Promise.all([openState(path), openState(path), openState(path)]);
    await Promise.all(states.map((state, i) => state.write.note(`r${i}`, 'now', 'note')));
    assert.equal((await states[0]?.read.notes())?.length, 3);
    for (const state of states) await state[Symbol.asyncDispose]();
  });
});
