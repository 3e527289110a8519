// Fits `boosted`: learns the codes of all columns, then each code column from those before it, in worker threads.
import { nearestName, SynthError } from '../../core/errors.ts';
import type { FitContext, FitSource } from '../../core/generator.ts';
import { hashText } from '../../core/random.ts';
import { defaultBoosting } from '../../models/boosting/index.ts';
import {
  type CodePart,
  type ColumnCodes,
  codeCount,
  codeTree,
  columnOf,
  learnColumns,
} from '../../models/codes/index.ts';
import type { FitPartCall, Predictor } from './fit-part.ts';
import type { BoostedFit, PartModel } from './model.ts';
import type { BoostedOptions } from './options.ts';
import { createTies, sourcesOf, type TieSource } from './ties.ts';

export const fitVersion = 8;

export async function fitBoosted(source: FitSource, options: BoostedOptions, context: FitContext): Promise<BoostedFit> {
  const k = options.k ?? context.k;
  const { rowCount } = source.rows;
  const coding = { k, bins: options.bins };
  const columns = learnColumns(source.columns, source.rows, coding, source.publicLevels);
  const given =
    source.context === undefined
      ? []
      : learnColumns(source.context.columns, source.context.rows, coding, source.publicLevels);
  const order = drawingOrder(columns, options.order);

  const sorted = order.map((at) => columns[at] as ColumnCodes);
  const parts: CodePart[] = [...given, ...sorted].flatMap((column) => column.parts);
  const codes = new SharedArrayBuffer(Math.max(1, parts.length * rowCount * 2));
  const sources: TieSource[] = [];
  const write = (column: ColumnCodes, rows: FitSource['rows']): void => {
    for (const source of sourcesOf(columnOf(rows, column.name), column)) {
      const own = new Uint16Array(codes, sources.length * rowCount * 2, rowCount);
      own.set(source.codes);
      sources.push({ ...source, codes: own });
    }
  };
  for (const column of given) if (source.context !== undefined) write(column, source.context.rows);
  for (const column of sorted) write(column, source.rows);
  const tieOf = createTies(sources, rowCount, k, context.seed);

  const predictors: Predictor[] = parts.map((part) => ({
    codeCount: codeCount(part.codes),
    isCategory: part.codes.kind === 'category',
  }));
  const first = given.flatMap((column) => column.parts).length;
  const models: PartModel[] = new Array(parts.length - first);
  let done = 0;
  // The costly ones first: the later a part, the more predictors it has.
  const targets = Array.from(models.keys(), (i) => first + i).reverse();
  await Promise.all(
    targets.map(async (target) => {
      const part = parts[target] as CodePart;
      const tied = tieOf(target);
      const payload: FitPartCall = {
        codes,
        ...(tied === undefined ? {} : { predicted: tied.codes }),
        rows: rowCount,
        predictors: predictors.slice(0, tied === undefined ? target : target + 1),
        target,
        tree: codeTree(part.codes),
        boosting: {
          ...defaultBoosting,
          rounds: options.rounds,
          depth: options.depth,
          rate: options.rate,
          minimalGain: options.minimalGain,
        },
        k,
        seed: hashText(part.name, context.seed),
      };
      const model = await context.pool.run<Omit<PartModel, 'tie'>>({
        module: new URL('./fit-part.js', import.meta.url).href,
        name: 'fitPart',
        payload,
      });
      models[target - first] = tied === undefined ? model : { ...model, tie: tied.tie };
      context.signal.throwIfAborted();
      context.progress(++done / targets.length);
    }),
  );
  return { version: fitVersion, k, draws: options.draws, context: given, columns, order, models };
}

function drawingOrder(columns: readonly ColumnCodes[], wanted: readonly string[] | undefined): number[] {
  const names = columns.map(({ name }) => name);
  const first = [...new Set(wanted ?? [])].map((name) => {
    const at = names.indexOf(name);
    if (at >= 0) return at;
    const nearest = nearestName(name, names);
    throw new SynthError('fit.unknown-column', `The option "order" names "${name}", which is not a column to learn.`, {
      hint: nearest === undefined ? `Name some of: ${names.join(', ')}.` : `Did you mean "${nearest}"?`,
    });
  });
  return [...first, ...Array.from(names.keys()).filter((at) => !first.includes(at))];
}
