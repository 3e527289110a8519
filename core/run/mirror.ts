// `synth mirror`: one table from a file to a file, without a config.
import { resolve } from 'node:path';
import { judgeRun } from '../../audits/judge-run.ts';
import { gate } from '../../audits/run.ts';
import { checkExport, exportTable, openTableFile } from '../../connectors/files/index.ts';
import type { AuditResult, Relation } from '../audit.ts';
import type { ColumnRule, TableConfig } from '../config/types.ts';
import type { Workspace } from '../connector.ts';
import { SynthError } from '../errors.ts';
import type { GeneratorChoice } from '../generator.ts';
import { planFamily } from '../mirror/plan.ts';
import { cellsInMemory } from '../mirror/sample.ts';
import type { ProgressSink } from '../progress.ts';
import { displayName, type TableSchema } from '../schema.ts';
import { unknownColumn } from './audit.ts';
import { copyToScratch, countRows } from './copy.ts';
import { describedAudits, type MirroredTable, measureTable, mirrorTables } from './family.ts';
import { chooseGenerator } from './generators.ts';
import { guessKey } from './guess-key.ts';
import { reportOf, tableReport } from './report.ts';
import { openSession } from './session.ts';
import { checkSpace } from './space.ts';
import { createStopwatch, peakMemoryBytes } from './stopwatch.ts';

export const MIRROR_SCHEMA_VERSION = 1;

export interface MirrorOptions {
  /** A file, or `file.duckdb#schema.table`. */
  readonly input: string;
  readonly out: string;
  /** Default: as many as the source. */
  readonly rows?: number;
  readonly seed: number;
  readonly generator: string;
  readonly set: Readonly<Record<string, string>>;
  readonly holdout?: string;
  readonly target?: string;
  /** Default: guessed from names and values when the file declares none; `false`: there is none. */
  readonly key?: readonly string[] | false;
  /** Columns that say whose row it is. */
  readonly subject?: readonly string[];
  /** By column. */
  readonly rules?: Readonly<Record<string, ColumnRule>>;
  readonly report?: string;
  readonly threads?: number;
  readonly signal: AbortSignal;
  readonly progress: ProgressSink;
  readonly clock: () => Date;
}

export interface MirrorRunResult {
  readonly schemaVersion: typeof MIRROR_SCHEMA_VERSION;
  readonly rows: number;
  readonly out: string;
  readonly generator: string;
  readonly seed: number;
  readonly seconds: Readonly<Record<'read' | 'fit' | 'sample' | 'write' | 'audit' | 'total', number>>;
  readonly peakMemoryBytes: number;
  readonly audits: readonly AuditResult[];
  /** False when a privacy or validity audit stopped it: then `out` is as it was. */
  readonly written: boolean;
  readonly notes: readonly string[];
}

export async function runMirror(options: MirrorOptions): Promise<MirrorRunResult> {
  try {
    return await mirrorFile(options);
  } catch (error) {
    throw withFlags(error);
  }
}

/** What a config would say about a column, said in the flags of this command. */
function withFlags(error: unknown): unknown {
  const codes = ['plan.unsupported-column', 'fit.unsupported', 'fit.all-rare'];
  if (!(error instanceof SynthError) || !codes.includes(error.code)) return error;
  const lower = error.code === 'fit.all-rare' ? ', or protect less with --set k=5' : '';
  return new SynthError(error.code, error.message, {
    hint: `Leave the column out with --omit COLUMN, empty it with --null COLUMN, make it with --fake COLUMN=lorem.sentence${lower}.`,
    cause: error,
  });
}

