// Trains a network on the tokens of a table: what all neural generators do alike.
import type { FitContext, FitSource } from '../../core/generator.ts';
import { displayName } from '../../core/schema.ts';
import {
  chooseEngine,
  createTrainer,
  fitNetwork,
  type Network,
  type WeightSpec,
  weightCount,
} from '../../models/nets/index.ts';
import { contextParts, encodeSource, type TableCodes, tableParts } from '../coded/table.ts';
import { distanceFromTable, judgeEvery } from './judge.ts';
import { checkMemory } from './memory.ts';
import { type NeuralOptions, schedule } from './options.ts';
import type { DrawCodes } from './rows.ts';
import { bytesOf } from './stored.ts';
import { type Token, tokensOf, tokenValues } from './tokens.ts';

/** The tokens of a table, context first, and how many of them are context. */
export interface TableTokens {
  readonly tokens: readonly Token[];
  readonly given: number;
}

export function tableTokens(codes: TableCodes): TableTokens {
  const tokens = tokensOf(tableParts(codes));
  const parts = contextParts(codes);
  return { tokens, given: tokens.filter(({ part }) => part < parts).length };
}

export interface RowTraining {
  readonly source: FitSource;
  readonly options: NeuralOptions;
  readonly context: FitContext;
  readonly codes: TableCodes;
  /** The codes of the rows of the source, one column per part. */
  readonly columns: readonly Uint16Array[];
  readonly specs: readonly WeightSpec[];
  /** How many numbers a row becomes on its way through the network. */
  readonly activations: number;
  readonly usualEpochs: number;
  /** Decoupled weight decay. */
  readonly decay: number;
  network(batch: number): Network;
  /** How rows are drawn with these weights, which judges them. */
  draws(weights: Uint8Array): DrawCodes;
  /** What a step is fed for these rows; `share` is how much of the training is done, 1 while judging. */
  feeds(picked: Uint32Array, next: () => number, share: number): readonly (Float32Array | Int32Array)[];
}

export interface Training extends Omit<RowTraining, 'feeds' | 'columns'> {
  /** Its first feed is the value of each token (row) in each row of the batch (column). */
  network(batch: number): Network;
  /** Its other feeds. */
  feeds(batch: number, next: () => number, share: number): readonly (Float32Array | Int32Array)[];
}

/** The trained weights as bytes, of a network that is fed rows as tokens. */
export async function trainTokens(training: Training): Promise<Uint8Array> {
  const { source, codes } = training;
  const { tokens, given } = tableTokens(codes);
  if (tokens.length === given) return untrained(training.specs);
  const columns = encodeSource(codes, source);
  const values = tokens.map((token) => tokenValues(token, columns[token.part] as Uint16Array));
  return await trainRows({
    ...training,
    columns,
    feeds(picked, next, share) {
      const batch = picked.length;
      const fed = new Int32Array(tokens.length * batch);
      for (const [t, column] of values.entries()) {
        for (let i = 0; i < batch; i++) fed[t * batch + i] = column[picked[i] as number] as number;
      }
      return [fed, ...training.feeds(batch, next, share)];
    },
  });
}

function untrained(specs: readonly WeightSpec[]): Uint8Array {
  return bytesOf(new Float32Array(weightCount(specs)));
}

/** The trained weights as bytes. */
export async function trainRows(training: RowTraining): Promise<Uint8Array> {
  const { source, options, context, specs } = training;
  const rows = source.rows.rowCount;
  if (rows === 0 || weightCount(specs) === 0) return untrained(specs);
  const batch = Math.min(options.batch, rows);
  checkMemory(weightCount(specs), training.activations, batch, displayName(source.table));
  const engine = await chooseEngine(options.engine, context.note);
  const trainer = await createTrainer(engine, training.network(batch), { seed: context.seed, decay: training.decay });
  try {
    const plan = schedule(options.epochs, rows, batch, training.usualEpochs);
    const { weights } = await fitNetwork({
      trainer,
      rows,
      batch,
      ...plan,
      judgeEvery: judgeEvery(plan.epochs),
      async judge() {
        const averaged = trainer.averaged();
        if (!averaged.every(Number.isFinite)) return Number.NaN;
        const drawCodes = training.draws(bytesOf(averaged));
        return distanceFromTable(training.codes, training.columns, rows, context.seed, drawCodes);
      },
      rate: options.rate,
      minutes: options.minutes,
      seed: context.seed,
      signal: context.signal,
      feeds: training.feeds,
      progress: context.progress,
      log: context.log,
      note: context.note,
    });
    return bytesOf(weights);
  } finally {
    await trainer.dispose();
  }
}
