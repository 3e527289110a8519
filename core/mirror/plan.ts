// The plan of a family: how each table's columns and foreign keys are made. A pure value, from schemas and config alone.
import type { TableConfig } from '../config/types.ts';
import { nearestName, SynthError } from '../errors.ts';
import type { GeneratorChoice } from '../generator.ts';
import {
  type ColumnSchema,
  displayName,
  type ForeignKey,
  sameTable,
  type TableName,
  type TableSchema,
} from '../schema.ts';
import { type ForeignKeyPlan, planRelations } from './relations.ts';
import { type ColumnPlan, planColumns } from './roles.ts';

/** One table to mirror: what the source says of it and what the user wants. */
export interface FamilyTable {
  readonly schema: TableSchema;
  readonly choice: GeneratorChoice;
  readonly config: TableConfig;
  /** Labels that the source has no column for; their SQL is in the config. */
  readonly labels?: readonly ColumnSchema[];
}

export interface TablePlan {
  readonly name: TableName;
  /** For messages, file names and seeds: `table` or `schema.table`. */
  readonly label: string;
  /** The source's schema with the keys and relations of the config. */
  readonly schema: TableSchema;
  readonly choice: GeneratorChoice;
  readonly config: TableConfig;
  /** Copied as it is. */
  readonly reference: boolean;
  /** One per column of the source, in its order, then labels. */
  readonly columns: readonly ColumnPlan[];
  readonly foreignKeys: readonly ForeignKeyPlan[];
  /** Remarks for the user, without values. */
  readonly notes: readonly string[];
}

export interface FamilyPlan {
  /** Owners before their children. */
  readonly tables: readonly TablePlan[];
}

/**
 * @throws SynthError `plan.unknown-table`, `plan.unknown-column`, `plan.no-key`, `plan.key-cycle`,
 * `plan.unsupported-column`
 */
export function planFamily(tables: readonly FamilyTable[]): FamilyPlan {
  const completed = tables.map((table) => ({ ...table, schema: completeSchema(table, tables) }));
  const relations = planRelations(
    completed.map(({ schema, choice }) => ({ schema, reference: choice.generator.name === 'reference' })),
  );
  const referenced = (name: TableName): string[] =>
    completed.flatMap(({ schema }) =>
      schema.foreignKeys
        .filter((key) => sameTable(key.references.table, name))
        .flatMap((key) => key.references.columns),
    );
  return {
    tables: relations.map(({ index, foreignKeys, notes }) => {
      const { schema, choice, config, labels = [] } = completed[index] as (typeof completed)[number];
      const label = displayName(schema.name);
      const reference = choice.generator.name === 'reference';
      return {
        name: schema.name,
        label,
        schema,
        choice,
        config,
        reference,
        foreignKeys,
        notes,
        columns: [
          ...planColumns({ label, schema, config, reference, foreignKeys, referenced: referenced(schema.name) }),
          ...labels.map((column) => labelPlan(column, config)),
        ],
      };
    }),
  };
}

function labelPlan(schema: ColumnSchema, { labels }: TableConfig): ColumnPlan {
  return {
    schema,
    role: { kind: 'rule', rule: { kind: 'expression', sql: labels?.[schema.name] ?? 'null' } },
    added: true,
  };
}

/** The plan of one table. */
export function tablePlan(plan: FamilyPlan, name: TableName): TablePlan {
  const found = plan.tables.find((table) => sameTable(table.name, name));
  if (found === undefined) {
    throw new SynthError('plan.unknown-table', `The table ${displayName(name)} is not in the plan.`, {
      kind: 'unexpected',
    });
  }
  return found;
}

export function columnSchema(table: TablePlan, column: string): ColumnSchema {
  const found = table.schema.columns.find(({ name }) => name === column);
  if (found === undefined) throw unknownColumn(table.label, column, table.schema);
  return found;
}

function completeSchema(table: FamilyTable, all: readonly FamilyTable[]): TableSchema {
  const { schema, config } = table;
  const label = displayName(schema.name);
  const primaryKey = config.key === undefined ? schema.primaryKey : asList(config.key);
  const added = (config.relations ?? []).map((relation): ForeignKey => {
    const parent = findTable(relation.references, schema.name.schema, all, label);
    const parentKey = parent.config.key === undefined ? parent.schema.primaryKey : asList(parent.config.key);
    const columns = asList(relation.columns);
    const referenced = relation.referencedColumns === undefined ? parentKey : asList(relation.referencedColumns);
    if (referenced.length !== columns.length) {
      throw new SynthError(
        'plan.no-key',
        `A relation of ${label} has ${columns.length} columns, but the key of ${relation.references} has ${referenced.length}.`,
        { hint: 'Name the columns of the parent in referencedColumns, or its key in key.' },
      );
    }
    for (const column of referenced) known(displayName(parent.schema.name), column, parent.schema);
    return { columns, references: { table: parent.schema.name, columns: referenced } };
  });
  const declared = schema.foreignKeys.filter((key) => !added.some((other) => sameColumns(other.columns, key.columns)));
  const complete = { ...schema, primaryKey, foreignKeys: [...declared, ...added] };
  for (const column of [
    ...primaryKey,
    ...added.flatMap((key) => key.columns),
    ...Object.keys(config.columns ?? {}),
    ...(config.subject === undefined ? [] : asList(config.subject)),
    ...(config.order === undefined ? [] : asList(config.order)),
  ]) {
    known(label, column, schema);
  }
  return complete;
}

export function asList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

function sameColumns(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((column) => b.includes(column));
}

function known(label: string, column: string, schema: TableSchema): void {
  if (!schema.columns.some(({ name }) => name === column)) throw unknownColumn(label, column, schema);
}

function unknownColumn(label: string, column: string, schema: TableSchema): SynthError {
  const names = schema.columns.map(({ name }) => name);
  const nearest = nearestName(column, names);
  return new SynthError('plan.unknown-column', `The table ${label} has no column "${column}".`, {
    hint: nearest === undefined ? `Its columns are ${names.join(', ')}.` : `Did you mean "${nearest}"?`,
  });
}

function findTable(text: string, schema: string, all: readonly FamilyTable[], label: string): FamilyTable {
  const found =
    all.find((table) => displayName(table.schema.name) === text) ??
    all.find(({ schema: { name } }) => name.table === text && name.schema === schema) ??
    all.find(({ schema: { name } }) => `${name.schema}.${name.table}` === text);
  if (found !== undefined) return found;
  const nearest = nearestName(
    text,
    all.map((table) => displayName(table.schema.name)),
  );
  throw new SynthError('plan.unknown-table', `A relation of ${label} references "${text}", which is not mirrored.`, {
    hint:
      nearest === undefined
        ? 'Add that table to tables, as reference() when it is public.'
        : `Did you mean "${nearest}"?`,
  });
}
