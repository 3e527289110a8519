// The mirrors that a mirror descends from. Pure.
import type { MirrorLineage } from '../../lineage.ts';

/** Oldest first, the mirror itself last; ancestors of which nothing is remembered are left out. */
export function ancestryOf(mirror: MirrorLineage, all: readonly MirrorLineage[]): readonly MirrorLineage[] {
  const found = new Map<string, MirrorLineage>();
  const open = [mirror];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const name = `${one.table}/${one.release}`;
    if (found.has(name)) continue;
    found.set(name, one);
    for (const { table, release } of one.ancestors) {
      const ancestor = all.find((other) => other.table === table && other.release === release);
      if (ancestor !== undefined) open.push(ancestor);
    }
  }
  return [...found.values()].sort((a, b) => (a.release < b.release ? -1 : a.release > b.release ? 1 : 0));
}
