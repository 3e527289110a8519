// `synth audit --real A --synthetic B`: audits any pair of tables, whoever made the synthetic one.
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
    printDone(result.summary, 0);
  }
  return result.summary.fail + result.summary.error > 0 ? exitCodes.handled : exitCodes.ok;
}
