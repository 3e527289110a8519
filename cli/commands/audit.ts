// `synth audit --real A --synthetic B`: audits any pair of tables, whoever made the synthetic one.
import { gate } from '../../audits/run.ts';
import type { Tier } from '../../core/audit.ts';
import { runAudit } from '../../core/run/index.ts';
import { exitCodes } from '../failure.ts';
import { watchRun } from '../progress.ts';
import type { Session } from '../session.ts';
import { annotate } from '../terminal/annotations.ts';
import { printAudits, printDone } from '../terminal/summary.ts';

export interface AuditFlags {
  readonly real: string;
  readonly synthetic: string;
  readonly holdout?: string;
  readonly target?: string;
  readonly key?: readonly string[];
  readonly subject?: readonly string[];
  readonly omit?: readonly string[];
  readonly audit?: readonly string[];
  readonly tier: Tier;
  readonly report?: string;
  readonly junit?: string;
  readonly json?: boolean;
}

export async function audit(session: Session, flags: AuditFlags): Promise<number> {
  const { audit: only, json, ...wanted } = flags;
  using progress = watchRun(session);
  const result = await runAudit({
    ...wanted,
    ...(only === undefined || only.length === 0 ? {} : { only }),
    ...(session.threads === undefined ? {} : { threads: session.threads }),
    signal: session.signal,
    progress: progress.sink,
    clock: session.clock,
  });
  progress.stop();
  annotate(result.audits);
  if (json) session.printJson(result);
  else {
    printAudits(result.audits);
    if (flags.report !== undefined) session.print(`Report: ${flags.report}`);
    const undecided = gate(result.audits).blocking.filter(({ verdict }) => verdict === 'inconclusive');
    if (undecided.length > 0) {
      const ids = [...new Set(undecided.map(({ id }) => id))].join(', ');
      session.print(`It cannot be shown to be safe: ${ids} could not be decided.`);
    }
    printDone(result.summary, 0);
  }
  // What could not be shown to be safe does not pass, as in a build.
  return gate(result.audits).publish ? exitCodes.ok : exitCodes.handled;
}
