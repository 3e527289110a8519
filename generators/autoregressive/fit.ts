// Trains the masked network of a table.
import type { FitContext, FitSource } from '../../core/generator.ts';
import type { WeightSpec } from '../../models/nets/index.ts';
import { learnTableCodes, type TableCodes } from '../coded/table.ts';
import type { NeuralOptions } from '../neural/options.ts';
import type { Token } from '../neural/tokens.ts';
import { tableTokens, trainTokens } from '../neural/train.ts';
import { chooseWidths, maskedNetwork, networkWeights, type Widths } from './network.ts';
import { autoregressiveDraws } from './sample.ts';

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

export async function fitAutoregressive(
  source: FitSource,
  options: AutoregressiveOptions,
  context: FitContext,
): Promise<AutoregressiveFit> {
  const codes = learnTableCodes(source, { k: options.k ?? context.k, bins: options.bins });
  const { tokens, given } = tableTokens(codes);
  const widths = chooseWidths(tokens.length, options.width);
  const natural = maskOf(tokens, given, identity(tokens.length));
  const weights = await trainTokens({
    source,
    options,
    context,
    codes,
    specs: networkWeights(tokens, given, widths),
    activations: activations(tokens, given, widths),
    usualEpochs: 12,
    decay: 0.02,
    network: (batch) => maskedNetwork(tokens, given, widths, batch),
    draws: (weights) => autoregressiveDraws({ version: fitVersion, codes, order: options.order, widths, weights }),
    feeds(_, next) {
      // The order of the table is drawn from most of all: it gets a good share of the steps.
      const isNatural = options.order === 'fixed' || next() < 0.3;
      return [isNatural ? natural : maskOf(tokens, given, randomOrder(tokens, given, next))];
    },
  });
  return { version: fitVersion, codes, order: options.order, widths, weights };
}

export function weightSpecs(fit: AutoregressiveFit): readonly WeightSpec[] {
  const { tokens, given } = tableTokens(fit.codes);
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
