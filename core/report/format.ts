// Numbers as people read them; the same in the report and in the terminal, in every locale.

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

/** `500,000` */
export function formatCount(count: number): string {
  return GROUPED.format(count);
}

/** `410k`, `3M`: three significant digits. */
export function formatCompact(number: number): string {
  return COMPACT.format(number).replace('K', 'k');
}

/** `0.84 s`, `12.1 s`, `2 min 05 s`, `1 h 02 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.995) return `${seconds.toFixed(seconds < 0.995 ? 2 : 1)} s`;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A statistic: whole numbers as they are, others with four decimals at most, tiny ones in powers of ten. */
export function formatStatistic(value: number | null): string {
  if (value === null) return '–';
  if (Number.isInteger(value)) return formatCount(value);
  const size = Math.abs(value);
  if (size < 0.00005) return value.toExponential(1);
  if (size >= 1000) return formatCount(value);
  return size >= 10 ? value.toFixed(2) : value.toFixed(4).replace(/(\.\d\d)0+$/, '$1');
}

/** `0.27`, `12.4`, `100`: a share of 1 as a percentage without its sign, `< 0.01` for tiny shares. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent === 100) return String(percent);
  if (percent < 0.01) return '< 0.01';
  return percent < 1 ? percent.toFixed(2) : percent.toFixed(1);
}

/** `1 row`, `2 rows`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
