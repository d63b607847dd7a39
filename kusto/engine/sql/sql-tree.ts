/**
 * SQL as an immutable tree; `print.ts` makes text of it at the very end. Whoever wants to know something about a
 * piece (is it a column, does it call JavaScript, is it long) asks the piece; nothing reads SQL text.
 *
 * The tags `operation` and `clause` take pieces only, and values become pieces only by `literal` and `parameter`: a
 * string from outside that is put into a template does not compile.
 */
import type { ScalarType } from '../catalog.ts';
import type { SqlValue, StatementParameter } from '../statement.ts';
import { identifierText, literalText } from './literal-text.ts';

interface Facts {
  /** Whether a function of the engine's own, which is JavaScript, is called somewhere in it: they cost most. */
  readonly callsCustomFunction: boolean;
  /** Number of characters of its text. */
  readonly length: number;
}

/** A name as SQL spells it. */
export type SqlName = Facts & { readonly kind: 'name'; readonly text: string };

/** A column of the table or subquery with the alias `table`. */
export type SqlColumn = Facts & {
  readonly kind: 'column';
  readonly table: SqlName;
  readonly name: SqlName;
  /** Whether `''` stands for null. */
  readonly orEmpty: boolean;
};

type SqlCall = Facts & {
  readonly kind: 'call';
  readonly parts: readonly SqlPart[];
  /** A test of whether time is left: true for every row, it ends a statement that nothing else can end. */
  readonly isTimeTest?: true;
  /** Where it calls code of the engine's own for each row: which, and with what. */
  readonly custom?: { readonly code: string; readonly args: readonly (SqlExpression | SqlName)[] };
};

/** An expression that is one operand, whatever operators stand around it: an operation is in parentheses. */
export type SqlExpression =
  | SqlColumn
  | (Facts & { readonly kind: 'literal'; readonly text: string; readonly value: SqlValue })
  | (Facts & { readonly kind: 'parameter'; readonly parameter: StatementParameter })
  | SqlCall
  | (Facts & { readonly kind: 'operation'; readonly parts: readonly SqlPart[] });

/** Any other part of a statement. */
export type SqlClause = Facts & { readonly kind: 'clause'; readonly parts: readonly SqlPart[] };

export type SqlPiece = SqlName | SqlExpression | SqlClause;
/** Text from the source code, or a piece. */
export type SqlPart = string | SqlPiece;

/** A key of ORDER BY. */
export interface SortTerm {
  readonly by: SqlExpression;
  readonly descending: boolean;
  /** Where nulls go; SQLite takes them for the smallest where this is absent. */
  readonly nulls?: 'FIRST' | 'LAST';
}

/** Operators that stand between operands. */
export type InfixOperator =
  | 'AND'
  | 'OR'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '||'
  | 'IS'
  | 'IS NOT';

/** A name from outside, which may hold anything. */
export function quotedName(name: string): SqlName {
  return bareName(identifierText(name));
}

/** A name that the engine made up, or a word of SQL. */
export function bareName(text: string): SqlName {
  return { kind: 'name', text, callsCustomFunction: false, length: text.length };
}

export function columnOf(table: SqlName, name: SqlName): SqlColumn {
  const length = table.length + 1 + name.length;
  return { kind: 'column', table, name, orEmpty: false, callsCustomFunction: false, length };
}

/** A column of the only table there is, as in an index. */
export function ownColumn(name: string): SqlExpression {
  return callOf([quotedName(name)], false);
}

/** A value, spelled out. */
export function sqlLiteral(value: SqlValue, type: ScalarType): SqlExpression {
  const text = literalText(value, type);
  const own = value === null && type === 'string' ? '' : value;
  return { kind: 'literal', text, value: own, callsCustomFunction: false, length: text.length };
}

/** A value that is given when the statement is run. */
export function parameter(of: StatementParameter): SqlExpression {
  return { kind: 'parameter', parameter: of, callsCustomFunction: false, length: 1 };
}

/** A call of one of SQLite's own functions. */
export function sqlCall(name: string, ...args: readonly (SqlExpression | SqlClause)[]): SqlExpression {
  return callOf([name, '(', sqlList(args), ')'], false);
}

/** A call of a function that `functions/register.ts` registers. */
export function customCall(name: string, ...args: readonly (SqlExpression | SqlName)[]): SqlExpression {
  return { ...callOf([`kql_${name}(`, sqlList(args), ')'], true), custom: { code: name, args } };
}

/** A test of whether time is left, which SQLite makes wherever it knows `columns`. */
export function timeTest(name: string, ...columns: readonly SqlExpression[]): SqlExpression {
  return { ...callOf([`kql_${name}(`, sqlList(columns), ')'], true), isTimeTest: true };
}

/** How an aggregate function is called. */
export interface AggregateCall {
  readonly name: string;
  /** Whether `functions/register.ts` registers it. */
  readonly custom?: boolean;
  readonly distinct?: boolean;
  readonly order?: readonly SortTerm[];
  /** Only rows for which this holds are counted in. */
  readonly filter?: SqlExpression | undefined;
}

