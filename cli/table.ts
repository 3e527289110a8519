// Lays out rows as a plain text table that fits the terminal: numbers to the right, long texts cut.
export interface TableOptions {
  /** Columns of the terminal; unlimited when absent, as when the output goes to a file. */
  readonly width?: number;
}

const gap = '  ';
const widestCell = 40;

export function formatTable(
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  options: TableOptions = {},
): string {
  const head = columns.map(cellText);
  const body = rows.map((row) => row.map(cellText));
  const right = columns.map((_, at) => rows.some((row) => row[at] !== null) && rows.every((row) => isNumeric(row[at])));
  const limit = options.width === undefined ? Number.POSITIVE_INFINITY : widestCell;
  const widths = head.map((name, at) =>
    Math.min(limit, Math.max(textWidth(name), ...body.map((row) => textWidth(row[at] ?? '')))),
  );
  const shown = columnsThatFit(widths, options.width);
  const line = (cells: readonly string[]): string =>
    cells
      .slice(0, shown)
      .map((cell, at) => pad(cut(cell, widths[at] ?? 0), widths[at] ?? 0, right[at] ?? false))
      .join(gap)
      .trimEnd();
  const rule = widths.slice(0, shown).map((width) => '-'.repeat(width));
  const lines = [line(head), rule.join(gap), ...body.map(line)];
  const hidden = columns.length - shown;
  if (hidden > 0)
    lines.push(
      `(${hidden} more ${hidden === 1 ? 'column does' : 'columns do'} not fit: ${head.slice(shown).join(', ')})`,
    );
  return lines.join('\n');
}

function columnsThatFit(widths: readonly number[], width: number | undefined): number {
  if (width === undefined) return widths.length;
  let used = -gap.length;
  for (let at = 0; at < widths.length; at++) {
    used += gap.length + (widths[at] ?? 0);
    if (used > width) return Math.max(1, at);
  }
  return widths.length;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'object')
    return printable(JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)));
  // People compare numbers: the last bits of a double are noise to them. JSON has them all.
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(10)));
  return printable(String(value));
}

/** Control characters would move the cursor or colour the terminal. */
function printable(text: string): string {
  return text
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll(/\p{Cc}/gu, '\uFFFD');
}

function isNumeric(value: unknown): boolean {
  return value === null || typeof value === 'number' || typeof value === 'bigint';
}

const segments = new Intl.Segmenter();

/** Terminal cells: letters of East Asian scripts and emoji take two. */
function textWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segments.segment(text)) width += isWide(segment) ? 2 : 1;
  return width;
}

function isWide(segment: string): boolean {
  return /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
    segment,
  );
}

function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  for (const { segment } of segments.segment(text)) {
    if (textWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return right ? space + text : text + space;
}
