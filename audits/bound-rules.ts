// Which bounds, severity and owner hold for one measurement: the audit's own, with the config's rules laid over them.
import type { BoundRule, Bounds, Measurement, Severity } from '../core/audit.ts';
import { matchesId } from '../core/audit-ids.ts';

export interface Ruling extends Bounds {
  readonly severity: Severity;
  readonly owner?: string;
  readonly because?: string;
}

/** @param rules those of the measured table, in the order of the config: later ones win, field by field */
export function ruling(
  own: Bounds & { readonly severity: Severity },
  id: string,
  measurement: Pick<Measurement, 'columns' | 'name'>,
  rules: readonly BoundRule[],
): Ruling {
  let result: Ruling = own;
  for (const rule of rules) {
    if (!matchesId(rule.audit, id) || !matchesColumns(rule.column, measurement)) continue;
    const { warnAt, failAt, warnBelow, failBelow, severity, owner, because } = rule;
    result = {
      ...result,
      ...(warnAt === undefined ? {} : { warnAt }),
      ...(failAt === undefined ? {} : { failAt }),
      ...(warnBelow === undefined ? {} : { warnBelow }),
      ...(failBelow === undefined ? {} : { failBelow }),
      ...(severity === undefined ? {} : { severity }),
      ...(owner === undefined ? {} : { owner }),
      ...(because === undefined ? {} : { because }),
    };
  }
  return result;
}

function matchesColumns(
  wanted: BoundRule['column'],
  { columns, name }: Pick<Measurement, 'columns' | 'name'>,
): boolean {
  if (wanted === undefined) return true;
  if (typeof wanted === 'string') return columns.includes(wanted) || (columns.length === 0 && name === wanted);
  return wanted.length === columns.length && wanted.every((column) => columns.includes(column));
}
