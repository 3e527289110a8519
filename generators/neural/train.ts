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
import { checkMemory } from './memory.ts';
import { type NeuralOptions, schedule } from './options.ts';
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

export interface Training {
  readonly source: FitSource;
  readonly options: NeuralOptions;
  readonly context: FitContext;
  readonly codes: TableCodes;
  readonly specs: readonly WeightSpec[];
  /** How many numbers a row becomes on its way through the network. */
  readonly activations: number;
  readonly usualEpochs: number;
  /** Decoupled weight decay. */
  readonly decay: number;
  /** Its first feed is the value of each token (row) in each row of the batch (column). */
  network(batch: number): Network;
  /** Its other feeds; `share` is how much of the training is done, 1 while judging. */
  feeds(batch: number, next: () => number, share: number): readonly (Float32Array | Int32Array)[];
}

/** The trained weights as bytes. */
export async function trainTokens(training: Training): Promise<Uint8Array> {
  const { source, options, context, codes, specs } = training;
  const { tokens, given } = tableTokens(codes);
  const rows = source.rows.rowCount;
  if (rows === 0 || tokens.length === given) return bytesOf(new Float32Array(weightCount(specs)));
  const batch = Math.min(options.batch, rows);
  checkMemory(weightCount(specs), training.activations, batch, displayName(source.table));
  const columns = encodeSource(codes, source);
  const values = tokens.map((token) => tokenValues(token, columns[token.part] as Uint16Array));
  const engine = await chooseEngine(options.engine, context.log);
  const trainer = await createTrainer(engine, training.network(batch), { seed: context.seed, decay: training.decay });
  try {
    const { weights } = await fitNetwork({
      trainer,
      rows,
      batch,
      ...schedule(options.epochs, rows, batch, training.usualEpochs),
      rate: options.rate,
      minutes: options.minutes,
      seed: context.seed,
      signal: context.signal,
      feeds(picked, next, share) {
        const fed = new Int32Array(tokens.length * batch);
        for (const [t, column] of values.entries()) {
          for (let i = 0; i < batch; i++) fed[t * batch + i] = column[picked[i] as number] as number;
        }
        return [fed, ...training.feeds(batch, next, share)];
      },
      progress: context.progress,
      log: context.log,
    });
    return bytesOf(weights);
  } finally {
    await trainer.dispose();
  }
}
