// Draws rows from the masked network, token after token, blocks of rows at a time.
import type { ColumnBatch } from '../../core/batch.ts';
import type { SampleContext, SampleRequest } from '../../core/generator.ts';
import { type DenseLayer, denseSpace, namedWeights } from '../../models/nets/index.ts';
import { tableParts } from '../coded/table.ts';
import { chooseValue } from '../neural/choose.ts';
import { type DrawCodes, drawRows } from '../neural/rows.ts';
import { floatsOf } from '../neural/stored.ts';
import { joinTokens, type Token, tokenValues } from '../neural/tokens.ts';
import { tableTokens } from '../neural/train.ts';
import { type AutoregressiveFit, weightSpecs } from './fit.ts';

/** Rows that go through the network together. */
const blockRows = 256;
/** Products of embeddings and first layer are kept from block to block up to so many numbers. */
const mostKept = 32_000_000;

export function sampleAutoregressive(
  fit: AutoregressiveFit,
  request: SampleRequest,
  context: SampleContext,
): ColumnBatch {
  return drawRows(fit.codes, request, context, autoregressiveDraws(fit));
}

export function autoregressiveDraws(fit: AutoregressiveFit): DrawCodes {
  const parts = tableParts(fit.codes);
  const { tokens, given } = tableTokens(fit.codes);
  return (fixed, rows, draw) => {
    const model = openModel(fit);
    const values = tokens.map((token) => {
      const known = fixed[token.part];
      return known === undefined ? new Uint16Array(rows) : tokenValues(token, known);
    });
    const isKnown = tokens.map(({ part }) => fixed[part] !== undefined);
    const order = drawingOrder(fit, isKnown, given);
    const draws = tokens.map(({ part, digit }, t) => (isKnown[t] ? undefined : draw(`${parts[part]?.name} ${digit}`)));
    for (let from = 0; from < rows; from += blockRows) {
      drawBlock(model, order, values, draws, from, Math.min(rows, from + blockRows));
    }
    return joinTokens(tokens, values, fixed, rows);
  };
}

/** What is known comes first where the network learnt every order. */
function drawingOrder({ order }: AutoregressiveFit, isKnown: readonly boolean[], given: number): number[] {
  const all = [...isKnown.keys()];
  if (order === 'fixed') return all;
  const first = all.filter((t) => t < given || isKnown[t] === true);
  return [...first, ...all.filter((t) => !first.includes(t))];
}

interface Model {
  readonly tokens: readonly Token[];
  readonly given: number;
  readonly hidden: number;
  readonly firstBias: Float32Array;
  readonly second: readonly DenseLayer[];
  readonly heads: readonly DenseLayer[];
  /** What a token's value adds to the first layer of all targets, value after value. */
  firstOf(token: number): Float32Array;
}

const opened = new WeakMap<AutoregressiveFit, Model>();

function openModel(fit: AutoregressiveFit): Model {
  const found = opened.get(fit);
  if (found !== undefined) return found;
  const { tokens, given } = tableTokens(fit.codes);
  const { embedding, hidden } = fit.widths;
  const named = namedWeights(weightSpecs(fit), floatsOf(fit.weights));
  const at = (name: string): Float32Array => named.get(name) as Float32Array;
  const targets = tokens.slice(given);
  const width = targets.length * hidden;
  const multiply = (t: number): Float32Array => {
    const first = at('first/w').subarray(t * embedding * width, (t + 1) * embedding * width);
    const layer = denseSpace().layer(first, new Float32Array(width), embedding, width);
    const { size } = tokens[t] as Token;
    const product = layer.run(at(`embed ${t}`), size);
    const packed = new Float32Array(size * width);
    for (let value = 0; value < size; value++) {
      packed.set(product.subarray(value * layer.stride, value * layer.stride + width), value * width);
    }
    return packed;
  };
  const isKept = tokens.reduce((sum, { size }) => sum + size * width, 0) <= mostKept;
  const kept: Float32Array[] = [];
  const space = denseSpace();
  const part = (name: string, t: number, size: number): Float32Array => at(name).subarray(t * size, (t + 1) * size);
  const model: Model = {
    tokens,
    given,
    hidden,
    firstBias: at('first/b'),
    second: targets.map((_, t) =>
      space.layer(part('second/w', t, hidden * hidden), part('second/b', t, hidden), hidden, hidden),
    ),
    heads: targets.map(({ size }, t) => space.layer(at(`head ${t}/w`), at(`head ${t}/b`), hidden, size)),
    firstOf(t) {
      if (!isKept) return multiply(t);
      kept[t] ??= multiply(t);
      return kept[t];
    },
  };
  opened.set(fit, model);
  return model;
}

function drawBlock(
  model: Model,
  order: readonly number[],
  values: readonly Uint16Array[],
  draws: readonly (Float64Array | undefined)[],
  from: number,
  to: number,
): void {
  const { tokens, given, hidden } = model;
  const width = (tokens.length - given) * hidden;
  const sums = new Float32Array((to - from) * width);
  for (let row = 0; row < to - from; row++) sums.set(model.firstBias, row * width);
  for (const [at, t] of order.entries()) {
    const uniform = draws[t];
    if (uniform !== undefined) drawToken(model, t, sums, values, uniform, from, to);
    const later = order
      .slice(at + 1)
      .filter((next) => draws[next] !== undefined)
      .map((next) => next - given);
    if (later.length === 0) continue;
    const first = model.firstOf(t);
    const known = values[t] as Uint16Array;
    for (let row = from; row < to; row++) {
      const source = (known[row] as number) * width;
      const target = (row - from) * width;
      for (const next of later) {
        for (let i = next * hidden; i < (next + 1) * hidden; i++) {
          sums[target + i] = (sums[target + i] as number) + (first[source + i] as number);
        }
      }
    }
  }
}

function drawToken(
  model: Model,
  t: number,
  sums: Float32Array,
  values: readonly Uint16Array[],
  uniform: Float64Array,
  from: number,
  to: number,
): void {
  const { hidden, given } = model;
  const token = model.tokens[t] as Token;
  const target = t - given;
  const width = (model.tokens.length - given) * hidden;
  const [second, head] = [model.second[target] as DenseLayer, model.heads[target] as DenseLayer];
  const rows = to - from;
  const state = new Float32Array(rows * hidden);
  for (let row = 0; row < rows; row++) {
    const start = row * width + target * hidden;
    for (let h = 0; h < hidden; h++) state[row * hidden + h] = Math.max(0, sums[start + h] as number);
  }
  const added = second.run(state, rows);
  for (let row = 0; row < rows; row++) {
    for (let h = 0; h < hidden; h++) {
      const at = row * hidden + h;
      state[at] = (state[at] as number) + Math.max(0, added[row * second.stride + h] as number);
    }
  }
  const logits = head.run(state, rows);
  const high = token.digit === 'low' ? values[t - 1] : undefined;
  const into = values[t] as Uint16Array;
  for (let row = from; row < to; row++) {
    const at = (row - from) * head.stride;
    into[row] = chooseValue(token, logits, at, uniform[row] as number, high?.[row] ?? 0);
  }
}
