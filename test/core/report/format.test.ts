import assert from 'node:assert/strict';
import {
  formatCompact,
  formatCount,
  formatPercent,
  formatSeconds,
  formatStatistic,
} from '../../../core/report/format.ts';

describe('numbers for people', () => {
  const cases: readonly [string, string, string][] = [
    ['count', formatCount(1234567), '1,234,567'],
    ['rate', formatCompact(409_876), '410k'],
    ['rate', formatCompact(3_000_000), '3M'],
    ['seconds', formatSeconds(0.3149), '0.31 s'],
    ['seconds', formatSeconds(0.996), '1.0 s'],
    ['seconds', formatSeconds(59.96), '60.0 s'],
    ['seconds', formatSeconds(125), '2 min 05 s'],
    ['seconds', formatSeconds(3599.6), '1 h 00 min'],
    ['statistic', formatStatistic(null), '–'],
    ['statistic', formatStatistic(0), '0'],
    ['statistic', formatStatistic(0.05), '0.05'],
    ['statistic', formatStatistic(0.02194), '0.0219'],
    ['statistic', formatStatistic(0.00001234), '1.2e-5'],
    ['statistic', formatStatistic(12345.6), '12,346'],
    ['percentage', formatPercent(0), '0'],
    ['percentage', formatPercent(0.000001), '< 0.01'],
    ['percentage', formatPercent(0.9999), '100.0'],
    ['percentage', formatPercent(1), '100'],
  ];
  for (const [kind, made, expected] of cases) {
    it(`write the ${kind} ${expected}`, () => assert.equal(made, expected));
  }
});
