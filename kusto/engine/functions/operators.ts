/**
 * Operators, by the token that writes them. Comparison with null follows
 * https://learn.microsoft.com/kusto/query/scalar-data-types/null-values: `==` of null and a value is false,
 * of two nulls null; in a filter both are "no", so there the plain SQL `=` (which can use an index) stands.
 */
import type { ScalarType } from '../catalog.ts';
import {
  bareName,
  cast,
  clause,
  customCall,
  type InfixOperator,
  infix,
  operation,
  type SqlClause,
  type SqlExpression,
  sqlCall,
  sqlList,
  sqlLiteral,
} from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { decimalArithmetic, equalityKey, orderKey } from './decimals.ts';
import {
  argument,
  type Callable,
  inSql,
  type ScalarCode,
  type ScalarFunction,
  type SqlArgument,
  UnsupportedCallError,
} from './definition.ts';
import { pattern } from './regular-expression.ts';
import { fold, hasTerm } from './text.ts';

const LOGIC = 'logical-operators';
const NUMERIC = 'numerical-operators';
const STRING = 'datatypes-string-operators';

type Pair = readonly [SqlArgument, SqlArgument];

function pair(args: readonly SqlArgument[]): Pair {
  return [argument(args, 0), argument(args, 1)];
}

function between(operator: InfixOperator): ScalarFunction['sql'] {
  return (args) => infix(operator, ...args.map(({ sql }) => sql));
}

/** With what is the same for equal values in the place of each. */
function equatable(args: readonly SqlArgument[]): SqlArgument[] {
  return args.map((arg) => ({ ...arg, sql: equalityKey(arg.sql, arg.type) }));
}

/** A null comes to the same as false here, and the plain `=` can use an index. */
const EQUAL_IN_FILTER: Callable = {
  nullable: 'arguments',
  meaning: 'equal',
  lookup: 'exact',
  sql: (args, type) => between('=')(equatable(args), type),
};

function equal([a, b]: Pair): SqlExpression {
  if (!a.nullable && !b.nullable) return infix('=', a.sql, b.sql);
  if (!a.nullable || !b.nullable) return infix('IS', a.sql, b.sql);
  return operation`CASE WHEN ${a.sql} IS NULL AND ${b.sql} IS NULL THEN NULL ELSE ${a.sql} IS ${b.sql} END`;
}

function notEqual([a, b]: Pair): SqlExpression {
  if (!a.nullable && !b.nullable) return infix('<>', a.sql, b.sql);
  if (!a.nullable || !b.nullable) return infix('IS NOT', a.sql, b.sql);
  return operation`CASE WHEN ${a.sql} IS NULL AND ${b.sql} IS NULL THEN NULL ELSE ${a.sql} IS NOT ${b.sql} END`;
}

function orderable(operator: '<' | '<=' | '>' | '>='): ScalarFunction {
  return inSql(operator, NUMERIC, 'arguments', (args) => infix(operator, ...args.map(orderKey)), {
    isRange: true,
  });
}

function isDecimal(args: readonly SqlArgument[]): boolean {
  return args.some(({ type }) => type === 'decimal');
}

function arithmetic(operator: '+' | '-' | '*'): ScalarFunction {
  return inSql(operator, NUMERIC, 'arguments', (args, type) => {
    if (isDecimal(args)) return decimalArithmetic(operator, args);
    const [a, b] = args;
    if (a && !b) return wholeTicks(operator === '-' ? operation`- ${a.sql}` : a.sql, args, type);
    return wholeTicks(between(operator)(args, type), args, type);
  });
}

function wholeTicks(sql: SqlExpression, args: readonly SqlArgument[], type: ScalarType): SqlExpression {
  const fractional = args.some((arg) => arg.type === 'real');
  return fractional && (type === 'timespan' || type === 'datetime') ? cast(sql, 'INTEGER') : sql;
}

const DIVIDE = inSql('/', NUMERIC, 'always', (args, type) => {
  if (isDecimal(args)) return decimalArithmetic('/', args);
  const [a, b] = pair(args);
  if (type === 'real') return realQuotient(a, b);
  return wholeTicks(infix('/', a.sql, b.sql), args, type);
});

/** SQLite makes null of a division by zero. */
function realQuotient(a: SqlArgument, b: SqlArgument): SqlExpression {
  const quotient = infix('/', cast(a.sql, 'REAL'), b.sql);
  if (typeof b.literal === 'number' || typeof b.literal === 'bigint') {
    if (Number(b.literal) !== 0) return quotient;
  }
  return operation`coalesce(${quotient}, CASE WHEN ${b.sql} = 0 THEN ${cast(a.sql, 'REAL')} * 9e999 END)`;
}

