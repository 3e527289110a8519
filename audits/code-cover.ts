// Groups of three columns in which every wanted pair occurs: counting the groups once and adding up costs half of counting pairs.

export interface CoveringGroup {
  readonly columns: readonly [string, string, string];
  /** Positions of the wanted pairs that are counted here. `without`: which of the three columns is added up. */
  readonly pairs: readonly { readonly pair: number; readonly without: 0 | 1 | 2 }[];
}

/**
 * Greedy: the first pair that is still wanted, with the column that brings most others along. 20 columns have 190 pairs and
 * 75 such groups; fewer than 67 cannot do (Schönheim 1964).
 */
export function coverPairs(pairs: readonly (readonly [string, string])[]): readonly CoveringGroup[] {
  const wanted = new Map<string, number[]>();
  for (const [at, [a, b]] of pairs.entries()) {
    const same = wanted.get(keyOf(a, b)) ?? [];
    wanted.set(keyOf(a, b), same);
    same.push(at);
  }
  const names = [...new Set(pairs.flat())];
  const groups: CoveringGroup[] = [];
  for (const [a, b] of pairs) {
    if (!wanted.has(keyOf(a, b))) continue;
    let third = names.find((name) => name !== a && name !== b);
    let most = -1;
    for (const name of names) {
      if (name === a || name === b) continue;
      const brought = Number(wanted.has(keyOf(a, name))) + Number(wanted.has(keyOf(b, name)));
      if (brought > most) [most, third] = [brought, name];
    }
    if (third === undefined) throw new RangeError('Fewer than three columns have no groups of three.');
    const sides = [
      [b, third, 0],
      [a, third, 1],
      [a, b, 2],
    ] as const;
    const counted = sides.flatMap(([x, y, without]) => {
      const found = wanted.get(keyOf(x, y)) ?? [];
      wanted.delete(keyOf(x, y));
      return found.map((pair) => ({ pair, without }));
    });
    groups.push({ columns: [a, b, third], pairs: counted });
  }
  return groups;
}

function keyOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
