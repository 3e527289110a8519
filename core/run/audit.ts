// `synth audit`: audits any pair of tables, whoever made the synthetic one.

import { sql } from 'kysely';
import { audits as builtinAudits } from '../../audits/index.ts';
import { type AuditSummary, runAudits, selectAudits, summarise } from '../../audits/run.ts';
import { openTableFile } from '../../connectors/files/index.ts';
import type { AuditResult, AuditTarget, Relation, Tier } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import { nearestName, SynthError } from '../errors.ts';
import type { ProgressSink } from '../progress.ts';
import { junitXml } from '../report/junit.ts';
import { writeText } from '../report/write.ts';
import { displayName, type TableSchema } from '../schema.ts';
import { relationRef } from '../sql.ts';
import { copyToScratch, countRows } from './copy.ts';
import { guessKey } from './guess-key.ts';
import { reportOf, tableReport } from './report.ts';
import { openSession } from './session.ts';
import { createStopwatch } from './stopwatch.ts';

export const AUDIT_SCHEMA_VERSION = 1;

export interface AuditOptions {
  /** Files, or `file.duckdb#schema.table`. */
  readonly real: string;
  readonly synthetic: string;
  /** Real rows that the maker of the synthetic table never saw. */
  readonly holdout?: string;
  readonly target?: string;
  /** Columns that name a row: checked to be unique, and not compared. Declared, or guessed from a file, when left out. */
  readonly key?: readonly string[];
  /** Columns that say whose row it is. */
  readonly subject?: readonly string[];
  /** Columns that are not looked at. */
  readonly omit?: readonly string[];
  readonly tier: Tier;
  /** Ids of audits to run, whatever their tier. */
  readonly only?: readonly string[];
  /** Path of an HTML report. */
  readonly report?: string;
  /** Path of a JUnit XML file. */
  readonly junit?: string;
  readonly threads?: number;
  readonly seed?: number;
  readonly signal: AbortSignal;
  readonly progress: ProgressSink;
  readonly clock: () => Date;
}

export interface AuditRunResult {
  readonly schemaVersion: typeof AUDIT_SCHEMA_VERSION;
  readonly audits: readonly AuditResult[];
  readonly summary: AuditSummary;
}

/** Least group size that is audited for when nobody promised another. */
export const DEFAULT_K = 20;

interface Side {
  /** Without the columns that are left out. */
  readonly schema: TableSchema;
  readonly all: TableSchema;
  readonly relation: Relation;
}

export async function runAudit(options: AuditOptions): Promise<AuditRunResult> {
  const settings = { tier: options.tier, ...(options.only === undefined ? {} : { only: options.only }) };
  selectAudits(settings); // an unknown id is told before files are read
  await using session = await openSession(options);
  const { workspace } = session;
  const watch = createStopwatch(options.progress);
  const { real, synthetic, holdout } = await watch.time('read', undefined, async () => ({
    real: await load(workspace, options.real, 'real', options.omit),
    synthetic: await load(workspace, options.synthetic, 'synthetic', options.omit),
    holdout:
      options.holdout === undefined ? undefined : await load(workspace, options.holdout, 'holdout', options.omit),
  }));
  const target = pairTarget(real, { ...options, key: await keyOf(workspace, real, options) });
  checkShared(target, synthetic, options.synthetic);
  if (holdout !== undefined) checkHoldout(real, holdout, options.holdout ?? '');
  const input = {
    db: workspace.db,
    target,
    real: real.relation,
    synthetic: synthetic.relation,
    ...(holdout === undefined ? {} : { holdout: holdout.relation }),
  };
  const label = displayName(real.schema.name);
  const audits = await watch.time('audit', label, () =>
    runAudits(input, settings, { seed: options.seed ?? 0, signal: options.signal }),
  );
  if (options.report !== undefined) {
    const table = await tableReport({
      workspace,
      name: label,
      generator: 'unknown',
      real: real.relation,
      synthetic: synthetic.relation,
      columns: target.columns.filter(({ name }) => synthetic.schema.columns.some((column) => column.name === name)),
      k: target.k,
      rows: {
        real: await countRows(workspace, real.relation),
        synthetic: await countRows(workspace, synthetic.relation),
        holdout: holdout === undefined ? 0 : await countRows(workspace, holdout.relation),
      },
      seconds: watch.total,
      audits,
      notes: [],
    });
    await reportOf(options.report, {
      title: `Audit of ${label}`,
      createdAt: options.clock().toISOString(),
      tables: [table],
      audits: builtinAudits,
      facts: [],
    });
  }
  if (options.junit !== undefined) await writeText(junitXml(audits, builtinAudits), options.junit);
  return { schemaVersion: AUDIT_SCHEMA_VERSION, audits, summary: summarise(audits) };
}

