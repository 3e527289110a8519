// Pairs that are counted through groups of three have the counts that they have alone.
import assert from 'node:assert/strict';
import { countCodes } from '../../audits/code-counts.ts';
import { coverPairs } from '../../audits/code-cover.ts';
import { openTestWorkspace, run } from './support.ts';

const pairsOf = (names: readonly string[]): readonly (readonly [string, string])[] =>
  names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const));

describe('groups of three columns', () => {
  for (const width of [4, 5, 9, 20]) {
    it(`hold every pair of ${width} columns once, in fewer groups than pairs`, () => {
      const pairs = pairsOf(Array.from({ length: width }, (_, i) => `v${i}`));
      const groups = coverPairs(pairs);
      const counted = groups.flatMap((group) => group.pairs.map(({ pair }) => pair));
      assert.deepEqual(
        [...counted].sort((a, b) => a - b),
        [...pairs.keys()],
      );
      for (const { columns, pairs: held } of groups) {
        assert.equal(new Set(columns).size, 3);
        for (const { pair, without } of held) {
          assert.deepEqual([...(pairs[pair] ?? [])].sort(), columns.filter((_, i) => i !== without).sort());
        }
      }
      assert.ok(groups.length <= 0.67 * pairs.length, `${groups.length} groups`);
    });
  }

  it('hold pairs that are asked for twice, or the other way round', () => {
    const asked = [...pairsOf(['a', 'b', 'c', 'd']), ['b', 'a'], ['a', 'b']] as const;
    const counted = coverPairs(asked).flatMap((group) => group.pairs.map(({ pair }) => pair));
    assert.deepEqual(
      counted.sort((a, b) => a - b),
      [0, 1, 2, 3, 4, 5, 6, 7],
    );
  });

  it('add up to the counts of pairs', async () => {
    await using workspace = await openTestWorkspace();
    const names = ['a', 'b', 'c', 'd', 'e'];
    const made = names.map((name, i) => `CAST(hash(i, ${i}) % ${3 + 4 * i} AS UTINYINT) AS ${name}`);
    await run(workspace.db, `CREATE TABLE codes AS SELECT ${made.join(', ')} FROM range(3000) AS t(i)`);
    const asked = [...pairsOf(names), ['e', 'a'], ['a', 'b']];
    const together = await countCodes(workspace.db, { table: 'codes' }, asked);
    for (const [i, pair] of asked.entries()) {
      const [alone] = await countCodes(workspace.db, { table: 'codes' }, [pair]);
      assert.deepEqual(new Map([...(together[i] ?? [])].sort()), new Map([...(alone ?? [])].sort()), pair.join());
    }
  });
});
