// `synth build`: learns, samples, audits and publishes what changed.
import { relative, resolve } from 'node:path';
import { audits } from '../../audits/index.ts';
import type { AuditResult, Tier } from '../../core/audit.ts';
import { byAudit } from '../../core/report/verdicts.ts';
import { type BuildResult, runBuild } from '../../core/run/index.ts';
import { exitCodes } from '../failure.ts';
import { watchRun } from '../progress.ts';
import type { Session } from '../session.ts';
import { formatTable } from '../table.ts';
import { annotate } from '../terminal/annotations.ts';
import { printAudits, printDone } from '../terminal/summary.ts';

export interface BuildFlags {
  readonly select?: readonly string[];
  readonly fullRefresh?: boolean;
  readonly wait?: boolean;
  readonly tier?: Tier;
  readonly audit?: readonly string[];
  readonly junit?: string;
  readonly scenario?: string;
  readonly json?: boolean;
}

export async function build(session: Session, flags: BuildFlags): Promise<number> {
  if (flags.scenario !== undefined)
    return (await import('./scenario.ts')).buildScenario(session, flags.scenario, flags);
  const config = await session.config();
  using progress = watchRun(session);
  const result = await runBuild({
    config,
    ...(flags.select === undefined ? {} : { select: flags.select }),
    fullRefresh: flags.fullRefresh ?? false,
    wait: flags.wait ?? false,
    ...(flags.tier === undefined ? {} : { tier: flags.tier }),
    ...(flags.audit === undefined ? {} : { also: flags.audit }),
    // The session stands in the project's folder, the user may stand elsewhere.
    ...(flags.junit === undefined ? {} : { junit: resolve(session.directory, flags.junit) }),
    ...(session.threads === undefined ? {} : { threads: session.threads }),
    signal: session.signal,
    progress: progress.sink,
    clock: session.clock,
  });
  progress.stop();
  annotate(result.tables.flatMap(({ audits }) => audits));
  if (flags.json) session.printJson(result);
  else printBuild(session, result, config.mirrors.location);
  return result.summary.fail > 0 ? exitCodes.handled : exitCodes.ok;
}

/** What people read after a build. */
export function printBuild(session: Session, result: BuildResult, mirrors: string): void {
  const judged = result.tables.flatMap((table) => table.audits);
  if (judged.length > 0) {
    printAudits(judged);
    session.print('');
  }
  session.print(
    formatTable(
      ['table', 'status', 'what', 'why', 'rows', 'seconds'],
      result.tables.map(({ name, status, action, reasons, rows, seconds }) => [
        name,
        status.toUpperCase(),
        action,
        reasons.join(', '),
        rows,
        Number(seconds.toFixed(1)),
      ]),
    ),
  );
  if (result.published) session.print(`\nPublished release ${result.release} as ${mirrors}.`);
  else if (result.needsReview !== undefined) {
    session.print(
      `\nNothing was published yet: somebody has to look at ${result.needsReview.join(', ')} (synth review).`,
    );
  } else if (result.summary.fail > 0) {
    for (const why of stoppedBy(result.blocking)) session.print(why);
    session.print(`Nothing was published: ${mirrors} still shows the release before, if there was one.`);
  } else session.print(`\nNothing changed: ${mirrors} is up to date.`);
  if (result.report !== undefined) session.print(`Report: ${relative(session.directory, result.report)}`);
  session.print(`${result.seconds.toFixed(1)} s`);
  const { pass, warn, fail, skip } = result.summary;
  printDone({ pass, warn, fail, inconclusive: 0, error: 0 }, skip);
}

/** One line per table that stops the publish, and what helps with each of its audits. */
function stoppedBy(blocking: readonly AuditResult[]): readonly string[] {
  const lines = [...new Set(blocking.map(({ table }) => table))].map((table) => {
    const named = [...byAudit(blocking.filter((result) => result.table === table))].map(([id, group]) =>
      group.every(({ verdict }) => verdict === 'inconclusive')
        ? `${id} (what cannot be shown to be safe is not published)`
        : id,
    );
    return `${table} is stopped by ${named.join(', ')}.`;
  });
  const advice = [...byAudit(blocking).keys()].flatMap((id) => {
    const text = audits.find((audit) => audit.id === id)?.advice;
    return text === undefined ? [] : [`  ${id}: ${text}`];
  });
  return ['', ...lines, ...advice];
}
