import assert from 'node:assert/strict';
import { historyChart, historyTitle, sparkline } from '../../../cli/terminal/history-chart.ts';
import { coloursFor } from '../../../cli/terminal/text.ts';
import type { AuditResult } from '../../../core/audit.ts';
import { historyExtent, historyLines, measurementLines, type RunResultsOf } from '../../../core/report/history.ts';
import { renderReport } from '../../../core/report/render.ts';
import { model, result } from './fixtures.ts';

const plain = coloursFor({ write: () => {} }, {});

function run(day: number, ...results: readonly Partial<AuditResult>[]): RunResultsOf {
  return { id: `r${day}`, at: `2026-01-0${day}T06:00:00.000Z`, results: results.map(result) };
}

const runs = [
  run(1, { value: 0.01 }, { value: 0.03, columns: ['distance'] }),
  run(2, { value: null, verdict: 'inconclusive' }, { id: 'prv.exact', value: 0, columns: [] }),
  run(3, { value: 0.12, verdict: 'fail' }, { value: 0.02, columns: ['distance'] }),
];

describe('the history in a report', () => {
  it('is a picture per audit that ran twice, and the names of those that never found anything', () => {
    const zero = { id: 'val.range', value: 0, warnAt: null, failAt: 0, columns: [] };
    const page = renderReport(
      model({ history: historyLines([run(1, zero, { value: 0.02 }), run(2, zero, { value: 0.2, verdict: 'fail' })]) }),
    );
    assert.match(page, /<h3>Over the runs<\/h3>/);
    assert.equal(page.split('<figure class="history">').length - 1, 1);
    assert.match(page, /<circle class="pass" cx="4.0"[^>]*><circle class="fail" cx="296.0" cy="6.0"/);
    assert.match(page, /Always 0: val\.range\./);
  });

  it('is left out of a first report', () => {
    assert.ok(!renderReport(model({ history: historyLines([run(1, { value: 0.02 })]) })).includes('Over the runs'));
  });
});

describe('the history of a table', () => {
  it('is a line per audit with the worst measurement of each run that has it', () => {
    const lines = historyLines(runs);
    assert.deepEqual(
      lines.map(({ audit, points }) => [audit, points.map(({ run: id, value, of }) => [id, value, of])]),
      [
        [
          'fid.ks',
          [
            ['r1', 0.03, 'distance'],
            ['r2', null, 'delay'],
            ['r3', 0.12, 'delay'],
          ],
        ],
        ['prv.exact', [['r2', 0, 'whole table']]],
      ],
    );
    assert.deepEqual(historyLines([]), []);
  });

  it('is a line per measurement of one audit', () => {
    const lines = measurementLines(runs.filter(({ id }) => id !== 'r2'));
    assert.deepEqual(
      lines.map(({ audit, points }) => [audit, points.map(({ value }) => value)]),
      [
        ['delay', [0.01, 0.12]],
        ['distance', [0.03, 0.02]],
      ],
    );
  });

  for (const { name, values, warnAt, failAt, low, high } of [
    { name: 'values and bounds', values: [0.01, 0.04], warnAt: 0.05, failAt: 0.1, low: 0, high: 0.1 },
    { name: 'no bound that is far away', values: [0.01], warnAt: 0.01, failAt: 0.1, low: 0, high: 0.01 },
    { name: 'the upper end of shares', values: [1, 0.98], warnAt: 0.96, failAt: null, low: 0.955, high: 1 },
    { name: 'something where all is 0', values: [0, 0], warnAt: null, failAt: 0, low: 0, high: 1 },
    { name: 'something where there are no values', values: [], warnAt: null, failAt: null, low: 0, high: 1 },
  ]) {
    it(`has an axis that shows ${name}`, () => {
      const [line] = historyLines(values.map((value, i) => run(i + 1, { value, warnAt, failAt })));
      const extent = historyExtent(line?.points ?? []);
      assert.ok(Math.abs(extent.low - low) < 1e-12 && Math.abs(extent.high - high) < 1e-12, JSON.stringify(extent));
    });
  }

  it('is drawn with its bounds, a mark per run that tells the verdict without colour', () => {
    const [line] = historyLines(runs);
    assert.ok(line !== undefined);
    assert.equal(sparkline(line.points), '▃·█');
    const chart = historyChart(line, plain, 40);
    assert.deepEqual(chart.split('\n'), [
      '     0.12 ┤        ✕',
      'fail 0.10 ┤┄┄┄┄┄┄┄┄┄┄┄┄',
      '          ┤',
      '          ┤',
      '          ┤',
      'warn 0.05 ┤┄┄┄┄┄┄┄┄┄┄┄┄',
      '          ┤',
      '          ┤●',
      '          ┤',
      '        0 ┤    ?',
      '           2026-01-03',
      '',
    ]);
    assert.equal(historyTitle(line, 'fl\nights').includes('\n'), false);
  });

  it('shows the last runs where there are more than fit', () => {
    const many = historyLines(Array.from({ length: 200 }, (_, i) => run(1 + (i % 9), { value: i })));
    const chart = historyChart(many[0] as (typeof many)[number], plain, 60);
    assert.ok(chart.split('\n').every((line) => line.length <= 60));
    assert.match(chart, /^ +199 ┤.*●$/m);
  });
});
