// The public names of synthouse, one by one.
export {
  defineConfig,
  dependent,
  env,
  expression,
  fake,
  fixed,
  nulls,
  omit,
  pattern,
  sum,
  unique,
} from './core/config/define.ts';
export type {
  AuditConfig,
  ColumnRule,
  Constraint,
  ProjectConfig,
  RelationConfig,
  TableConfig,
} from './core/config/types.ts';
export { SynthError } from './core/errors.ts';
export { boosted } from './generators/boosted.ts';