/** A call of an aggregate function; without arguments it is over `*`. */
export function aggregateCall(
  { name, custom = false, distinct = false, order = [], filter }: AggregateCall,
  ...args: readonly SqlExpression[]
): SqlExpression {
  return callOf(
    [
      `${custom ? 'kql_' : ''}${name}(${distinct ? 'DISTINCT ' : ''}`,
      args.length > 0 ? sqlList(args) : '*',
      ...(order.length > 0 ? [clause` ${orderBy(order)}`] : []),
      ')',
      ...(filter ? [clause` FILTER (WHERE ${filter})`] : []),
    ],
    custom,
  );
}

/** A call of a window function over all rows in the given order. */
export function windowCall(
  name: string,
  args: readonly SqlExpression[],
  order: readonly SortTerm[],
  partition: readonly SqlExpression[] = [],
): SqlExpression {
  const over = sqlList(windowParts(order, partition), ' ');
  return callOf([name, '(', sqlList(args), ') OVER (', over, ')'], false);
}

/** The value of an aggregate that `functions/register.ts` registers over the rows up to each. */
export function runningCall(
  name: string,
  args: readonly SqlExpression[],
  order: readonly SortTerm[],
  partition: readonly SqlExpression[],
): SqlExpression {
  const frame = bareName('ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW');
  const over = sqlList([...windowParts(order, partition), frame], ' ');
  return callOf([`kql_${name}(`, sqlList(args), ') OVER (', over, ')'], true);
}

function windowParts(order: readonly SortTerm[], partition: readonly SqlExpression[]): SqlClause[] {
  return [
    ...(partition.length > 0 ? [clause`PARTITION BY ${sqlList(partition)}`] : []),
    ...(order.length > 0 ? [orderBy(order)] : []),
  ];
}

/** `CAST(of AS type)`. */
export function cast(of: SqlExpression, type: 'INTEGER' | 'REAL' | 'TEXT'): SqlExpression {
  return sqlCall('CAST', clause`${of} AS ${bareName(type)}`);
}

/** `''` where the expression, which gives text, is null. */
export function orEmpty(of: SqlExpression): SqlExpression {
  if (of.kind !== 'column') return sqlCall('IFNULL', of, sqlLiteral('', 'string'));
  return of.orEmpty ? of : { ...of, orEmpty: true, length: of.length + "IFNULL(, '')".length };
}

/** The member of a JSON value at a path; the JSON `null` is null. */
export function jsonMember(value: SqlExpression, path: SqlExpression): SqlExpression {
  return sqlCall('NULLIF', clause`${value} -> ${path}`, sqlLiteral('null', 'string'));
}

/** A SELECT as a value. */
export function subquery(select: SqlClause): SqlExpression {
  return operation`${select}`;
}

/** Operands with an operator between them. */
export function infix(operator: InfixOperator, ...operands: readonly SqlExpression[]): SqlExpression {
  return operationOf([sqlList(operands, ` ${operator} `)]);
}

/** An expression of operators and their operands, which is printed in parentheses. */
export function operation(
  texts: TemplateStringsArray,
  ...operands: readonly (SqlExpression | SqlClause)[]
): SqlExpression {
  return operationOf(woven(texts, operands));
}

/** Anything that is not one operand. */
export function clause(texts: TemplateStringsArray, ...pieces: readonly SqlPiece[]): SqlClause {
  return clauseOf(woven(texts, pieces));
}

/** Pieces one after another. */
export function sqlList(pieces: readonly SqlPiece[], separator = ', '): SqlClause {
  return clauseOf(pieces.flatMap((piece, index) => (index === 0 ? [piece] : [separator, piece])));
}

export function orderBy(terms: readonly SortTerm[]): SqlClause {
  return clause`ORDER BY ${sqlList(terms.map(sortTerm))}`;
}

function sortTerm({ by, descending, nulls }: SortTerm): SqlClause {
  return clauseOf([by, descending ? ' DESC' : '', nulls ? ` NULLS ${nulls}` : '']);
}

function woven(texts: readonly string[], pieces: readonly SqlPiece[]): SqlPart[] {
  return texts.flatMap((text, index) => {
    const piece = pieces[index];
    return piece ? [text, piece] : [text];
  });
}

function callOf(parts: readonly SqlPart[], custom: boolean): SqlCall {
  const { length, callsCustomFunction } = factsOf(parts);
  return { kind: 'call', parts, length, callsCustomFunction: custom || callsCustomFunction };
}

function operationOf(parts: readonly SqlPart[]): SqlExpression {
  const { length, callsCustomFunction } = factsOf(parts);
  return { kind: 'operation', parts, length: length + 2, callsCustomFunction };
}

function clauseOf(parts: readonly SqlPart[]): SqlClause {
  return { kind: 'clause', parts, ...factsOf(parts) };
}

function factsOf(parts: readonly SqlPart[]): Facts {
  return {
    length: parts.reduce((sum, { length }) => sum + length, 0),
    callsCustomFunction: parts.some((part) => typeof part !== 'string' && part.callsCustomFunction),
  };
}
