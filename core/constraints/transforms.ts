// Rules that hold by construction: what the generator learns instead of the source's columns, and the way back.
import type { ColumnBatch, ColumnVector } from '../batch.ts';
import type { Constraint } from '../config/types.ts';
import { SynthError } from '../errors.ts';
import type { ColumnSchema } from '../schema.ts';
import { columnNamed, freshName } from './columns.ts';
import { type GapState, gapType, learnGap, undoGap } from './gap.ts';
import { type LookupState, learnLookup, undoLookup } from './lookup.ts';
import { followMajority } from './majority.ts';
import { findCombinations, learnMerge, type MergeState, undoMerge } from './merge.ts';
import { checkConstraints, type PlannedGroup, planGaps, planGroups, planMaking, planSums } from './plan.ts';
import { learnSum, type SumState, undoSum } from './sum.ts';
import type { TransformDraw } from './vectors.ts';

/** One step of the way back, plain data (numbers, strings, typed arrays): it can be cloned into worker threads. */
export type LearntTransform =
  | { readonly name: 'merge'; readonly state: MergeState }
  | { readonly name: 'lookup'; readonly state: LookupState }
  | { readonly name: 'gap'; readonly state: GapState & { readonly schema: ColumnSchema } }
  | {
      readonly name: 'sum';
      readonly state: SumState & { readonly totalSchema: ColumnSchema; readonly partSchemas: readonly ColumnSchema[] };
    }
  /** The source's columns in their order: always the last step. */
  | { readonly name: 'arrange'; readonly state: { readonly columns: readonly string[] } };

export interface LearntTransforms {
  /** In the order in which they are undone; empty when no rule can be held by construction. */
  readonly steps: readonly LearntTransform[];
  /** What the generator should learn. */
  readonly columns: readonly ColumnSchema[];
  readonly rows: ColumnBatch;
}

/** Groups of several determinants whose frequent combinations cover less than this share of the rows are looked up instead. */
const leastCoverage = 0.8;

/**
 * Replaces columns so that as many rules as possible hold by construction. SQL expressions that are no orderings, orderings
 * that the source breaks in more than 0.1 % of its rows, and unique combinations are left to {@link enforceRules}.
 * @param columns the columns to be learnt, as in `rows`; rules may name no others
 * @throws SynthError `constraint.*`, naming the rule
 */
export function learnTransforms(
  constraints: readonly Constraint[],
  columns: readonly ColumnSchema[],
  rows: ColumnBatch,
  options: { readonly k: number },
): LearntTransforms {
  const names = columns.map((column) => column.name);
  const relevant = constraints.filter((constraint) => typeof constraint === 'string' || constraint.kind !== 'unique');
  checkConstraints(relevant, names);
  if (rows.rowCount === 0) return { steps: [], columns, rows };

  const { rowCount } = rows;
  const making = planMaking();
  const sums = planSums(relevant, columns, making);
  const groups = planGroups(relevant, columns, making);
  // What stands at a source column's place in the learnt table; null when nothing does.
  const places = new Map<string, { readonly schema: ColumnSchema; readonly vector: ColumnVector } | null>();
  const taken = new Set(names);
  const fresh = (base: string): string => {
    const name = freshName(base, taken);
    taken.add(name);
    return name;
  };
  const merges: LearntTransform[] = [];
  const makers = new Map<string, LearntTransform>();
  const vectorOf = (name: string): ColumnVector => {
    const vector = rows.columns.get(name);
    if (vector === undefined) {
      throw new SynthError('constraint.no-column', `The rows to learn lack the column "${name}".`, {
        kind: 'unexpected',
      });
    }
    return vector;
  };

  for (const group of groups) {
    const merged = group.lookup === 'always' ? undefined : tryMerge(group, vectorOf, rowCount, options.k);
    if (merged !== undefined) {
      const column = fresh(group.members.join(' + '));
      const { state, vector } = merged(column);
      for (const member of group.members) {
        making.claim(member, [], group.title);
        places.set(member, null);
      }
      places.set(group.members[0] as string, { schema: textColumn(column), vector });
      merges.push({ name: 'merge', state });
      continue;
    }
    for (const { title, on, columns: dependents } of group.dependencies) {
      const schemas = dependents.map((name) => columnNamed(columns, name));
      const state = learnLookup(title, on, schemas, on.map(vectorOf), dependents.map(vectorOf), rowCount, options.k);
      const step: LearntTransform = { name: 'lookup', state };
      for (const name of dependents) {
        making.claim(name, on, title);
        places.set(name, null);
        makers.set(name, step);
      }
    }
  }

  for (const { reversed, title, ...rule } of planGaps(relevant, columns)) {
    for (const candidate of [rule, reversed]) {
      const { target, base } = candidate;
      if (making.madeBy(target) !== undefined) continue;
      const schema = columnNamed(columns, target);
      const type = gapType(columnNamed(columns, base), schema);
      const column = freshName(`${target} from ${base}`, taken);
      const learnt = learnGap(candidate, column, vectorOf(base), vectorOf(target), rowCount, options.k, schema.type);
      if (type === undefined || learnt === undefined || !making.claim(target, [base], title)) continue;
      taken.add(column);
      places.set(target, { schema: { name: column, ...type, nullable: schema.nullable }, vector: learnt.vector });
      makers.set(target, { name: 'gap', state: { ...learnt.state, schema } });
      break;
    }
  }

  for (const { title, total, parts } of sums) {
    const totalSchema = columnNamed(columns, total);
    const partSchemas = parts.map((part) => columnNamed(columns, part));
    const presenceName = fresh(`${total} is there`);
    const learnt = learnSum(title, presenceName, totalSchema, partSchemas, rows.columns, rowCount, options.k);
    const { presence } = learnt;
    places.set(total, presence === undefined ? null : { schema: booleanColumn(presenceName), vector: presence });
    makers.set(total, { name: 'sum', state: { ...learnt.state, totalSchema, partSchemas } });
  }

  if (merges.length === 0 && makers.size === 0) return { steps: [], columns, rows };
  const learntColumns: ColumnSchema[] = [];
  const learntVectors = new Map<string, ColumnVector>();
  for (const column of columns) {
    const place = places.get(column.name);
    if (place === null) continue;
    const { schema, vector } = place ?? { schema: column, vector: vectorOf(column.name) };
    learntColumns.push(schema);
    learntVectors.set(schema.name, vector);
  }
  const derived = new Set(making.sorted([...makers.keys()]).map((name) => makers.get(name) as LearntTransform));
  return {
    steps: [...merges, ...derived, { name: 'arrange', state: { columns: names } }],
    columns: learntColumns,
    rows: { rowCount, columns: learntVectors },
  };
}

