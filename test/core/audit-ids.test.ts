import assert from 'node:assert/strict';
import { severitiesOver, severityOf, unknownId } from '../../core/audit-ids.ts';

describe('names of audits', () => {
  it('are ids or patterns, of which the one that says most holds, in whatever order', () => {
    for (const severities of [
      { 'fid.*': 'warn', 'fid.ks': 'error' },
      { 'fid.ks': 'error', 'fid.*': 'warn' },
    ] as const) {
      assert.equal(severityOf(severities, 'fid.ks'), 'error');
      assert.equal(severityOf(severities, 'fid.w1'), 'warn');
      assert.equal(severityOf(severities, 'prv.mia'), undefined);
    }
    assert.equal(severityOf({ 'sql.*': 'warn', 'sql.late.*': 'off' }, 'sql.late.orders'), 'off');
    assert.equal(severityOf({}, 'fid.ks'), undefined);
  });

  it('of a table hold over those of the project, patterns too', () => {
    assert.deepEqual(severitiesOver({ 'fid.ks': 'off', 'prv.mia': 'warn' }, { 'fid.*': 'error' }), {
      'prv.mia': 'warn',
      'fid.*': 'error',
    });
    assert.deepEqual(severitiesOver({ 'fid.*': 'warn' }, { 'fid.ks': 'error' }), {
      'fid.*': 'warn',
      'fid.ks': 'error',
    });
    assert.deepEqual(severitiesOver({ 'fid.*': 'warn' }, { 'fid.*': 'off' }), { 'fid.*': 'off' });
  });

  it('that stand for none are told with the nearest of their kind', () => {
    const ids = ['fid.ks', 'fid.w1', 'prv.mia'];
    assert.equal(unknownId('fid.ks', ids), undefined);
    assert.equal(unknownId('prv.*', ids), undefined);
    assert.deepEqual(unknownId('prw.*', ids), { nearest: 'prv.*' });
    assert.deepEqual(unknownId('prv.mja', ids), { nearest: 'prv.mia' });
    assert.deepEqual(unknownId('nothing.at.all', ids), {});
  });
});