async function mirrorFile(options: MirrorOptions): Promise<MirrorRunResult> {
  const choice = chooseGenerator(options.generator, options.set);
  if (resolve(options.input) === resolve(options.out)) {
    throw new SynthError('mirror.same-file', 'The mirror would overwrite the table that it is made from.', {
      hint: 'Name another file with --out.',
    });
  }
  await using session = await openSession(options);
  const { workspace } = session;
  const notes: string[] = [];
  const progress: ProgressSink = (event) => {
    if (event.kind === 'note' || event.kind === 'warning') notes.push(event.message);
    options.progress(event);
  };
  const watch = createStopwatch(progress);
  const source = await openTableFile(options.input).attach(workspace);
  const holdout = options.holdout === undefined ? undefined : await loadHoldout(workspace, options.holdout);
  await checkExport(workspace, options.out);
  const [schema] = await source.tables();
  if (schema === undefined) throw new SynthError('file.no-table', `${options.input} holds no table.`);
  if (options.target !== undefined && !schema.columns.some(({ name }) => name === options.target)) {
    throw unknownColumn(options.target, schema, options.input);
  }
  const { rows, subject, rules } = options;
  if (rows !== undefined) await checkSpace(options.input, rows, schema.columns, options.out);
  const key = options.key ?? (await keyOf(workspace, schema, source.relation(schema.name), rules ?? {}, progress));
  const config: TableConfig = {
    ...(rows === undefined ? {} : { rows }),
    ...(key === undefined || key === false ? {} : { key }),
    ...(subject === undefined ? {} : { subject }),
    ...(rules === undefined ? {} : { columns: rules }),
  };
  // Keys into tables that are not here are learnt as ordinary columns.
  const plan = planFamily([{ schema: { ...schema, foreignKeys: [] }, choice: choice as GeneratorChoice, config }]);
  const values = (rows ?? (await countRows(workspace, source.relation(schema.name)))) * schema.columns.length;
  const catalog = values > cellsInMemory ? await workspace.spill() : workspace.scratch;
  const staged: Relation = { catalog, schema: 'main', table: 'mirror' };
  const mirrored = await mirrorTables({
    session,
    plan,
    source: (name) => source.relation(name),
    target: () => staged,
    seed: options.seed,
    salt: 'mirror',
    ...(holdout === undefined ? {} : { holdout }),
    freeText: 'pattern',
    progress,
    watch,
  });
  const table = mirrored.get(displayName(schema.name)) as MirroredTable;
  const { target, measured } = await measureTable({
    session,
    mirrored,
    table,
    settings: { tier: 'run' },
    seed: options.seed,
    ...(options.target === undefined ? {} : { column: options.target }),
    watch,
  });
  const results = judgeRun(measured);
  const written = !stopsWriting(results);
  const kept = target.table.columns;
  if (written) await watch.time('write', undefined, () => exportTable(workspace, staged, kept, options.out));
  if (options.report !== undefined) {
    const report = await tableReport({
      workspace,
      name: displayName(schema.name),
      generator: options.generator,
      real: table.real,
      synthetic: staged,
      columns: target.columns,
      k: target.k,
      rows: {
        real: table.split.trainRows,
        synthetic: table.rows,
        holdout: table.split.holdoutRows,
      },
      seconds: watch.total,
      audits: results,
      notes,
    });
    await reportOf(options.report, {
      title: `Mirror of ${options.input}`,
      createdAt: options.clock().toISOString(),
      tables: [report],
      audits: describedAudits(),
      facts: [{ name: 'Seed', value: String(options.seed) }],
    });
  }
  const seconds = (step: 'read' | 'fit' | 'sample' | 'write' | 'audit'): number => watch.seconds.get(step) ?? 0;
  return {
    schemaVersion: MIRROR_SCHEMA_VERSION,
    rows: table.rows,
    out: options.out,
    generator: options.generator,
    seed: options.seed,
    seconds: {
      read: seconds('read'),
      fit: seconds('fit'),
      sample: seconds('sample'),
      write: seconds('write'),
      audit: seconds('audit'),
      total: watch.total,
    },
    peakMemoryBytes: peakMemoryBytes(),
    audits: results,
    written,
    notes,
  };
}

async function keyOf(
  workspace: Workspace,
  schema: TableSchema,
  relation: Relation,
  rules: Readonly<Record<string, ColumnRule>>,
  progress: ProgressSink,
): Promise<readonly string[] | undefined> {
  if (schema.primaryKey.length > 0) return undefined;
  const columns = schema.columns.filter(({ name }) => rules[name] === undefined);
  const guess = await guessKey(workspace, { ...schema, columns }, relation);
  if (guess === undefined) return undefined;
  const message = `"${guess}" never repeats and is taken for the key: the mirror has keys of its own (--no-key learns it instead).`;
  progress({ kind: 'note', message });
  return [guess];
}

/** A mirror that is merely unlike is the user's to judge; one that leaks or is broken is not handed out. */
function stopsWriting(results: readonly AuditResult[]): boolean {
  const family = new Map(describedAudits().map((audit) => [audit.id, audit.family]));
  return gate(results).blocking.some(
    ({ id, verdict }) => verdict === 'fail' && ['privacy', 'validity'].includes(family.get(id) ?? ''),
  );
}

async function loadHoldout(workspace: Workspace, location: string): Promise<Relation> {
  const source = await openTableFile(location).attach(workspace);
  const [schema] = await source.tables();
  if (schema === undefined) throw new SynthError('file.no-table', `${location} holds no table.`);
  return copyToScratch(workspace, source.relation(schema.name), 'own_holdout');
}
