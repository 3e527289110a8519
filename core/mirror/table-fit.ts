// What was learnt of one table and of its place in the family: plain data, no raw row, kept in one file.
import { deserialize, serialize } from 'node:v8';
import type { LearntTransform } from '../constraints/index.ts';
import { SynthError } from '../errors.ts';
import type { ColumnSchema } from '../schema.ts';
import type { Coarse } from './buckets.ts';
import type { DegreeSketch } from './degrees.ts';
import type { KeySpec } from './keys/types.ts';
import type { LearntColumn } from './learnt.ts';
import type { SequenceFit } from './sequence/types.ts';

/** A fitted generator as bytes, with the rules that were turned into transforms. */
export interface ModelFit {
  readonly bytes: Uint8Array;
  readonly steps: readonly LearntTransform[];
  /** What the generator draws: the learnt columns, as the transforms left them. */
  readonly columns: readonly ColumnSchema[];
  /** Columns that are given when sampling, in order; a sequence's time, by its own name, is drawn before. */
  readonly context: readonly ColumnSchema[];
}

/** The foreign key along which rows are drawn. */
export interface OwnerFit {
  /** Number of the foreign key. */
  readonly key: number;
  /** Share of rows without an owner. */
  readonly nullShare: number;
  /** Learnt columns of the owner that are context, by their own names. */
  readonly columns: readonly ColumnSchema[];
  /** How many children a parent has, given its columns; absent when too few parents were seen. */
  readonly counts?: ModelFit;
  /** How many children parents have, whatever their columns. */
  readonly degrees: DegreeSketch;
  /** Absent when no row was seen. */
  readonly sequence?: SequenceFit;
}

/** A foreign key whose parents are drawn from learnt buckets. */
export interface LinkFit {
  readonly key: number;
  /** Each row's bucket is learnt along with its columns; else all parents are in one bucket. */
  readonly learnt: boolean;
  /** Share of rows without a parent. */
  readonly nullShare: number;
  readonly buckets: readonly Coarse[];
  readonly degrees: DegreeSketch;
}

export interface TableFit {
  readonly version: typeof fitVersion;
  readonly label: string;
  readonly generator: { readonly name: string; readonly version: number };
  readonly k: number;
  /** Rows of the source, the holdout included. */
  readonly sourceRows: number;
  readonly keys: readonly KeySpec[];
  /** Columns of the source that are learnt, in the form in which they are. */
  readonly learnt: readonly LearntColumn[];
  /** Absent when there is nothing to learn: no learnt column, or no row. */
  readonly model?: ModelFit;
  readonly owner?: OwnerFit;
  readonly links: readonly LinkFit[];
  /** Remarks for the user, without values. */
  readonly notes: readonly string[];
}

export const fitVersion = 3;

const magic = 'SYNTHFIT';

/** Bytes of a fit: a head with the version, then data in V8's clone format, which is read without evaluating anything. */
export function serialiseTableFit(fit: TableFit): Uint8Array {
  return Buffer.concat([Buffer.from(`${magic}${String(fit.version).padStart(4, '0')}`), serialize(fit)]);
}

/** @throws SynthError `fit.format` when the bytes are none of this version */
export function deserialiseTableFit(bytes: Uint8Array): TableFit {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = `${magic}${String(fitVersion).padStart(4, '0')}`;
  try {
    if (buffer.subarray(0, head.length).toString() === head)
      return deserialize(buffer.subarray(head.length)) as TableFit;
  } catch {
    // Truncated or changed bytes are reported as what they are: no fit.
  }
  throw new SynthError('fit.format', 'A stored fit cannot be read by this version.', {
    hint: 'Delete it; the next build learns the table again.',
  });
}
