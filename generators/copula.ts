// `copula`, the fast baseline: columns have their learnt shares, and each pair of columns one correlation.
import { type ZodType, z } from 'zod';
import type { ColumnBatch } from '../core/batch.ts';
import type { Generator, GeneratorChoice, SampleContext, SampleRequest } from '../core/generator.ts';
import { drawStream, drawUniform, rowHash } from '../core/random.ts';
import { displayName } from '../core/schema.ts';
import { maximalNumberCodes } from '../models/codes/index.ts';
import { type Copula, drawCopula, fitCopula } from '../models/copula/index.ts';
import { pack } from '../models/pack.ts';
import { unpackFit } from './coded/stored.ts';
import {
  decodeRows,
  drawnCounts,
  encodeSource,
  fixedCodes,
  learnTableCodes,
  type TableCodes,
  tableParts,
  unsupportedColumns,
} from './coded/table.ts';

export interface CopulaOptions {
  /** The least number of real rows behind anything that the fit holds. Default: the project's k (20). */
  readonly k?: number | undefined;
  /** Most codes of a number. */
  readonly bins: number;
}

interface CopulaFit {
  readonly version: number;
  readonly codes: TableCodes;
  readonly copula: Copula;
}

const fitVersion = 1;

const options: ZodType<CopulaOptions> = z.strictObject({
  k: z.int().min(1).max(100_000).optional(),
  bins: z.int().min(2).max(maximalNumberCodes).default(maximalNumberCodes),
});

export const generator: Generator<CopulaOptions, CopulaFit> = {
  name: 'copula',
  version: fitVersion,
  module: import.meta.url,
  options,
  unsupported: unsupportedColumns,
  async fit(source, { k, bins }, context) {
    const codes = learnTableCodes(source, { k: k ?? context.k, bins });
    const parts = tableParts(codes);
    const copula = fitCopula(
      encodeSource(codes, source),
      parts.map((part) => drawnCounts(part.codes)),
      parts.map((part) => part.codes.kind === 'category'),
    );
    context.progress(1);
    return { version: fitVersion, codes, copula };
  },
  drawOrder: ({ codes }) => codes.columns.map(({ name }) => name),
  sample: sampleCopula,
  serialise: pack,
  deserialise: (bytes) => unpackFit(bytes, 'copula', fitVersion),
};

function sampleCopula({ codes, copula }: CopulaFit, request: SampleRequest, context: SampleContext): ColumnBatch {
  const { rowIds, attempt } = request;
  const table = displayName(context.table);
  const streamOf = (name: string): ReturnType<typeof drawStream> =>
    drawStream(context.seed, table, attempt === 0 ? name : `${name} #${attempt}`);
  const salt = streamOf('').rowSalt;
  const hashes = Uint32Array.from(rowIds, (row) => rowHash(row, salt));
  const uniforms = tableParts(codes).map(({ name }) => {
    const draws = new Float64Array(rowIds.length);
    drawUniform(streamOf(`${name} copula`), hashes, draws);
    return draws;
  });
  return decodeRows(codes, request, drawCopula(copula, fixedCodes(codes, request), uniforms), uniforms);
}

/**
 * Learns a table with a Gaussian copula: a second of work, shares kept, dependence no finer than correlations.
 * @example copula({ k: 50 })
 */
export function copula(options: Partial<CopulaOptions> = {}): GeneratorChoice {
  return { kind: 'generator', generator: generator as Generator, options: { ...options } };
}
