// Text that is safe and fits: no control characters from names, cut to a width, coloured only where colours are wanted.
import picocolors from 'picocolors';

export type Style = (text: string) => string;

export type Colours = ReturnType<typeof picocolors.createColors>;

/** What is needed of process.stdout and process.stderr. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Colours for one stream: on a terminal, or where FORCE_COLOR asks for them; never with NO_COLOR (https://no-color.org)
 * or on a dumb terminal.
 */
export function coloursFor(output: Output, environment: NodeJS.ProcessEnv = process.env): Colours {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = environment;
  if (NO_COLOR !== '') return picocolors.createColors(false);
  if (FORCE_COLOR !== '') return picocolors.createColors(FORCE_COLOR !== '0' && FORCE_COLOR !== 'false');
  return picocolors.createColors(output.isTTY === true && TERM !== 'dumb');
}

/** Columns of the terminal; 100 when the output is a file or a pipe. */
export function widthOf(output: Output): number {
  return output.isTTY === true && output.columns !== undefined && output.columns > 0 ? output.columns : 100;
}

/** A name on one line: line breaks, escape sequences and other control characters are replaced. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

/** At most `width` characters, the last one an ellipsis where something was cut. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** Length in characters (not UTF-16 units). */
export function lengthOf(text: string): number {
  return [...text].length;
}
