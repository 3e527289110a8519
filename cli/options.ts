// Checks of option values, each with one clear sentence about what is wrong.
import { InvalidArgumentError, Option } from 'commander';

/** `--rows`, `--limit`, `--threads`: a whole number above 0; `1_000` and `1,000` are read too. */
export function positiveInteger(text: string): number {
  const value = wholeNumber(text);
  if (value === undefined || value < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}

/** `--seed`: a whole number from 0. */
export function seedNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === undefined) throw new InvalidArgumentError('It must be a whole number from 0 to 2^53 − 1.');
  return value;
}

/** `--real 0.38`: a share from 0 to 1. */
export function share(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be a share between 0 and 1, as 0.38.');
  return value;
}

/** `--labels 10,100`: whole numbers above 0. */
export function countList(text: string): readonly number[] {
  return commaList(text).map(positiveInteger);
}

/** `--hours 2.5`: 0 or more. */
export function amount(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new InvalidArgumentError('It must be a number, 0 or more.');
  return value;
}

/** `--set name=value`, any number of times. */
export function assignment(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Write it as option=value, for instance k=50.');
  return { ...before, [text.slice(0, equals).trim()]: text.slice(equals + 1).trim() };
}

/** `--audit fid.ks,prv.exact`, any number of times. */
export function commaList(text: string, before: readonly string[] = []): readonly string[] {
  const items = text.split(',').map((item) => item.trim());
  return [...before, ...items.filter((item) => item !== '')];
}

function wholeNumber(text: string): number | undefined {
  if (!/^\d[\d_,]*$/.test(text)) return undefined;
  const value = Number(text.replaceAll(/[_,]/g, ''));
  return Number.isSafeInteger(value) ? value : undefined;
}

export function tierOption(text: string): Option {
  return new Option('--tier <tier>', text).choices(['run', 'nightly', 'release']);
}
