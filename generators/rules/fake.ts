// Columns made by faker: the value of a row follows from (seed, table, column, row number), or from its `per` value.
import { type ColumnVector, isNull, takeRows } from '../../core/batch.ts';
import type { ColumnRule } from '../../core/config/types.ts';
import { hashText } from '../../core/random.ts';
import { type RuleDraw, rowWord, ruleStream } from './draw.ts';
import { fakerCall } from './faker.ts';
import { typedVector } from './typed.ts';

/**
 * One value per row id. Rows whose `per` is NULL are each their own.
 * @throws SynthError `rule.unknown-fake`, `rule.fake-arguments`, `rule.wrong-type`
 */
export function fakeColumn(rule: Extract<ColumnRule, { kind: 'fake' }>, draw: RuleDraw): ColumnVector {
  const call = fakerCall(rule.method, rule.arguments);
  const stream = ruleStream(draw);
  const title = `fake('${rule.method}')`;
  const { per, rowIds } = draw;
  if (per === undefined) {
    const values = Array.from(rowIds, (rowId) => call(rowWord(stream, rowId)));
    return typedVector(title, draw.column, values);
  }
  // The attempt stays out: rows drawn again must agree with the others of their `per`.
  const shared = ruleStream({ ...draw, attempt: 0 });
  const values: unknown[] = [];
  const seen = new Map<string, number>();
  const picks = Uint32Array.from(rowIds, (rowId, row) => {
    const key = isNull(per, row) ? undefined : textAt(per, row);
    let pick = key === undefined ? undefined : seen.get(key);
    if (pick === undefined) {
      pick = values.length;
      if (key !== undefined) seen.set(key, pick);
      values.push(call(key === undefined ? rowWord(stream, rowId) : hashText(key, shared.k1)));
    }
    return pick;
  });
  return takeRows(typedVector(title, draw.column, values), picks);
}

function textAt(vector: ColumnVector, row: number): string {
  const value = vector.kind === 'category' ? vector.labels[vector.codes[row] as number] : vector.values[row];
  return String(value);
}
