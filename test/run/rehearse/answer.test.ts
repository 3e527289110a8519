import assert from 'node:assert/strict';
import { answerRehearsal, type RehearsedGeneration } from '../../../core/run/rehearse/answer.ts';
import { type Arm, armName, parseArm, portions } from '../../../core/run/rehearse/arms.ts';
import { failureOf } from '../support.ts';

const arms: readonly Arm[] = ['replace', 'accumulate', 'blend=.2', 'blend=.38', 'independent'].map(parseArm);

describe('the arms of a rehearsal', () => {
  it('learn from real rows first, and then from what they say', () => {
    const later = [
      [{ generation: 2, rows: 100 }],
      [0, 1, 2].map((generation) => ({ generation, rows: 100 })),
      [
        { generation: 0, rows: 20 },
        { generation: 2, rows: 80 },
      ],
      [
        { generation: 0, rows: 38 },
        { generation: 2, rows: 62 },
      ],
      [{ generation: 0, rows: 100 }],
    ];
    for (const [i, arm] of arms.entries()) {
      assert.deepEqual(portions(arm, 1, 100), [{ generation: 0, rows: 100 }], armName(arm));
      assert.deepEqual(portions(arm, 3, 100), later[i], armName(arm));
    }
  });

  for (const text of ['blend', 'blend=0', 'blend=1', 'blend=1.5', 'blend=x', 'replce', '']) {
    it(`do not include "${text}"`, async () => {
      const failure = await failureOf((async () => parseArm(text))());
      assert.equal(failure.code, 'rehearse.arm');
    });
  }
});

/** Ten generations of two seeds; `ks` fails where it is above .1. */
function measured(arm: string, ks: (generation: number, seed: number) => number): readonly RehearsedGeneration[] {
  return [1, 2].flatMap((seed) =>
    Array.from({ length: 10 }, (_, i) => {
      const mean = ks(i + 1, seed);
      const found = { audit: 'fid.ks', verdict: mean > 0.1 ? 'fail' : 'pass', mean, lowerIsWorse: false } as const;
      const bad = { audit: 'fid.corr', verdict: 'fail', mean: 0.5, lowerIsWorse: false } as const;
      return { arm, seed, generation: i + 1, audits: [found, bad] };
    }),
  );
}

describe('the answer of a rehearsal', () => {
  const { arms: answers, ...rest } = answerRehearsal(arms, [
    ...measured('replace', (generation, seed) => 0.02 * generation + 0.03 * seed),
    ...measured('accumulate', (generation) => 0.01 + (generation % 2) * 0.005),
    ...measured('blend=0.2', (generation) => 0.03 + 0.005 * generation),
    ...measured('blend=0.38', (generation) => 0.03 + (generation % 3) * 0.001),
    ...measured('independent', () => 0.01),
  ]);
  const [replace, accumulate, little, blend, independent] = answers;

  it('says at which generation an arm first fails, and in how many seeds', () => {
    assert.deepEqual(replace?.fails, { first: 3, median: 3, seeds: 2 });
    assert.deepEqual(replace?.failing, [{ audit: 'fid.ks', generation: 3, seeds: 2 }]);
  });

  it('says what gets worse though it does not fail yet', () => {
    assert.equal(little?.fails, null);
    assert.deepEqual(
      little?.declining.map(({ audit }) => audit),
      ['fid.ks'],
    );
  });

  it('names the least blend that is safe, and counts nothing that fails without a loop', () => {
    assert.deepEqual(
      [replace, accumulate, little, blend, independent].map((answer) => answer?.safe),
      [false, true, false, true, true],
    );
    assert.deepEqual(rest, { withoutLoop: ['fid.corr'], safeBlend: 0.38 });
  });
});