const MODULO = inSql(
  '%',
  NUMERIC,
  'always',
  (args, type) => {
    if (isDecimal(args)) return decimalArithmetic('%', args);
    const [a, b] = pair(args);
    if (type === 'real') return customCall('real_modulo', a.sql, b.sql);
    const size = sqlCall('abs', b.sql);
    return infix('%', infix('+', infix('%', a.sql, b.sql), size), size);
  },
  {
    code: [
      {
        name: 'real_modulo',
        run: (a, b) => (a === null || b === null ? null : realModulo(Number(a), Math.abs(Number(b)))),
      },
    ],
    note: 'the smallest number that is not negative',
  },
);

function realModulo(a: number, b: number): number {
  return ((a % b) + b) % b;
}

/** SQL for a test against a literal of `length` characters; `text` is the lower-cased or the plain text. */
type LiteralTest = (text: SqlExpression, part: SqlExpression, length: number) => SqlExpression;

/**
 * A test of two strings, with its four forms: as is, negated, and both for exact case. It is JavaScript,
 * but for an ASCII literal SQLite's own functions say the same: no other character folds to ASCII.
 */
function stringTest(
  name: string,
  cased: string,
  test: (text: string, part: string) => boolean,
  native?: LiteralTest,
): ScalarFunction[] {
  const exact: ScalarCode = { name: `${name}_cs`, run: (a, b) => truth(test(text(a), text(b))) };
  const folded: ScalarCode = { name, run: (a, b) => truth(test(fold(text(a)), fold(text(b)))) };
  const tested = (code: ScalarCode, negated: boolean) => (args: readonly SqlArgument[]) => {
    const [a, b] = pair(args);
    const sql =
      native && isAscii(b)
        ? code === folded
          ? native(sqlCall('lower', a.sql), lowered(b), b.literal.length)
          : native(a.sql, b.sql, b.literal.length)
        : customCall(code.name, a.sql, b.sql);
    return negated ? operation`NOT ${sql}` : sql;
  };
  return [
    inSql(name, STRING, 'never', tested(folded, false), { code: [folded, exact] }),
    inSql(`!${name}`, STRING, 'never', tested(folded, true)),
    inSql(cased, STRING, 'never', tested(exact, false)),
    inSql(`!${cased}`, STRING, 'never', tested(exact, true)),
  ];
}

/** SQLite's comparison without the case of ASCII letters, which makes no copy of a text as `lower` does. */
function withoutCase(sql: SqlExpression): SqlExpression {
  return operation`${sql} COLLATE NOCASE`;
}

function lowered({ literal: value }: { readonly literal: string }): SqlExpression {
  return sqlLiteral(value.toLowerCase(), 'string');
}

function isAscii(arg: SqlArgument): arg is SqlArgument & { readonly literal: string } {
  return typeof arg.literal === 'string' && /^[\x20-\x7e]+$/.test(arg.literal);
}

const FOLD: ScalarCode = { name: 'fold', run: (a) => fold(text(a)) };

/** The form of a string in which case does not matter; what an index holds for `=~` and `in~`. */
export const FOLDED: Callable = { nullable: 'never', sql: (args) => folded(argument(args, 0)) };

function foldedEquality(operator: string, comparison: '=' | '<>'): ScalarFunction {
  return inSql(
    operator,
    STRING,
    'never',
    (args) => {
      const [a, b] = pair(args);
      return isAscii(b)
        ? infix(comparison, a.sql, withoutCase(lowered(b)))
        : infix(comparison, folded(a), folded(b));
    },
    { code: [FOLD], ...(comparison === '=' && { lookup: 'folded' as const }) },
  );
}

function folded(arg: SqlArgument): SqlExpression {
  if (arg.literal === '') return arg.sql;
  return isAscii(arg) ? lowered(arg) : customCall('fold', arg.sql);
}

/** Membership in a written list; a dynamic argument stands for its elements. */
function membership(operator: string, negated: boolean, ignoreCase: boolean): ScalarFunction {
  return inSql(
    operator,
    'in-operator',
    'never',
    (args) => {
      const [value, ...elements] = equatable(args);
      if (!value || elements.length === 0) throw new UnsupportedCallError(`'${operator}' with an empty list`);
      const native = elements.every(isAscii);
      const side = (arg: SqlArgument): SqlExpression => {
        if (!ignoreCase) return arg.sql;
        return native && arg === value ? withoutCase(arg.sql) : folded(arg);
      };
      const members = elements.some(({ type }) => type === 'dynamic')
        ? sqlList(
            elements.map((arg) =>
              arg.type === 'dynamic' ? elementsOf(arg, ignoreCase) : clause`SELECT ${side(arg)}`,
            ),
            ' UNION ALL ',
          )
        : sqlList(elements.map(side));
      const test = negated
        ? operation`${side(value)} NOT IN (${members})`
        : operation`${side(value)} IN (${members})`;
      const certain = !value.nullable && elements.every((arg) => !arg.nullable || arg.type === 'dynamic');
      return certain ? test : sqlCall('IFNULL', test, sqlLiteral(negated ? 1n : 0n, 'bool'));
    },
    negated ? {} : { lookup: ignoreCase ? 'folded' : 'exact' },
  );
}

