// What each audit found from run to run, as small pictures: the worst value of a run, its noise floor and its bounds.
import { formatStatistic } from './format.ts';
import { type HistoryLine, type HistoryPoint, historyExtent } from './history.ts';
import { type Html, html, trusted } from './html.ts';

const WIDTH = 300;
const HEIGHT = 84;
const LEFT = 4;
const TOP = 6;
const BOTTOM = 8;
/** More points than that are a smear. */
const MOST = 60;

/** A picture per audit that ran at least twice; nothing when none did. Audits that only ever found 0 are named. */
export function historyFigures(lines: readonly HistoryLine[]): Html | undefined {
  const repeated = lines.filter(({ points }) => points.filter(({ value }) => value !== null).length > 1);
  if (repeated.length === 0) return undefined;
  const isQuiet = ({ points }: HistoryLine): boolean =>
    points.every(({ value, verdict }) => (value ?? 0) === 0 && verdict === 'pass');
  const quiet = repeated.filter(isQuiet);
  return html`<h3>Over the runs</h3>
<p class="quiet">The worst value of each run, oldest on the left. Dashed lines are the bounds, the grey area is the noise floor.</p>
<div class="columns">${repeated.filter((line) => !isQuiet(line)).map(figure)}</div>
${quiet.length === 0 ? undefined : html`<p class="quiet">Always 0: ${quiet.map(({ audit }) => audit).join(', ')}.</p>`}`;
}

function figure({ audit, unit, points }: HistoryLine): Html {
  const shown = points.slice(-MOST);
  const last = shown.at(-1);
  const dates = `${shown[0]?.at.slice(0, 10) ?? ''} – ${last?.at.slice(0, 10) ?? ''}`;
  return html`<figure class="history"><figcaption><b class="id">${audit}</b><span>${formatStatistic(last?.value ?? null)} ${unit}</span></figcaption>
${picture(shown, `${audit} over ${shown.length} runs, in ${unit}`)}<p>${dates}, ${shown.length} runs</p></figure>`;
}

function picture(points: readonly HistoryPoint[], label: string): Html {
  const { low, high } = historyExtent(points);
  const step = (WIDTH - 2 * LEFT) / Math.max(1, points.length - 1);
  const x = (index: number): string => (LEFT + (points.length === 1 ? WIDTH / 2 : index * step)).toFixed(1);
  const y = (value: number): string => {
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return (TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  };
  const path = (pick: (point: HistoryPoint) => number | null): string => {
    let pen = 'M';
    return points
      .map((point, index) => {
        const value = pick(point);
        const drawn = value === null ? '' : `${pen}${x(index)} ${y(value)}`;
        pen = value === null ? 'M' : 'L';
        return drawn;
      })
      .join('');
  };
  const bound = (name: string, pick: (point: HistoryPoint) => number | null): string => {
    const inside = (value: number | null): number | null =>
      value === null || value > high || value < low ? null : value;
    const drawn = path((point) => inside(pick(point)));
    return drawn === '' ? '' : `<path class="${name}" d="${drawn}"/>`;
  };
  const floored = points.every(({ floor }) => floor !== null && floor >= low);
  const area = floored
    ? `<path class="floor" d="${path(({ floor }) => floor)}L${x(points.length - 1)} ${y(low)}L${x(0)} ${y(low)}Z"/>`
    : '';
  const dots = points
    .map(({ value, verdict }, index) =>
      value === null ? '' : `<circle class="${verdict}" cx="${x(index)}" cy="${y(value)}" r="2.8"/>`,
    )
    .join('');
  const drawing = `<path class="axis" d="M${LEFT} ${HEIGHT - BOTTOM}H${WIDTH - LEFT}"/>${area}${bound('bound', ({ warnAt }) => warnAt)}${bound('bound fail', ({ failAt }) => failAt)}<path class="line" d="${path(({ value }) => value)}"/>${dots}`;
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${trusted(drawing)}</svg>`;
}
