/**
 * Decimal numbers: 128 bits, which are 34 significant digits, rounded half to even as IEEE 754 says. SQLite keeps them
 * as text, as it was written: what compares two of them, groups by them or sorts by them goes through one of the
 * functions here. What is computed has no zeros at its end.
 * https://learn.microsoft.com/kusto/query/scalar-data-types/decimal
 */
import { Decimal } from 'decimal.js';
import type { ScalarType } from '../catalog.ts';
import { customCall, type SqlExpression } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import {
  type AggregateCode,
  argument,
  type Callable,
  inSql,
  ownStep,
  type ScalarFunction,
  type SqlArgument,
  UnsupportedCallError,
} from './definition.ts';

const DIGITS = 34;
/** Beyond these an exponent is written. */
const PLAIN = 40;

const SETTINGS: Decimal.Config = {
  rounding: Decimal.ROUND_HALF_EVEN,
  minE: -6176,
  maxE: 6144,
  toExpNeg: -PLAIN,
  toExpPos: PLAIN,
};
const Number34 = Decimal.clone({ ...SETTINGS, precision: DIGITS });
/** Sums are exact until they are rounded once, so that no order of the rows gives another. */
const Exact = Decimal.clone({ ...SETTINGS, precision: 12_400 });

const WRITTEN = /^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** A number of 34 digits of a written one; null for anything else, and for what is too large. */
export function parseDecimal(text: string): string | null {
  const written = text.trim();
  return WRITTEN.test(written) ? textOf(new Number34(written)) : null;
}

/** A real number with the 17 digits that tell it from every other, as Kusto converts it. */
export function decimalOfReal(value: number): string | null {
  return Number.isFinite(value) ? textOf(new Number34(value.toPrecision(17))) : null;
}

function textOf(value: Decimal): string | null {
  if (!value.isFinite()) return null;
  const rounded = value.toSignificantDigits(DIGITS, Decimal.ROUND_HALF_EVEN);
  return rounded.isZero() ? '0' : rounded.toString();
}

function read(value: SqlValue | undefined): Decimal | null {
  if (value === null || value === undefined) return null;
  const number = new Number34(String(value)).toSignificantDigits(DIGITS);
  return number.isFinite() ? number : null;
}

type Two = (a: Decimal, b: Decimal) => Decimal | null;

function ofTwo(name: string, compute: Two): Callable {
  return ownStep(name, 'always', (a, b) => {
    const [left, right] = [read(a), read(b)];
    if (left === null || right === null) return null;
    const result = compute(left, right);
    return result && textOf(result);
  });
}

function modulo(a: Decimal, b: Decimal): Decimal | null {
  if (b.isZero()) return null;
  const rest = a.mod(b);
  return rest.isNegative() && !rest.isZero() ? rest.plus(b.abs()) : rest;
}

/** Down to a multiple of the size, as `bin()` does. */
function binned(value: Decimal, size: Decimal): Decimal | null {
  const rest = size.greaterThan(0) ? modulo(value, size) : null;
  return rest && value.minus(rest);
}

const ARITHMETIC: Readonly<Record<string, Callable>> = {
  '+': ofTwo('decimal_add', (a, b) => a.plus(b)),
  '-': ofTwo('decimal_subtract', (a, b) => a.minus(b)),
  '*': ofTwo('decimal_multiply', (a, b) => a.times(b)),
  '/': ofTwo('decimal_divide', (a, b) => (b.isZero() ? null : a.dividedBy(b))),
  '%': ofTwo('decimal_modulo', modulo),
};
const BIN = ofTwo('decimal_bin', binned);
const NEGATED = one('decimal_negate', (value) => value.negated());
const ABSOLUTE = one('decimal_abs', (value) => value.abs());
const CEILING = one('decimal_ceiling', (value) => value.ceil());
const WHOLE = ownStep('decimal_whole', 'always', (value) => read(value)?.trunc().toFixed() ?? null);
const ROUNDED = ownStep('decimal_round', 'always', (value, digits) => {
  const number = read(value);
  if (number === null) return null;
  const places = Math.max(-6144, Math.min(6176, Number(digits ?? 0n)));
  if (places >= 0) return textOf(number.toDecimalPlaces(places, Decimal.ROUND_HALF_UP));
  const scale = new Number34(10).pow(-places);
  return textOf(number.dividedBy(scale).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).times(scale));
});

function one(name: string, compute: (value: Decimal) => Decimal): Callable {
  return ownStep(name, 'always', (value) => {
    const number = read(value);
    return number && textOf(compute(number));
  });
}

/** The same text for equal numbers. */
export const DECIMAL_REDUCED = one('decimal_reduced', (value) => value);

/** A text that sorts as the number does. */
export const DECIMAL_ORDER = ownStep('decimal_order', 'arguments', (value) => {
  const number = read(value);
  if (number === null) return null;
  if (number.isZero()) return '1';
  const exponent = String(10_000 + number.e).padStart(5, '0');
  const [first = '', rest = ''] = number.abs().toExponential().replace(/e.*/, '').split('.');
  if (number.isPositive()) return `2${exponent}${first}${rest}`;
  return `0${complement(exponent)}${complement(first + rest)}~`;
});

function complement(digits: string): string {
  return digits.replace(/\d/g, (digit) => String(9 - Number(digit)));
}

/** What is the same for equal values of a type: only decimal numbers are written in several ways. */
export function equalityKey(sql: SqlExpression, type: ScalarType): SqlExpression {
  return type === 'decimal' ? customCall('decimal_reduced', sql) : sql;
}

