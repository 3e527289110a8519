// Picks tables by dbt-like selectors: `flights`, `+flights` (with all its parents), `airports+` (with all its children), `stg_*`.
import { nearestName, SynthError } from '../errors.ts';

/** @param parents of each table, by name. @throws SynthError `plan.unknown-selector` */
export function selectTables(
  selectors: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  if (selectors.length === 0) return new Set(parents.keys());
  const children = new Map<string, string[]>();
  for (const [child, ofChild] of parents) {
    for (const parent of ofChild) children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const selected = new Set<string>();
  for (const selector of selectors.flatMap((text) => text.split(/[\s,]+/)).filter((text) => text !== '')) {
    const [, up, glob, down] = /^(\+?)(.*?)(\+?)$/.exec(selector) ?? [];
    const matching = [...parents.keys()].filter((name) => globPattern(glob ?? '').test(name));
    if (matching.length === 0) {
      const near = nearestName(glob ?? '', parents.keys());
      throw new SynthError('plan.unknown-selector', `--select ${selector} matches no table of the config.`, {
        hint: near === undefined ? `Tables: ${[...parents.keys()].join(', ')}.` : `Did you mean "${near}"?`,
      });
    }
    for (const name of matching) selected.add(name);
    if (up === '+') addReachable(matching, parents, selected);
    if (down === '+') addReachable(matching, children, selected);
  }
  return selected;
}

function globPattern(glob: string): RegExp {
  const escaped = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 'u');
}

function addReachable(from: readonly string[], edges: ReadonlyMap<string, readonly string[]>, into: Set<string>): void {
  const stack = [...from];
  const seen = new Set(from);
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    for (const next of edges.get(name) ?? []) {
      into.add(next);
      if (!seen.has(next)) stack.push(next);
      seen.add(next);
    }
  }
}
