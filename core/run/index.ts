// What commands call, one function each.
export { type AuditOptions, type AuditRunResult, runAudit } from './audit.ts';
export { type BuildOptions, type BuildResult, type BuiltTable, runBuild } from './build.ts';
export { type InitOptions, type InitResult, runInit } from './init.ts';
export { type MirrorOptions, type MirrorRunResult, runMirror } from './mirror.ts';
export { mirrorStore, type PlanOptions, projectPaths, runPlan } from './plan.ts';
export { type Rollback, type RollbackOptions, runRollback } from './rollback.ts';
