// A rehearsal as one static page: the answer first, then a picture per audit with a line per arm. No script.
import { formatCount, formatStatistic, plural } from '../../report/format.ts';
import { type Html, html, trusted } from '../../report/html.ts';
import { STYLE } from '../../report/style.ts';
import type { RehearsalResult } from '../rehearse.ts';
import { type ArmAnswer, meansOf } from './answer.ts';

const WIDTH = 330;
const HEIGHT = 150;
const LEFT = 40;
const RIGHT = 12;
const TOP = 8;
const BOTTOM = 22;
/** Told apart by dashes, too. */
const LOOKS = [
  ['var(--fail)', ''],
  ['var(--mirror)', '7 3'],
  ['var(--warn)', '2 3'],
  ['var(--real)', '9 3 2 3'],
  ['var(--pass)', '4 2'],
  ['var(--heat)', '1 4'],
] as const;

/** The same result gives the same bytes. */
export function renderRehearsal(result: RehearsalResult): string {
  const { table, generator, rows, generations, seeds, arms } = result;
  const title = `Rehearsal of ${table}`;
  const names = arms.map(({ arm }) => arm);
  const audits = [...new Set(result.measured.flatMap((one) => one.audits.map(({ audit }) => audit)))];
  return `${
    html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title><style>${trusted(STYLE)}</style></head>
<body><header class="page"><h1>${title}</h1><p class="quiet">${generator}, ${formatCount(rows)} rows in each of
${plural(generations, 'generation')}, ${plural(seeds, 'seed')}. Every generation is held against the real rows of the first.</p></header>
<main>${answerTable(arms, seeds)}
<h3>From generation to generation</h3><div class="key">${names.map((name, i) => html`<span>${swatch(i)}${name}</span>`)}</div>
<p class="quiet">The mean over columns and seeds. For audits of survival and diversity (col.rare, col.tail, col.div, col.cover) higher is better, else lower.</p>
<div class="columns">${audits.map((audit) => figure(result, audit, names))}</div></main>
<footer>Made of counts and distances alone: no value of the data is in it.</footer></body></html>
`.html
  }`;
}

/** `generation 3: fid.tvd (5 of 5)`: in so many of the seeds. */
export function failureText({ fails, failing }: ArmAnswer, seeds: number): string {
  if (fails === null) return 'none';
  const first = failing.filter(({ generation }) => generation === fails.first).map(({ audit }) => audit);
  return `generation ${fails.first}: ${first.join(', ')} (${fails.seeds} of ${seeds})`;
}

export function declineText({ declining }: ArmAnswer): string {
  return declining.length === 0
    ? 'none'
    : declining.map(({ audit, change }) => `${audit} ${change.toFixed(2)}`).join(', ');
}

function answerTable(arms: readonly ArmAnswer[], seeds: number): Html {
  return html`<h3>Answer</h3><div class="scroll"><table><thead><tr><th scope="col">Learns from</th><th scope="col">First failure</th>
<th scope="col">Gets worse in</th><th scope="col">Verdict</th></tr></thead><tbody>${arms.map(
    (arm) => html`<tr><th scope="row">${arm.arm}</th><td>${failureText(arm, seeds)}</td><td>${declineText(arm)}</td>
<td><span class="verdict ${arm.safe ? 'pass' : 'fail'}">${arm.safe ? 'safe' : 'not safe'}</span></td></tr>`,
  )}</tbody></table></div>`;
}

function look(index: number): string {
  const [colour, dashes] = LOOKS[index % LOOKS.length] as (typeof LOOKS)[number];
  return `stroke="${colour}"${dashes === '' ? '' : ` stroke-dasharray="${dashes}"`} stroke-width="1.8" fill="none"`;
}

function swatch(index: number): Html {
  return html`<svg width="30" height="10" aria-hidden="true">${trusted(`<path d="M0 5H30" ${look(index)}/>`)}</svg>`;
}

function figure({ measured }: RehearsalResult, audit: string, arms: readonly string[]): Html | undefined {
  const lines = arms.map((arm) => meansOf(measured.filter((one) => one.arm === arm)).get(audit) ?? []);
  const values = lines.flat().flatMap((value) => value ?? []);
  if (values.length === 0) return undefined;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const low = least > 0.5 * most ? least - (most - least) / 8 : Math.min(0, least);
  const high = most > low ? most : low + 1;
  const count = Math.max(...lines.map((line) => line.length));
  const x = (i: number): string => (LEFT + (i / Math.max(1, count - 1)) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (value: number): string => (TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const drawn = lines.map((line, arm) => {
    const points = line.flatMap((value, i) => (value === null ? [] : [`${x(i)} ${y(value)}`]));
    return points.length === 0 ? '' : `<path d="M${points.join('L')}" ${look(arm)}/>`;
  });
  const label = (value: number): string =>
    `<text x="${LEFT - 5}" y="${y(value)}" dy=".32em" text-anchor="end" fill="currentColor">${formatStatistic(Number(value.toPrecision(3)))}</text>`;
  const ends = [0, count - 1].map(
    (i) => `<text x="${x(i)}" y="${HEIGHT - 6}" text-anchor="middle" fill="currentColor">${i + 1}</text>`,
  );
  return html`<figure><figcaption><b class="id">${audit}</b><span>generations 1 to ${count}</span></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${audit} by generation, a line per arm">${trusted(
    `<path d="M${LEFT} ${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" stroke="var(--line)"/>${label(low)}${label(high)}${ends.join('')}${drawn.join('')}`,
  )}</svg></figure>`;
}
