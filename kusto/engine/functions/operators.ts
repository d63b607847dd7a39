/**
 * Operators, by the token that writes them. Comparison with null follows
 * https://learn.microsoft.com/kusto/query/scalar-data-types/null-values: `==` of null and a value is false,
 * of two nulls null; in a filter both are "no", so there the plain SQL `=` (which can use an index) stands.
 */
import type { ScalarType } from '../catalog.ts';
import {
  argument,
  inSql,
  type ScalarCode,
  type ScalarFunction,
  type SqlArgument,
  type SqlValue,
  UnsupportedCall,
} from './definition.ts';
import { fold, hasTerm, pattern } from './text.ts';

const LOGIC = 'logical-operators';
const NUMERIC = 'numerical-operators';
const STRING = 'datatypes-string-operators';

type Pair = readonly [SqlArgument, SqlArgument];

function pair(args: readonly SqlArgument[]): Pair {
  return [argument(args, 0), argument(args, 1)];
}

function infix(operator: string): ScalarFunction['sql'] {
  return (args) => `(${args.map(({ sql }) => sql).join(` ${operator} `)})`;
}

/** `a == b` where a null comes to the same as false. */
export const EQUAL_IN_FILTER = inSql('== in a filter', NUMERIC, 'arguments', infix('='));
/** `a != b` where a null comes to the same as false. */
export const NOT_EQUAL_IN_FILTER = inSql('!= in a filter', NUMERIC, 'arguments', (args) =>
  notEqual(pair(args)),
);

function equal([a, b]: Pair): string {
  if (!a.nullable && !b.nullable) return `(${a.sql} = ${b.sql})`;
  if (!a.nullable || !b.nullable) return `(${a.sql} IS ${b.sql})`;
  return `(CASE WHEN ${a.sql} IS NULL AND ${b.sql} IS NULL THEN NULL ELSE ${a.sql} IS ${b.sql} END)`;
}

function notEqual([a, b]: Pair): string {
  if (!a.nullable && !b.nullable) return `(${a.sql} <> ${b.sql})`;
  if (!a.nullable || !b.nullable) return `(${a.sql} IS NOT ${b.sql})`;
  return `(CASE WHEN ${a.sql} IS NULL AND ${b.sql} IS NULL THEN NULL ELSE ${a.sql} IS NOT ${b.sql} END)`;
}

function orderable(operator: string): ScalarFunction {
  return inSql(operator, NUMERIC, 'arguments', infix(operator));
}

function refuseDecimal(args: readonly SqlArgument[]): void {
  if (args.some(({ type }) => type === 'decimal')) throw new UnsupportedCall('arithmetic with decimal');
}

function arithmetic(operator: '+' | '-' | '*'): ScalarFunction {
  return inSql(operator, NUMERIC, 'arguments', (args, type) => {
    refuseDecimal(args);
    const sql = args.length === 1 ? `(${operator} ${argument(args, 0).sql})` : infix(operator)(args, type);
    return wholeTicks(sql, args, type);
  });
}

function wholeTicks(sql: string, args: readonly SqlArgument[], type: ScalarType): string {
  const fractional = args.some((arg) => arg.type === 'real');
  return fractional && (type === 'timespan' || type === 'datetime') ? `CAST(${sql} AS INTEGER)` : sql;
}

const DIVIDE = inSql('/', NUMERIC, 'always', (args, type) => {
  refuseDecimal(args);
  const [a, b] = pair(args);
  const sql = type === 'real' ? `(CAST(${a.sql} AS REAL) / ${b.sql})` : `(${a.sql} / ${b.sql})`;
  return wholeTicks(sql, args, type);
});

