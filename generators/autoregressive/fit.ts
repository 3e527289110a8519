// Trains the masked network of a table.
import type { FitContext, FitSource } from '../../core/generator.ts';
import { displayName } from '../../core/schema.ts';
import { chooseEngine, createTrainer, fitNetwork, type WeightSpec, weightCount } from '../../models/nets/index.ts';
import { contextParts, encodeSource, learnTableCodes, type TableCodes, tableParts } from '../coded/table.ts';
import { checkMemory } from '../neural/memory.ts';
import { type NeuralOptions, schedule } from '../neural/options.ts';
import { bytesOf } from '../neural/stored.ts';
import { type Token, tokensOf, tokenValues } from '../neural/tokens.ts';
import { chooseWidths, maskedNetwork, networkWeights, type Widths } from './network.ts';

export interface AutoregressiveOptions extends NeuralOptions {
  /**
   * `any`: one network learns every order of the columns, so that any columns may be given. `fixed`: only the order of the
   * table is learnt, a little better; columns are then given exactly if they come first.
   */
  readonly order: 'any' | 'fixed';
  /** Hidden numbers for each column; wide tables get fewer. */
  readonly width: number;
}

export const fitVersion = 1;

export interface AutoregressiveFit {
  readonly version: number;
  readonly codes: TableCodes;
  readonly order: 'any' | 'fixed';
  readonly widths: Widths;
  /** Bytes of 32-bit floats, in the order of {@link networkWeights}. */
  readonly weights: Uint8Array;
}

/** The tokens of a fit, and how many of them are context. */
export function fitTokens(codes: TableCodes): { readonly tokens: readonly Token[]; readonly given: number } {
  const tokens = tokensOf(tableParts(codes));
  const parts = contextParts(codes);
  return { tokens, given: tokens.filter(({ part }) => part < parts).length };
}

export async function fitAutoregressive(
  source: FitSource,
  options: AutoregressiveOptions,
  context: FitContext,
): Promise<AutoregressiveFit> {
  const codes = learnTableCodes(source, { k: options.k ?? context.k, bins: options.bins });
  const { tokens, given } = fitTokens(codes);
  const widths = chooseWidths(tokens.length, options.width);
  const specs = networkWeights(tokens, given, widths);
  const rows = source.rows.rowCount;
  const base = { version: fitVersion, codes, order: options.order, widths };
  if (rows === 0 || tokens.length === given) return { ...base, weights: bytesOf(new Float32Array(weightCount(specs))) };
  const batch = Math.min(options.batch, Math.max(1, rows));
  checkMemory(weightCount(specs), activations(tokens, given, widths), batch, displayName(source.table));
  const columns = encodeSource(codes, source);
  const values = tokens.map((token) => tokenValues(token, columns[token.part] as Uint16Array));
  const engine = await chooseEngine(options.engine, context.log);
  const network = maskedNetwork(tokens, given, widths, batch);
  const trainer = await createTrainer(engine, network, { seed: context.seed, decay: 0.02 });
  const fixedMask = maskOf(tokens, given, identity(tokens.length));
  try {
    const { weights } = await fitNetwork({
      trainer,
      rows,
      batch,
      ...schedule(options.epochs, rows, batch, 12),
      rate: options.rate,
      minutes: options.minutes,
      seed: context.seed,
      signal: context.signal,
      feeds(picked, next) {
        const fed = new Int32Array(tokens.length * batch);
        for (const [t, column] of values.entries()) {
          for (let i = 0; i < batch; i++) fed[t * batch + i] = column[picked[i] as number] as number;
        }
        // The order of the table is drawn from most of all: it gets a good share of the steps.
        const natural = options.order === 'fixed' || next() < 0.3;
        return [fed, natural ? fixedMask : maskOf(tokens, given, randomOrder(tokens, given, next))];
      },
      progress: context.progress,
      log: context.log,
    });
    return { ...base, weights: bytesOf(weights) };
  } finally {
    await trainer.dispose();
  }
}

export function weightSpecs(fit: AutoregressiveFit): readonly WeightSpec[] {
  const { tokens, given } = fitTokens(fit.codes);
  return networkWeights(tokens, given, fit.widths);
}

function activations(tokens: readonly Token[], given: number, { embedding, hidden }: Widths): number {
  const sizes = tokens.reduce((sum, { size }) => sum + 2 * size, 0);
  return sizes + tokens.length * embedding + 3 * (tokens.length - given) * hidden;
}

function identity(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

/** Context first; digits of a column stay together, the high one first. */
function randomOrder(tokens: readonly Token[], given: number, next: () => number): number[] {
  const keys = new Map<number, number>();
  for (const { part } of tokens) if (!keys.has(part)) keys.set(part, next());
  const place = (t: number): number => (t < given ? -1 : (keys.get((tokens[t] as Token).part) as number));
  return identity(tokens.length).sort((a, b) => place(a) - place(b) || a - b);
}

function maskOf(tokens: readonly Token[], given: number, order: readonly number[]): Float32Array {
  const targets = tokens.length - given;
  const mask = new Float32Array(tokens.length * targets);
  const place = new Array<number>(tokens.length);
  for (const [at, token] of order.entries()) place[token] = at;
  for (let seen = 0; seen < tokens.length; seen++) {
    for (let target = 0; target < targets; target++) {
      if ((place[seen] as number) < (place[given + target] as number)) mask[seen * targets + target] = 1;
    }
  }
  return mask;
}
