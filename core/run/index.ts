// What commands call, one function each.
export { type AuditOptions, type AuditRunResult, runAudit } from './audit.ts';
export { type MirrorOptions, type MirrorRunResult, runMirror } from './mirror.ts';
