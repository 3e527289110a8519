// Renders a report as one static page: no script, no external resource, verdicts first.
import type { Verdict } from '../audit.ts';
import { attentionTable, auditTable, type Descriptions, gateVerdict, verdictCounts } from './audit-tables.ts';
import { distributionFigures } from './distribution-figures.ts';
import { formatCount, formatSeconds, plural } from './format.ts';
import { familySummary } from './frame.ts';
import { heatMap } from './heat-map.ts';
import { historyFigures } from './history-figures.ts';
import { type Html, html, trusted } from './html.ts';
import { lineageFigure } from './lineage-figure.ts';
import type { ReportModel, ReportTable } from './model.ts';
import { READING_GUIDE } from './reading-guide.ts';
import { STYLE } from './style.ts';
import { addCounts, countVerdicts, totalCount } from './verdicts.ts';

/** The whole page. The same model gives the same bytes. */
export function renderReport(model: ReportModel): string {
  const descriptions: Descriptions = new Map(model.audits.map((audit) => [audit.id, audit]));
  return `${
    html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer"><title>${model.title}</title><style>${trusted(STYLE)}</style></head>
<body>${pageHeader(model)}<main>${banner(model)}${summaryTable(model)}${familyTable(model)}
${model.tables.map((table, index) => tableSection(table, index, descriptions))}
${trusted(READING_GUIDE)}</main>
<footer>Counts in this report are made by groups of real rows, never by single ones: rare values are pooled.</footer></body></html>
`.html
  }`;
}

function pageHeader({ title, createdAt, release, facts }: ReportModel): Html {
  const shown = [
    { name: 'Made', value: createdAt.replace('T', ' ').replace(/\.\d+Z$|Z$/, ' UTC') },
    ...(release === undefined ? [] : [{ name: 'Release', value: release.id }]),
    ...facts,
  ];
  return html`<header class="page"><h1>${title}</h1>
<dl class="facts">${shown.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></header>`;
}

const LOOK: Readonly<Record<Verdict, { readonly name: string; readonly mark: string }>> = {
  pass: { name: 'pass', mark: '✓' },
  warn: { name: 'warn', mark: '!' },
  inconclusive: { name: 'warn', mark: '?' },
  fail: { name: 'fail', mark: '✕' },
  error: { name: 'fail', mark: '✕' },
};

function banner({ tables, release }: ReportModel): Html {
  const results = tables.flatMap(({ audits }) => audits);
  const counts = countVerdicts(results);
  const total = totalCount(counts);
  const verdict = gateVerdict(results);
  const { name, mark } = LOOK[verdict];
  const failed = counts.fail + counts.error;
  const inTables = tables.filter(({ audits }) =>
    audits.some((audit) => audit.verdict === 'fail' || audit.verdict === 'error'),
  );
  const sentence =
    total === 0
      ? 'No audits were run'
      : failed > 0
        ? `${formatCount(failed)} of ${plural(total, 'measurement')} failed, in ${inTables
            .map((table) => table.name)
            .slice(0, 4)
            .join(', ')}${inTables.length > 4 ? ' and others' : ''}`
        : verdict === 'pass'
          ? `All ${plural(total, 'measurement')} passed`
          : `${formatCount(total - counts.pass)} of ${plural(total, 'measurement')} did not pass clearly, none failed`;
  const published =
    release === undefined
      ? ''
      : release.published
        ? 'This release was published: it is what readers of the mirrors see.'
        : `This release was not published${stoppedBy(release.blocking)}: readers of the mirrors still see the one before.`;
  const tally = [
    { count: tables.length, name: tables.length === 1 ? 'table' : 'tables' },
    { count: counts.pass, name: 'pass' },
    { count: counts.warn + counts.inconclusive, name: 'warn' },
    { count: failed, name: 'fail' },
  ];
  return html`<section class="banner ${total === 0 ? 'warn' : name}" aria-label="Overall verdict"><span class="mark" aria-hidden="true">${total === 0 ? '?' : mark}</span>
<div><strong>${sentence}</strong>${published === '' ? undefined : html`<p>${published}</p>`}</div>
<div class="tally">${tally.map(({ count, name: of }) => html`<div><b>${formatCount(count)}</b>${of}</div>`)}</div></section>`;
}

/** `, because of prv.exact of orders`. */
function stoppedBy(blocking: NonNullable<ReportModel['release']>['blocking'] = []): string {
  const named = [...new Set(blocking.map(({ id, table }) => `${id} of ${table}`))];
  if (named.length === 0) return '';
  return `, because of ${named.slice(0, 4).join(', ')}${named.length > 4 ? ' and others' : ''}`;
}

/** What was asked of the mirrors, by family: the overview of who has to answer for a release. */
function familyTable({ tables, audits }: ReportModel): Html | undefined {
  const families = familySummary(
    tables.flatMap((table) => table.audits),
    audits,
  );
  if (families.length === 0) return undefined;
  return html`<h3>By family</h3><div class="scroll"><table class="families">
<thead><tr><th scope="col">Family</th><th scope="col" class="n">Measurements</th><th scope="col">Verdicts</th></tr></thead>
<tbody>${families.map(
    (summary) => html`<tr><th scope="row">${summary.family}</th><td class="n">${formatCount(summary.measurements)}</td>
<td>${verdictCounts(summary)}</td></tr>`,
  )}</tbody></table></div>`;
}

function summaryTable({ tables }: ReportModel): Html {
  const total = addCounts(tables.map(({ audits }) => countVerdicts(audits)));
  return html`<h3>Tables</h3><div class="scroll"><table>
<thead><tr><th scope="col">Table</th><th scope="col">Generator</th><th scope="col" class="n">Real rows</th>
<th scope="col" class="n">Mirror rows</th><th scope="col" class="n">Holdout rows</th><th scope="col" class="n">Time</th>
<th scope="col">Verdicts</th></tr></thead>
<tbody>${tables.map(
    (
      { name, generator, rows, seconds, audits },
      index,
    ) => html`<tr><th scope="row"><a href="#table-${index + 1}">${name}</a></th>
<td>${generator}</td><td class="n">${formatCount(rows.real)}</td><td class="n">${formatCount(rows.synthetic)}</td>
<td class="n">${formatCount(rows.holdout)}</td><td class="n">${formatSeconds(seconds)}</td>
<td>${verdictCounts(countVerdicts(audits))}</td></tr>`,
  )}</tbody>${
    tables.length > 1
      ? html`<tfoot><tr><th scope="row" colspan="6">All tables</th><td>${verdictCounts(total)}</td></tr></tfoot>`
      : undefined
  }</table></div>`;
}

function tableSection(table: ReportTable, index: number, descriptions: Descriptions): Html {
  const { name, generator, rows, audits, distributions, history = [], lineage = [], pairs, notes } = table;
  return html`<section class="table" id="table-${index + 1}"><header><h2>${name}</h2>${verdictCounts(countVerdicts(audits))}
<span class="quiet">${generator}, ${plural(rows.synthetic, 'mirror row')} from ${plural(rows.real, 'real row')}</span></header>
${notes.length === 0 ? undefined : html`<h3>Notes</h3><ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${attentionTable(audits, descriptions)}${audits.length === 0 ? undefined : auditTable(audits, descriptions)}
${lineageFigure(lineage)}${historyFigures(history)}${distributionFigures(distributions)}${heatMap(pairs)}</section>`;
}
