// Rules as SQL can check them: what the audit val.rule counts and what rows are drawn again for.
import { type RawBuilder, sql } from 'kysely';
import type { RuleTarget } from '../audit.ts';
import type { Constraint } from '../config/types.ts';
import type { ColumnSchema } from '../schema.ts';
import { columnRef, sqlText } from '../sql.ts';
import { scaleOf } from './arithmetic.ts';
import { checkNames, columnNamed } from './columns.ts';
import { describeConstraint } from './rules.ts';

/**
 * The rules of a table, in the config's order. `fixed` is none: no SQL over the mirror alone can check it, and
 * it is held by construction.
 * @param columns all columns of the mirror
 * @throws SynthError `constraint.unknown-column`, `constraint.repeated-column`, `constraint.too-few-columns`
 */
export function rowRules(constraints: readonly Constraint[], columns: readonly ColumnSchema[]): readonly RuleTarget[] {
  const names = columns.map((column) => column.name);
  return constraints.flatMap((constraint): RuleTarget[] => {
    if (typeof constraint === 'string') return [{ title: constraint, expression: constraint }];
    checkNames(constraint, names);
    switch (constraint.kind) {
      case 'fixed':
        return [];
      case 'unique':
        return [{ title: `${constraint.columns.join(', ')}: each combination once`, unique: constraint.columns }];
      case 'dependent':
        return [
          {
            title: `${constraint.columns.join(', ')} follows from ${constraint.on.join(', ')}`,
            dependency: { determinant: constraint.on, dependent: constraint.columns },
          },
        ];
      case 'sum': {
        const [total, ...parts] = [constraint.total, ...constraint.parts].map((name) => columnNamed(columns, name));
        if (total === undefined) throw new TypeError(`${describeConstraint(constraint)} has no total.`);
        const expression = sqlText(sumExpression(total, parts));
        return [{ title: `${constraint.total} = ${constraint.parts.join(' + ')}`, expression }];
      }
      default:
        return constraint satisfies never;
    }
  });
}

/** NULL where a part is NULL, which counts as kept. */
function sumExpression(total: ColumnSchema, parts: readonly ColumnSchema[]): RawBuilder<unknown> {
  const totalScale = scaleOf(total.type);
  const scales = parts.map((part) => scaleOf(part.type));
  const plus = (terms: readonly RawBuilder<unknown>[]): RawBuilder<unknown> => sql.join([...terms], sql` + `);
  if (totalScale !== undefined && scales.every((scale) => scale !== undefined)) {
    // Wide decimals: narrow integers would overflow while they are added.
    const widest = Math.max(totalScale, ...scales);
    const sumOfParts = plus(parts.map((part) => asDecimal(columnRef(part.name), widest)));
    return sql`${asDecimal(columnRef(total.name), totalScale)} = ${asDecimal(sumOfParts, totalScale)}`;
  }
  const [whole, ...terms] = [total, ...parts].map((column) => sql`cast(${columnRef(column.name)} as double)`);
  const sumOfParts = sql`(${plus(terms)})`;
  // The lesser magnitude: NaN is the greatest of all numbers, and would allow any difference.
  return sql`${whole} = ${sumOfParts} or abs(${whole} - ${sumOfParts}) <= 1e-6 * greatest(1e-3, least(abs(${whole}), abs(${sumOfParts})))`;
}

function asDecimal(value: RawBuilder<unknown>, scale: number): RawBuilder<unknown> {
  return sql`cast(${value} as decimal(38, ${sql.lit(scale)}))`;
}
