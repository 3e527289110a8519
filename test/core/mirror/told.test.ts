// What a fit tells its user while it runs and when it cannot go on.
import assert from 'node:assert/strict';
import type { GeneratorChoice } from '../../../core/generator.ts';
import type { ProgressEvent } from '../../../core/progress.ts';
import { boosted } from '../../../generators/boosted.ts';
import { omit } from '../../../generators/rules/columns.ts';
import { bootstrap } from './bootstrap.ts';
import { withMirror } from './support.ts';

function warehouse(rows: number): string {
  return `create table visits as select i % 7 as age, i / 3.0 as cost, 'c' || (i % 3) as town from range(${rows}) t(i)`;
}

describe('what a fit tells', () => {
  it('shows remarks of the generator at once, and how it goes beside the share', async () => {
    const plain = bootstrap();
    const choice: GeneratorChoice = {
      ...plain,
      generator: {
        ...plain.generator,
        async fit(source, options, context) {
          context.note('The fast engine does not load.');
          context.log('epoch 1 of 2');
          return plain.generator.fit(source, options, context);
        },
      },
    };
    const events: ProgressEvent[] = [];
    const progress = (event: ProgressEvent): void => void events.push(event);
    await withMirror({ warehouse: warehouse(200), choice, options: { progress } }, async () => {});
    const at = (wanted: (event: ProgressEvent) => boolean): number => events.findIndex(wanted);
    const noted = at((event) => event.kind === 'note' && event.message === 'The fast engine does not load.');
    assert.ok(noted >= 0 && noted < at((event) => event.kind === 'step-end' && event.step === 'fit'));
    assert.ok(at((event) => event.kind === 'step-progress' && event.detail === 'epoch 1 of 2') > noted);
  });

  it('says that rows are too few for two values of a column', async () => {
    const setup = (rows: number): Parameters<typeof withMirror>[0] => ({
      warehouse: warehouse(rows),
      choice: boosted({ k: 5 }),
      holdoutPercent: 0,
    });
    const few = /^Only 9 rows are learnt from, and nothing that fewer than k = 5 rows share is kept: .*Lower k/;
    await withMirror({ ...setup(9), tables: { visits: { columns: { town: omit() } } } }, async ({ notes }) =>
      assert.ok(
        notes.some((note) => few.test(note)),
        notes.join('\n'),
      ),
    );
    await withMirror(setup(30), async ({ notes }) => assert.deepEqual(notes, []));
  });

  it('says how often rows were drawn again for a rule, and for which', async () => {
    const details: string[] = [];
    const progress = (event: ProgressEvent): void => {
      if (event.kind === 'step-progress' && event.step === 'write' && event.detail) details.push(event.detail);
    };
    const tables = { visits: { constraints: ['cost >= 30'] } };
    await withMirror({ warehouse: warehouse(200), choice: bootstrap(), tables, options: { progress } }, async () => {});
    assert.match(details[0] ?? '', /^draws \d+ rows again, 1 of at most 50: they break "cost >= 30"$/);
    assert.ok(details.length > 1);
  });

  it('names the table of which nothing may be told', () =>
    assert.rejects(
      withMirror({ warehouse: warehouse(9), choice: boosted() }, async () => {}),
      { code: 'fit.all-rare', message: /^visits: No value of column "town"/ },
    ));
});
