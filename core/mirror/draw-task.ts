// What a worker thread runs to draw a block: it imports the generator by its module and keeps the fits that it has read.
import type { ColumnBatch } from '../batch.ts';
import type { Generator } from '../generator.ts';
import { type Transferred, withTransfer } from '../pool.ts';
import type { TableName } from '../schema.ts';
import { type Block, drawBlock, type Sampler, type Samplers } from './draw.ts';
import { WEIGHT } from './names.ts';
import { buffersOf } from './vectors.ts';

export interface DrawTask {
  readonly block: Block;
  /** URL of the generator's module. */
  readonly module: string;
  /** Without `main` nothing was learnt: the rows then have numbers only. */
  readonly models: Readonly<Partial<Record<keyof Samplers, StoredModel>>>;
}

export interface StoredModel {
  readonly bytes: Uint8Array;
  readonly id: string;
}

/** A fit per model id: a build draws from few models, so the last ones are enough. */
const fits = new Map<string, { readonly generator: Generator; readonly fitted: unknown }>();
const mostFits = 8;

export async function drawTask(payload: unknown): Promise<Transferred<ColumnBatch>> {
  const { block, module, models } = payload as DrawTask;
  const samplers: [string, Sampler][] = [];
  for (const [name, model] of Object.entries(models)) samplers.push([name, await loadSampler(module, model, block)]);
  const batch = drawBlock(block, Object.fromEntries(samplers));
  return withTransfer(batch, buffersOf(batch));
}

export function samplerOf(generator: Generator, fitted: unknown, seed: number, table: TableName): Sampler {
  return ({ weighed, among, settled, ...request }) => {
    if (weighed !== true) return generator.sample(fitted, request, { seed, table });
    const { weigh } = generator;
    if (weigh === undefined) throw new Error(`${generator.name} cannot weigh rows.`);
    const { rows, logWeights } = weigh(fitted, request, { seed, table }, among, settled);
    return {
      rowCount: rows.rowCount,
      columns: new Map([...rows.columns, [WEIGHT, { kind: 'number', values: logWeights.map(Math.exp) }]]),
    };
  };
}

async function loadSampler(module: string, model: StoredModel, block: Block): Promise<Sampler> {
  let loaded = fits.get(model.id);
  if (loaded === undefined) {
    const { generator } = (await import(module)) as { generator: Generator };
    loaded = { generator, fitted: generator.deserialise(model.bytes) };
    const oldest = fits.keys().next().value;
    if (fits.size >= mostFits && oldest !== undefined) fits.delete(oldest);
    fits.set(model.id, loaded);
  }
  return samplerOf(loaded.generator, loaded.fitted, block.seed, block.table);
}
