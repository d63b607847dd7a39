/** Functions of numbers: of real numbers, and of the bits of whole ones. */
import { cast, customCall, sqlCall, sqlLiteral } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { decimalAbs, decimalCeiling, decimalRound } from './decimals.ts';
import { argument, inCode, inSql, type ScalarFunction, UnsupportedCallError } from './definition.ts';

function number(name: string, of: (value: number) => number): ScalarFunction {
  return inCode(name, `${name}-function`, 'always', (value) => {
    if (value === null) return null;
    const result = of(Number(value));
    return Number.isNaN(result) ? null : result;
  });
}

/** Of two whole numbers, in 64 bits. */
function bits(name: string, of: (a: bigint, b: bigint) => bigint | null): ScalarFunction {
  return inCode(name, `${name.replaceAll('_', '-')}-function`, 'always', (a, b) =>
    typeof a === 'bigint' && typeof b === 'bigint' ? of(a, b) : null,
  );
}

/** By how many of 64 bits; null where the number is negative. */
function shifted(by: bigint, shift: (count: bigint) => bigint): bigint | null {
  return by < 0n ? null : BigInt.asIntN(64, shift(by % 64n));
}

function ones(value: SqlValue): bigint | null {
  if (typeof value !== 'bigint') return null;
  return BigInt([...BigInt.asUintN(64, value).toString(2)].filter((bit) => bit === '1').length);
}

const REAL_CEILING = number('ceiling', Math.ceil);
const CEILING: ScalarFunction = {
  ...REAL_CEILING,
  sql: (args, type) => {
    const value = argument(args, 0);
    return value.type === 'decimal' ? decimalCeiling(value) : REAL_CEILING.sql(args, type);
  },
  fold: (args) => (args[0]?.type === 'decimal' ? undefined : REAL_CEILING.fold?.(args)),
};

const REAL_ROUND = inCode(
  'round',
  'round-function',
  'always',
  (value, digits) => {
    if (value === null) return null;
    const scale = 10 ** Number(digits ?? 0n);
    const number = Number(value);
    // A half is rounded away from zero, on both sides of it.
    return (Math.sign(number) * Math.round(Math.abs(number) * scale)) / scale;
  },
  { variadic: true },
);
const ROUND: ScalarFunction = {
  ...REAL_ROUND,
  sql: (args, type) =>
    argument(args, 0).type === 'decimal'
      ? decimalRound(
          args.map(({ sql }) => sql),
          sqlLiteral(0n, 'long'),
        )
      : REAL_ROUND.sql(args, type),
  fold: (args) => (args[0]?.type === 'decimal' ? undefined : REAL_ROUND.fold?.(args)),
};

/** A negative number has all the digits of its type. */
const TOHEX = inSql(
  'tohex',
  'tohex-function',
  'never',
  (args) => {
    const { sql, type } = argument(args, 0);
    if (type !== 'int' && type !== 'long') throw new UnsupportedCallError(`tohex() of ${type}`);
    const size = sqlLiteral(type === 'int' ? 32n : 64n, 'long');
    return customCall('tohex', sql, size, ...args.slice(1).map((arg) => arg.sql));
  },
  {
    code: [
      {
        name: 'tohex',
        variadic: true,
        run: (value = null, size = 64n, least = 0n) =>
          typeof value === 'bigint'
            ? BigInt.asUintN(Number(size), value)
                .toString(16)
                .padStart(Math.min(16, Number(least ?? 0n)), '0')
            : '',
      },
    ],
  },
);

export const NUMBERS: readonly ScalarFunction[] = [
  inSql('abs', 'abs-function', 'arguments', (args) => {
    const value = argument(args, 0);
    return value.type === 'decimal' ? decimalAbs(value) : sqlCall('abs', value.sql);
  }),
  inSql('sign', 'sign-function', 'arguments', (args) => {
    const { sql, type } = argument(args, 0);
    return sqlCall('sign', type === 'decimal' ? cast(sql, 'REAL') : sql);
  }),
  CEILING,
  number('sqrt', Math.sqrt),
  number('exp', Math.exp),
  number('exp2', (value) => 2 ** value),
  number('exp10', (value) => 10 ** value),
  number('log', Math.log),
  number('log10', Math.log10),
  number('log2', Math.log2),
  number('sin', Math.sin),
  number('cos', Math.cos),
  number('tan', Math.tan),
  number('cot', (value) => 1 / Math.tan(value)),
  number('asin', Math.asin),
  number('acos', Math.acos),
  number('atan', Math.atan),
  inCode('atan2', 'atan2-function', 'always', (y, x) =>
    y === null || x === null ? null : Math.atan2(Number(y), Number(x)),
  ),
  number('degrees', (value) => (180 / Math.PI) * value),
  number('radians', (value) => (Math.PI / 180) * value),
  inSql('pi', 'pi-function', 'never', () => sqlLiteral(Math.PI, 'real')),
  inCode('pow', 'pow-function', 'always', (base, exponent) =>
    base === null || exponent === null ? null : Number(base) ** Number(exponent),
  ),
  ROUND,
  bits('binary_and', (a, b) => a & b),
  bits('binary_or', (a, b) => a | b),
  bits('binary_xor', (a, b) => a ^ b),
  inCode('binary_not', 'binary-not-function', 'always', (value) =>
    typeof value === 'bigint' ? ~value : null,
  ),
  bits('binary_shift_left', (value, by) => shifted(by, (count) => value << count)),
  bits('binary_shift_right', (value, by) => shifted(by, (count) => value >> count)),
  inCode('bitset_count_ones', 'bitset-count-ones-function', 'always', ones),
  TOHEX,
];
