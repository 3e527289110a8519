// How a config names audits: one by its id, or all of a kind by a pattern.
import type { Severity } from './audit.ts';
import { nearestName } from './errors.ts';

/** `fid.ks` is itself, `fid.*` all ids that start with `fid.`. */
export function matchesId(pattern: string, id: string): boolean {
  return pattern.endsWith('.*') ? id.startsWith(pattern.slice(0, -1)) : pattern === id;
}

type Severities = Readonly<Record<string, Severity>>;

/** What the name that says most of an audit gives it: its id before a pattern, a longer pattern before a shorter one. */
export function severityOf(severities: Severities, id: string): Severity | undefined {
  const names = Object.keys(severities).filter((name) => matchesId(name, id));
  const own = names.includes(id) ? id : names.reduce((a, b) => (b.length > a.length ? b : a), '');
  return severities[own];
}

/** A table's severities over the project's: a pattern of the table also replaces what the project says of the audits that it names. */
export function severitiesOver(project: Severities, table: Severities): Severities {
  const kept = Object.entries(project).filter(([id]) => !Object.keys(table).some((name) => matchesId(name, id)));
  return { ...Object.fromEntries(kept), ...table };
}

/** Undefined for a name that stands for some audit; else the nearest that does, or nothing near. */
export function unknownId(name: string, ids: readonly string[]): { readonly nearest?: string } | undefined {
  if (ids.some((id) => matchesId(name, id))) return undefined;
  const kinds = new Set(ids.map((id) => `${id.split('.')[0]}.*`));
  const nearest = nearestName(name, name.endsWith('*') ? kinds : ids);
  return nearest === undefined ? {} : { nearest };
}
