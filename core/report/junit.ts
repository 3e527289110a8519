// Audits as JUnit XML, which every CI shows: a suite per table, a case per measurement.
import type { AuditResult } from '../audit.ts';
import { formatStatistic } from './format.ts';
import { escapeHtml } from './html.ts';
import type { AuditDescription } from './model.ts';
import { isWhole, measuredName, nearerBounds } from './verdicts.ts';

/** XML text. Failures that stop a publish are failures, warnings are output of a passed case, inconclusive is skipped. */
export function junitXml(results: readonly AuditResult[], descriptions: readonly AuditDescription[] = []): string {
  const titles = new Map(descriptions.map(({ id, title }) => [id, title]));
  const tables = [...new Set(results.map(({ table }) => table))];
  const suites = tables.map((table) => {
    const own = results.filter((result) => result.table === table);
    const cases = own.map((result) => testCase(result, titles.get(result.id)));
    return `  <testsuite name="${escapeHtml(table)}"${counts(own)}>\n${cases.join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="synth"${counts(results)}>\n${suites.join('')}</testsuites>\n`;
}

type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

function outcome({ verdict, severity }: AuditResult): Outcome {
  if (verdict === 'error') return 'error';
  if (verdict === 'inconclusive') return 'skipped';
  return verdict === 'fail' && severity === 'error' ? 'failure' : 'passed';
}

function counts(results: readonly AuditResult[]): string {
  const count = (kind: Outcome): number => results.filter((result) => outcome(result) === kind).length;
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  return ` tests="${results.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}" time="${seconds.toFixed(3)}"`;
}

function testCase(result: AuditResult, title: string | undefined): string {
  const { id, table, reason, seconds, verdict } = result;
  const name = isWhole(result) ? id : `${id} ${measuredName(result)}`;
  const open = `    <testcase classname="${escapeHtml(`${table}.${id}`)}" name="${escapeHtml(name)}" time="${seconds.toFixed(3)}">`;
  return `${open}${caseBody(result, title, outcome(result), verdict, reason)}</testcase>\n`;
}

function caseBody(
  result: AuditResult,
  title: string | undefined,
  kind: Outcome,
  verdict: string,
  reason: string,
): string {
  const { value } = result;
  const { warnAt, failAt } = nearerBounds(result);
  const message = escapeHtml(reason);
  const numbers = `value ${formatStatistic(value)}, warn at ${formatStatistic(warnAt)}, fail at ${formatStatistic(failAt)}`;
  const detail = escapeHtml(title === undefined ? numbers : `${title} (${numbers})`);
  if (kind === 'skipped') return `<skipped message="${message}"/>`;
  if (kind !== 'passed') return `<${kind} message="${message}">${detail}</${kind}>`;
  return verdict === 'pass' ? '' : `<system-out>${verdict}: ${message} ${detail}</system-out>`;
}
