// An aligned text table, for every command that prints one.
import { cut, lengthOf, printable, type Style } from './text.ts';

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Narrowed first, down to this many characters, when the table is wider than allowed. */
  readonly shrinkTo?: number;
}

/** A cell, with a style when it is coloured: styles are applied after aligning. */
export type TableCell = string | { readonly text: string; readonly style: Style };

export interface TableOptions {
  /** Most characters in a line. Default: no limit. */
  readonly width?: number;
  /** Style of the title line. */
  readonly titleStyle?: Style;
  /** Spaces before each line. Default 0. */
  readonly indent?: number;
}

const GAP = '  ';

/**
 * The table as text that ends in a line break; empty when there are no rows. Control characters in cells are replaced.
 * Cells that a row lacks are empty.
 */
export function textTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  options: TableOptions = {},
): string {
  if (rows.length === 0) return '';
  const margin = ' '.repeat(options.indent ?? 0);
  const widths = fitted(
    columns,
    naturalWidths(columns, rows),
    (options.width ?? Number.POSITIVE_INFINITY) - margin.length,
  );
  const line = (cells: readonly TableCell[]): string =>
    margin +
    columns
      .map(({ align }, index) => {
        const cell = cells[index] ?? '';
        const last = index === columns.length - 1;
        const width = widths[index] ?? 0;
        const text = cut(textOf(cell), width);
        const padding = ' '.repeat(width - lengthOf(text));
        const styled = typeof cell === 'string' || text === '' ? text : cell.style(text);
        return align === 'right' ? padding + styled : last ? styled : styled + padding;
      })
      .join(GAP)
      .trimEnd();
  const titles = columns.map(({ title }) => ({ text: title, style: options.titleStyle ?? ((text: string) => text) }));
  const withTitles = columns.some(({ title }) => title !== '');
  return [...(withTitles ? [titles] : []), ...rows].map((cells) => `${line(cells)}\n`).join('');
}

function textOf(cell: TableCell): string {
  return printable(typeof cell === 'string' ? cell : cell.text);
}

function naturalWidths(columns: readonly TableColumn[], rows: readonly (readonly TableCell[])[]): number[] {
  return columns.map(({ title }, index) =>
    rows.reduce((width, row) => Math.max(width, lengthOf(textOf(row[index] ?? ''))), lengthOf(title)),
  );
}

/** Widths that fit into `available`: columns that may shrink give way, the widest first. */
function fitted(columns: readonly TableColumn[], natural: readonly number[], available: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (columns.length - 1) - available;
  while (excess > 0) {
    let widest = -1;
    for (const [index, { shrinkTo }] of columns.entries()) {
      const width = widths[index] ?? 0;
      if (shrinkTo !== undefined && width > shrinkTo && width > (widths[widest] ?? 0)) widest = index;
    }
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
  return widths;
}
