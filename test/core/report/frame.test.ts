import assert from 'node:assert/strict';
import { auditFrame, familySummary } from '../../../core/report/frame.ts';
import { result } from './fixtures.ts';

const results = [
  result({ value: 0.025 }),
  result({ columns: ['fare'], value: 0.2, verdict: 'fail' }),
  result({ id: 'prv.exact', columns: [], value: null, verdict: 'inconclusive', warnAt: null, failAt: null }),
  result({ id: 'mine.own', columns: [], name: 'no gaps', value: 3, verdict: 'warn' }),
];

describe('auditFrame', () => {
  it('has one row per measurement, with what it is about and how near its bound it is', () => {
    const frame = auditFrame(results);
    assert.deepEqual(frame.array('of'), ['delay', 'fare', 'whole table', 'no gaps']);
    assert.deepEqual(frame.array('family'), ['fid', 'fid', 'prv', 'mine']);
    assert.deepEqual(frame.array('margin'), [0.25, 2, null, 30]);
    assert.deepEqual(frame.array('floor'), [0.012, 0.012, 0.012, 0.012]);
  });

  it('has its columns even without results', () => {
    assert.equal(auditFrame([]).numRows(), 0);
    assert.ok(auditFrame([]).columnNames().includes('verdict'));
  });
});

describe('familySummary', () => {
  it('counts verdicts by family, failures first', () => {
    const described = [
      { id: 'fid.ks', title: '', family: 'fidelity', direction: 'above' },
      { id: 'prv.exact', title: '', family: 'privacy', direction: 'above' },
    ] as const;
    assert.deepEqual(familySummary(results, described), [
      { family: 'fidelity', measurements: 2, pass: 1, warn: 0, fail: 1, inconclusive: 0, error: 0 },
      { family: 'privacy', measurements: 1, pass: 0, warn: 0, fail: 0, inconclusive: 1, error: 0 },
    ]);
    assert.deepEqual(familySummary([], described), []);
  });
});
