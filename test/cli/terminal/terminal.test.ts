import assert from 'node:assert/strict';
import { annotate, annotations } from '../../../cli/terminal/annotations.ts';
import { createProgress, type ProgressMode } from '../../../cli/terminal/progress.ts';
import { auditsText, doneLine, printDone } from '../../../cli/terminal/summary.ts';
import { textTable } from '../../../cli/terminal/table.ts';
import { coloursFor, cut, printable } from '../../../cli/terminal/text.ts';
import type { ProgressEvent } from '../../../core/progress.ts';
import { countVerdicts } from '../../../core/report/verdicts.ts';
import { result } from '../../core/report/fixtures.ts';

const plain = coloursFor({ write: () => {} }, {});
const NOON = new Date(2026, 0, 2, 12, 1, 3).getTime();

interface Recorder {
  readonly text: () => string;
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number;
}

function recorder(isTTY: boolean, columns = 100): Recorder {
  const written: string[] = [];
  return { text: () => written.join(''), write: (text) => void written.push(text), isTTY, columns };
}

/** What is printed for events, each at its second after 12:01:03. */
function show(
  events: readonly (readonly [second: number, event: ProgressEvent])[],
  mode: ProgressMode,
  columns = 100,
): string {
  const output = recorder(mode === 'live', columns);
  let ms = NOON;
  const progress = createProgress({ output, mode, now: () => ms, colours: plain });
  for (const [second, event] of events) {
    ms = NOON + second * 1000;
    progress.sink(event);
  }
  progress.stop();
  return output.text();
}

// How the live view removes its lines.
const ERASE = '\u001b\\[\\d+A\\r\u001b\\[0J';

