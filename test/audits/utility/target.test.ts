import assert from 'node:assert/strict';
import { signFlipP } from '../../../audits/statistics/sign-flip.ts';
import { targetSuite } from './target.suite.ts';

targetSuite('fast');

describe('the sign-flip test', () => {
  it('counts flips with as low a sum', () => {
    assert.equal(signFlipP([-1, -2, -3]), 1 / 8);
    assert.equal(signFlipP([1, 2, 3]), 1);
    assert.equal(signFlipP([-1, 1]), 3 / 4);
    assert.equal(signFlipP([0.1, 0.2, -0.3]), 5 / 8);
  });
});
