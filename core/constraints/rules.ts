// How users write rules over rows in synth.config.ts: `unique('a', 'b')`, `fixed('origin', 'destination')`, and so on.
import type { Constraint } from '../config/types.ts';

type ConstraintOf<Kind> = Extract<Constraint, { readonly kind: Kind }>;

/** Combinations of these columns occur at most once. Rows with a NULL among them do not count, as in SQL. */
export function unique(...columns: readonly string[]): ConstraintOf<'unique'> {
  return { kind: 'unique', columns };
}

/** Only combinations of these columns that the source has, in at least k rows, occur in the mirror. */
export function fixed(...columns: readonly string[]): ConstraintOf<'fixed'> {
  return { kind: 'fixed', columns };
}

/**
 * `columns` follow from the columns in `on`.
 * @example dependent('distance', { on: ['origin', 'destination'] })
 */
export function dependent(
  columns: string | readonly string[],
  options: { readonly on: string | readonly string[] },
): ConstraintOf<'dependent'> {
  return { kind: 'dependent', columns: asList(columns), on: asList(options.on) };
}

/** `total` is the sum of `parts`. */
export function sum(total: string, parts: readonly string[]): ConstraintOf<'sum'> {
  return { kind: 'sum', total, parts };
}

function asList(names: string | readonly string[]): readonly string[] {
  return typeof names === 'string' ? [names] : names;
}

/** The rule as the user would write it, for titles and messages. */
export function describeConstraint(constraint: Constraint): string {
  if (typeof constraint === 'string') return constraint;
  switch (constraint.kind) {
    case 'unique':
    case 'fixed':
      return `${constraint.kind}(${constraint.columns.map(quoted).join(', ')})`;
    case 'dependent':
      return `dependent(${listed(constraint.columns)}, { on: ${listed(constraint.on)} })`;
    case 'sum':
      return `sum(${quoted(constraint.total)}, [${constraint.parts.map(quoted).join(', ')}])`;
  }
}

/** A name as a TypeScript string in single quotes. */
export function quoted(name: string): string {
  return `'${JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** One name as a string, several as an array. */
export function listed(names: readonly string[]): string {
  return names.length === 1 ? quoted(names[0] as string) : `[${names.map(quoted).join(', ')}]`;
}
