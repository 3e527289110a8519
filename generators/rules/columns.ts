// How users say, column by column, what is made by a rule instead of learnt.
import type { ColumnRule } from '../../core/config/types.ts';

type RuleOf<Kind> = Extract<ColumnRule, { readonly kind: Kind }>;

/**
 * Values of a faker method: text, numbers and dates become what the column needs.
 * @param method as faker names it, `internet.email`
 * @param args what the method takes; `{ per: 'customer_id' }` as the last gives rows with the same customer the same value
 * @example fake('person.fullName', { per: 'customer_id' })
 * @example fake('number.int', { min: 1, max: 6 })
 */
export function fake(method: string, ...args: readonly unknown[]): RuleOf<'fake'> {
  const last = args.at(-1);
  if (typeof last !== 'object' || last === null || !('per' in last)) return { kind: 'fake', method, arguments: args };
  const { per, ...rest } = last;
  const others = Object.keys(rest).length === 0 ? args.slice(0, -1) : [...args.slice(0, -1), rest];
  return { kind: 'fake', method, arguments: others, per: String(per) };
}

/** SQL over the other columns of the same row of the mirror: `expression("first_name || ' ' || last_name")`. */
export function expression(sql: string): RuleOf<'expression'> {
  return { kind: 'expression', sql };
}

/** Always NULL. */
export function nulls(): RuleOf<'nulls'> {
  return { kind: 'nulls' };
}

/** The mirror does not have this column. */
export function omit(): RuleOf<'omit'> {
  return { kind: 'omit' };
}

/** Text of this form: `#` stands for a digit, `?` for a capital letter. `pattern('CUST-#####')` */
export function pattern(text: string): RuleOf<'pattern'> {
  return { kind: 'pattern', pattern: text };
}
