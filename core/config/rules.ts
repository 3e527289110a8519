// Checks a table's column rules, constraints and relations.
import { type LoadedRelation, parseTableName } from './loaded.ts';
import { asNames, fieldOf } from './objects.ts';
import { check, type Problem, pathOf } from './problems.ts';
import { columnRuleSchemas, constraintSchemas, type RelationShape, relationSchema } from './schema/index.ts';
import type { ColumnRule, Constraint } from './types.ts';

/** A value whose `kind` picks its schema: a column rule or a constraint object. */
function checkKind<Value>(
  schemas: typeof columnRuleSchemas,
  value: unknown,
  where: string,
  what: string,
  problems: Problem[],
): Value | undefined {
  const kind = fieldOf(value, 'kind');
  const schema = typeof kind === 'string' ? schemas[kind] : undefined;
  if (schema !== undefined) return check<Value>(schema, value, where, problems);
  problems.push({ code: 'config.invalid-value', where, message: `This is not ${what}.` });
  return undefined;
}

export function checkRules(
  rules: Readonly<Record<string, unknown>>,
  where: string,
  problems: Problem[],
): Readonly<Record<string, ColumnRule>> {
  const checked: Record<string, ColumnRule> = {};
  const what = "a column rule: use fake('internet.email'), expression('…'), pattern('…'), nulls() or omit()";
  for (const [column, value] of Object.entries(rules)) {
    const path = pathOf(where, column);
    const rule = checkKind<ColumnRule>(columnRuleSchemas, value, path, what, problems);
    if (rule !== undefined) checked[column] = Object.freeze(rule);
  }
  return Object.freeze(checked);
}

export function checkConstraints(
  values: readonly unknown[],
  where: string,
  problems: Problem[],
): readonly Constraint[] {
  const what = 'a constraint: use a SQL expression, unique(…), fixed(…), dependent(…) or sum(…)';
  const checked = values.map((value, index): Constraint | undefined => {
    if (typeof value === 'string' && value.trim() !== '') return value;
    return checkKind<Constraint>(constraintSchemas, value, pathOf(where, index), what, problems);
  });
  return Object.freeze(checked.filter((constraint) => constraint !== undefined));
}

export function checkRelations(
  values: readonly unknown[],
  where: string,
  problems: Problem[],
): readonly LoadedRelation[] {
  const relations: LoadedRelation[] = [];
  for (const [index, value] of values.entries()) {
    const path = pathOf(where, index);
    const relation = check<RelationShape>(relationSchema, value, path, problems);
    if (relation === undefined) continue;
    const columns = asNames(relation.columns);
    const referencedColumns = asNames(relation.referencedColumns);
    if (referencedColumns.length > 0 && referencedColumns.length !== columns.length) {
      problems.push({
        code: 'config.invalid-value',
        where: path,
        message: `${columns.length} columns cannot reference ${referencedColumns.length}.`,
      });
    }
    relations.push(Object.freeze({ columns, references: parseTableName(relation.references), referencedColumns }));
  }
  return Object.freeze(relations);
}
