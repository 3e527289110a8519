// Writes what a build leaves in target/, as dbt users expect it: plan, run results, manifest and the report.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadedConfig } from '../config/loaded.ts';
import type { Release } from '../connector.ts';
import type { Plan } from '../plan/index.ts';
import type { ReportTable } from '../report/model.ts';
import type { BuildResult } from './build.ts';
import { describedAudits } from './family.ts';
import { projectPaths } from './plan.ts';
import { reportOf } from './report.ts';

export interface TargetFiles {
  readonly config: LoadedConfig;
  readonly plan: Plan;
  readonly result: BuildResult;
  readonly reports: readonly ReportTable[];
  readonly release: Release;
  readonly published: boolean;
  readonly version: string;
}

export async function writeTargetFiles(files: TargetFiles): Promise<void> {
  const { config, plan, result, reports, release, published } = files;
  const { target } = projectPaths(config);
  await mkdir(target, { recursive: true });
  await writeJson(join(target, 'plan.json'), plan);
  await writeJson(join(target, 'run_results.json'), result);
  await writeJson(join(target, 'manifest.json'), manifest(files));
  if (reports.length === 0) return;
  await reportOf(join(target, 'report', 'index.html'), {
    title: 'Mirrors',
    createdAt: release.createdAt,
    release: { id: release.id, published },
    tables: reports,
    audits: describedAudits(config.auditPlugins, config.queries),
    facts: [
      { name: 'Seed', value: String(config.seed) },
      { name: 'Source', value: config.source.location },
      { name: 'Mirrors', value: config.mirrors.location },
      { name: 'synthouse', value: files.version },
      { name: 'Tables kept as they were', value: String(result.summary.skip) },
    ],
  });
}

function manifest({ config, plan, version, release }: TargetFiles): object {
  return {
    schemaVersion: 1,
    synthouseVersion: version,
    generatedAt: release.createdAt,
    seed: config.seed,
    source: { connector: config.source.name, location: config.source.location },
    mirrors: { connector: config.mirrors.name, location: config.mirrors.location },
    tables: plan.steps.flatMap((step) =>
      step.kind === 'table' ? [{ name: step.table, generator: step.generator, dependsOn: step.parents }] : [],
    ),
  };
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(`${path}.${process.pid}`, `${JSON.stringify(value, null, 2)}\n`);
  await rename(`${path}.${process.pid}`, path);
}