/** The source's columns, in its order, from learnt ones. Pure. */
export function undoTransforms(steps: readonly LearntTransform[], rows: ColumnBatch, draw: TransformDraw): ColumnBatch {
  let vectors = new Map(rows.columns);
  const vectorOf = (name: string): ColumnVector => {
    const vector = vectors.get(name);
    if (vector === undefined) {
      throw new SynthError('constraint.no-column', `The generator gave no column "${name}".`, { kind: 'unexpected' });
    }
    return vector;
  };
  for (const { name, state } of steps) {
    switch (name) {
      case 'merge':
        undoMerge(state, vectorOf(state.column), draw).forEach((vector, member) => {
          vectors.set(state.members[member] as string, vector);
        });
        break;
      case 'lookup':
        undoLookup(state, state.on.map(vectorOf), draw).forEach((vector, column) => {
          vectors.set(state.columns[column] as string, vector);
        });
        break;
      case 'gap':
        vectors.set(
          state.target,
          undoGap(state, vectorOf(state.base), vectorOf(state.column), state.schema.type, draw),
        );
        break;
      case 'sum': {
        const { total, parts } = undoSum(state, state.totalSchema, state.partSchemas, vectors, rows.rowCount);
        vectors.set(state.total, total);
        for (const [part, vector] of parts) vectors.set(part, vector);
        break;
      }
      case 'arrange':
        vectors = new Map(state.columns.map((column) => [column, vectorOf(column)]));
    }
  }
  return { rowCount: rows.rowCount, columns: vectors };
}

/** The learnt columns from which these columns of the source are made: what to draw again when one of them must change. */
export function learntColumns(steps: readonly LearntTransform[], sourceColumns: readonly string[]): readonly string[] {
  const wanted = new Set(sourceColumns);
  for (const { name, state } of [...steps].reverse()) {
    if (name === 'merge' && state.members.some((member) => wanted.has(member))) {
      for (const member of state.members) wanted.delete(member);
      wanted.add(state.column);
    } else if (name === 'lookup' && state.columns.some((column) => wanted.has(column))) {
      for (const column of state.columns) wanted.delete(column);
      for (const column of state.on) wanted.add(column);
    } else if (name === 'gap' && wanted.delete(state.target)) {
      wanted.add(state.column).add(state.base);
    } else if (name === 'sum' && wanted.delete(state.total)) {
      for (const part of state.parts) wanted.add(part);
    }
  }
  return [...wanted];
}

/** Undefined when the group is better looked up: its frequent combinations cover too little of the source. */
function tryMerge(
  group: PlannedGroup,
  vectorOf: (name: string) => ColumnVector,
  rowCount: number,
  k: number,
): ((column: string) => ReturnType<typeof learnMerge>) | undefined {
  const current = new Map(group.members.map((member) => [member, vectorOf(member)]));
  for (const { title, on, columns } of group.dependencies) {
    const take = (name: string): ColumnVector => current.get(name) as ColumnVector;
    const { vectors } = followMajority(title, on.map(take), columns.map(take), rowCount);
    vectors.forEach((vector, column) => {
      current.set(columns[column] as string, vector);
    });
  }
  const vectors = [...current.values()];
  const combinations = findCombinations(vectors, rowCount, k);
  if (group.lookup === 'possible' && combinations.coverage < leastCoverage) return undefined;
  const dependents = new Set(group.dependencies.flatMap((dependency) => dependency.columns));
  const free = group.members.flatMap((member, position) => (dependents.has(member) ? [] : [position]));
  return (column) => learnMerge(group.title, column, group.members, vectors, combinations, free, k);
}

function textColumn(name: string): ColumnSchema {
  return { name, sqlType: 'VARCHAR', type: { kind: 'text' }, nullable: false };
}

function booleanColumn(name: string): ColumnSchema {
  return { name, sqlType: 'BOOLEAN', type: { kind: 'boolean' }, nullable: false };
}
