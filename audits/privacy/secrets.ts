// Which columns an attacker wants to know: the default of audits that guess one from the others.
import type { AuditInput } from '../../core/audit.ts';
import { checkedColumns } from './chosen.ts';

/** Words of column names that stand for what people keep to themselves. */
const sensitive =
  /(^|[_\W])(income|salar|wage|earning|pay(?![a-z])|debt|loan|balance|wealth|credit|score|bonus|tax|diagnos|disease|illness|health|medic|drug|treatment|symptom|disab|pregnan|hiv|blood|genetic|religio|race|ethnic|politic|party|union|sexual|orientation|criminal|convict|offen[cs]e|arrest)/i;

/** Each secret takes a search or a model of its own. */
const most = 4;

/**
 * Names of the secrets: those given, or else the target and columns named like a secret, or else the first columns; four at
 * most. Public columns are no secret.
 * @throws SynthError for a name that is not there
 */
export function secretsOf(input: AuditInput, audit: string, given: readonly string[] | undefined): readonly string[] {
  if (given !== undefined) return checkedColumns(input, audit, given);
  const { columns, publicColumns, target } = input.target;
  const names = columns.map(({ name }) => name).filter((name) => !publicColumns.includes(name));
  const secret = names.filter((name) => name === target || sensitive.test(name.replace(/([a-z])([A-Z])/g, '$1_$2')));
  // The target first: it is what models of the mirror are made for.
  const chosen = (secret.length > 0 ? secret : names).toSorted((a, b) => Number(b === target) - Number(a === target));
  return chosen.slice(0, most);
}
