// What a run leaves to read: the report, run_results.json, manifest.json and JUnit XML.
export { measureDistributions } from './distributions.ts';
export { junitXml } from './junit.ts';
export { type Manifest, type ManifestTable, manifest } from './manifest.ts';
export {
  type AuditDescription,
  type ColumnDistribution,
  pairsOf,
  REPORT_SCHEMA_VERSION,
  type ReportModel,
  type ReportTable,
  type VerdictCounts,
} from './model.ts';
export { type MirrorResult, type RunResults, type RunSummary, runResults } from './run-results.ts';
export { addCounts, countVerdicts, worstVerdict } from './verdicts.ts';
export { writeJson, writeReport } from './write.ts';
