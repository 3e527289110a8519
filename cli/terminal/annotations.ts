// What GitHub Actions shows beside a run: one workflow command a line for audits that did not pass.
import { gate } from '../../audits/run.ts';
import type { AuditResult } from '../../core/audit.ts';
import { measuredName, worstFirst } from '../../core/report/verdicts.ts';
import type { Output } from './text.ts';

/** GitHub shows so many errors and so many warnings of a step, and drops the rest. */
const MOST = 10;

/**
 * `::error title=fid.ks: flights, delay::…` for what stops a publish, `::warning` for all else that did not pass, the worst
 * first. Syntax: GitHub Docs, "Workflow commands for GitHub Actions".
 */
export function annotations(results: readonly AuditResult[]): readonly string[] {
  const blocking = new Set(gate(results).blocking);
  const open = worstFirst(results.filter(({ verdict }) => verdict !== 'pass'));
  const lines = (kind: string, of: readonly AuditResult[]): readonly string[] =>
    of.slice(0, MOST).map((result) => {
      const title = property(`${result.id}: ${result.table}, ${measuredName(result)}`);
      return `::${kind} title=${title}::${data(`${result.verdict}: ${result.reason}`)}`;
    });
  return [
    ...lines(
      'error',
      open.filter((result) => blocking.has(result)),
    ),
    ...lines(
      'warning',
      open.filter((result) => !blocking.has(result)),
    ),
  ];
}

/** Prints them when run by GitHub Actions; on stderr, which it reads too: stdout may be JSON. */
export function annotate(
  results: readonly AuditResult[],
  output: Output = process.stderr,
  environment: NodeJS.ProcessEnv = process.env,
): void {
  if (environment.GITHUB_ACTIONS !== 'true') return;
  for (const line of annotations(results)) output.write(`${line}\n`);
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
