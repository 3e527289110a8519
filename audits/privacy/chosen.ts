// Columns that an option names, checked against those of the table.
import type { AuditInput } from '../../core/audit.ts';
import { nearestName, SynthError } from '../../core/errors.ts';

/** The named columns in the table's order. @throws SynthError for a name that no compared column has, with the nearest */
export function checkedColumns({ target }: AuditInput, audit: string, names: readonly string[]): readonly string[] {
  const all = target.columns.map(({ name }) => name);
  for (const name of names) {
    if (all.includes(name)) continue;
    const nearest = nearestName(name, all);
    throw new SynthError('audit.options', `Audit '${audit}': the table has no column '${name}' to compare.`, {
      hint: nearest === undefined ? `Choose among: ${all.join(', ')}.` : `Did you mean '${nearest}'?`,
    });
  }
  return all.filter((name) => names.includes(name));
}
