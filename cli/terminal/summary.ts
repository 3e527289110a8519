// What a command says at its end: the headline audits with their noise floor, and one line of totals as dbt prints it.
import { gate } from '../../audits/run.ts';
import type { AuditResult, Verdict } from '../../core/audit.ts';
import { boundsText, floorText } from '../../core/report/bounds.ts';
import { formatCount, formatStatistic, plural } from '../../core/report/format.ts';
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

/**
 * One line per audit and table with its worst measurement; below, each measurement that did not pass and why. Of several tables
 * only the audits that did not pass: a release of ten tables has hundreds that did, and nobody would see the others.
 */
export function auditsText(results: readonly AuditResult[], colours: Colours, width: number): string {
  const tables = [...new Set(results.map(({ table }) => table))];
  const several = tables.length > 1;
  const groups = tables.flatMap((table) => [...byAudit(results.filter((result) => result.table === table)).values()]);
  const shown = several ? groups.filter((group) => group.some(({ verdict }) => verdict !== 'pass')) : groups;
  const rows = shown.map((group) => {
    const [worst] = worstFirst(group);
    return [
      ...(several ? [worst?.table ?? ''] : []),
      worst?.id ?? '',
      worst === undefined ? '' : measuredName(worst),
      formatStatistic(worst?.value ?? null),
      worst === undefined ? '' : floorText(worst),
      worst === undefined ? '' : boundsText(worst),
      { text: verdictsText(group), style: verdictStyle(worst?.verdict ?? 'pass', colours) },
    ];
  });
  const columns: readonly TableColumn[] = [
    ...(several ? [{ title: 'table', shrinkTo: 10 }] : []),
    { title: 'audit' },
    { title: 'worst', shrinkTo: 8 },
    { title: 'value', align: 'right' },
    { title: 'noise floor', align: 'right' },
    { title: 'warn / fail at', align: 'right' },
    { title: 'verdict' },
  ];
  const table = textTable(columns, rows, { width, titleStyle: colours.dim });
  return table + foldedText(groups.length - shown.length, tables.length, colours) + openText(results, several, colours);
}

function foldedText(audits: number, tables: number, colours: Colours): string {
  if (audits === 0) return '';
  return `${colours.dim(`${plural(audits, 'more audit')} of ${plural(tables, 'table')} passed: see the report.`)}\n`;
}

const MOST_OPEN = 12;
const MOST_NAMES = 6;

function openText(results: readonly AuditResult[], several: boolean, colours: Colours): string {
  const open = worstFirst(results.filter(({ verdict }) => verdict !== 'pass'));
  if (open.length === 0) return '';
  // What stops the publish comes first. What an audit could not decide comes last: there is little to be done about it.
  const blocking = new Set(gate(open).blocking);
  const rank = (result: AuditResult): number => (blocking.has(result) ? 0 : result.verdict === 'inconclusive' ? 2 : 1);
  const groups = [
    ...alike(
      [...open].sort((a, b) => rank(a) - rank(b)),
      (result) => rank(result) === 2,
    ).values(),
  ];
  const lines = groups.slice(0, MOST_OPEN).map((group) => lineOf(group, several, colours));
  const more = groups.slice(MOST_OPEN).reduce((sum, group) => sum + group.length, 0);
  return `\n${lines.join('')}${more > 0 ? `… and ${formatCount(more)} more: see the report.\n` : ''}`;
}

function lineOf(group: readonly [AuditResult, ...AuditResult[]], several: boolean, colours: Colours): string {
  const [worst] = group;
  const names = group.slice(0, MOST_NAMES).map(measuredName);
  if (group.length > MOST_NAMES) names.push(`${formatCount(group.length - MOST_NAMES)} more`);
  const ids = [...new Set(group.map(({ id }) => id))];
  const measured = ids.length > 1 ? [plural(group.length, 'measurement')] : names;
  const where = [...(several ? [worst.table] : []), ...measured].map(printable).join(', ');
  const verdict = verdictStyle(worst.verdict, colours)(worst.verdict);
  const soft = worst.verdict === 'fail' && worst.severity === 'warn' ? ' (reported only)' : '';
  const first = group.some(({ reason }) => reason !== worst.reason) ? 'the first: ' : '';
  return `${verdict}${soft}  ${ids.join(', ')}  ${where}: ${first}${printable(worst.reason)}${owned(worst)}\n`;
}

/**
 * Results of one audit and table with one verdict, the worst first, and of a table all that is to be `folded`; in the order of
 * the first of each.
 */
function alike(
  results: readonly AuditResult[],
  folded: (result: AuditResult) => boolean,
): ReadonlyMap<string, readonly [AuditResult, ...AuditResult[]]> {
  const groups = new Map<string, [AuditResult, ...AuditResult[]]>();
  for (const result of results) {
    const { id, table, verdict, severity, owner } = result;
    const key = JSON.stringify([table, verdict, owner, ...(folded(result) ? [] : [id, severity])]);
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
