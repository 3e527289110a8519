// The pairs of columns as a heat map that is a real table: each cell holds its number, colour only repeats it.
import { formatStatistic } from './format.ts';
import { type Html, html } from './html.ts';
import type { PairValue } from './model.ts';

/** More columns than this are unreadable: those in the worst pairs are shown. */
const MOST_COLUMNS = 32;

export function heatMap(pairs: readonly PairValue[]): Html {
  const columns = shownColumns(pairs);
  if (columns.length < 2) return html``;
  const values = new Map(pairs.map((pair) => [pairKey(...pair.columns), pair]));
  const all = new Set(pairs.flatMap((pair) => pair.columns)).size;
  const top = Math.max(0.1, ...pairs.map(({ value }) => value ?? 0));
  const across = columns.slice(0, -1);
  const left =
    all > columns.length ? ` The ${columns.length} columns with the largest values of ${all} are shown.` : '';
  return html`<h3>Pairs of columns</h3>
<p class="quiet">How far apart the joint distribution of two columns is, real against mirror: 0 is equal, 1 is disjoint. Outlined pairs did not pass.${left}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Pairs of columns"><table class="heat">
<thead><tr><td class="none"></td>${across.map((column) => html`<th scope="col" title="${column}"><span>${column}</span></th>`)}</tr></thead>
<tbody>${columns
    .slice(1)
    .map(
      (column, row) =>
        html`<tr><th scope="row" title="${column}">${column}</th>${across
          .slice(0, row + 1)
          .map((other) => cell(values.get(pairKey(other, column)), top))}</tr>`,
    )}</tbody></table></div>`;
}

function cell(pair: PairValue | undefined, top: number): Html {
  if (pair === undefined) return html`<td class="none"></td>`;
  const { value, verdict, columns } = pair;
  const title = `${columns.join(' × ')}: ${formatStatistic(value)}, ${verdict}`;
  if (value === null) return html`<td class="none" title="${title}">–</td>`;
  const heat = Math.round(Math.min(1, Math.max(0, value) / top) * 100);
  const classes = [
    heat > 55 ? 'deep' : '',
    verdict === 'fail' || verdict === 'error' || verdict === 'warn' ? 'flag' : '',
  ];
  return html`<td class="${classes.filter(Boolean).join(' ')}" style="--h:${heat}" title="${title}">${short(value)}</td>`;
}

/** `.04`: two decimals, as a heat map has many. */
function short(value: number): string {
  return value.toFixed(value < 0.1 ? 3 : 2).replace(/^(-?)0\./, '$1.');
}

function shownColumns(pairs: readonly PairValue[]): readonly string[] {
  const columns = [...new Set(pairs.flatMap((pair) => pair.columns))];
  if (columns.length <= MOST_COLUMNS) return columns;
  const chosen = new Set<string>();
  for (const pair of [...pairs].sort((a, b) => (b.value ?? 0) - (a.value ?? 0))) {
    for (const column of pair.columns) if (chosen.size < MOST_COLUMNS) chosen.add(column);
  }
  return columns.filter((column) => chosen.has(column));
}

function pairKey(a: string, b: string): string {
  return JSON.stringify(a < b ? [a, b] : [b, a]);
}
