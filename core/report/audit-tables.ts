// The audits of one table as HTML: one row per audit with its worst measurement, then every measurement.
import type { AuditResult, Verdict } from '../audit.ts';
import { boundsText, floorText } from './bounds.ts';
import { formatCount, formatStatistic, plural } from './format.ts';
import { type Html, html, trusted } from './html.ts';
import type { AuditDescription, VerdictCounts } from './model.ts';
import {
  byAudit,
  countVerdicts,
  isWhole,
  measuredName,
  nearerBounds,
  VERDICTS,
  worstFirst,
  worstVerdict,
} from './verdicts.ts';

export type Descriptions = ReadonlyMap<string, AuditDescription>;

export function verdictPill(verdict: Verdict): Html {
  return html`<span class="verdict ${verdict}">${verdict}</span>`;
}

/** `3 fail · 40 pass`: pills of the verdicts that occur, worst first. */
export function verdictCounts(counts: VerdictCounts): Html {
  const shown = VERDICTS.filter((verdict) => counts[verdict] > 0);
  if (shown.length === 0) return html`<span class="quiet">no audits</span>`;
  return html`<span class="counts">${shown.map(
    (verdict) => html`<span class="verdict ${verdict}">${formatCount(counts[verdict])} ${verdict}</span>`,
  )}</span>`;
}

/** Measurements that did not pass, worst first; nothing when all passed. */
export function attentionTable(results: readonly AuditResult[], descriptions: Descriptions): Html | undefined {
  const open = worstFirst(results.filter(({ verdict }) => verdict !== 'pass'));
  if (open.length === 0) return undefined;
  return html`<h3>Needs attention</h3>${measurementTable(open, descriptions)}`;
}

/** One row per audit. */
export function auditTable(results: readonly AuditResult[], descriptions: Descriptions): Html {
  const groups = [...byAudit(results)];
  return html`<h3>Audits</h3><div class="scroll"><table>
<caption>One row per audit, showing its worst measurement. The grey band of a gauge is the noise floor, ticks are the bounds.</caption>
<thead><tr><th scope="col">Audit</th><th scope="col">What it checks</th><th scope="col">Worst</th>
<th scope="col" class="n">Value</th><th scope="col" class="n">Noise floor</th><th scope="col" class="n">Warn / fail at</th>
<th scope="col">Verdicts</th></tr></thead>
<tbody>${groups.map(([id, group]) => auditRow(id, group, descriptions))}</tbody></table></div>
<details class="measurements"><summary>All ${plural(results.length, 'measurement')}</summary>
${measurementTable(worstFirst(results), descriptions)}</details>`;
}

function auditRow(id: string, group: readonly AuditResult[], descriptions: Descriptions): Html {
  const [worst] = worstFirst(group);
  if (worst === undefined) return html``;
  const counts = countVerdicts(group);
  const verdicts =
    group.length === 1
      ? html`${verdictPill(worst.verdict)}${softened(worst)}`
      : html`${verdictCounts(counts)}${softened(worst)}`;
  const where = measuredName(worst);
  return html`<tr><th scope="row" class="id">${id}</th><td>${descriptions.get(id)?.title ?? ''}${adviceOf(descriptions.get(id), worst)}</td>
<td>${where}${gauge(worst)}</td><td class="n">${formatStatistic(worst.value)}</td>
<td class="n">${floorText(worst)}</td><td class="n">${boundsText(worst)}</td><td>${verdicts}</td></tr>`;
}

function measurementTable(results: readonly AuditResult[], descriptions: Descriptions): Html {
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">Audit</th><th scope="col">Columns</th><th scope="col" class="n">Value</th>
<th scope="col" class="n">Noise floor</th><th scope="col" class="n">Warn / fail at</th><th scope="col">Verdict</th>
<th scope="col">Reason</th></tr></thead>
<tbody>${results.map(
    (result) => html`<tr><th scope="row" class="id" title="${descriptions.get(result.id)?.title}">${result.id}</th>
<td>${isWhole(result) ? html`<span class="quiet">whole table</span>` : measuredName(result)}</td>
<td class="n">${formatStatistic(result.value)}</td><td class="n">${floorText(result)}</td>
<td class="n">${boundsText(result)}</td><td>${verdictPill(result.verdict)}${softened(result)}</td>
<td class="quiet">${result.reason}${accountable(result)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** What helps, where something can be done: of too few rows only more rows help. */
function adviceOf(description: AuditDescription | undefined, { verdict }: AuditResult): Html | undefined {
  if (description?.advice === undefined || verdict === 'pass' || verdict === 'inconclusive') return undefined;
  return html`<br><span class="quiet">${description.advice}</span>`;
}

/** Who answers for a bound, and why it is as it is. */
function accountable({ owner, because }: AuditResult): Html | undefined {
  if (owner === undefined && because === undefined) return undefined;
  return html`<br><span class="owner">${[owner, because].filter((part) => part !== undefined).join(': ')}</span>`;
}

/** A failure that does not stop the publish says so. */
function softened({ verdict, severity }: AuditResult): Html | undefined {
  return verdict === 'fail' && severity === 'warn' ? html` <span class="quiet">reported only</span>` : undefined;
}

/** The value among noise floor and bounds, on a line from 0; says nothing that the row's numbers do not. */
function gauge(result: AuditResult): Html | undefined {
  const { value, null: floor } = result;
  const { warnAt, failAt } = nearerBounds(result);
  if (value === null || value < 0 || (warnAt === null && failAt === null && floor === undefined)) return undefined;
  const top = Math.max(value, warnAt ?? 0, failAt ?? 0, floor?.q99 ?? 0) * 1.08;
  if (!(top > 0)) return undefined;
  const x = (at: number): string => ((Math.max(0, at) / top) * 128 + 2).toFixed(1);
  const tick = (at: number | null, name: string): string =>
    at === null || at <= 0 ? '' : `<path class="${name}" d="M${x(at)} 4v10"/>`;
  const band =
    floor === undefined
      ? ''
      : `<rect class="floor" x="${x(floor.q50)}" y="6" width="${Math.max(1, Number(x(floor.q99)) - Number(x(floor.q50))).toFixed(1)}" height="6"/>`;
  return trusted(
    `<svg class="gauge" viewBox="0 0 132 18" aria-hidden="true"><path class="axis" d="M2 9H130"/>${band}${tick(warnAt, 'bound')}${tick(failAt, 'bound fail')}<circle class="value" cx="${x(value)}" cy="9" r="3.5"/></svg>`,
  );
}

/** The worst verdict among results, failures that only warn counted as warnings. */
export function gateVerdict(results: readonly AuditResult[]): Verdict {
  return worstVerdict(
    countVerdicts(
      results.map(({ verdict, severity }) => ({
        verdict: severity === 'warn' && verdict === 'fail' ? 'warn' : verdict,
      })),
    ),
  );
}
