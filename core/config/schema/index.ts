// The run-time shape of synth.config.ts: strict zod schemas, one per object, whose keys are also the names to suggest from.
// Beside each stands what it gives, written out: declarations are emitted file by file, without inference.
export {
  type ProjectAuditsShape,
  projectAuditsSchema,
  projectBoundSchema,
  sqlAuditSchema,
  type TableAuditsShape,
  tableAuditsSchema,
  tableBoundSchema,
  workloadSchema,
} from './audits.ts';
export {
  type AlertsShape,
  alertsSchema,
  type ReviewShape,
  reviewSchema,
  silenceSchema,
  type UseShape,
  useSchema,
} from './loop.ts';
export { alertChannelSchema, connectorSchema, downstreamModelSchema, generatorChoiceSchema } from './plugins.ts';
export { type ProjectShape, projectSchema } from './project.ts';
export { columnRuleSchemas, constraintSchemas } from './rules.ts';
export { scenarioSchema, scenarioTableSchema } from './scenario.ts';
export { type RefitShape, refitSchema, type ScheduleShape, scheduleSchema } from './schedule.ts';
export { type RelationShape, relationSchema, type TableShape, tableSchema } from './table.ts';
