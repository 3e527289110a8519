// Text columns of a given form, such as `CUST-#####`; for keys each row number has its own text.
import type { ColumnVector } from '../../core/batch.ts';
import type { ColumnRule } from '../../core/config/types.ts';
import { SynthError } from '../../core/errors.ts';
import { type RuleDraw, restartableSequence, rowWord, ruleStream } from './draw.ts';

const digits = '0123456789';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * One text per row id. With `draw.unique`, no two row ids share a text.
 * @throws SynthError `rule.pattern-too-small` when there are more rows than texts of that form
 */
export function patternColumn(rule: Extract<ColumnRule, { kind: 'pattern' }>, draw: RuleDraw): ColumnVector {
  const slots = [...rule.pattern].map((sign) => (sign === '#' ? digits : sign === '?' ? letters : sign));
  const stream = ruleStream(draw);
  if (draw.unique !== true) {
    const sequence = restartableSequence();
    const values = Array.from(draw.rowIds, (rowId) => {
      sequence.restart(rowWord(stream, rowId));
      return slots.map((slot) => (slot.length > 1 ? slot[Math.floor(sequence.next() * slot.length)] : slot)).join('');
    });
    return { kind: 'text', values };
  }
  const capacity = slots.reduce((product, slot) => product * BigInt(Math.max(slot.length, 1)), 1n);
  // row → row · factor + offset modulo capacity is a bijection when factor and capacity share no divisor.
  const offset = BigInt(stream.k2) % capacity;
  let factor = (capacity * 618_033_989n) / 1_000_000_000n + BigInt(stream.k1 % 1024);
  while (commonDivisor(factor, capacity) !== 1n) factor++;
  const values = Array.from(draw.rowIds, (rowId) => {
    const row = BigInt(rowId);
    if (row >= capacity) {
      throw new SynthError(
        'rule.pattern-too-small',
        `pattern('${rule.pattern}') gives ${capacity} different values, and the key "${draw.column.name}" needs more.`,
        { hint: 'Add a # or ? to the pattern.' },
      );
    }
    let number = (row * factor + offset) % capacity;
    let text = '';
    for (let i = slots.length - 1; i >= 0; i--) {
      const slot = slots[i] as string;
      if (slot.length === 1) {
        text = slot + text;
        continue;
      }
      const base = BigInt(slot.length);
      text = slot[Number(number % base)] + text;
      number /= base;
    }
    return text;
  });
  return { kind: 'text', values };
}

function commonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