/** What sorts as values of a type do. */
export function orderKey({ sql, type }: Pick<SqlArgument, 'sql' | 'type'>): SqlExpression {
  return type === 'decimal' ? customCall('decimal_order', sql) : sql;
}

/** The SQL of an operator between two decimals, or of a sign before one. */
export function decimalArithmetic(operator: string, args: readonly SqlArgument[]): SqlExpression {
  const [a, b] = args;
  if (args.some(({ type }) => type !== 'decimal'))
    throw new UnsupportedCallError('arithmetic between decimal and another type');
  if (a && !b) return operator === '-' ? NEGATED.sql(args, 'decimal') : a.sql;
  const callable = ARITHMETIC[operator];
  if (!callable) throw new UnsupportedCallError('arithmetic with decimal');
  return callable.sql(args, 'decimal');
}

/** `bin(value, size)` between decimals. */
export function decimalBin(value: SqlArgument, size: SqlArgument): SqlExpression {
  if (value.type !== 'decimal' || size.type !== 'decimal')
    throw new UnsupportedCallError('bin() of decimal and another type');
  return BIN.sql([value, size], 'decimal');
}

/** `bin_at(value, size, point)` between decimals. */
export function decimalBinAt(value: SqlArgument, size: SqlArgument, point: SqlArgument): SqlExpression {
  const distance: SqlArgument = { ...value, sql: decimalArithmetic('-', [value, point]) };
  return decimalArithmetic('+', [{ ...value, sql: decimalBin(distance, size) }, point]);
}

export function decimalAbs(value: SqlArgument): SqlExpression {
  return ABSOLUTE.sql([value], 'decimal');
}

export function decimalCeiling(value: SqlArgument): SqlExpression {
  return CEILING.sql([value], 'decimal');
}

/** The whole part as text, which `toint()` and `tolong()` read. */
export function decimalWhole(value: SqlArgument): SqlExpression {
  return WHOLE.sql([value], 'string');
}

/** @param args the number and perhaps how many digits are left, halves being rounded away from zero */
export function decimalRound(args: readonly SqlExpression[], none: SqlExpression): SqlExpression {
  return customCall('decimal_round', args[0] ?? none, args[1] ?? none);
}

/** Of values of which one is decimal, the others whole numbers made decimal before. */
function extreme(name: string, sign: 1 | -1): Callable {
  return ownStep(
    name,
    'always',
    (...values) => {
      const numbers = values.flatMap((value) => read(value) ?? []);
      const best = numbers.reduce<Decimal | null>(
        (found, value) => (found === null || value.comparedTo(found) === sign ? value : found),
        null,
      );
      return best && textOf(best);
    },
    true,
  );
}

/** The steps behind operators and functions of other files that also take decimals. */
export const DECIMAL_STEPS: readonly Callable[] = [
  ...Object.values(ARITHMETIC),
  BIN,
  NEGATED,
  ABSOLUTE,
  CEILING,
  WHOLE,
  ROUNDED,
  DECIMAL_REDUCED,
  DECIMAL_ORDER,
  extreme('decimal_max_of', 1),
  extreme('decimal_min_of', -1),
];

function toDecimal(value: SqlValue): SqlValue {
  if (typeof value === 'string') return parseDecimal(value);
  return typeof value === 'number' ? decimalOfReal(value) : value === null ? null : String(value);
}

export const TODECIMAL: ScalarFunction = inSql(
  'todecimal',
  'todecimal-function',
  'always',
  (args) => {
    const value = argument(args, 0);
    if (value.type === 'decimal') return value.sql;
    if (value.type === 'dynamic') return customCall('dynamic_todecimal', value.sql);
    if (!['string', 'int', 'long', 'real'].includes(value.type))
      throw new UnsupportedCallError(`todecimal() of ${value.type}`);
    return customCall('todecimal', value.sql);
  },
  {
    code: [
      { name: 'todecimal', run: toDecimal },
      {
        name: 'dynamic_todecimal',
        run: (json) => {
          const value: unknown = typeof json === 'string' ? JSON.parse(json) : null;
          if (typeof value === 'string') return parseDecimal(value);
          if (typeof value !== 'number' || typeof json !== 'string') return null;
          return /^-?\d+$/.test(json) ? parseDecimal(json) : decimalOfReal(value);
        },
      },
    ],
    fold: ([value]) =>
      value && ['string', 'int', 'long', 'real'].includes(value.type) ? toDecimal(value.literal) : undefined,
  },
);

interface Sum {
  sum: Decimal;
  count: number;
}

function summing(name: string, result: (state: Sum) => SqlValue): AggregateCode<Sum> {
  return {
    name,
    start: () => ({ sum: new Exact(0), count: 0 }),
    step: (state, value) => {
      if (value === null || value === undefined) return state;
      state.sum = state.sum.plus(String(value));
      state.count += 1;
      return state;
    },
    result,
  };
}

function best(name: string, sign: 1 | -1): AggregateCode<{ value: Decimal | null }> {
  return {
    name,
    start: () => ({ value: null }),
    step: (state, value) => {
      const number = read(value);
      if (number && (state.value === null || number.comparedTo(state.value) === sign)) state.value = number;
      return state;
    },
    result: ({ value }) => value && textOf(value),
  };
}

/** The aggregates of decimals, which SQLite calls by these names. */
export const DECIMAL_CODE: readonly (AggregateCode<Sum> | AggregateCode<{ value: Decimal | null }>)[] = [
  summing('decimal_sum', ({ sum }) => textOf(sum)),
  summing('decimal_avg', ({ sum, count }) =>
    count === 0 ? null : textOf(new Number34(sum).dividedBy(count)),
  ),
  best('decimal_min', -1),
  best('decimal_max', 1),
];
