// A table as code columns, for generators that learn from codes: context first, then the columns to draw.
import type { ColumnBatch, ColumnVector } from '../../core/batch.ts';
import { SynthError } from '../../core/errors.ts';
import type { FitSource, Reason, SampleRequest } from '../../core/generator.ts';
import type { ColumnSchema } from '../../core/schema.ts';
import {
  type CodeOptions,
  type CodePart,
  type Codes,
  type ColumnCodes,
  codeCounts,
  columnOf,
  decodeColumn,
  encodeColumn,
  learnColumns,
} from '../../models/codes/index.ts';

/** How the columns of a table are coded: the part of a fit that all such generators share. */
export interface TableCodes {
  /** The least number of real rows behind every code. */
  readonly k: number;
  /** Given when sampling, never drawn. */
  readonly context: readonly ColumnCodes[];
  /** In the order of the table. */
  readonly columns: readonly ColumnCodes[];
}

export function learnTableCodes(source: FitSource, options: CodeOptions): TableCodes {
  const { context, publicLevels } = source;
  return {
    k: options.k,
    context: context === undefined ? [] : learnColumns(context.columns, context.rows, options, publicLevels),
    columns: learnColumns(source.columns, source.rows, options, publicLevels),
  };
}

/** The code columns of all parts, context first. */
export function tableParts({ context, columns }: TableCodes): readonly CodePart[] {
  return [...context, ...columns].flatMap(({ parts }) => parts);
}

/** Number of parts that are context. */
export function contextParts({ context }: TableCodes): number {
  return context.reduce((sum, { parts }) => sum + parts.length, 0);
}

/** The codes of the rows to learn from, one column per part. */
export function encodeSource(codes: TableCodes, source: FitSource): Uint16Array[] {
  return [
    ...codes.context.flatMap((column) =>
      encodeColumn(columnOf(source.context?.rows ?? source.rows, column.name), column),
    ),
    ...codes.columns.flatMap((column) => encodeColumn(columnOf(source.rows, column.name), column)),
  ];
}

/** The codes that a request fixes, one entry per part; undefined where the part is to be drawn. */
export function fixedCodes(codes: TableCodes, request: SampleRequest): (Uint16Array | undefined)[] {
  const fixed: (Uint16Array | undefined)[] = [];
  for (const column of codes.context) {
    if (request.context === undefined) {
      throw new SynthError('sample.no-context', `The fit needs the context column "${column.name}".`, {
        kind: 'unexpected',
      });
    }
    fixed.push(...encodeColumn(columnOf(request.context, column.name), column));
  }
  for (const column of codes.columns) {
    const given = request.given?.columns.get(column.name);
    fixed.push(...(given === undefined ? column.parts.map(() => undefined) : encodeColumn(given, column)));
  }
  return fixed;
}

/**
 * The rows that codes stand for.
 * @param drawn one code column per part, context first
 * @param inside where inside its code each entry lies, in [0, 1); same order
 */
export function decodeRows(
  codes: TableCodes,
  request: SampleRequest,
  drawn: readonly Uint16Array[],
  inside: readonly Float64Array[],
): ColumnBatch {
  let at = contextParts(codes);
  const columns = codes.columns.map((column): [string, ColumnVector] => {
    const from = at;
    at += column.parts.length;
    const given = request.given?.columns.get(column.name);
    return [column.name, given ?? decodeColumn(drawn.slice(from, at), column, inside.slice(from, at))];
  });
  return { rowCount: request.rowIds.length, columns: new Map(columns) };
}

/**
 * Rows behind each code that may be drawn, 0 for the others. Pooled rare levels are not drawn: the others take their share,
 * as in {@link codeTree}.
 */
export function drawnCounts(codes: Codes): Float64Array {
  const counts = codeCounts(codes);
  const isPooled = codes.kind === 'category' && codes.rareCount > 0 && codes.publicRare === undefined;
  if (isPooled && (codes.levels.length > 0 || codes.missingCount > 0)) counts[codes.levels.length] = 0;
  if (counts.length > 0 && counts.every((count) => count === 0)) counts.fill(1);
  return counts;
}

/** Why columns cannot be learnt by their codes. */
export function unsupportedColumns(columns: readonly ColumnSchema[]): readonly Reason[] {
  return columns
    .filter(({ type }) => type.kind === 'unsupported')
    .map(({ name, sqlType }) => ({
      column: name,
      message: `Column "${name}" has type ${sqlType}, which cannot be learnt.`,
      hint: 'Leave it out with omit(), empty it with nulls(), or make it with fake().',
    }));
}
