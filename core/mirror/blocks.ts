// Draws blocks on all threads and hands them over in order: the same rows for any number of threads.
import { createHash } from 'node:crypto';
import type { ColumnBatch } from '../batch.ts';
import type { Generator } from '../generator.ts';
import type { WorkerPool } from '../pool.ts';
import { type Block, drawBlock, type Samplers } from './draw.ts';
import { type DrawTask, type StoredModel, samplerOf } from './draw-task.ts';
import type { ModelFit } from './table-fit.ts';

/** A multiple of every generator's own block, so that the rows of a table come out the same in any number of them. */
export const blockRows = 65_536;

/** The models that blocks are drawn with, by their part. */
export type Models = Readonly<Partial<Record<keyof Samplers, ModelFit>>>;

/** Draws the blocks with a fitted generator; `take` gets them one after the other, in their order. */
export async function drawBlocks(
  pool: WorkerPool,
  generator: Generator,
  models: Models,
  blocks: Iterable<Block>,
  take: (batch: ColumnBatch) => Promise<void>,
): Promise<void> {
  const draw = drawer(pool, generator, models);
  const running: Promise<ColumnBatch>[] = [];
  try {
    for (const block of blocks) {
      const next = draw(block);
      // A failure is seen when its turn comes; until then it must not count as unhandled.
      next.catch(() => {});
      running.push(next);
      // Twice as many blocks as threads: no thread waits, and memory stays bounded.
      if (running.length >= 2 * pool.threads) await take((await running.shift()) as ColumnBatch);
    }
    while (running.length > 0) await take((await running.shift()) as ColumnBatch);
  } finally {
    await Promise.allSettled(running);
  }
}

function drawer(pool: WorkerPool, generator: Generator, models: Models): (block: Block) => Promise<ColumnBatch> {
  if (models.main === undefined) return async (block) => drawBlock(block, {});
  const { module } = generator;
  if (module === undefined) {
    const fits = Object.entries(models).map(([name, { bytes }]): [string, unknown] => [
      name,
      generator.deserialise(bytes),
    ]);
    return async (block) =>
      drawBlock(
        block,
        Object.fromEntries(fits.map(([name, fitted]) => [name, samplerOf(generator, fitted, block.seed, block.table)])),
      );
  }
  const stored = Object.fromEntries(
    Object.entries(models).map(([name, model]): [string, StoredModel] => [
      name,
      {
        bytes: shared(model.bytes),
        id: createHash('sha256').update(generator.name).update(model.bytes).digest('hex'),
      },
    ]),
  );
  return (block) => {
    const payload: DrawTask = { block, module, models: stored };
    return pool.run<ColumnBatch>({
      module: new URL('./draw-task.js', import.meta.url).href,
      name: 'drawTask',
      payload,
    });
  };
}

/** One copy for all threads. */
function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
