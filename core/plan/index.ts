// What core/run and the CLI use of planning.
export { lookAgain, type PlanInput, planBuild } from './build.ts';
export { describePlan, describeStep } from './describe.ts';
export { mirroredKeys, type OrderedTable, orderTables } from './order.ts';
export { rememberSchema, schemaChanges } from './schema-change.ts';
export { selectTables } from './select.ts';
export type { KnownTable, Plan, PlanReason, PlanStep, RefitReason, TableAction, TableStep } from './types.ts';
