// The distributions of a table as figures, each a picture with its numbers as a table behind one click.
import { categoryChart, categoryRows, edgeLabel, numberChart, numberShares } from './chart.ts';
import { formatPercent } from './format.ts';
import { type Html, html } from './html.ts';
import type { ColumnDistribution } from './model.ts';

/** The key of all figures and the figures themselves. */
export function distributionFigures(distributions: readonly ColumnDistribution[]): Html {
  if (distributions.length === 0) return html``;
  return html`<h3>Distributions</h3><p class="key">
<span><svg width="22" height="12" aria-hidden="true"><path d="M0 1H22V12H0z" fill="var(--real-fill)"/><path d="M0 1.5H22" stroke="var(--real)" stroke-width="1.5"/></svg>real</span>
<span><svg width="22" height="12" aria-hidden="true"><path d="M0 9H8V3H16V7H22" fill="none" stroke="var(--mirror)" stroke-width="1.8"/></svg>mirror</span>
<span><svg width="12" height="12" aria-hidden="true"><circle cx="6" cy="6" r="3.6" fill="var(--mirror)"/></svg>mirror, per value</span></p>
<div class="columns">${distributions.map(figure)}</div>`;
}

function figure(distribution: ColumnDistribution): Html {
  switch (distribution.kind) {
    case 'hidden':
      return html`<figure><figcaption><b>${distribution.column}</b></figcaption><p>${distribution.reason}</p></figure>`;
    case 'number':
      return numberFigure(distribution);
    case 'category':
      return categoryFigure(distribution);
    default:
      return distribution satisfies never;
  }
}

function numberFigure(distribution: Extract<ColumnDistribution, { kind: 'number' }>): Html {
  const { bins, spike, unit, missing, notFinite, pooledMissing } = distribution;
  const shares = numberShares(distribution);
  const finite = [...bins, ...(spike === undefined ? [] : [spike])].reduce(
    (all, bin) => ({ real: all.real + bin.real, synthetic: all.synthetic + bin.synthetic }),
    {
      real: 0,
      synthetic: 0,
    },
  );
  const realRows = Math.max(1, finite.real + missing.real + notFinite.real);
  const mirrorRows = Math.max(1, finite.synthetic + missing.synthetic + notFinite.synthetic);
  const rest = (cell: typeof missing, name: string): string[] =>
    cell.real + cell.synthetic === 0
      ? []
      : [
          `${name}: ${formatPercent(cell.real / realRows)} % real, ${formatPercent(cell.synthetic / mirrorRows)} % mirror.`,
        ];
  const exactly = spike === undefined ? '' : `exactly ${edgeLabel(spike.value, unit)}`;
  const apartNote =
    shares.spike === undefined
      ? []
      : [
          `Not drawn: ${formatPercent(shares.spike.real)} % real and ${formatPercent(shares.spike.synthetic)} % mirror are ${exactly}.`,
        ];
  const notes = [
    ...apartNote,
    ...rest(missing, 'Missing'),
    ...rest(notFinite, 'Not a number or infinite'),
    ...(pooledMissing ? ['A few missing values are counted in the first bin.'] : []),
  ].join(' ');
  const last = bins.length - 1;
  const range = (index: number): string => {
    const { from, to } = bins[index] ?? { from: 0, to: 0 };
    if (last === 0) return spike === undefined ? 'all values' : 'all other values';
    if (index === 0) return `below ${edgeLabel(to, unit)}`;
    return index === last ? `${edgeLabel(from, unit)} and more` : `${edgeLabel(from, unit)} to ${edgeLabel(to, unit)}`;
  };
  const rows = [
    ...(shares.spike === undefined ? [] : [{ ...shares.spike, label: exactly }]),
    ...shares.bins.map((share, index) => ({ ...share, label: range(index) })),
  ];
  return html`<figure><figcaption><b>${distribution.column}</b><span>${apart(rows)}</span></figcaption>
${numberChart(distribution)}${notes === '' ? undefined : html`<p>${notes}</p>`}
${numbersTable(distribution.column, rows)}</figure>`;
}

function categoryFigure(distribution: Extract<ColumnDistribution, { kind: 'category' }>): Html {
  const rows = categoryRows(distribution);
  return html`<figure><figcaption><b>${distribution.column}</b><span>${apart(rows)}</span></figcaption>
${categoryChart(distribution)}${numbersTable(distribution.column, rows)}</figure>`;
}

interface Row {
  readonly label: string;
  readonly real: number;
  readonly synthetic: number;
}

/** Half the sum of absolute differences: the share of rows that would have to move to make both sides equal. */
function apart(rows: readonly Omit<Row, 'label'>[]): string {
  const distance = rows.reduce((sum, { real, synthetic }) => sum + Math.abs(real - synthetic), 0) / 2;
  return `${formatPercent(distance)} % apart`;
}

function numbersTable(column: string, rows: readonly Row[]): Html {
  return html`<details><summary>Numbers</summary><div class="scroll" tabindex="0" role="region" aria-label="Numbers of ${column}"><table>
<thead><tr><th scope="col">Values</th><th scope="col" class="n">Real %</th><th scope="col" class="n">Mirror %</th></tr></thead>
<tbody>${rows.map(
    ({ label, real, synthetic }) =>
      html`<tr><th scope="row">${cut(label)}</th><td class="n">${formatPercent(real)}</td><td class="n">${formatPercent(synthetic)}</td></tr>`,
  )}</tbody></table></div></details>`;
}

function cut(label: string): string {
  return label.length > 120 ? `${label.slice(0, 119)}…` : label;
}