const MODULO = inSql(
  '%',
  NUMERIC,
  'always',
  (args, type) => {
    refuseDecimal(args);
    const [a, b] = pair(args);
    if (type === 'real') return `kql_real_modulo(${a.sql}, ${b.sql})`;
    return `(((${a.sql} % ${b.sql}) + abs(${b.sql})) % abs(${b.sql}))`;
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

/** SQL for a test against a literal; `text` is the lower-cased or the plain text. */
type LiteralTest = (text: string, part: string, length: number) => string;

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
  const call = (code: ScalarCode, negated: boolean) => (args: readonly SqlArgument[]) => {
    const [a, b] = pair(args);
    const ignoreCase = code === folded;
    const sql =
      native && isAscii(b)
        ? native(
            ignoreCase ? `lower(${a.sql})` : a.sql,
            ignoreCase ? b.sql.toLowerCase() : b.sql,
            b.literal.length,
          )
        : `kql_${code.name}(${a.sql}, ${b.sql})`;
    return negated ? `(NOT ${sql})` : sql;
  };
  return [
    inSql(name, STRING, 'never', call(folded, false), { code: [folded, exact] }),
    inSql(`!${name}`, STRING, 'never', call(folded, true)),
    inSql(cased, STRING, 'never', call(exact, false)),
    inSql(`!${cased}`, STRING, 'never', call(exact, true)),
  ];
}

function isAscii(arg: SqlArgument): arg is SqlArgument & { readonly literal: string } {
  return typeof arg.literal === 'string' && /^[\x20-\x7e]+$/.test(arg.literal);
}

const FOLD: ScalarCode = { name: 'fold', run: (a) => fold(text(a)) };

function foldedEquality(operator: string, sql: '=' | '<>'): ScalarFunction {
  return inSql(
    operator,
    STRING,
    'never',
    (args) => {
      const [a, b] = pair(args);
      if (isAscii(b)) return `(lower(${a.sql}) ${sql} ${folded(b)})`;
      return `(${folded(a)} ${sql} ${folded(b)})`;
    },
    { code: [FOLD] },
  );
}

function folded({ sql, literal }: SqlArgument): string {
  return typeof literal === 'string' && /^[\x20-\x7e]*$/.test(literal)
    ? sql.toLowerCase()
    : `kql_fold(${sql})`;
}

/** Membership in a written list; a single dynamic argument is a list by itself. */
function membership(operator: string, negated: boolean, ignoreCase: boolean): ScalarFunction {
  return inSql(operator, 'in-operator', 'never', (args) => {
    const [value, ...list] = args;
    if (!value || list.length === 0) throw new UnsupportedCall(`'${operator}' with an empty list`);
    const native = list.every(isAscii);
    const side = (arg: SqlArgument): string => {
      if (!ignoreCase) return arg.sql;
      return native && arg === value ? `lower(${arg.sql})` : folded(arg);
    };
    const members =
      list[0]?.type === 'dynamic'
        ? list
            .map((array) => `SELECT ${ignoreCase ? 'kql_fold(value)' : 'value'} FROM json_each(${array.sql})`)
            .join(' UNION ALL ')
        : list.map(side).join(', ');
    const test = `(${side(value)} ${negated ? 'NOT ' : ''}IN (${members}))`;
    const certain = !value.nullable && list.every((arg) => !arg.nullable || arg.type === 'dynamic');
    return certain ? test : `IFNULL(${test}, ${negated ? 1 : 0})`;
  });
}

function anyTerm(operator: string, joiner: 'OR' | 'AND'): ScalarFunction {
  return inSql(operator, STRING, 'never', (args) => {
    const [value, ...terms] = args;
    if (!value || terms.some(({ type }) => type === 'dynamic')) {
      throw new UnsupportedCall(`'${operator}' with a dynamic list`);
    }
    return `(${terms.map((term) => `kql_has(${value.sql}, ${term.sql})`).join(` ${joiner} `)})`;
  });
}

const BETWEEN = (operator: string, negated: boolean): ScalarFunction =>
  inSql(operator, 'between-operator', 'arguments', (args) => {
    const [value, from, to] = [argument(args, 0), argument(args, 1), argument(args, 2)];
    return `(${value.sql} ${negated ? 'NOT ' : ''}BETWEEN ${from.sql} AND ${to.sql})`;
  });

/** Every operator, in the order of the documentation. */
export const OPERATORS: readonly ScalarFunction[] = [
  inSql('and', LOGIC, 'arguments', infix('AND')),
  inSql('or', LOGIC, 'arguments', infix('OR')),
  inSql('==', NUMERIC, 'arguments', (args) => equal(pair(args))),
  inSql('!=', NUMERIC, 'arguments', (args) => notEqual(pair(args))),
  orderable('<'),
  orderable('<='),
  orderable('>'),
  orderable('>='),
  arithmetic('+'),
  arithmetic('-'),
  arithmetic('*'),
  DIVIDE,
  MODULO,
  BETWEEN('between', false),
  BETWEEN('!between', true),
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
    (text, part) => `(instr(${text}, ${part}) > 0)`,
  ),
  ...stringTest(
    'startswith',
    'startswith_cs',
    (a, b) => a.startsWith(b),
    (text, part, length) => `(substr(${text}, 1, ${length}) = ${part})`,
  ),
  ...stringTest(
    'endswith',
    'endswith_cs',
    (a, b) => a.endsWith(b),
    (text, part, length) => `(substr(${text}, -${length}) = ${part})`,
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
    (args) => `kql_matches_regex(${args.map(({ sql }) => sql).join(', ')})`,
    {
      code: [{ name: 'matches_regex', run: (a, b) => truth(pattern(text(b)).test(text(a))) }],
      note: 'patterns that mean the same in RE2 and in JavaScript',
    },
  ),
];

function text(value: SqlValue): string {
  return typeof value === 'string' ? value : '';
}

function truth(value: boolean): bigint {
  return value ? 1n : 0n;
}
