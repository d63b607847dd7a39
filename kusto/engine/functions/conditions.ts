/** Choices, tests for null and emptiness, and numbers. */
import {
  argument,
  inCode,
  inSql,
  type ScalarFunction,
  type SqlArgument,
  type SqlValue,
  UnsupportedCall,
} from './definition.ts';

function isEmpty({ sql, type }: SqlArgument): string {
  if (type === 'string') return `(${sql} = '')`;
  return type === 'dynamic' ? `(IFNULL(${sql}, '""') = '""')` : `(${sql} IS NULL)`;
}

function isNull({ sql, type }: SqlArgument): string {
  return type === 'string' ? '0' : `(${sql} IS NULL)`;
}

/** `case(condition, value, ..., otherwise)`; a null condition counts as false. */
function choice(args: readonly SqlArgument[]): string {
  const branches: string[] = [];
  for (let at = 0; at + 1 < args.length; at += 2) {
    branches.push(`WHEN ${argument(args, at).sql} THEN ${argument(args, at + 1).sql}`);
  }
  if (args.length % 2 === 0) throw new UnsupportedCall('case() without a last value');
  return `(CASE ${branches.join(' ')} ELSE ${argument(args, args.length - 1).sql} END)`;
}

/** The first argument that is not null, and for strings not empty. */
function coalesce(args: readonly SqlArgument[]): string {
  if (args[0]?.type !== 'string')
    return args.length === 1 ? argument(args, 0).sql : `COALESCE(${args.map(({ sql }) => sql).join(', ')})`;
  return `COALESCE(${args.map(({ sql }) => `NULLIF(${sql}, '')`).join(', ')}, '')`;
}

/** The largest or smallest argument; nulls are ignored. */
function extreme(sign: '>' | '<'): (...values: SqlValue[]) => SqlValue {
  return (...values) => {
    let best: SqlValue = null;
    for (const value of values) {
      if (value !== null && (best === null || (sign === '>' ? value > best : value < best))) best = value;
    }
    return best;
  };
}

function number(name: string, of: (value: number) => number): ScalarFunction {
  return inCode(name, `${name}-function`, 'always', (value) => {
    if (value === null) return null;
    const result = of(Number(value));
    return Number.isFinite(result) ? result : null;
  });
}

const IIF = inSql('iff', 'iff-function', 'always', choice);

export const CONDITIONS: readonly ScalarFunction[] = [
  IIF,
  { ...IIF, name: 'iif' },
  inSql('case', 'case-function', 'always', choice),
  inSql('coalesce', 'coalesce-function', 'arguments', coalesce),
  inSql('not', 'not-function', 'arguments', (args) => `(NOT ${argument(args, 0).sql})`),
  inSql('isnull', 'isnull-function', 'never', (args) => isNull(argument(args, 0))),
  inSql('isnotnull', 'isnotnull-function', 'never', (args) => `(NOT ${isNull(argument(args, 0))})`),
  inSql('isempty', 'isempty-function', 'never', (args) => isEmpty(argument(args, 0))),
  inSql('isnotempty', 'isnotempty-function', 'never', (args) => `(NOT ${isEmpty(argument(args, 0))})`),
  inCode('max_of', 'max-of-function', 'always', extreme('>'), { variadic: true }),
  inCode('min_of', 'min-of-function', 'always', extreme('<'), { variadic: true }),
  inSql('abs', 'abs-function', 'arguments', (args) => `abs(${argument(args, 0).sql})`),
  inSql('sign', 'sign-function', 'arguments', (args) => `sign(${argument(args, 0).sql})`),
  number('ceiling', Math.ceil),
  number('sqrt', Math.sqrt),
  number('exp', Math.exp),
  number('log', Math.log),
  number('log10', Math.log10),
  number('log2', Math.log2),
  inCode('pow', 'pow-function', 'always', (base, exponent) =>
    base === null || exponent === null ? null : Number(base) ** Number(exponent),
  ),
  inCode(
    'round',
    'round-function',
    'always',
    (value, digits) => {
      if (value === null) return null;
      const scale = 10 ** Number(digits ?? 0n);
      return Math.round(Number(value) * scale) / scale;
    },
    { variadic: true },
  ),
];
