/** Statistics and filters of a series. */
import { KqlError } from '../errors.ts';
import type { SqlValue } from '../statement.ts';
import type { ScalarFunction } from './definition.ts';
import { writeNumbers } from './number-array.ts';
import { finite, ofSeries, withGaps, withoutGaps } from './series-definition.ts';

interface Statistics {
  readonly min: number;
  readonly min_idx: bigint;
  readonly max: number;
  readonly max_idx: bigint;
  readonly avg: number;
  readonly stdev: number;
  readonly variance: number;
  readonly sum: number;
  readonly len: bigint;
}

/** @returns undefined where there is no number, or a gap that is not to be ignored */
function statisticsOf(name: string, json: SqlValue, ignoreGaps: SqlValue): Statistics | undefined {
  const series = withGaps(name, json) ?? [];
  const numbers = series.flatMap((number) => (number === null ? [] : [Number(number)]));
  const least = numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (numbers.length === 0 || (numbers.length < series.length && ignoreGaps !== 1n)) return undefined;
  const sum = numbers.reduce((total, number) => total + number, 0);
  const variance = varianceOf(numbers);
  const positionOf = (sought: number): bigint =>
    BigInt(series.findIndex((number) => number !== null && Number(number) === sought));
  return {
    min: least,
    min_idx: positionOf(least),
    max: most,
    max_idx: positionOf(most),
    avg: sum / numbers.length,
    stdev: Math.sqrt(variance),
    variance,
    sum,
    len: BigInt(series.length),
  };
}

/** Of a sample, by Welford's method, whose last digits are those that Kusto prints. */
function varianceOf(numbers: readonly number[]): number {
  let [mean, squares] = [0, 0];
  numbers.forEach((number, index) => {
    const delta = number - mean;
    mean += delta / (index + 1);
    squares += delta * (number - mean);
  });
  return numbers.length < 2 ? 0 : squares / (numbers.length - 1);
}

/** Seven columns, which are an array until `plan/several-columns.ts` takes them apart. */
const STATS = ofSeries('series_stats', 'always', (json = null, ignoreGaps = 0n) => {
  const found = statisticsOf('series_stats', json, ignoreGaps);
  if (!found) return null;
  const { min, min_idx, max, max_idx, avg, stdev, variance } = found;
  return writeNumbers([min, min_idx, max, max_idx, avg, stdev, variance]);
});

const STATS_DYNAMIC = ofSeries('series_stats_dynamic', 'always', (json = null, ignoreGaps = 0n) => {
  const found = statisticsOf('series_stats_dynamic', json, ignoreGaps);
  if (!found) return null;
  const { min, min_idx, max, max_idx, avg, stdev, variance, sum, len } = found;
  const members = { min, min_idx, max, max_idx, avg, stdev, variance, sum, len };
  const texts = Object.entries(members).map(
    ([key, value]) => `"${key}":${writeNumbers([value]).slice(1, -1)}`,
  );
  return `{${texts.join(',')}}`;
});

/** Each element is a sum over those before it, weighted by the filter; before the first there are zeros. */
const FIR = ofSeries('series_fir', 'always', (json = null, weights = null, normalize = null, center = 0n) => {
  const [series, filter] = [withoutGaps('series_fir', json), withoutGaps('series_fir', weights)];
  if (!series || !filter || filter.length === 0) return null;
  const negative = filter.some((weight) => weight < 0);
  if (negative && normalize === 1n) return null;
  const total = filter.reduce((sum, weight) => sum + weight, 0);
  const scale = normalize === 0n || negative ? 1 : total;
  if (center === 1n && filter.length % 2 === 0)
    throw new KqlError('series_fir(): a centered filter of an even length is not supported');
  const ahead = center === 1n ? (filter.length - 1) / 2 : 0;
  return writeNumbers(
    series.map((_, at) =>
      finite(
        filter.reduce((sum, weight, back) => sum + weight * (series[at + ahead - back] ?? 0), 0) / scale,
      ),
    ),
  );
});

const IIR = ofSeries('series_iir', 'always', (json = null, numerators = null, denominators = null) => {
  const [series, b, a] = [json, numerators, denominators].map((side) => withoutGaps('series_iir', side));
  if (!series || !b || !a) return null;
  const [first = 0, ...back] = a;
  if (first === 0) throw new KqlError('series_iir(): the first denominator must not be zero');
  const made: number[] = [];
  for (const at of series.keys()) {
    const ahead = b.reduce((sum, weight, index) => sum + weight * (series[at - index] ?? 0), 0);
    made.push(back.reduce((sum, weight, index) => sum - weight * (made[at - 1 - index] ?? 0), ahead) / first);
  }
  return writeNumbers(made.map(finite));
});

export const SERIES_STATISTICS: readonly ScalarFunction[] = [STATS, STATS_DYNAMIC, FIR, IIR];
