import assert from 'node:assert/strict';
import { missAt, shareBelow } from '../../../models/ties/index.ts';
import { quantilesOf } from '../../../models/ties/misses.ts';

describe('models/ties, misses', () => {
  const misses = quantilesOf(
    Float64Array.from({ length: 1001 }, (_, i) => i - 500),
    20,
  );

  it('keeps nothing of fewer than k rows', () => {
    assert.equal(misses[0], -480);
    assert.equal(misses[misses.length - 1], 480);
    assert.ok(misses.every((miss, i) => i === 0 || miss - (misses[i - 1] ?? 0) >= 19));
  });

  it('turns shares into misses and back', () => {
    for (const share of [0, 0.1, 0.37, 0.5, 0.99]) {
      assert.ok(Math.abs(shareBelow(misses, missAt(misses, share)) - share) < 1e-9, `${share}`);
    }
    assert.equal(shareBelow(misses, -1000), 0);
    assert.equal(shareBelow(misses, 1000), 1);
  });

  it('counts no miss below itself where all are the same', () => {
    const none = quantilesOf(new Float64Array(500), 20);
    assert.equal(shareBelow(none, 0), 0);
    assert.equal(shareBelow(none, 1e-6), 1);
    assert.equal(missAt(none, 0.3), 0);
  });
});