/** The lines that a terminal shows after the writes: only the escape sequences that the live view uses. */
function screen(written: string): string[] {
  const lines: string[] = [''];
  for (const part of written.split(new RegExp(`(${ERASE}|\n)`))) {
    const up = /\[(\d+)A/.exec(part);
    if (part === '\n') lines.push('');
    else if (up === null) lines[lines.length - 1] += part;
    else lines.splice(lines.length - 1 - Number(up[1]), lines.length, '');
  }
  return lines;
}

const sample = { table: 'flights', step: 'sample' } as const;

describe('progress in lines', () => {
  it('prints one line for a finished step', () => {
    const text = show(
      [
        [0, { kind: 'step-start', ...sample, totalRows: 500_000 }],
        [1, { kind: 'step-progress', ...sample, rows: 100_000, totalRows: 500_000 }],
        [1.2, { kind: 'step-end', ...sample, rows: 500_000, seconds: 1.22 }],
      ],
      'lines',
    );
    assert.equal(text, '12:01:04  flights     sample    500,000 rows     1.2 s   410k rows/s\n');
  });

  it('says every ten seconds that a long step is alive, and how long it will take', () => {
    const fit = { table: 'flights', step: 'fit' } as const;
    const text = show(
      [
        [0, { kind: 'step-start', ...fit }],
        ...Array.from({ length: 25 }, (_, i) => [i, { kind: 'step-progress', ...fit, share: i / 100 }] as const),
      ],
      'lines',
    );
    assert.deepEqual(text.split('\n'), [
      '12:01:13  flights     fit      10 %   90 s left',
      '12:01:23  flights     fit      20 %   80 s left',
      '',
    ]);
  });

  it('keeps steps of several tables apart', () => {
    const text = show(
      [
        [0, { kind: 'step-end', table: 'a', step: 'fit', seconds: 1 }],
        [0, { kind: 'step-end', step: 'publish', seconds: 0.3 }],
      ],
      'lines',
    );
    assert.match(text, /a +fit +1\.0 s\n.*release +publish +0\.30 s\n/);
  });

  it('prints no control character of a name or a message', () => {
    const text = show(
      [
        [0, { kind: 'step-end', table: 'a\u001b[2J\nb', step: 'fit', seconds: 1 }],
        [0, { kind: 'warning', table: '\u0007', message: 'x\ny' }],
      ],
      'lines',
    );
    assert.equal(text.split('\n').length, 3);
    assert.ok(!text.includes('\u001b') && !text.includes('\u0007'));
  });
});

describe('quiet progress', () => {
  it('prints warnings only', () => {
    const text = show(
      [
        [0, { kind: 'step-end', ...sample, rows: 1, seconds: 1 }],
        [0, { kind: 'note', message: 'one' }],
        [0, { kind: 'warning', message: 'two' }],
      ],
      'quiet',
    );
    assert.equal(text, '12:01:03  warning  two\n');
  });
});

describe('live progress', () => {
  const events: readonly (readonly [number, ProgressEvent])[] = [
    [0, { kind: 'step-start', ...sample, totalRows: 100 }],
    [1, { kind: 'step-progress', ...sample, rows: 50, totalRows: 100, ratePerSecond: 50 }],
    [1, { kind: 'note', message: 'halfway' }],
  ];

  it('draws running steps below finished lines, with the time left', () => {
    const output = recorder(true);
    let ms = NOON;
    const progress = createProgress({ output, mode: 'live', now: () => ms, colours: plain });
    for (const [second, event] of events) {
      ms = NOON + second * 1000;
      progress.sink(event);
    }
    assert.deepEqual(screen(output.text()), [
      '12:01:04  halfway',
      '          flights     sample   ━━━━━━━━━━──────────  50 %   1 s left   50 of 100 rows   50 rows/s',
      '',
    ]);
    progress.stop();
    assert.deepEqual(screen(output.text()), ['12:01:04  halfway', '']);
  });

  it('leaves the same lines as without a terminal', () => {
    const all = [...events, [2, { kind: 'step-end', ...sample, rows: 100, seconds: 2 }] as const];
    assert.deepEqual(screen(show(all, 'live')), show(all, 'lines').split('\n'));
  });

  for (const columns of [20, 40, 60, 80, 200]) {
    it(`never draws a line that wraps at ${columns} columns`, () => {
      const running = show(events.slice(0, 2).concat([[1, { kind: 'note', message: '' }]]), 'live', columns);
      const live = running.split(new RegExp(`\n|${ERASE}`)).filter((line) => line.includes('flights'));
      assert.ok(live.length > 0);
      for (const line of live) assert.ok([...line].length < columns, line);
    });
  }
});

describe('a text table', () => {
  const columns = [{ title: 'table', shrinkTo: 6 }, { title: 'rows', align: 'right' }, { title: 'why' }] as const;

  it('is aligned', () => {
    assert.equal(
      textTable(columns, [
        ['flights', '500,000', 'new'],
        ['a', '1', ''],
      ]),
      'table       rows  why\nflights  500,000  new\na              1\n',
    );
  });

  it('narrows columns that may shrink until it fits', () => {
    const text = textTable(columns, [['a long table name', '1', 'unchanged']], { width: 30 });
    assert.ok(
      text.split('\n').every((line) => line.length <= 30),
      text,
    );
    assert.match(text, /a long table… .+unchanged/);
  });

  it('is nothing without rows', () => assert.equal(textTable(columns, []), ''));

  it('aligns before it colours, and colours no padding', () => {
    const style = (text: string): string => `<${text}>`;
    const rows = [
      [{ text: 'ab', style }, { text: '1', style }, 'x'],
      ['abc', '10', 'y'],
    ];
    assert.equal(
      textTable([{ title: '' }, { title: '', align: 'right' }, { title: '' }], rows),
      '<ab>    <1>  x\nabc  10  y\n',
    );
  });

  it('keeps a cell with line breaks on one line', () => {
    assert.equal(textTable([{ title: '' }], [['a\nb\u001b[31m']]), 'a\ufffdb\ufffd[31m\n');
  });
});

describe('the summary', () => {
  it('ends as dbt does', () => {
    const counts = { pass: 12, warn: 1, fail: 2, inconclusive: 3, error: 4 };
    assert.equal(doneLine(counts, 5), 'Done. PASS=12 WARN=4 FAIL=6 SKIP=5 TOTAL=27');
    const output = recorder(false);
    printDone(counts, 5, output);
    assert.equal(output.text(), `${doneLine(counts, 5)}\n`);
  });

  it('shows the worst measurement of each audit and why something did not pass', () => {
    const results = [
      result({ value: 0.01 }),
      result({ value: 0.2, columns: ['distance'], verdict: 'fail', reason: 'Beyond the bound.' }),
      result({ id: 'val.schema', columns: [], value: 0, null: undefined, warnAt: null, failAt: 0 } as never),
    ];
    assert.deepEqual(auditsText(results, plain, 100).split('\n'), [
      'audit       worst        value      noise floor  warn / fail at  verdict',
      'fid.ks      distance      0.20  0.0040 – 0.0120     0.05 / 0.10  1 fail, 1 pass',
      'val.schema  whole table      0                –           – / 0  pass',
      '',
      'fail  fid.ks  distance: Beyond the bound.',
      '',
    ]);
  });

  it('lists only what did not pass when there are several tables, and names them', () => {
    const failed = result({ table: 'birds', verdict: 'fail', reason: 'Beyond.' });
    const text = auditsText([result(), result({ id: 'val.key' }), failed], plain, 100);
    assert.match(
      text,
      /\nbirds +fid\.ks.*\n2 more audits of 2 tables passed: see the report\.\n\nfail {2}fid\.ks {2}birds, /,
    );
    assert.doesNotMatch(text, /flights/);
  });

  it('begins with what stops the publish and ends with what could not be decided', () => {
    const undecided = { verdict: 'inconclusive', reason: 'Too few.' } as const;
    const text = auditsText(
      [
        result({ ...undecided }),
        result({ id: 'fid.tvd', verdict: 'fail', severity: 'warn', reason: 'Far.' }),
        result({ ...undecided, id: 'prv.exact' }),
      ],
      plain,
      100,
    );
    const told = text.split('\n\n')[1] ?? '';
    assert.deepEqual(told.match(/(?:fid|prv)\.\w+/g), ['prv.exact', 'fid.tvd', 'fid.ks']);
  });

  it('prints nothing without audits', () => assert.equal(auditsText([], plain, 100), ''));

  it('does not list hundreds of measurements', () => {
    const text = auditsText(
      Array.from({ length: 300 }, (_, i) => result({ id: `fid.a${i}`, verdict: 'warn', reason: `Inside ${i}.` })),
      plain,
      100,
    );
    assert.match(text, /… and 288 more: see the report\.\n$/);
    assert.equal(countVerdicts([]).warn, 0);
  });

  it('says once what many columns have in common, with the reason of the worst', () => {
    const columns = [...'abcdefgh'].map((name) => result({ verdict: 'warn', columns: [name], reason: 'Too few.' }));
    const far = result({ verdict: 'fail', columns: ['i'], reason: 'Too far.' });
    const text = auditsText([...columns, far], plain, 100);
    assert.match(text, /\nfail {2}fid\.ks {2}i: Too far\.\nwarn {2}fid\.ks {2}a, b, c, d, e, f, 2 more: Too few\.\n$/);
    const worse = result({ verdict: 'warn', columns: ['z'], value: 9, reason: 'Far off.' });
    assert.match(
      auditsText([...columns, worse], plain, 100),
      /\nwarn {2}fid\.ks {2}z, a, b, c, d, e, 3 more: the first: Far off\.\n$/,
    );
  });
});

describe('colours', () => {
  for (const [environment, isTTY, expected] of [
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ TERM: 'dumb' }, true, false],
  ] as const) {
    it(`are ${expected ? 'on' : 'off'} with ${JSON.stringify(environment)} and ${isTTY ? 'a' : 'no'} terminal`, () => {
      const colours = coloursFor({ write: () => {}, isTTY }, environment as NodeJS.ProcessEnv);
      assert.equal(colours.red('x') !== 'x', expected);
    });
  }
});

