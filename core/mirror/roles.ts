// Says how each column of a table is made. Pure.
import type { ColumnRule, TableConfig } from '../config/types.ts';
import { SynthError } from '../errors.ts';
import type { ColumnSchema, TableSchema } from '../schema.ts';
import type { ForeignKeyPlan } from './relations.ts';

/**
 * - `learnt`: by the generator.
 * - `key`: made from the row number, unique by construction. With `within`, unique among the rows that agree in those
 *   columns of the primary key; the source decides how (a position, or a learnt value that is kept distinct).
 * - `foreign`: by the foreign key with this number.
 * - `rule`: by a rule of the config.
 * - `omitted`: not in the mirror.
 */
export type ColumnRole =
  | { readonly kind: 'learnt' }
  | { readonly kind: 'key'; readonly within?: readonly string[] }
  | { readonly kind: 'foreign'; readonly key: number }
  | { readonly kind: 'rule'; readonly rule: Exclude<ColumnRule, { kind: 'omit' }> }
  | { readonly kind: 'omitted' };

export interface ColumnPlan {
  readonly schema: ColumnSchema;
  readonly role: ColumnRole;
  /** A label: the source has no such column. */
  readonly added?: true;
}

export interface RolesInput {
  readonly label: string;
  readonly schema: TableSchema;
  readonly config: TableConfig;
  readonly reference: boolean;
  readonly foreignKeys: readonly ForeignKeyPlan[];
  /** Columns that foreign keys of the family point to. */
  readonly referenced: readonly string[];
}

/** @throws SynthError `plan.unsupported-column` when a column can neither be learnt nor has a rule */
export function planColumns(input: RolesInput): readonly ColumnPlan[] {
  return input.schema.columns.map((schema) => {
    const role = roleOf(schema, input);
    if (role.kind === 'learnt' && schema.type.kind === 'unsupported' && !input.reference) {
      throw unlearnable(input.label, schema.name, `has the type ${shortType(schema.sqlType)}, which cannot be learnt`);
    }
    return { schema, role };
  });
}

/** The error for a column that only a rule can make. */
export function unlearnable(label: string, column: string, why: string): SynthError {
  return new SynthError('plan.unsupported-column', `The column "${column}" of ${label} ${why}.`, {
    hint: `Under columns of ${label}, leave "${column}" out with omit(), empty it with nulls(), or make it with a rule such as fake('lorem.sentence').`,
  });
}

function roleOf(column: ColumnSchema, { schema, config, reference, foreignKeys, referenced }: RolesInput): ColumnRole {
  if (reference) return { kind: 'learnt' };
  const rule = config.columns?.[column.name];
  if (rule?.kind === 'omit') return { kind: 'omitted' };
  if (rule !== undefined) return { kind: 'rule', rule };
  const foreign = foreignKeys.find((key) => key.strategy !== 'outside' && key.columns.includes(column.name));
  if (foreign?.strategy === 'implied') {
    const maker = foreignKeys.find((key) => makes(key) && key.columns.includes(column.name));
    if (maker !== undefined) return { kind: 'foreign', key: maker.index };
  } else if (foreign !== undefined) return { kind: 'foreign', key: foreign.index };
  if (schema.primaryKey.includes(column.name)) return primaryKeyRole(column, schema, foreignKeys);
  const unique = schema.uniques.some((columns) => columns.length === 1 && columns[0] === column.name);
  if (unique || referenced.includes(column.name)) return { kind: 'key' };
  // A UUID carries no meaning to learn; each row gets a new one.
  return column.type.kind === 'uuid' ? { kind: 'key' } : { kind: 'learnt' };
}

const makes = (key: ForeignKeyPlan): boolean => key.strategy !== 'outside' && key.strategy !== 'implied';

/** The last part of a composite key that no foreign key makes numbers the rows; the parts before it group them. */
function primaryKeyRole(column: ColumnSchema, schema: TableSchema, foreignKeys: readonly ForeignKeyPlan[]): ColumnRole {
  if (schema.primaryKey.length === 1) return { kind: 'key' };
  const own = schema.primaryKey.filter((name) => !foreignKeys.some((key) => makes(key) && key.columns.includes(name)));
  if (own.at(-1) !== column.name) return { kind: 'learnt' };
  return { kind: 'key', within: schema.primaryKey.filter((name) => name !== column.name) };
}

/** The type's name without its parts, which may list values. */
function shortType(sqlType: string): string {
  return sqlType.split('(')[0] as string;
}
