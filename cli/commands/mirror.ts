// `synth mirror INPUT --out FILE`: one table in, an audited mirror out, no config.
import type { ColumnRule } from '../../core/config/types.ts';
import { SynthError } from '../../core/errors.ts';
import { type MirrorRunResult, runMirror } from '../../core/run/index.ts';
import { exitCodes } from '../failure.ts';
import { formatFigures } from '../figures.ts';
import { watchRun } from '../progress.ts';
import type { Session } from '../session.ts';
import { printAudits } from '../terminal/summary.ts';

export interface MirrorFlags {
  readonly out: string;
  readonly rows?: number;
  readonly seed: number;
  readonly generator: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly holdout?: string;
  readonly target?: string;
  readonly key?: readonly string[] | false;
  readonly subject?: readonly string[];
  readonly omit?: readonly string[];
  readonly null?: readonly string[];
  readonly fake?: Readonly<Record<string, string>>;
  readonly report?: string;
  readonly json?: boolean;
}

export async function mirror(session: Session, input: string, flags: MirrorFlags): Promise<number> {
  const { json, set, omit, null: nulls, fake, ...wanted } = flags;
  if (flags.generator === 'reference') {
    throw new SynthError('mirror.reference', 'The generator "reference" copies the real rows: that is no mirror.', {
      hint: 'Copy the file if its rows are public; otherwise leave --generator out.',
    });
  }
  using progress = watchRun(session);
  const result = await runMirror({
    ...wanted,
    input,
    set: set ?? {},
    rules: columnRules(omit, nulls, fake),
    ...(session.threads === undefined ? {} : { threads: session.threads }),
    signal: session.signal,
    progress: progress.sink,
    clock: session.clock,
  });
  progress.stop();
  if (json) session.printJson(result);
  else report(session, result, flags);
  return result.written && !result.audits.some(({ verdict, severity }) => verdict === 'fail' && severity === 'error')
    ? exitCodes.ok
    : exitCodes.handled;
}

function columnRules(
  omit: readonly string[] = [],
  nulls: readonly string[] = [],
  fakes: Readonly<Record<string, string>> = {},
): Readonly<Record<string, ColumnRule>> {
  return {
    ...Object.fromEntries(omit.map((column) => [column, { kind: 'omit' }])),
    ...Object.fromEntries(nulls.map((column) => [column, { kind: 'nulls' }])),
    ...Object.fromEntries(
      Object.entries(fakes).map(([column, method]) => [column, { kind: 'fake', method, arguments: [] }]),
    ),
  };
}

function report(session: Session, result: MirrorRunResult, flags: MirrorFlags): void {
  const { seconds, rows } = result;
  printAudits(result.audits);
  session.print(
    `\n${formatFigures([
      ['rows', rows.toLocaleString('en')],
      ['seconds', seconds.total.toFixed(1)],
      ['fit', `${seconds.fit.toFixed(1)} s`],
      ['sample', `${Math.round(rows / Math.max(seconds.sample, 1e-3)).toLocaleString('en')} rows/s`],
      ['audit', `${seconds.audit.toFixed(1)} s`],
      ['memory', `${Math.round(result.peakMemoryBytes / 2 ** 20).toLocaleString('en')} MiB`],
    ])}`,
  );
  if (flags.report !== undefined) session.print(`Report: ${flags.report}`);
  session.print(
    result.written
      ? `Wrote ${result.out}.`
      : `Did not write ${result.out}: a privacy or validity audit failed. The audits above say which and why.`,
  );
}
