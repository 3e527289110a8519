import assert from 'node:assert/strict';
import { parseHTML } from 'linkedom';
import type { ColumnDistribution } from '../../../core/report/model.ts';
import { renderReport } from '../../../core/report/render.ts';
import { categories, model, numbers, result } from './fixtures.ts';

interface Page {
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
}
interface Element extends Page {
  readonly textContent: string;
  getAttribute(name: string): string | null;
}

function parse(page: string): Page {
  return (parseHTML(page) as unknown as { document: Page }).document;
}

function texts(page: Page, selector: string): string[] {
  return [...page.querySelectorAll(selector)].map(({ textContent }) => textContent.replace(/\s+/g, ' ').trim());
}

/** The cells of the first table at `selector`, by row. */
function rows(page: Page, selector: string): string[][] {
  return [...(page.querySelector(selector)?.querySelectorAll('tbody tr') ?? [])].map((row) => texts(row, 'th, td'));
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='x",
  '</style><b>',
  '&amp;',
  'line\nbreak',
  '\u0000\u001b[31m',
  '\ud800',
  '{{x}}',
  'ü 漢字',
  '',
];

describe('the report', () => {
  it('gives the same bytes for the same model', () => {
    assert.equal(renderReport(model()), renderReport(model()));
  });

  it('says the overall verdict before anything else', () => {
    const page = parse(renderReport(model()));
    assert.match(texts(page, '.banner')[0] ?? '', /1 of 2 measurements failed, in flights.*not published/);
    assert.match(texts(page, 'main > *')[0] ?? '', /measurements failed/);
  });

  it('names what keeps a release from being published, once', () => {
    const blocking = [1, 2].map(() => ({ id: 'prv.exact', table: 'flights' }));
    const page = parse(renderReport({ ...model(), release: { id: 'r1', published: false, blocking } }));
    assert.match(texts(page, '.banner')[0] ?? '', /not published, because of prv\.exact of flights:/);
  });

  it('says what helps where an audit failed, not where there were too few rows', () => {
    const [table] = model().tables;
    const failed = table?.audits.find(({ verdict }) => verdict === 'fail');
    assert.ok(table !== undefined && failed !== undefined);
    const audits = [
      { id: failed.id, title: 'Checks.', advice: 'Do this.', family: 'fidelity', direction: 'above' } as const,
    ];
    const page = (verdict: 'fail' | 'inconclusive'): string =>
      renderReport({ ...model(), audits, tables: [{ ...table, audits: [{ ...failed, verdict }] }] });
    assert.match(page('fail'), /Do this\./);
    assert.doesNotMatch(page('inconclusive'), /Do this\./);
  });

  for (const [verdict, severity, look] of [
    ['pass', 'error', 'pass'],
    ['warn', 'error', 'warn'],
    ['inconclusive', 'error', 'warn'],
    ['fail', 'warn', 'warn'],
    ['fail', 'error', 'fail'],
    ['error', 'error', 'fail'],
  ] as const) {
    it(`looks like a ${look} when its one result is ${verdict} with severity ${severity}`, () => {
      const page = parse(renderReport(model({ audits: [result({ verdict, severity })] })));
      assert.ok(page.querySelector(`.banner.${look}`));
    });
  }

  it('shows value, noise floor, bounds, verdict and reason of what did not pass', () => {
    const page = parse(renderReport(model()));
    assert.deepEqual(rows(page, 'section.table > .scroll')[0], [
      'fid.pair',
      'delay × origin',
      '0.11',
      '0.0040 – 0.0120',
      '0.05 / 0.10',
      'fail',
      'Beyond the bound.',
    ]);
  });

  it('lists each table with its rows, generator and time', () => {
    const page = parse(renderReport(model()));
    assert.deepEqual(rows(page, 'main > .scroll'), [
      ['flights', 'boosted', '400,000', '500,000', '100,000', '14.2 s', '1 fail1 pass'],
    ]);
  });

  it('has a table with the numbers beside each picture, and a name for each picture', () => {
    const page = parse(renderReport(model()));
    const figures = [...page.querySelectorAll('figure')];
    assert.equal(figures.length, 2);
    for (const figure of figures) {
      assert.match(figure.querySelector('svg')?.getAttribute('aria-label') ?? '', /Numbers|numbers/);
      assert.ok([...figure.querySelectorAll('tbody tr')].length >= 3);
    }
  });

  it('puts every pair into the heat map and outlines those that did not pass', () => {
    const page = parse(renderReport(model()));
    assert.deepEqual(texts(page, '.heat td.flag'), ['.11']);
  });

  it('needs no script and no other file', () => {
    const page = renderReport(model());
    assert.doesNotMatch(page, /<script|<link|<img|<iframe|@import|url\(/i);
    assert.doesNotMatch(page.replaceAll('http://www.w3.org/', ''), /https?:/);
  });

  for (const text of HOSTILE) {
    it(`shows ${JSON.stringify(text)} as text wherever it may occur`, () => {
      const distributions = [numbers(text), categories(text, [text, 'plain'])];
      const audits = [
        result({ columns: [text], reason: text, verdict: 'warn' }),
        result({ id: 'fid.pair', columns: [text, 'b'] }),
      ];
      const pairs = [{ columns: [text, 'b'] as const, value: 0.1, verdict: 'warn' as const }];
      const page = renderReport({ ...model({ name: text, notes: [text], distributions, audits, pairs }), title: text });
      const parsed = parse(page);
      assert.deepEqual([...parsed.querySelectorAll('script, img, b[onload], [onerror], [onload]')], []);
      assert.equal([...parsed.querySelectorAll('style')].length, 1);
      assert.ok(!page.includes('\u0000') && !page.includes('\u001b') && Buffer.from(page).toString() === page);
      const shown = text.replaceAll('\u0000', '\ufffd').replaceAll('\u001b', '\ufffd').replace('\ud800', '\ufffd');
      assert.equal(parsed.querySelector('title')?.textContent, shown);
      assert.equal(parsed.querySelector('h2')?.textContent, shown);
    });
  }

  it('stays below 1.5 MB for 20 columns with all their pairs', () => {
    const distributions: ColumnDistribution[] = Array.from({ length: 20 }, (_, i) =>
      i % 2 === 0
        ? numbers(`number ${i}`, 50)
        : categories(
            `category ${i}`,
            Array.from({ length: 12 }, (_, j) => `value ${j}`),
          ),
    );
    const audits = distributions.flatMap((a, i) =>
      distributions.slice(0, i).map((b) => result({ id: 'fid.pair', columns: [b.column, a.column] })),
    );
    const pairs = audits.map(({ columns: [a = '', b = ''] }) => ({
      columns: [a, b] as const,
      value: 0.01,
      verdict: 'pass' as const,
    }));
    const bytes = Buffer.byteLength(renderReport(model({ distributions, audits, pairs })));
    assert.ok(bytes < 1_500_000, `${bytes} bytes`);
  });

  it('shows the worst 32 columns of a table with many', () => {
    const names = Array.from({ length: 50 }, (_, i) => `c${i}`);
    const pairs = names
      .slice(1)
      .map((name, i) => ({ columns: ['c0', name] as const, value: i / 100, verdict: 'pass' as const }));
    const page = parse(renderReport(model({ pairs })));
    assert.equal(texts(page, '.heat thead th').length, 31);
    assert.ok(texts(page, '.heat tbody th').includes('c49'));
  });

  it('is a page even when nothing was measured', () => {
    const empty = { audits: [], distributions: [], pairs: [], notes: [] };
    assert.match(renderReport(model(empty)), /No audits were run/);
    assert.match(renderReport({ ...model(), tables: [] }), /No audits were run/);
  });

  for (const unit of ['number', 'date', 'timestamp', 'time', 'duration'] as const) {
    it(`draws a ${unit} column with far, near and single bins`, () => {
      for (const edges of [
        [0, 1],
        [-62135596800, 253402214400],
        [9.2e18, 9.3e18],
        [-1e308, 1e308],
        [0.1, 0.2, 0.3],
      ]) {
        const bins = edges.slice(1).map((to, i) => ({ from: edges[i] ?? 0, to, real: 30, synthetic: 29 }));
        const page = renderReport(
          model({ distributions: [{ ...numbers('x'), kind: 'number', unit, bins } as ColumnDistribution] }),
        );
        assert.match(page, /<path|<rect/);
        assert.doesNotMatch(page, /NaN|undefined|Invalid/);
      }
    });
  }
});