describe('text', () => {
  it('is cut by characters, not by halves of them', () => {
    assert.equal(cut('𝒳𝒳𝒳', 3), '𝒳𝒳𝒳');
    assert.equal(cut('𝒳𝒳𝒳', 2), '𝒳…');
  });
  it('shows no invisible or moving characters', () => {
    assert.equal(printable('a\u202eb\u200bc\u2028d'), 'a\ufffdb\ufffdc\ufffdd');
  });
});

describe('annotations of GitHub Actions', () => {
  it('are errors for what stops a publish and warnings for the rest, on one line each', () => {
    const results = [
      result(),
      result({ verdict: 'warn', columns: ['a,b'], reason: '100 % off\nby far.' }),
      result({ verdict: 'fail', severity: 'warn', columns: [] }),
      result({ id: 'prv.exact', verdict: 'inconclusive', columns: [] }),
      result({ verdict: 'fail' }),
    ];
    assert.deepEqual(annotations(results), [
      '::error title=fid.ks%3A flights%2C delay::fail: Inside the bound.',
      '::error title=prv.exact%3A flights%2C whole table::inconclusive: Inside the bound.',
      '::warning title=fid.ks%3A flights%2C whole table::fail: Inside the bound.',
      '::warning title=fid.ks%3A flights%2C a%2Cb::warn: 100 %25 off%0Aby far.',
    ]);
  });

  it('are ten of a kind at most, and only made where they are read', () => {
    const many = Array.from({ length: 30 }, () => result({ verdict: 'fail' }));
    assert.equal(annotations(many).length, 10);
    for (const [environment, lines] of [
      [{}, 0],
      [{ GITHUB_ACTIONS: 'true' }, 10],
    ] as const) {
      const output = recorder(false);
      annotate(many, output, environment);
      assert.equal(output.text().split('\n').length - 1, lines);
    }
  });
});
