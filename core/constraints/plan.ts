// Decides, from the rules and the columns alone, which column is made how. What needs rows is decided in transforms.ts.
import type { Constraint } from '../config/types.ts';
import { SynthError } from '../errors.ts';
import type { ColumnSchema } from '../schema.ts';
import { checkNames, columnNamed } from './columns.ts';
import { type GapRule, gapType } from './gap.ts';
import { parseOrderings } from './orderings.ts';
import { describeConstraint } from './rules.ts';
import { checkSumTypes } from './sum.ts';

export interface PlannedSum {
  readonly title: string;
  readonly total: string;
  readonly parts: readonly string[];
}

export interface PlannedDependency {
  readonly title: string;
  readonly on: readonly string[];
  readonly columns: readonly string[];
}

/** Columns that belong together by `fixed` and `dependent` rules, directly or through others. */
export interface PlannedGroup {
  readonly title: string;
  /** In the source's order. */
  readonly members: readonly string[];
  /** Determinants come before what follows from them. */
  readonly dependencies: readonly PlannedDependency[];
  /** True: looked up by determinants; false: merged into one column when its combinations are frequent enough. */
  readonly lookup: 'always' | 'possible' | 'never';
}

/** Says which columns are made from which, and keeps that free of cycles and of columns that are made twice. */
export interface Making {
  madeBy(column: string): string | undefined;
  /** False when `column` is made already, or one of `from` is made from it. */
  claim(column: string, from: readonly string[], title: string): boolean;
  /** Each column behind those that it is made from. */
  sorted(columns: readonly string[]): readonly string[];
}

export function planMaking(): Making {
  const made = new Map<string, { readonly from: readonly string[]; readonly title: string }>();
  const needs = (column: string, wanted: string, seen: Set<string>): boolean => {
    if (column === wanted) return true;
    if (seen.has(column)) return false;
    seen.add(column);
    return (made.get(column)?.from ?? []).some((input) => needs(input, wanted, seen));
  };
  return {
    madeBy: (column) => made.get(column)?.title,
    claim(column, from, title) {
      if (made.has(column) || from.some((input) => needs(input, column, new Set()))) return false;
      made.set(column, { from, title });
      return true;
    },
    sorted(columns) {
      const order: string[] = [];
      const visit = (column: string): void => {
        if (order.includes(column)) return;
        for (const input of made.get(column)?.from ?? []) visit(input);
        order.push(column);
      };
      for (const column of columns) visit(column);
      return order.filter((column) => columns.includes(column));
    },
  };
}

/** @throws SynthError `constraint.unknown-column`, `constraint.wrong-type`, `constraint.conflict` */
export function planSums(
  constraints: readonly Constraint[],
  columns: readonly ColumnSchema[],
  making: Making,
): readonly PlannedSum[] {
  const sums: PlannedSum[] = [];
  for (const constraint of constraints) {
    if (typeof constraint === 'string' || constraint.kind !== 'sum') continue;
    const title = describeConstraint(constraint);
    checkSumTypes(
      title,
      [constraint.total, ...constraint.parts].map((name) => columnNamed(columns, name)),
    );
    if (!making.claim(constraint.total, constraint.parts, title)) {
      throw conflict(title, constraint.total, making.madeBy(constraint.total));
    }
    sums.push({ title, total: constraint.total, parts: constraint.parts });
  }
  return sums;
}

/** Groups of `fixed` and `dependent` rules that share columns. @throws SynthError `constraint.conflict` */
export function planGroups(
  constraints: readonly Constraint[],
  columns: readonly ColumnSchema[],
  making: Making,
): readonly PlannedGroup[] {
  type Rule = Extract<Constraint, { kind: 'fixed' | 'dependent' }>;
  let groups: { readonly rules: readonly Rule[]; readonly members: ReadonlySet<string> }[] = [];
  for (const rule of constraints) {
    if (typeof rule === 'string' || (rule.kind !== 'fixed' && rule.kind !== 'dependent')) continue;
    const names = rule.kind === 'fixed' ? rule.columns : [...rule.on, ...rule.columns];
    const touched = groups.filter((group) => names.some((name) => group.members.has(name)));
    groups = groups.filter((group) => !touched.includes(group));
    groups.push({
      rules: [...touched.flatMap((group) => group.rules), rule],
      members: new Set([...touched.flatMap((group) => [...group.members]), ...names]),
    });
  }
  return groups.map(({ rules, members }) => {
    const title = rules.map(describeConstraint).join(' and ');
    const ordered = columns.map((column) => column.name).filter((name) => members.has(name));
    const taken = ordered.find((name) => making.madeBy(name) !== undefined);
    if (taken !== undefined) throw conflict(title, taken, making.madeBy(taken));
    const local = planMaking();
    const dependencies: PlannedDependency[] = [];
    let derivable = true;
    for (const rule of rules) {
      if (rule.kind !== 'dependent') continue;
      dependencies.push({ title: describeConstraint(rule), on: rule.on, columns: rule.columns });
      for (const column of rule.columns) derivable = local.claim(column, rule.on, title) && derivable;
    }
    const order = local.sorted(dependencies.flatMap((dependency) => dependency.columns));
    const rank = (dependency: PlannedDependency): number =>
      Math.max(...dependency.columns.map((column) => order.indexOf(column)));
    dependencies.sort((a, b) => rank(a) - rank(b));
    const allDependent = derivable && rules.every((rule) => rule.kind === 'dependent');
    const single = dependencies.every((dependency) => dependency.on.length === 1);
    return {
      title,
      members: ordered,
      dependencies,
      lookup: !allDependent ? 'never' : single ? 'always' : 'possible',
    };
  });
}

/** Orderings that can be kept by learning a gap. Others are left to redrawing. */
export function planGaps(
  constraints: readonly Constraint[],
  columns: readonly ColumnSchema[],
): readonly (GapRule & { readonly title: string; readonly reversed: GapRule })[] {
  const names = columns.map((column) => column.name);
  return constraints.flatMap((constraint) => {
    if (typeof constraint !== 'string') return [];
    return (parseOrderings(constraint, names) ?? []).flatMap(({ low, high, strict }) => {
      if (gapType(columnNamed(columns, low), columnNamed(columns, high)) === undefined) return [];
      const reversed: GapRule = { target: low, base: high, sign: -1, strict };
      return [{ title: constraint, target: high, base: low, sign: 1 as const, strict, reversed }];
    });
  });
}

export function checkConstraints(constraints: readonly Constraint[], known: readonly string[]): void {
  for (const constraint of constraints) if (typeof constraint !== 'string') checkNames(constraint, known);
}

function conflict(title: string, column: string, other: string | undefined): SynthError {
  return new SynthError(
    'constraint.conflict',
    other === undefined
      ? `The rule ${title} makes "${column}" from columns that are made from it.`
      : `The rules ${other} and ${title} both say how "${column}" is made.`,
    { hint: 'Keep one of the rules, or write the other as a SQL expression.' },
  );
}
