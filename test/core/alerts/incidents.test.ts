// Incidents: three runs decide, except where one is enough; a channel tells a change of state once.
import assert from 'node:assert/strict';
import type { AlertLevel, Silence } from '../../../core/alert.ts';
import { changesFor, messageOf } from '../../../core/alerts/changes.ts';
import { type Incident, isQuiet, nextIncidents, type Observation } from '../../../core/alerts/incidents.ts';
import { alertText } from '../../../core/alerts/text.ts';

const watched = new Set(['orders']);
const of = (level: AlertLevel, more: Partial<Observation> = {}): Observation => ({
  ...{
    key: 'k',
    level,
    immediate: false,
    about: 'fid.ks',
    table: 'orders',
    columns: ['amount'],
    reason: `It is ${level}.`,
  },
  ...more,
});

/** What a channel tells of each run, as `from>to`; '' for nothing. */
function told(runs: readonly (readonly Observation[])[], severity: 'warn' | 'error', silence: readonly Silence[] = []) {
  let incidents: ReadonlyMap<string, Incident> = new Map();
  const said = new Map<string, AlertLevel>();
  return runs.map((observed, day) => {
    const now = new Date(Date.UTC(2026, 0, 1 + day));
    incidents = nextIncidents(incidents, observed, now.toISOString(), watched);
    const changes = changesFor({ severity }, incidents, said, silence, now);
    for (const { incident, to } of changes) said.set(incident, to);
    return changes.map(({ from, to }) => `${from}>${to}`).join(' ');
  });
}

const runs = (levels: string, more: Partial<Observation> = {}): readonly (readonly Observation[])[] =>
  [...levels].map((letter) => [of(letter === 'g' ? 'ok' : letter === 'w' ? 'warn' : 'error', more)]);

describe('incidents', () => {
  const cases: readonly [string, 'warn' | 'error', string, boolean, readonly string[]][] = [
    ['one outlier is not told', 'error', 'gegg', false, ['', '', '', '']],
    [
      'two of three are, once, and two good ones close it',
      'error',
      'geegeegg',
      false,
      ['', '', 'ok>error', '', '', '', '', 'error>ok'],
    ],
    ['a bad first run waits for a second', 'error', 'ee', false, ['', 'ok>error']],
    ['privacy and validity do not wait', 'error', 'geg', true, ['', 'ok>error', 'error>ok']],
    ['a warning is nothing to a channel for failures', 'error', 'wwww', true, ['', '', '', '']],
    [
      'what worsens is told again, what lessens is over for failures alone',
      'error',
      'wwee',
      true,
      ['', '', 'ok>error', ''],
    ],
    [
      'what worsens is told again to a channel for both',
      'warn',
      'wewg',
      true,
      ['ok>warn', 'warn>error', 'error>warn', 'warn>ok'],
    ],
  ];
  for (const [title, severity, levels, immediate, expected] of cases) {
    it(title, () => assert.deepEqual(told(runs(levels, { immediate }), severity), expected));
  }

  it('stay silent until the end of the day, and are then told when they are still bad', () => {
    const silence = [{ audit: 'fid.*', table: 'orders', until: '2026-01-03', because: 'A planned migration.' }];
    assert.deepEqual(told(runs('eeeee'), 'error', silence), ['', '', '', 'ok>error', '']);
    assert.deepEqual(told(runs('eeggg'), 'error', silence), ['', '', '', '', '']);
    assert.deepEqual(told(runs('ee'), 'error', [{ ...silence[0], column: 'placed', because: '' }]), ['', 'ok>error']);
  });

  it('are over when their table or their measurement is gone', () => {
    const bad = nextIncidents(new Map(), [of('error', { immediate: true })], '2026-01-01', watched);
    const level = (observed: readonly Observation[], tables = watched) =>
      nextIncidents(bad, observed, '2026-01-02', tables).get('k')?.level;
    assert.equal(level([]), 'error');
    assert.equal(level([], new Set(['others'])), 'ok');
    assert.equal(level([of('ok', { key: 'another column' })]), 'ok');
    assert.equal(level([of('ok', { key: 'another audit', about: 'fid.tvd' })]), 'error');
  });

  it('are forgotten after three good runs', () => {
    let incidents = nextIncidents(new Map(), [of('warn')], '2026-01-01', watched);
    const quiet: boolean[] = [];
    for (let run = 0; run < 3; run++) {
      quiet.push(isQuiet(incidents.get('k') as Incident));
      incidents = nextIncidents(incidents, [of('ok')], '2026-01-02', watched);
    }
    assert.deepEqual([...quiet, isQuiet(incidents.get('k') as Incident)], [false, false, false, true]);
  });

  it('only reach channels of their owner and table', () => {
    const incidents = nextIncidents(new Map(), [of('error', { immediate: true, owner: 'ops' })], '2026-01-01', watched);
    const reaches = (more: { owners?: string[]; tables?: string[] }) =>
      changesFor({ severity: 'error', ...more }, incidents, new Map(), [], new Date()).length === 1;
    assert.deepEqual(
      [{}, { owners: ['ops'] }, { owners: ['sales'] }, { tables: ['orders'] }, { tables: ['customers'] }].map(reaches),
      [true, true, false, true, false],
    );
  });

  it('become one message, in which columns of one audit share a line', () => {
    const observed = ['a', 'b', 'c'].map((column) => of('error', { key: column, columns: [column], immediate: true }));
    const incidents = nextIncidents(new Map(), observed, '2026-01-01T00:00:00.000Z', watched);
    const changes = changesFor({ severity: 'error' }, incidents, new Map(), [], new Date());
    const frame = { id: 'x', project: 'shop', run: 'r', at: '2026-01-01T00:00:00.000Z' };
    const message = messageOf(frame, changes);
    assert.equal(message.summary, 'Mirrors of shop: 3 failures.');
    assert.match(alertText(message), /^FAIL {2}orders: fid\.ks of a, b, c\n {6}It is error\.$/m);
  });
});
