// Writes what a build leaves in target/synth/, in the shapes that dbt users know: plan, run results, manifest and the report.
import { join } from 'node:path';
import type { AuditResult } from '../audit.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import type { ColumnRule } from '../config/types.ts';
import type { Release } from '../connector.ts';
import { describeConstraint } from '../constraints/index.ts';
import { junitXml } from '../report/junit.ts';
import { type ManifestTable, manifest } from '../report/manifest.ts';
import type { ReportTable } from '../report/model.ts';
import { type MirrorResult, runResults } from '../report/run-results.ts';
import { writeJson, writeText } from '../report/write.ts';
import { displayName } from '../schema.ts';
import type { BuildResult, BuiltTable } from './build.ts';
import { describedAudits } from './family.ts';
import { type Planned, projectPaths } from './plan.ts';
import { reportOf } from './report.ts';

export interface TargetFiles {
  readonly config: LoadedConfig;
  readonly planned: Planned;
  readonly result: BuildResult;
  readonly reports: readonly ReportTable[];
  readonly release: Release;
  readonly published: boolean;
  readonly version: string;
}

export async function writeTargetFiles(files: TargetFiles): Promise<void> {
  const { config, planned, result, reports, release, published, version } = files;
  const { target } = projectPaths(config);
  const audits = describedAudits(config.auditPlugins, config.queries);
  const { seed } = config;
  await writeJson(planned.plan, join(target, 'plan.json'));
  await writeJson(
    runResults({
      command: 'build',
      version,
      startedAt: release.createdAt,
      seconds: result.seconds,
      seed,
      ...(result.release === undefined ? {} : { release: { id: result.release, published } }),
      mirrors: result.tables.map((table) => mirrorResult(table, planned)),
      audits: result.tables.flatMap((table) => table.audits),
    }),
    join(target, 'run_results.json'),
  );
  const places = { source: config.source.location, mirrors: config.mirrors.location };
  await writeJson(
    manifest({
      version,
      generatedAt: release.createdAt,
      seed,
      ...places,
      tables: result.tables.flatMap((table) => manifestTable(table, planned) ?? []),
      audits,
    }),
    join(target, 'manifest.json'),
  );
  if (reports.length === 0) return;
  await reportOf(join(target, 'report', 'index.html'), {
    title: 'Mirrors',
    createdAt: release.createdAt,
    release: { id: release.id, published, blocking: result.blocking },
    tables: reports,
    audits,
    facts: [
      { name: 'Seed', value: String(seed) },
      { name: 'Source', value: places.source },
      { name: 'Mirrors', value: places.mirrors },
      { name: 'synthouse', value: version },
      { name: 'Tables kept as they were', value: String(result.summary.skip) },
    ],
  });
}

/** What CI shows of a run's audits. @throws SynthError `file.unwritable` */
export async function writeJunit(path: string, config: LoadedConfig, results: readonly AuditResult[]): Promise<void> {
  await writeText(junitXml(results, describedAudits(config.auditPlugins, config.queries)), path);
}

function mirrorResult({ name, action, rows, seconds, reasons }: BuiltTable, { plan }: Planned): MirrorResult {
  const step = plan.steps.find((candidate) => candidate.kind === 'table' && candidate.table === name);
  return {
    table: name,
    status: action === 'keep' ? 'skipped' : 'success',
    generator: step?.kind === 'table' ? step.generator : '',
    rows,
    seconds,
    message: `${action}: ${reasons.join(', ')}`,
  };
}

function manifestTable({ name, rows }: BuiltTable, { plan, tables }: Planned): ManifestTable | undefined {
  const resolved = tables.find(({ schema }) => displayName(schema.name) === name);
  if (resolved === undefined) return undefined;
  const { config, schema } = resolved;
  const step = plan.steps.find((candidate) => candidate.kind === 'table' && candidate.table === name);
  return {
    schema,
    generator: config.generator.generator.name,
    generatorVersion: config.generator.generator.version,
    options: config.generator.options,
    rows,
    rules: Object.fromEntries(Object.entries(config.columns).map(([column, rule]) => [column, ruleText(rule)])),
    constraints: config.constraints.map(describeConstraint),
    ...(step?.kind === 'table' ? { fingerprint: step.fingerprint } : {}),
  };
}

/** As it is written in a config. */
function ruleText(rule: ColumnRule): string {
  switch (rule.kind) {
    case 'fake':
      return `fake('${rule.method}')`;
    case 'expression':
      return `expression(${JSON.stringify(rule.sql)})`;
    case 'pattern':
      return `pattern(${JSON.stringify(rule.pattern)})`;
    case 'nulls':
    case 'omit':
      return `${rule.kind}()`;
    default:
      return rule satisfies never;
  }
}
