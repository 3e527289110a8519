// The public names of synthouse, one by one.
export { duckdb } from './connectors/duckdb/index.ts';
export { files } from './connectors/files/index.ts';
export type { AlertChange, AlertChannel, AlertMessage, Silence } from './core/alert.ts';
export { command, email, slack, webhook } from './core/alerts/channels/index.ts';
export type { Audit, AuditResult, Verdict } from './core/audit.ts';
export { defineConfig, env } from './core/config/define.ts';
export type {
  AlertConfig,
  AuditConfig,
  ColumnRule,
  Constraint,
  ProjectConfig,
  RelationConfig,
  ReviewConfig,
  RowGroup,
  Scenario,
  ScenarioTable,
  TableConfig,
  UseConfig,
} from './core/config/types.ts';
export type { Connector } from './core/connector.ts';
export { dependent, fixed, sum, unique } from './core/constraints/index.ts';
export type { DownstreamModel, DownstreamRows, DownstreamTask } from './core/downstream.ts';
export { SynthError } from './core/errors.ts';
export type { Generator, GeneratorChoice } from './core/generator.ts';
export { autoregressive } from './generators/autoregressive.ts';
export { boosted } from './generators/boosted.ts';
export { contest } from './generators/contest.ts';
export { copula } from './generators/copula.ts';
export { diffusion } from './generators/diffusion.ts';
export { gan } from './generators/gan.ts';
export { reference } from './generators/reference.ts';
export { expression, fake, nulls, omit, pattern } from './generators/rules/columns.ts';
export { rules } from './generators/rules.ts';
export { vae } from './generators/vae.ts';
export { boosting, linear } from './models/downstream/index.ts';
