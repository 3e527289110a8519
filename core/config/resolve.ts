// Checks a config against the source's schemas, and lays the keys and relations that it declares over them.
import type { ForeignKey, TableName, TableSchema } from '../schema.ts';
import { displayName, sameTable } from '../schema.ts';
import type { LoadedConfig, LoadedTable } from './loaded.ts';
import { type Problem, pathOf, suggestion, throwProblems } from './problems.ts';

/** A table of the config with its schema; keys and foreign keys of the config are part of the schema here. */
export interface ResolvedTable {
  readonly config: LoadedTable;
  readonly schema: TableSchema;
}

/**
 * @returns the tables in the order of the config
 * @throws SynthError `config.unknown-table`, `config.unknown-column`, `config.unsupported-column` or `config.invalid`
 */
export function checkAgainstSchemas(
  config: LoadedConfig,
  schemas: readonly TableSchema[],
  displayFile = 'synth.config.ts',
): readonly ResolvedTable[] {
  const problems: Problem[] = [];
  const resolved: ResolvedTable[] = [];
  for (const table of config.tables) {
    const schema = findTable(table.table, schemas);
    if (schema === undefined) problems.push(unknownTable(pathOf('tables', table.name), table.name, schemas));
    else resolved.push({ config: table, schema: checkTable(table, schema, schemas, config, problems) });
  }
  throwProblems(problems, displayFile);
  return Object.freeze(resolved);
}

function checkTable(
  table: LoadedTable,
  schema: TableSchema,
  schemas: readonly TableSchema[],
  config: LoadedConfig,
  problems: Problem[],
): TableSchema {
  const where = pathOf('tables', table.name);
  checkColumns(table.subject, pathOf(where, 'subject'), schema, problems);
  checkColumns(table.order, pathOf(where, 'order'), schema, problems);
  checkColumns(table.key, pathOf(where, 'key'), schema, problems);
  if (table.audits.target !== undefined) {
    checkColumns([table.audits.target], pathOf('audits.target', table.name), schema, problems);
  }
  for (const [column, rule] of Object.entries(table.columns)) {
    checkColumns([column], pathOf(where, 'columns'), schema, problems);
    if (rule.kind === 'fake' && rule.per !== undefined) {
      checkColumns([rule.per], pathOf(where, 'columns', column, 'per'), schema, problems);
    }
  }
  for (const [index, constraint] of table.constraints.entries()) {
    const path = pathOf(where, 'constraints', index);
    if (typeof constraint === 'string') continue; // SQL: checked by the database when a run is planned
    const named =
      constraint.kind === 'sum'
        ? [constraint.total, ...constraint.parts]
        : [...constraint.columns, ...(constraint.kind === 'dependent' ? constraint.on : [])];
    checkColumns(named, path, schema, problems);
  }
  checkSupported(table, schema, where, problems);
  const foreignKeys = table.relations.flatMap((relation, index): readonly ForeignKey[] => {
    const path = pathOf(where, 'relations', index);
    checkColumns(relation.columns, pathOf(path, 'columns'), schema, problems);
    const parent = findTable(relation.references, schemas);
    if (parent === undefined) {
      problems.push(unknownTable(pathOf(path, 'references'), displayName(relation.references), schemas));
      return [];
    }
    const ownKey = config.tables.find((other) => sameTable(other.table, parent.name))?.key ?? [];
    const declaredKey = ownKey.length > 0 ? ownKey : parent.primaryKey;
    const parentKey = relation.referencedColumns.length > 0 ? relation.referencedColumns : declaredKey;
    checkColumns(relation.referencedColumns, pathOf(path, 'referencedColumns'), parent, problems);
    if (parentKey.length === relation.columns.length) {
      return [{ columns: relation.columns, references: { table: parent.name, columns: parentKey } }];
    }
    problems.push({
      code: 'config.invalid-value',
      where: path,
      message: `${displayName(parent.name)} has no primary key of ${relation.columns.length} column(s). Give it a key, or name its columns with referencedColumns.`,
    });
    return [];
  });
  return overlay(table, schema, foreignKeys);
}

/** The schema with the config's key (instead of the declared one) and relations (beside the declared ones). */
function overlay(table: LoadedTable, schema: TableSchema, relations: readonly ForeignKey[]): TableSchema {
  const declared = schema.foreignKeys.filter(
    (key) => !relations.some((relation) => key.columns.join('\0') === relation.columns.join('\0')),
  );
  return Object.freeze({
    ...schema,
    primaryKey: table.key.length > 0 ? table.key : schema.primaryKey,
    foreignKeys: Object.freeze([...declared, ...relations]),
  });
}

function checkColumns(names: readonly string[], where: string, schema: TableSchema, problems: Problem[]): void {
  const known = schema.columns.map((column) => column.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    problems.push({
      code: 'config.unknown-column',
      where,
      message: `${displayName(schema.name)} has no column "${name}".${suggestion(name, known)}`,
    });
  }
}

function checkSupported(table: LoadedTable, schema: TableSchema, where: string, problems: Problem[]): void {
  const columns = schema.columns.filter(
    (column) => column.type.kind === 'unsupported' && table.columns[column.name] === undefined,
  );
  if (columns.length === 0) return;
  // A generator that copies rows takes them as they are: the generator decides.
  const reasons = table.generator.generator.unsupported(columns);
  for (const { name, sqlType } of columns.filter((column) => reasons.some((reason) => reason.column === column.name))) {
    problems.push({
      code: 'config.unsupported-column',
      where: pathOf(where, 'columns', name),
      message: `${sqlType.replace(/\(.*$/s, '(…)')} cannot be learnt. Leave the column out with omit(), keep it empty with nulls(), or fill it with fake('…').`,
    });
  }
}

function unknownTable(where: string, name: string, schemas: readonly TableSchema[]): Problem {
  const known = schemas.map((schema) => displayName(schema.name));
  return {
    code: 'config.unknown-table',
    where,
    message: `The source has no table "${name}".${suggestion(name, known)}`,
  };
}

function findTable(name: TableName, schemas: readonly TableSchema[]): TableSchema | undefined {
  return schemas.find((schema) => sameTable(schema.name, name));
}
