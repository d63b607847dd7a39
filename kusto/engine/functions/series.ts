/**
 * Functions over series, which are arrays of numbers:
 * https://learn.microsoft.com/kusto/query/scalar-functions#series-processing-functions. Whole numbers stay whole where
 * Kusto keeps them so. What is not a finite number is null, and where nothing says what a null leads to, it is refused.
 */
import { KqlError } from '../errors.ts';
import type { SqlValue } from '../statement.ts';
import type { ScalarFunction } from './definition.ts';
import { type ArrayNumber, isLong, readNumbers, writeNumbers } from './number-array.ts';
import { finite, isSame, ofSeries, withoutGaps } from './series-definition.ts';
import { SERIES_FILLING } from './series-filling.ts';
import { SERIES_STATISTICS } from './series-statistics.ts';

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
  ...SERIES_FILLING,
  ...SERIES_STATISTICS,
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
