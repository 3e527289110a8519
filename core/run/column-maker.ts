// Makes columns by rule in worker threads: the bridge between core/mirror and the makers of generators/rules.
import { fakeColumn } from '../../generators/rules/fake.ts';
import { patternColumn } from '../../generators/rules/pattern.ts';
import type { ColumnVector } from '../batch.ts';
import type { ColumnMaker, MakeColumnCall } from '../mirror/made.ts';

export function makeColumn(payload: unknown): ColumnVector {
  const { rule, draw } = payload as MakeColumnCall;
  return rule.kind === 'fake'
    ? fakeColumn(rule, { ...draw, attempt: 0 })
    : patternColumn(rule, { ...draw, attempt: 0 });
}

export const columnMaker: ColumnMaker = { module: import.meta.url, name: 'makeColumn' };