async function load(workspace: Workspace, location: string, name: string, omit: readonly string[] = []): Promise<Side> {
  const source = await openTableFile(location).attach(workspace);
  const [schema] = await source.tables();
  if (schema === undefined) throw new SynthError('file.no-table', `${location} holds no table.`);
  const relation = await copyToScratch(workspace, source.relation(schema.name), name);
  const kept = schema.columns.filter((column) => !omit.includes(column.name));
  if (kept.length === 0) {
    const hint = 'Leave a column in.';
    throw new SynthError('audit.no-column', `All columns of ${location} are left out.`, { hint });
  }
  for (const column of schema.columns) {
    if (kept.includes(column)) continue;
    await sql`alter table ${relationRef(relation)} drop column ${sql.id(column.name)}`.execute(workspace.db);
  }
  return { schema: { ...schema, columns: kept }, relation, all: schema };
}

type Named = Pick<AuditOptions, 'target' | 'subject' | 'omit'> & { readonly key: readonly string[] };

function pairTarget({ schema, all }: Side, { target, key, subject, omit = [] }: Named): AuditTarget {
  const used = [...(target === undefined ? [] : [target]), ...key, ...(subject ?? [])];
  const unknown = [...used, ...omit].find((name) => !all.columns.some((column) => column.name === name));
  if (unknown !== undefined) throw unknownColumn(unknown, all, 'the real table');
  const both = used.find((name) => omit.includes(name));
  if (both !== undefined) throw new SynthError('audit.omitted', `The column "${both}" is both named and left out.`);
  const { columns } = schema;
  // A number that names a row is no measurement of it; several columns that do so together are.
  const excluded = [...(key.length === 1 ? key : []), ...(subject?.length === 1 ? subject : [])];
  return {
    table: { ...schema, columns, primaryKey: key, uniques: [] },
    columns: columns.filter(({ name, type }) => type.kind !== 'unsupported' && !excluded.includes(name)),
    excluded: columns.map(({ name }) => name).filter((name) => excluded.includes(name)),
    relations: [],
    rules: [],
    k: DEFAULT_K,
    reference: false,
    publicColumns: [],
    ...(subject === undefined ? {} : { subject }),
    ...(target === undefined ? {} : { target }),
  };
}

async function keyOf(
  workspace: Workspace,
  { schema, relation }: Side,
  { key, target, omit = [] }: AuditOptions,
): Promise<readonly string[]> {
  if (key !== undefined) return key;
  const kept = (names: readonly string[]): readonly string[] =>
    names.some((name) => omit.includes(name)) ? [] : names;
  if (schema.primaryKey.length > 0) return kept(schema.primaryKey);
  const guessed = await guessKey(workspace, schema, relation);
  return guessed === undefined || guessed === target ? [] : kept([guessed]);
}

function checkShared(target: AuditTarget, synthetic: Side, location: string): void {
  if (target.columns.some(({ name }) => synthetic.schema.columns.some((column) => column.name === name))) return;
  const first = target.columns[0]?.name ?? '';
  const near = nearestName(
    first,
    synthetic.schema.columns.map(({ name }) => name),
  );
  throw new SynthError('audit.no-shared-column', `${location} has no column in common with the real table.`, {
    hint: near === undefined ? 'Name two tables with the same columns.' : `Is "${near}" meant to be "${first}"?`,
  });
}

function checkHoldout(real: Side, holdout: Side, location: string): void {
  for (const { name } of real.schema.columns) {
    if (holdout.schema.columns.some((column) => column.name === name)) continue;
    throw unknownColumn(name, holdout.schema, `the holdout ${location}`);
  }
}

export function unknownColumn(column: string, schema: TableSchema, where: string): SynthError {
  const near = nearestName(
    column,
    schema.columns.map(({ name }) => name),
  );
  return new SynthError('column.unknown', `There is no column "${column}" in ${where}.`, {
    hint: near === undefined ? 'Name a column that both tables have.' : `Did you mean "${near}"?`,
  });
}
