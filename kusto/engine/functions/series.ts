/**
 * Functions over series, which are arrays of numbers:
 * https://learn.microsoft.com/kusto/query/scalar-functions#series-processing-functions. Whole numbers stay whole where
 * Kusto keeps them so. What is not a finite number is null, and where nothing says what a null leads to, it is refused.
 */
import { KqlError } from '../errors.ts';
import { customCall } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import {
  inSql,
  type Nullability,
  type ScalarCode,
  type ScalarFunction,
  type SqlArgument,
  UnsupportedCallError,
} from './definition.ts';
import {
  type ArrayNumber,
  elementTexts,
  isLong,
  readNumber,
  readNumbers,
  writeNumbers,
} from './number-array.ts';

const NUMBERS: readonly SqlArgument['type'][] = ['int', 'long', 'real'];

/** A function of series, and of numbers where the language allows them, which stand for a series of them. */
function ofSeries(
  name: string,
  nullable: Nullability,
  run: ScalarCode['run'],
  options: { readonly most?: number; readonly note?: string } = {},
): ScalarFunction {
  const sql = (args: readonly SqlArgument[]) => {
    const other = args.find(({ type }) => type !== 'dynamic' && type !== 'bool' && !NUMBERS.includes(type));
    if (other) throw new UnsupportedCallError(`${name}() with a ${other.type}`);
    return customCall(name, ...args.map((arg) => arg.sql));
  };
  const page = `${name.replaceAll('_', '-')}-function`;
  return inSql(name, page, nullable, sql, { code: [{ name, run, variadic: true }], ...options });
}

/** The result, or null where it is not a finite number. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function elementwise(name: string, of: (value: number | bigint) => ArrayNumber): ScalarFunction {
  return ofSeries(name, 'always', (json) => {
    const numbers = readNumbers(json);
    return numbers ? writeNumbers(numbers.map((number) => (number === null ? null : of(number)))) : null;
  });
}

function realElements(name: string, of: (value: number) => number): ScalarFunction {
  return elementwise(name, (value) => finite(of(Number(value))));
}

/** The elements of two series side by side, as many as the longer one has; undefined if one is no series. */
function sideBySide(a: SqlValue, b: SqlValue): (readonly [ArrayNumber, ArrayNumber])[] | undefined {
  const [left, right] = [operand(a), operand(b)];
  if (!left || !right) return undefined;
  const length = Math.max(left.length ?? 0, right.length ?? 0);
  return Array.from({ length }, (_, at) => [left.at(at), right.at(at)] as const);
}

interface Operand {
  at(index: number): ArrayNumber;
  /** A number goes on without an end. */
  readonly length?: number;
}

function operand(value: SqlValue): Operand | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return { at: () => value };
  const numbers = readNumbers(value);
  return numbers && { at: (index) => numbers[index] ?? null, length: numbers.length };
}

function pairwise(name: string, of: (a: number | bigint, b: number | bigint) => ArrayNumber): ScalarFunction {
  return ofSeries(name, 'always', (a = null, b = null) => {
    const pairs = sideBySide(a, b);
    return pairs ? writeNumbers(pairs.map(([x, y]) => (x === null || y === null ? null : of(x, y)))) : null;
  });
}

/** Whole where both are, and then within the range of a long. */
function arithmetic(
  name: string,
  whole: (a: bigint, b: bigint) => bigint,
  real: (a: number, b: number) => number,
): ScalarFunction {
  return pairwise(name, (a, b) => {
    if (typeof a !== 'bigint' || typeof b !== 'bigint') return finite(real(Number(a), Number(b)));
    const value = whole(a, b);
    if (!isLong(value)) throw new KqlError(`${name}(): ${value} is beyond the range of long`);
    return value;
  });
}

function comparison(
  name: string,
  holds: (a: number | bigint, b: number | bigint) => boolean,
): ScalarFunction {
  return ofSeries(name, 'always', (a = null, b = null) => {
    const pairs = sideBySide(a, b);
    return pairs
      ? JSON.stringify(pairs.map(([x, y]) => (x === null || y === null ? null : holds(x, y))))
      : null;
  });
}

/** The numbers of a series in which there may be nulls, but nothing else. */
function withGaps(name: string, json: SqlValue | undefined): ArrayNumber[] | undefined {
  return elementTexts(json)?.map((text, index) => {
    const number = readNumber(text);
    if (number === null && text !== 'null') throw new KqlError(`${name}(): element ${index} is not a number`);
    return number;
  });
}

/** The numbers of a series without gaps. */
function withoutGaps(name: string, json: SqlValue | undefined): number[] | undefined {
  return withGaps(name, json)?.map((number, index) => {
    if (number === null)
      throw new KqlError(
        `${name}(): element ${index} is null: fill the series first, such as with series_fill_const()`,
      );
    return Number(number);
  });
}

/** Fills the elements that are `missing`; `with` is asked for each gap, from the index after `before` to `after`. */
function filling(
  name: string,
  fill: (
    series: ArrayNumber[],
    isMissing: (number: ArrayNumber) => boolean,
    args: readonly SqlValue[],
  ) => void,
  placeholderAt: number,
): ScalarFunction {
  return ofSeries(name, 'always', (json = null, ...args) => {
    const series = withGaps(name, json);
    if (!series) return null;
    const placeholder = args[placeholderAt] ?? null;
    const isMissing = (number: ArrayNumber): boolean =>
      number === null || placeholder === null
        ? number === placeholder
        : typeof placeholder !== 'string' && isSame(number, placeholder);
    fill(series, isMissing, args);
    return writeNumbers(series);
  });
}

