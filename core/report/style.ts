// The look of the report, as one style sheet: light and dark from the same variables, printable, no external resource.

export const STYLE: string = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --raised: #f6f7f9; --line: #d9dde3; --ink: #16202c; --quiet: #586474;
  --real: #0072b2; --real-fill: #0072b240; --mirror: #c24e00;
  --pass: #14683f; --pass-fill: #e3f3ea; --warn: #7a4d00; --warn-fill: #fdf0d3;
  --fail: #a3170f; --fail-fill: #fde7e4; --open: #4a5568; --open-fill: #e9ecf1;
  --heat: #5b3a9e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12171e; --raised: #1a212b; --line: #313b48; --ink: #e8ecf1; --quiet: #a3afbd;
    --real: #56b4e9; --real-fill: #56b4e94d; --mirror: #ff9a52;
    --pass: #7fd8a6; --pass-fill: #1c553a66; --warn: #f2c14e; --warn-fill: #4a370a66;
    --fail: #ff9d94; --fail-fill: #5a1a1566; --open: #b9c3d0; --open-fill: #2b3543;
    --heat: #b79cff;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
main, header.page, footer { max-width: 1160px; margin: 0 auto; padding: 0 28px; }
header.page { padding-top: 34px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0; letter-spacing: -.01em; text-wrap: balance; }
h2 { font-size: 19px; margin: 0; letter-spacing: -.005em; }
h3 { font-size: 14.5px; margin: 30px 0 10px; }
p { margin: 0 0 10px; max-width: 76ch; }
a { color: inherit; text-decoration-color: var(--quiet); text-underline-offset: 3px; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--real); outline-offset: 2px; border-radius: 2px; }
code, .id { font: 12.5px/1.5 ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace; }
.quiet { color: var(--quiet); }
.facts { display: flex; flex-wrap: wrap; gap: 2px 22px; margin: 8px 0 0; color: var(--quiet); font-size: 13px; }
.facts dt { display: inline; } .facts dt::after { content: ' '; } .facts dd { display: inline; margin: 0; color: var(--ink); }
.banner {
  display: grid; grid-template-columns: auto 1fr auto; gap: 4px 18px; align-items: center; margin: 22px 0 6px;
  padding: 16px 20px; border: 1px solid; border-left-width: 6px; border-radius: 6px;
}
.banner strong { font-size: 17px; line-height: 1.35; } .banner p { margin: 2px 0 0; color: var(--ink); }
.banner .mark { font-size: 26px; line-height: 1; font-weight: 700; }
.banner.pass { background: var(--pass-fill); border-color: var(--pass); } .banner.pass :is(.mark, strong) { color: var(--pass); }
.banner.warn { background: var(--warn-fill); border-color: var(--warn); } .banner.warn :is(.mark, strong) { color: var(--warn); }
.banner.fail { background: var(--fail-fill); border-color: var(--fail); } .banner.fail :is(.mark, strong) { color: var(--fail); }
.banner .tally { display: flex; gap: 16px; text-align: center; font-size: 12px; color: var(--quiet); }
.banner .tally b { display: block; font-size: 19px; line-height: 1.2; color: var(--ink); font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
caption { text-align: left; color: var(--quiet); padding: 0 0 6px; font-size: 12.5px; }
th { text-align: left; font-weight: 600; color: var(--quiet); font-size: 12px; vertical-align: bottom; }
th, td { padding: 5px 16px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { border-bottom-color: var(--quiet); }
tbody th { color: var(--ink); font-size: 13px; font-weight: 500; vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
.n { text-align: right; white-space: nowrap; }
tbody tr:hover { background: var(--raised); }
.verdict {
  display: inline-block; padding: 0 8px; border-radius: 9px; font-size: 12px; line-height: 18px; font-weight: 600;
  white-space: nowrap; color: var(--open); background: var(--open-fill);
}
.verdict.pass { color: var(--pass); background: var(--pass-fill); }
.verdict.warn { color: var(--warn); background: var(--warn-fill); }
.verdict.fail, .verdict.error { color: var(--fail); background: var(--fail-fill); }
.counts { display: inline-flex; flex-wrap: wrap; gap: 4px; }
.gauge { display: block; width: 132px; height: 18px; margin-top: 1px; overflow: visible; }
.gauge .axis { stroke: var(--line); } .gauge .floor { fill: var(--quiet); opacity: .38; }
.gauge .bound { stroke: var(--warn); stroke-width: 1.5; } .gauge .bound.fail { stroke: var(--fail); }
.gauge .value { fill: var(--ink); }
figure.history svg { color: inherit; } .history path { fill: none; stroke-width: 1.3; } .history .axis { stroke: var(--line); }
.history .floor { fill: var(--quiet); opacity: .18; } .history .line { stroke: var(--quiet); stroke-width: 1.4; }
.history .bound { stroke: var(--warn); stroke-dasharray: 4 3; } .history .bound.fail { stroke: var(--fail); }
.history circle { fill: var(--pass); } .history :is(circle.warn, circle.inconclusive) { fill: var(--warn); }
.history :is(circle.fail, circle.error) { fill: var(--fail); }
section.table { margin-top: 44px; padding-top: 20px; border-top: 2px solid var(--ink); }
section.table > header { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: baseline; }
.key { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: 12.5px; color: var(--quiet); margin: 0 0 10px; }
.key svg { vertical-align: -2px; margin-right: 6px; }
.columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); gap: 14px; align-items: start; }
figure { margin: 0; padding: 10px 12px 8px; border: 1px solid var(--line); border-radius: 6px; min-width: 0; break-inside: avoid; }
figcaption { display: flex; gap: 8px; justify-content: space-between; align-items: baseline; margin-bottom: 4px; }
figcaption b { font-weight: 600; overflow-wrap: anywhere; } figcaption span { color: var(--quiet); font-size: 12px; white-space: nowrap; }
figure svg { display: block; width: 100%; height: auto; color: var(--quiet); font: 10.5px system-ui, sans-serif; }
figure p { font-size: 12px; color: var(--quiet); margin: 4px 0 0; }
details > summary { cursor: pointer; color: var(--quiet); font-size: 12.5px; padding: 4px 0; width: fit-content; }
details > summary:hover { color: var(--ink); }
figure details table { font-size: 12px; } figure details td, figure details th { padding-block: 2px; }
figure details .scroll { max-height: 300px; overflow-y: auto; }
.heat { width: auto; font-size: 11px; }
.heat th { font-weight: 500; color: var(--ink); border: 0; padding: 1px 8px 1px 0; white-space: nowrap; max-width: 180px; overflow: hidden; text-overflow: ellipsis; }
.heat thead th { vertical-align: bottom; padding: 0 0 4px; height: 96px; }
.heat thead th span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 150px; overflow: hidden; text-overflow: ellipsis; }
.heat td {
  width: 42px; min-width: 42px; height: 26px; padding: 0; text-align: center; vertical-align: middle; border: 1px solid var(--paper);
  background: color-mix(in srgb, var(--heat) calc(var(--h) * 1%), var(--raised)); color: var(--ink);
}
.heat td.deep { color: var(--paper); } .heat td.none { background: none; }
.heat td.flag { outline: 2px solid var(--fail); outline-offset: -2px; font-weight: 700; }
.heat tbody tr:hover { background: none; }
ul.notes { margin: 0; padding-left: 18px; max-width: 90ch; } ul.notes li { margin: 2px 0; }
.reading { margin-top: 48px; padding: 18px 22px; background: var(--raised); border-radius: 6px; }
.reading h2 { font-size: 16px; margin-bottom: 8px; }
.reading dl { display: grid; grid-template-columns: minmax(110px, max-content) 1fr; gap: 6px 20px; margin: 0; }
.reading dt { font-weight: 600; } .reading dd { margin: 0; max-width: 80ch; }
footer { color: var(--quiet); font-size: 12.5px; padding-block: 26px 46px; }
@media (max-width: 720px) {
  main, header.page, footer { padding-inline: 16px; }
  .banner { grid-template-columns: auto 1fr; } .banner .tally { grid-column: 1 / -1; }
}
@media print {
  :root { --paper: #fff; --raised: #f3f4f6; --line: #ccd1d8; --ink: #000; --quiet: #444; --real: #0072b2; --real-fill: #0072b240; --mirror: #c24e00; }
  body { font-size: 10.5px; } table { font-size: 10px; } main, header.page, footer { max-width: none; padding-inline: 0; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  section.table { break-before: page; } tr, .banner { break-inside: avoid; } thead { display: table-header-group; }
  .columns { grid-template-columns: repeat(2, 1fr); } .scroll { overflow: visible; }
  .measurements::details-content { content-visibility: visible; display: block; height: auto; }
}
`;
