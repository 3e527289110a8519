// Finds the columns that a rule names, or says which name is wrong and which was probably meant.
import type { Constraint } from '../config/types.ts';
import { nearestName, SynthError } from '../errors.ts';
import type { ColumnSchema } from '../schema.ts';
import { describeConstraint } from './rules.ts';

/** The names in a rule that is not SQL. Those of SQL are found by {@link expressionColumns}. */
export function namedColumns(constraint: Exclude<Constraint, string>): readonly string[] {
  switch (constraint.kind) {
    case 'unique':
    case 'fixed':
      return constraint.columns;
    case 'dependent':
      return [...constraint.on, ...constraint.columns];
    case 'sum':
      return [constraint.total, ...constraint.parts];
  }
}

/** @throws SynthError `constraint.unknown-column`, `constraint.too-few-columns` or `constraint.repeated-column` */
export function checkNames(constraint: Exclude<Constraint, string>, known: readonly string[]): void {
  const names = namedColumns(constraint);
  for (const name of names) {
    if (!known.includes(name)) throw unknownColumn(describeConstraint(constraint), name, known);
  }
  if (new Set(names).size < names.length) {
    throw new SynthError(
      'constraint.repeated-column',
      `The rule ${describeConstraint(constraint)} names a column more than once.`,
      { hint: 'Name each column once.' },
    );
  }
  const least = constraint.kind === 'unique' ? 1 : 2;
  const empty = constraint.kind === 'dependent' && (constraint.on.length === 0 || constraint.columns.length === 0);
  if (names.length < least || empty) {
    throw new SynthError(
      'constraint.too-few-columns',
      `The rule ${describeConstraint(constraint)} names too few columns.`,
      { hint: 'See the example of this rule in the documentation.' },
    );
  }
}

export function unknownColumn(rule: string, name: string, known: readonly string[]): SynthError {
  const nearest = nearestName(name, known);
  return new SynthError(
    'constraint.unknown-column',
    `The rule ${rule} names "${name}", which is no column of its table.`,
    {
      hint: nearest === undefined ? `Its columns are ${known.join(', ')}.` : `Did you mean "${nearest}"?`,
    },
  );
}

export function columnNamed(columns: readonly ColumnSchema[], name: string): ColumnSchema {
  const column = columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    throw new SynthError('constraint.no-column', `A rule needs the column "${name}", which is not there.`, {
      kind: 'unexpected',
    });
  }
  return column;
}

/** `base`, or `base` with primes when a column has that name already. */
export function freshName(base: string, taken: Iterable<string>): string {
  const names = new Set(taken);
  let name = base;
  while (names.has(name)) name += "'";
  return name;
}
