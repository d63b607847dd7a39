/** Choices, and tests for null and emptiness. */
import type { ScalarType } from '../catalog.ts';
import {
  clause,
  customCall,
  infix,
  operation,
  type SqlClause,
  type SqlExpression,
  sqlCall,
  sqlList,
  sqlLiteral,
} from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import {
  argument,
  inCode,
  inSql,
  type ScalarFunction,
  type SqlArgument,
  UnsupportedCallError,
} from './definition.ts';

const EMPTY = sqlLiteral('', 'string');
const EMPTY_JSON = sqlLiteral('""', 'string');

function isEmpty({ sql, type }: SqlArgument): SqlExpression {
  if (type === 'string') return infix('=', sql, EMPTY);
  return type === 'dynamic'
    ? infix('=', sqlCall('IFNULL', sql, EMPTY_JSON), EMPTY_JSON)
    : operation`${sql} IS NULL`;
}

function isNull({ sql, type }: SqlArgument): SqlExpression {
  return type === 'string' ? sqlLiteral(0n, 'bool') : operation`${sql} IS NULL`;
}

function not(sql: SqlExpression): SqlExpression {
  return operation`NOT ${sql}`;
}

/** `case(condition, value, ..., otherwise)`; a null condition counts as false. */
function choice(args: readonly SqlArgument[]): SqlExpression {
  const branches: SqlClause[] = [];
  for (let at = 0; at + 1 < args.length; at += 2) {
    branches.push(clause`WHEN ${argument(args, at).sql} THEN ${argument(args, at + 1).sql}`);
  }
  if (args.length % 2 === 0) throw new UnsupportedCallError('case() without a last value');
  return operation`CASE ${sqlList(branches, ' ')} ELSE ${argument(args, args.length - 1).sql} END`;
}

/** The first argument that is not null, and for strings not empty. */
function coalesce(args: readonly SqlArgument[]): SqlExpression {
  const values = args.map(({ sql }) => sql);
  if (args[0]?.type !== 'string')
    return args.length === 1 ? argument(args, 0).sql : sqlCall('COALESCE', ...values);
  return sqlCall('COALESCE', ...values.map((sql) => sqlCall('NULLIF', sql, EMPTY)), EMPTY);
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

/** What SQLite's own `min` and `max` compare as Kusto does. */
const COUNTED: ReadonlySet<ScalarType> = new Set(['int', 'long', 'datetime', 'timespan']);

/** The same of two whole numbers in SQL; SQLite's own functions give null where one is null. */
function extremeInSql(name: 'min' | 'max', args: readonly SqlArgument[]): SqlExpression | undefined {
  const [a, b] = args;
  if (!a || !b || args.length > 2 || a.type !== b.type || !COUNTED.has(a.type)) return undefined;
  const unlessNull = (one: SqlArgument, other: SqlArgument) =>
    one.nullable ? sqlCall('IFNULL', one.sql, other.sql) : one.sql;
  // What is written twice is computed twice.
  const isRepeatable = ({ sql }: SqlArgument) => sql.kind === 'column' || sql.kind === 'literal';
  if ((a.nullable && !isRepeatable(b)) || (b.nullable && !isRepeatable(a))) return undefined;
  return sqlCall(name, unlessNull(a, b), unlessNull(b, a));
}

/** Decimals are compared as numbers, and not as the texts that they are kept as. */
function extremeOf(name: string, sign: '>' | '<'): ScalarFunction {
  const plain = inCode(name, `${name.replace('_', '-')}-function`, 'always', extreme(sign), {
    variadic: true,
  });
  return {
    ...plain,
    sql: (args, type) =>
      args.some((arg) => arg.type === 'decimal')
        ? customCall(`decimal_${name}`, ...args.map(({ sql }) => sql))
        : (extremeInSql(sign === '>' ? 'max' : 'min', args) ?? plain.sql(args, type)),
    fold: (args) => (args.some((arg) => arg.type === 'decimal') ? undefined : plain.fold?.(args)),
  };
}

const IIF = inSql('iff', 'iff-function', 'always', choice);

export const CONDITIONS: readonly ScalarFunction[] = [
  IIF,
  { ...IIF, name: 'iif' },
  inSql('case', 'case-function', 'always', choice),
  inSql('coalesce', 'coalesce-function', 'arguments', coalesce),
  inSql('not', 'not-function', 'arguments', (args) => not(argument(args, 0).sql)),
  inSql('isnull', 'isnull-function', 'never', (args) => isNull(argument(args, 0))),
  inSql('isnotnull', 'isnotnull-function', 'never', (args) => not(isNull(argument(args, 0)))),
  inSql('isempty', 'isempty-function', 'never', (args) => isEmpty(argument(args, 0))),
  inSql('isnotempty', 'isnotempty-function', 'never', (args) => not(isEmpty(argument(args, 0)))),
  extremeOf('max_of', '>'),
  extremeOf('min_of', '<'),
];