/** Equality by value, also of a whole number and a real one. */
function isSame(a: number | bigint, b: number | bigint): boolean {
  return !(a < b || a > b);
}

function asNumber(value: SqlValue | undefined): ArrayNumber {
  return typeof value === 'string' || value === undefined ? null : value;
}

const FILL_CONST = filling(
  'series_fill_const',
  (series, isMissing, [constant]) => {
    for (const [index, number] of series.entries()) if (isMissing(number)) series[index] = asNumber(constant);
  },
  1,
);

function fillForward(series: ArrayNumber[], isMissing: (number: ArrayNumber) => boolean): void {
  for (let at = 1; at < series.length; at++)
    if (isMissing(series[at] ?? null)) series[at] = series[at - 1] ?? null;
}

const FILL_FORWARD = filling('series_fill_forward', fillForward, 0);
const FILL_BACKWARD = filling(
  'series_fill_backward',
  (series, isMissing) => {
    series.reverse();
    fillForward(series, isMissing);
    series.reverse();
  },
  0,
);

/** In a series of whole numbers what lies between is whole too, without its fraction. */
const FILL_LINEAR = filling(
  'series_fill_linear',
  (series, isMissing, [, edges = 1n, constant = 0]) => {
    const known = [...series.keys()].filter((index) => !isMissing(series[index] ?? null));
    const [first, last] = [known[0], known.at(-1)];
    if (first === undefined || last === undefined) {
      const value = asNumber(constant);
      series.fill(typeof value === 'bigint' ? Number(value) : value);
      return;
    }
    const whole = known.every((index) => typeof series[index] === 'bigint');
    known.slice(1).forEach((right, index) => {
      interpolate(series, known[index] ?? right, right, whole);
    });
    if (edges !== 0n) {
      series.fill(series[first] ?? null, 0, first);
      series.fill(series[last] ?? null, last + 1);
    }
  },
  0,
);

function interpolate(series: ArrayNumber[], left: number, right: number, whole: boolean): void {
  const [from, to] = [series[left] ?? null, series[right] ?? null];
  if (right - left < 2) return;
  if (from === null || to === null)
    throw new KqlError('series_fill_linear(): there is a null beside what is to be filled');
  const slope = (Number(to) - Number(from)) / (right - left);
  for (let at = left + 1; at < right; at++) {
    const value = Number(from) + slope * (at - left);
    series[at] = whole ? BigInt(Math.trunc(value)) : value;
  }
}

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

/** The numbers of a series that has some. */
function someNumbers(name: string, json: SqlValue): number[] | undefined {
  const numbers = withoutGaps(name, json);
  if (numbers?.length === 0) throw new KqlError(`${name}(): the series is empty`);
  return numbers;
}

function folding(
  name: string,
  start: number,
  step: (total: number, number: number) => number,
): ScalarFunction {
  return ofSeries(name, 'always', (json = null) => {
    const numbers = someNumbers(name, json);
    return numbers ? finite(numbers.reduce(step, start)) : null;
  });
}

/** What one series has beyond the other is left out, and so is what is not a number. */
const DOT_PRODUCT = ofSeries('series_dot_product', 'always', (a = null, b = null) => {
  const [left, right] = [operand(a), operand(b)];
  if (!left || !right) return null;
  const length = Math.min(left.length ?? right.length ?? 0, right.length ?? left.length ?? 0);
  if (length === 0) return null;
  const products = Array.from({ length }, (_, at) => Number(left.at(at) ?? 0) * Number(right.at(at) ?? 0));
  return finite(products.reduce((sum, product) => sum + product, 0));
});

/** Arithmetic of fractions whose result is real whatever the operands are. */
function real(name: string, of: (a: number, b: number) => number): ScalarFunction {
  return pairwise(name, (a, b) => finite(of(Number(a), Number(b))));
}

export const SERIES: readonly ScalarFunction[] = [
  FILL_CONST,
  FILL_LINEAR,
  FILL_FORWARD,
  FILL_BACKWARD,
  STATS,
  STATS_DYNAMIC,
  FIR,
  IIR,
  arithmetic(
    'series_add',
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  arithmetic(
    'series_subtract',
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  arithmetic(
    'series_multiply',
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  real('series_divide', (a, b) => a / b),
  real('series_pow', (a, b) => a ** b),
  comparison('series_equals', isSame),
  comparison('series_not_equals', (a, b) => !isSame(a, b)),
  comparison('series_greater', (a, b) => a > b),
  comparison('series_greater_equals', (a, b) => a >= b),
  comparison('series_less', (a, b) => a < b),
  comparison('series_less_equals', (a, b) => a <= b),
  elementwise('series_abs', (value) => (value < 0 ? -value : value)),
  elementwise('series_sign', (value) =>
    typeof value === 'bigint' ? BigInt(Math.sign(Number(value))) : Math.sign(value),
  ),
  realElements('series_ceiling', Math.ceil),
  realElements('series_floor', Math.floor),
  realElements('series_exp', Math.exp),
  realElements('series_log', Math.log),
  realElements('series_sin', Math.sin),
  realElements('series_cos', Math.cos),
  realElements('series_tan', Math.tan),
  realElements('series_asin', Math.asin),
  realElements('series_acos', Math.acos),
  realElements('series_atan', Math.atan),
  folding('series_sum', 0, (total, number) => total + number),
  folding('series_product', 1, (total, number) => total * number),
  DOT_PRODUCT,
];
