// Where the mirror at hand comes from: a row per generation, oldest first, with the share of real rows that it learnt from.
import type { MirrorLineage } from '../lineage.ts';
import { formatCount, formatPercent, plural } from './format.ts';
import { type Html, html, trusted } from './html.ts';

/** Nothing for a mirror of real rows alone: there is nothing to tell. @param chain the mirror at hand last */
export function lineageFigure(chain: readonly MirrorLineage[]): Html | undefined {
  const last = chain.at(-1);
  if (last === undefined || (last.generation === 1 && last.contaminated !== true)) return undefined;
  return html`<h3>Where it comes from</h3><div class="scroll"><table>
<caption>Generation 1 learnt from real rows alone. Loops of less than 20 % real rows collapse.</caption>
<thead><tr><th scope="col">Made</th><th scope="col" class="n">Generation</th><th scope="col">Real rows among those learnt</th>
<th scope="col" class="n">Learnt</th><th scope="col">Learnt also from</th></tr></thead><tbody>${chain.map(
    ({ at, release, generation, realShare, learntRows, ancestors, contaminated }) => html`<tr>
<th scope="row">${at.slice(0, 16).replace('T', ' ')}<br><span class="quiet id">${release}</span></th><td class="n">${generation}</td>
<td>${bar(realShare)}${formatPercent(realShare)}</td><td class="n">${formatCount(learntRows)}</td>
<td class="quiet">${contaminated === true ? 'a source that was synthetic; ' : ''}${
      ancestors.length === 0
        ? 'nothing else'
        : `${plural(ancestors.length, 'mirror')}: ${ancestors.map((one) => one.release).join(', ')}`
    }</td></tr>`,
  )}</tbody></table></div>`;
}

function bar(share: number): Html {
  const width = (120 * Math.min(1, Math.max(0, share))).toFixed(1);
  return trusted(
    `<svg width="120" height="10" aria-hidden="true" style="margin-right:8px"><rect width="120" height="10" fill="var(--line)"/><rect width="${width}" height="10" fill="var(--real)"/></svg>`,
  );
}
