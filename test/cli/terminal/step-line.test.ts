import assert from 'node:assert/strict';
import { advance, runningText } from '../../../cli/terminal/step-line.ts';

describe('the line of a running step', () => {
  it('ends with the last words on how it goes', () => {
    const fit = { table: 'flights', step: 'fit' } as const;
    const started = advance(undefined, { kind: 'step-start', ...fit }, 0);
    const told = advance(started, { kind: 'step-progress', ...fit, detail: 'epoch 5 of 50: loss 0.3' }, 900);
    assert.equal(runningText(told, 1000), 'epoch 5 of 50: loss 0.3');
    const further = advance(told, { kind: 'step-progress', ...fit, share: 0.1 }, 1000);
    assert.equal(runningText(further, 1000), ' 10 %   9 s left   epoch 5 of 50: loss 0.3');
  });

  it('prints no control character of such words', () => {
    const running = { table: 't', step: 'write', startedMs: 0, detail: 'they break "a\u001b[2J"' } as const;
    assert.ok(!runningText(running, 10).includes('\u001b'));
  });
});
