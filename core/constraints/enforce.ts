// Finds the rows that break a rule and has them drawn again, a bounded number of times.
import { type RawBuilder, sql } from 'kysely';
import type { Relation, RuleTarget } from '../audit.ts';
import { integersToDoubles } from '../batch.ts';
import type { Workspace } from '../connector.ts';
import { SynthError } from '../errors.ts';
import type { ColumnSchema } from '../schema.ts';
import { columnList, columnRef, relationRef } from '../sql.ts';
import { checkBooleanExpression, expressionColumns } from './expression.ts';

export interface EnforceOptions {
  readonly workspace: Workspace;
  /** The drawn rows, with {@link rowIdColumn} (BIGINT, no two rows alike). */
  readonly relation: Relation;
  readonly rowIdColumn: string;
  /** The table's columns without the row id. */
  readonly columns: readonly string[];
  readonly rules: readonly RuleTarget[];
  /** How often rows may be drawn again before the rule is given up. */
  readonly maxTries: number;
  /** Writes other values into these rows of the relation; `columns` are those that the broken rule is about. */
  redraw(rowIds: Float64Array, attempt: number, columns: readonly string[], rule: RuleTarget): Promise<void>;
  /** For messages. */
  readonly table: string;
}

/**
 * Redraws rows until all rules hold. `redrawn` counts each row as often as it was drawn again.
 * @throws SynthError `constraint.unsatisfied` with the rule and how many rows still break it; `constraint.syntax`,
 *   `constraint.not-boolean`, `constraint.unknown-column` for expressions that cannot be checked
 */
export async function enforceRules(options: EnforceOptions): Promise<{ readonly redrawn: number }> {
  const { workspace, relation, rules, table, maxTries } = options;
  const about = new Map<RuleTarget, readonly string[]>();
  for (const rule of rules) {
    about.set(rule, await ruleColumns(workspace, rule, options.columns));
    if (rule.expression !== undefined) await checkBooleanExpression(workspace, rule.expression, relation);
  }
  let redrawn = 0;
  for (let attempt = 1; ; attempt++) {
    let clean = true;
    // One rule after the other: redrawing for one may mend, or break, the next.
    for (const rule of rules) {
      const broken = await brokenRows(workspace, relation, options.rowIdColumn, rule);
      if (broken.length === 0) continue;
      if (attempt > maxTries) {
        const rows = broken.length === 1 ? '1 row' : `${broken.length} rows`;
        throw new SynthError(
          'constraint.unsatisfied',
          `${rows} of ${table} still ${broken.length === 1 ? 'breaks' : 'break'} the rule "${rule.title}" after ${maxTries} redraws.`,
          {
            hint: 'Check that the source keeps the rule, lower the number of rows, or remove the rule.',
          },
        );
      }
      clean = false;
      redrawn += broken.length;
      await options.redraw(broken, attempt, about.get(rule) ?? [], rule);
    }
    if (clean) return { redrawn };
  }
}

/** The columns of a table that must change when rows break the rule. */
export async function ruleColumns(
  workspace: Workspace,
  rule: RuleTarget,
  columns: readonly string[],
): Promise<readonly string[]> {
  const { expression, unique = [], dependency } = rule;
  const named = expression === undefined ? [] : await expressionColumns(workspace, expression, columns);
  return [...new Set([...unique, ...(dependency?.dependent ?? []), ...named])];
}

/** The row ids, ascending, of rows that break the rule. Of rows that are too much alike, the first keeps its values. */
export async function brokenRows(
  workspace: Workspace,
  relation: Relation,
  rowIdColumn: string,
  rule: RuleTarget,
): Promise<Float64Array> {
  const found: Float64Array[] = [];
  for (const query of brokenQueries(relationRef(relation), columnRef(rowIdColumn), rule)) {
    const compiled = sql`select cast(broken_row as bigint) as broken_row from (${query}) as broken order by 1`.compile(
      workspace.db,
    );
    const { columns } = await workspace.read(compiled, [rowIdSchema]);
    const vector = columns.get(rowIdSchema.name);
    if (vector?.kind === 'integer') found.push(integersToDoubles(vector.values));
  }
  if (found.length === 1) return found[0] as Float64Array;
  return Float64Array.from(new Set(found.flatMap((ids) => [...ids]))).sort();
}

const rowIdSchema: ColumnSchema = {
  name: 'broken_row',
  sqlType: 'BIGINT',
  type: { kind: 'integer', bits: 64, signed: true },
  nullable: false,
};

function brokenQueries(
  relation: RawBuilder<unknown>,
  rowId: RawBuilder<unknown>,
  rule: RuleTarget,
): RawBuilder<unknown>[] {
  const queries: RawBuilder<unknown>[] = [];
  if (rule.expression !== undefined) {
    // The one place where a rule that the user wrote enters SQL that changes rows. NULL counts as kept.
    queries.push(
      sql`select ${rowId} as broken_row from ${relation} where not coalesce((${sql.raw(rule.expression)}\n), true)`,
    );
  }
  if (rule.unique !== undefined) {
    const present = sql.join(
      rule.unique.map((name) => sql`${columnRef(name)} is not null`),
      sql` and `,
    );
    queries.push(sql`select ${rowId} as broken_row from ${relation} where ${present}
      qualify row_number() over (partition by ${columnList(rule.unique)} order by ${rowId}) > 1`);
  }
  if (rule.dependency !== undefined) {
    const { determinant, dependent } = rule.dependency;
    const differs = sql.join(
      dependent.map(
        (name) => sql`${columnRef(name)} is distinct from
          first_value(${columnRef(name)}) over (partition by ${columnList(determinant)} order by ${rowId})`,
      ),
      sql` or `,
    );
    queries.push(sql`select ${rowId} as broken_row from ${relation} qualify ${differs}`);
  }
  return queries;
}
