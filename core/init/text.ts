// Pieces of TypeScript as a formatter would write them.
import { quoted } from '../constraints/rules.ts';

const width = 120;

/** A property's name, in quotes when it must be. */
export function propertyName(name: string): string {
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? name : quoted(name);
}

/** A comment of one line: whatever a name holds, it does not end early. */
export function comment(text: string): string {
  return `// ${text.replace(/[\r\n\u2028\u2029]+/g, ' ')}`;
}

/**
 * `open`, the parts separated by commas and `close`, on one line if it is not too long, else with a line for each part.
 * `beside`: characters that will stand beside it.
 */
export function wrapped(
  open: string,
  parts: readonly string[],
  close: string,
  space: '' | ' ',
  indent = '',
  beside = 0,
): string {
  const line = `${indent}${open}${space}${parts.join(', ')}${space}${close}`;
  if (line.length + beside <= width) return line;
  return [`${indent}${open}`, ...parts.map((part) => `${indent}  ${part},`), `${indent}${close}`].join('\n');
}
