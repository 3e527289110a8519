// What a command says at its end: the headline audits with their noise floor, and one line of totals as dbt prints it.
import type { AuditResult, Verdict } from '../../core/audit.ts';
import { boundsText, floorText } from '../../core/report/bounds.ts';
import { formatCount, formatStatistic } from '../../core/report/format.ts';
import type { VerdictCounts } from '../../core/report/model.ts';
import { byAudit, countVerdicts, measuredName, totalCount, VERDICTS, worstFirst } from '../../core/report/verdicts.ts';
import { type TableColumn, textTable } from './table.ts';
import { type Colours, coloursFor, type Output, printable, type Style, widthOf } from './text.ts';

/**
 * `Done. PASS=12 WARN=1 FAIL=0 SKIP=2 TOTAL=15`. Inconclusive counts as a warning, an audit's error as a failure.
 * @param skipped tables that were left as they are
 */
export function doneLine(counts: VerdictCounts, skipped: number): string {
  const warn = counts.warn + counts.inconclusive;
  const fail = counts.fail + counts.error;
  return `Done. PASS=${counts.pass} WARN=${warn} FAIL=${fail} SKIP=${skipped} TOTAL=${totalCount(counts) + skipped}`;
}

/** The same line, green, yellow or red. */
export function printDone(counts: VerdictCounts, skipped: number, output: Output = process.stdout): void {
  const colours = coloursFor(output);
  const line = doneLine(counts, skipped);
  const { fail, error, warn, inconclusive } = counts;
  const style = fail + error > 0 ? colours.red : warn + inconclusive > 0 ? colours.yellow : colours.green;
  output.write(`${style(line)}\n`);
}

/** Prints {@link auditsText}. */
export function printAudits(results: readonly AuditResult[], output: Output = process.stdout): void {
  output.write(auditsText(results, coloursFor(output), widthOf(output)));
}

/** One line per audit and table with its worst measurement; below, each measurement that did not pass and why. */
export function auditsText(results: readonly AuditResult[], colours: Colours, width: number): string {
  const tables = [...new Set(results.map(({ table }) => table))];
  const several = tables.length > 1;
  const rows = tables.flatMap((table) =>
    [...byAudit(results.filter((result) => result.table === table))].map(([id, group]) => {
      const [worst] = worstFirst(group);
      const verdict = worst?.verdict ?? 'pass';
      return [
        ...(several ? [table] : []),
        id,
        worst === undefined ? '' : measuredName(worst),
        formatStatistic(worst?.value ?? null),
        worst === undefined ? '' : floorText(worst),
        worst === undefined ? '' : boundsText(worst),
        { text: verdictsText(group), style: verdictStyle(verdict, colours) },
      ];
    }),
  );
  const columns: readonly TableColumn[] = [
    ...(several ? [{ title: 'table', shrinkTo: 10 }] : []),
    { title: 'audit' },
    { title: 'worst', shrinkTo: 8 },
    { title: 'value', align: 'right' },
    { title: 'noise floor', align: 'right' },
    { title: 'warn / fail at', align: 'right' },
    { title: 'verdict' },
  ];
  const open = worstFirst(results.filter(({ verdict }) => verdict !== 'pass'));
  return textTable(columns, rows, { width, titleStyle: colours.dim }) + openText(open, several, colours);
}

const MOST_OPEN = 12;
const MOST_NAMES = 6;

function openText(open: readonly AuditResult[], several: boolean, colours: Colours): string {
  if (open.length === 0) return '';
  const groups = [...alike(open).values()];
  const lines = groups.slice(0, MOST_OPEN).map((group) => {
    const [result] = group;
    const names = group.slice(0, MOST_NAMES).map(measuredName);
    if (group.length > MOST_NAMES) names.push(`${formatCount(group.length - MOST_NAMES)} more`);
    const where = [...(several ? [result.table] : []), ...names].map(printable).join(', ');
    const verdict = verdictStyle(result.verdict, colours)(result.verdict);
    const soft = result.verdict === 'fail' && result.severity === 'warn' ? ' (reported only)' : '';
    return `${verdict}${soft}  ${result.id}  ${where}: ${printable(result.reason)}${owned(result)}\n`;
  });
  const more = groups.slice(MOST_OPEN).reduce((sum, group) => sum + group.length, 0);
  return `\n${lines.join('')}${more > 0 ? `… and ${formatCount(more)} more\n` : ''}`;
}

/** Results that one sentence says, as of every column when there are too few rows; in the order of the first of each. */
function alike(results: readonly AuditResult[]): ReadonlyMap<string, readonly [AuditResult, ...AuditResult[]]> {
  const groups = new Map<string, [AuditResult, ...AuditResult[]]>();
  for (const result of results) {
    const { id, table, verdict, severity, reason, owner } = result;
    const key = JSON.stringify([id, table, verdict, severity, reason, owner]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [result]);
    else group.push(result);
  }
  return groups;
}

/** Whom to ask. */
function owned({ owner }: AuditResult): string {
  return owner === undefined ? '' : ` (owner: ${printable(owner)})`;
}

export function verdictStyle(verdict: Verdict, colours: Colours): Style {
  switch (verdict) {
    case 'pass':
      return colours.green;
    case 'warn':
    case 'inconclusive':
      return colours.yellow;
    case 'fail':
    case 'error':
      return colours.red;
    default:
      return verdict satisfies never;
  }
}

/** `pass`, or `1 fail, 11 pass` when there are several measurements. */
function verdictsText(results: readonly AuditResult[]): string {
  const counts = countVerdicts(results);
  return results.length === 1
    ? (results[0]?.verdict ?? '')
    : VERDICTS.filter((verdict) => counts[verdict] > 0)
        .map((verdict) => `${formatCount(counts[verdict])} ${verdict}`)
        .join(', ');
}