/** A SELECT of the members of a dynamic array. */
function elementsOf({ sql }: SqlArgument, ignoreCase: boolean): SqlClause {
  const value = bareName('value');
  const each = sqlCall('json_each', sql);
  if (!ignoreCase) return clause`SELECT ${value} FROM ${each}`;
  return clause`SELECT ${customCall('fold', value)} FROM ${each}`;
}

function anyTerm(operator: string, joiner: 'OR' | 'AND'): ScalarFunction {
  const termsIn: ScalarCode = {
    name: joiner === 'OR' ? 'has_any_of' : 'has_all_of',
    run: (value, terms) => {
      const has = (term: string): boolean => hasTerm(fold(text(value)), fold(term), true, true);
      const listed = stringsIn(terms);
      return truth(joiner === 'OR' ? listed.some(has) : listed.every(has));
    },
  };
  return inSql(
    operator,
    STRING,
    'never',
    (args) => {
      const [value, ...terms] = args;
      if (!value) throw new UnsupportedCallError(`'${operator}' without terms`);
      return infix(
        joiner,
        ...terms.map(({ sql, type }) =>
          customCall(type === 'dynamic' ? termsIn.name : 'has', value.sql, sql),
        ),
      );
    },
    { code: [termsIn] },
  );
}

function range(operator: string, negated: boolean): ScalarFunction {
  return inSql(operator, 'between-operator', 'arguments', (args) => {
    const [value, from, to] = [
      orderKey(argument(args, 0)),
      orderKey(argument(args, 1)),
      orderKey(argument(args, 2)),
    ];
    return negated
      ? operation`${value} NOT BETWEEN ${from} AND ${to}`
      : operation`${value} BETWEEN ${from} AND ${to}`;
  });
}

/** The strings in the JSON of a dynamic array; nothing else can be a term. */
function stringsIn(json: SqlValue): string[] {
  const value: unknown = typeof json === 'string' ? JSON.parse(json) : [];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** Every operator, in the order of the documentation. */
export const OPERATORS: readonly ScalarFunction[] = [
  inSql('and', LOGIC, 'arguments', between('AND'), { meaning: 'and' }),
  inSql('or', LOGIC, 'arguments', between('OR'), { meaning: 'or' }),
  inSql('==', NUMERIC, 'arguments', (args) => equal(pair(equatable(args))), {
    meaning: 'equal',
    inFilter: EQUAL_IN_FILTER,
  }),
  inSql('!=', NUMERIC, 'arguments', (args) => notEqual(pair(equatable(args)))),
  orderable('<'),
  orderable('<='),
  orderable('>'),
  orderable('>='),
  arithmetic('+'),
  arithmetic('-'),
  arithmetic('*'),
  DIVIDE,
  MODULO,
  range('between', false),
  range('!between', true),
  membership('in', false, false),
  membership('!in', true, false),
  membership('in~', false, true),
  membership('!in~', true, true),
  foldedEquality('=~', '='),
  foldedEquality('!~', '<>'),
  ...stringTest(
    'contains',
    'contains_cs',
    (a, b) => a.includes(b),
    (text, part) => operation`${sqlCall('instr', text, part)} > 0`,
  ),
  ...stringTest(
    'startswith',
    'startswith_cs',
    (a, b) => a.startsWith(b),
    (text, part, length) => infix('=', sqlCall('substr', text, whole(1), whole(length)), part),
  ),
  ...stringTest(
    'endswith',
    'endswith_cs',
    (a, b) => a.endsWith(b),
    (text, part, length) => infix('=', sqlCall('substr', text, whole(-length)), part),
  ),
  ...stringTest('has', 'has_cs', (a, b) => hasTerm(a, b, true, true)),
  ...stringTest('hasprefix', 'hasprefix_cs', (a, b) => hasTerm(a, b, true, false)),
  ...stringTest('hassuffix', 'hassuffix_cs', (a, b) => hasTerm(a, b, false, true)),
  anyTerm('has_any', 'OR'),
  anyTerm('has_all', 'AND'),
  inSql(
    'matches regex',
    STRING,
    'never',
    (args) => customCall('matches_regex', ...args.map(({ sql }) => sql)),
    {
      code: [{ name: 'matches_regex', run: (a, b) => truth(pattern(text(b)).matches(text(a))) }],
      pattern: ([, regex]) => regex,
    },
  ),
];

function whole(value: number): SqlExpression {
  return sqlLiteral(BigInt(value), 'long');
}

function text(value: SqlValue): string {
  return typeof value === 'string' ? value : '';
}

function truth(value: boolean): bigint {
  return value ? 1n : 0n;
}
