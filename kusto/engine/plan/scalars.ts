/** Lowers scalar expressions: what the binder resolved becomes columns, values and calls. */
import type { ScalarType } from '../catalog.ts';
import { MEMBER, PATH, pathStep } from '../functions/dynamics.ts';
import { aggregateFunction, operator, required } from '../functions/function-table.ts';
import { FOLDED } from '../functions/operators.ts';
import { didYouMean } from '../nearest-name.ts';
import type { Syntax } from '../parse/syntax.ts';
import { lowerCall } from './calls.ts';
import { inDecimals } from './decimal-operands.ts';
import { asText, call, columnRef, isNullable, literal, typeOf } from './expression.ts';
import { literalValue } from './literals.ts';
import { packedMember } from './packed-members.ts';
import { findColumn, lowerScalar, lowerTable, type Scope } from './scope.ts';
import type { Aggregate, Expr, PlanColumn, QueryPlan } from './tree.ts';

/** The plan's expression for a scalar expression of the query. */
export function scalarExpression(syntax: Syntax, scope: Scope): Expr {
  const value = literalValue(syntax);
  if (value) return literal(value.value, value.type);
  switch (syntax.kind) {
    case 'NameReference':
      return lowerName(syntax, scope);
    case 'ParenthesizedExpression':
    case 'SimpleNamedExpression':
      return lowerScalar(syntax.part('Expression'), scope);
    case 'FunctionCallExpression':
      return lowerCall(syntax, scope);
    case 'PathExpression':
    case 'ElementExpression':
      return lowerPath(syntax, scope);
    case 'ToScalarExpression':
      return toScalar(syntax, scope);
    case 'UnaryMinusExpression':
    case 'UnaryPlusExpression': {
      const token = syntax.kind === 'UnaryMinusExpression' ? '-' : '+';
      const operand = lowerScalar(syntax.part('Expression'), scope);
      if (operand.kind === 'literal' && token === '-') {
        if (typeof operand.value === 'bigint') return { ...operand, value: -operand.value };
        if (typeof operand.value === 'number') return { ...operand, value: -operand.value };
      }
      return call(required(token), [operand], syntax.type, syntax);
    }
    case 'BetweenExpression':
    case 'NotBetweenExpression':
      return lowerBetween(syntax, scope);
    default:
      return lowerOperator(syntax, scope);
  }
}

function lowerName(syntax: Syntax, scope: Scope): Expr {
  const name = syntax.name;
  if (syntax.symbol === 'column') {
    const column = findColumn(scope.rows, name);
    if (column) return columnRef(column);
  }
  const variable = scope.variables.get(name);
  if (variable?.kind === 'scalar') return variable.expr;
  if (syntax.symbol === 'function') return lowerCall(syntax, scope);
  if (syntax.symbol === 'none') {
    const columns = scope.rows?.columns.map((column) => column.name) ?? [];
    const advice = didYouMean(name, [...columns, ...scope.variables.names()]);
    syntax.refuse(`The name '${name}' does not refer to anything that exists here${advice && `.${advice}`}`);
  }
  return syntax.refuseUnsupported(`'${name}' is not supported here`);
}

/** `$left.x`, `$right.x`, or members of a dynamic value; written keys make one JSON path. */
function lowerPath(syntax: Syntax, scope: Scope): Expr {
  const owner = syntax.part('Expression');
  if (owner.name === '$left' || owner.name === '$right') {
    const side = owner.name === '$left' ? scope.rows : scope.right;
    const column = findColumn(side, syntax.part('Selector').name);
    return column ? columnRef(column) : syntax.refuseUnsupported(`'${syntax.text}' is not supported here`);
  }
  const stepValue = scope.stepValue?.(owner.name, syntax.part('Selector').name);
  if (stepValue) return stepValue;
  const value = lowerScalar(owner, scope);
  const key = memberKey(syntax, scope);
  const packed = packedMember(value, key);
  if (packed) return packed;
  const step = key.kind === 'literal' ? pathStep(key.value) : undefined;
  if (step === undefined || value.kind === 'literal') return call(MEMBER, [value, key], 'dynamic', syntax);
  if (value.kind === 'call' && value.fn === PATH) {
    const [base, path] = value.args;
    if (base && path?.kind === 'literal') {
      return call(PATH, [base, literal(`${path.value}${step}`, 'string')], 'dynamic', syntax);
    }
  }
  return call(PATH, [value, literal(`$${step}`, 'string')], 'dynamic', syntax);
}

function memberKey(syntax: Syntax, scope: Scope): Expr {
  const selector = syntax.part('Selector');
  if (selector.kind === 'NameReference') return literal(selector.name, 'string');
  if (selector.kind === 'BracketedExpression') return lowerScalar(selector.part('Expression'), scope);
  return selector.refuseUnsupported(`'${syntax.text}' is not supported`);
}

function toScalar(syntax: Syntax, scope: Scope): Expr {
  const inner = syntax.part('Expression');
  const outside: Scope = { context: scope.context, variables: scope.variables };
  if (!inner.isTabular) return lowerScalar(inner, outside);
  const { plan, columns } = lowerTable(inner, outside);
  const [column] = columns;
  return column
    ? { kind: 'scalarQuery', plan, column }
    : inner.refuse('toscalar() of a table without columns');
}

function lowerBetween(syntax: Syntax, scope: Scope): Expr {
  const value = lowerScalar(syntax.part('Left'), scope);
  const from = lowerScalar(syntax.part('Right').part('First'), scope);
  const to = lowerScalar(syntax.part('Right').part('Second'), scope);
  const span = typeOf(value) === 'datetime' && typeOf(to) === 'timespan';
  const end = span ? call(required('+'), [from, to], 'datetime', syntax) : to;
  refuseMismatch(syntax, typeOf(value), typeOf(from));
  const token = syntax.kind === 'BetweenExpression' ? 'between' : '!between';
  return call(required(token), inDecimals([value, from, end], syntax), 'bool', syntax);
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', '<>']);
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%']);
const LISTS: ReadonlySet<string> = new Set(['in', '!in', 'in~', '!in~', 'has_any', 'has_all']);

function lowerOperator(syntax: Syntax, scope: Scope): Expr {
  const written = syntax.optional('Operator')?.text;
  const token = written === '<>' ? '!=' : written;
  const fn = token === undefined ? undefined : operator(token);
  if (!token || !fn)
    return syntax.refuseUnsupported(`'${written ?? syntax.text}' (${syntax.kind}) is not supported`);
  if (LISTS.has(token)) return lowerMembership(syntax, token, scope);
  const left = lowerScalar(syntax.part('Left'), scope);
  const right = lowerScalar(syntax.part('Right'), scope);
  if (token === 'and' || token === 'or') return call(fn, [left, right], 'bool', syntax);
  if (COMPARISONS.has(token)) return call(fn, comparable(syntax, left, right), 'bool', syntax);
  if (ARITHMETIC.has(token)) {
    const operands = inDecimals(refuseDynamic(syntax, [left, right]), syntax);
    return call(fn, operands, syntax.type, syntax);
  }
  return call(fn, [asText(left, syntax), asText(right, syntax)], 'bool', syntax);
}

function lowerMembership(syntax: Syntax, token: string, scope: Scope): Expr {
  const value = lowerScalar(syntax.part('Left'), scope);
  const elements = syntax.part('Right').parts('Expressions');
  const [only] = elements;
  if (only?.isTabular) {
    const { plan, columns } = lowerTable(only, { context: scope.context, variables: scope.variables });
    const [column] = columns;
    if (!column) return only.refuse(`'${token}' with a table without columns`);
    if (token.startsWith('has')) {
      const terms = asArray(plan, asText(columnRef(column), syntax), syntax);
      return call(required(token), [asText(value, syntax), terms], 'bool', syntax);
    }
    const member = sameKind(columnRef(column), typeOf(value), syntax);
    refuseMismatch(syntax, typeOf(value), typeOf(member));
    const test: Expr = {
      kind: 'inQuery',
      value: token.endsWith('~') ? folded(value, syntax) : value,
      ...madeColumn(plan, column, token.endsWith('~') ? folded(member, syntax) : member),
    };
    return token.startsWith('!') ? call(required('not'), [test], 'bool', syntax) : test;
  }
  const list = elements.map((element) => lowerScalar(element, scope));
  const ofText = token.startsWith('has') || token.endsWith('~');
  const wanted = ofText ? 'string' : elementType(list);
  const subject = typeOf(value) === 'dynamic' ? convert(value, wanted, syntax) : value;
  const members = list.map((element) => sameKind(element, typeOf(subject), syntax));
  for (const element of members)
    if (typeOf(element) !== 'dynamic') refuseMismatch(syntax, typeOf(subject), typeOf(element));
  return call(required(token), inDecimals([subject, ...members], syntax), 'bool', syntax);
}

/** The values of all rows as one array, which is made once. */
function asArray(input: QueryPlan, value: Expr, at: Syntax): Expr {
  const fn = aggregateFunction('make_list');
  if (!fn) return at.refuseUnsupported('make_list is not supported');
  const column: PlanColumn = { name: 'values', type: 'dynamic', nullable: true };
  const list: Aggregate = { kind: 'call', column, fn, args: [value], at };
  return { kind: 'scalarQuery', plan: { kind: 'aggregate', input, keys: [], aggregates: [list] }, column };
}

/** An element of a list that is text where the value is a number or a time, or the reverse, as the value's type. */
function sameKind(element: Expr, wanted: ScalarType, at: Syntax): Expr {
  const type = typeOf(element);
  if (type === wanted || type === 'dynamic' || (type !== 'string' && wanted !== 'string')) return element;
  if (wanted === 'string') return asText(element, at);
  const name = wanted === 'decimal' ? 'todecimal' : `to${wanted}`;
  return call(required(name), [element], wanted, at);
}

function folded(text: Expr, at: Syntax): Expr {
  return call(FOLDED, [asText(text, at)], 'string', at);
}

/** What is made of a column of the plan, which may be that column itself. */
function madeColumn(
  input: QueryPlan,
  column: PlanColumn,
  expr: Expr,
): { readonly plan: QueryPlan; readonly column: PlanColumn } {
  if (expr.kind === 'column') return { plan: input, column };
  const made: PlanColumn = { name: column.name, type: typeOf(expr), nullable: isNullable(expr) };
  return { plan: { kind: 'project', input, outputs: [{ column: made, expr }] }, column: made };
}

function elementType(list: readonly Expr[]): ScalarType {
  return list.map(typeOf).find((type) => type !== 'dynamic') ?? 'string';
}

const CONVERSIONS: Readonly<Partial<Record<ScalarType, string>>> = {
  string: 'tostring',
  int: 'toreal',
  long: 'toreal',
  real: 'toreal',
  bool: 'tobool',
  datetime: 'todatetime',
  timespan: 'totimespan',
  guid: 'toguid',
};

function convert(expr: Expr, type: ScalarType, at: Syntax): Expr {
  const name = CONVERSIONS[type];
  if (!name) return at.refuseUnsupported(`Comparing dynamic with ${type} is not supported`);
  return call(required(name), [expr], name === 'toreal' ? 'real' : type, at);
}

/** Both sides of a comparison as one type; a dynamic side takes the other's. */
function comparable(syntax: Syntax, left: Expr, right: Expr): Expr[] {
  const [a, b] = [typeOf(left), typeOf(right)];
  if (a === 'dynamic' && b === 'dynamic')
    return syntax.refuseUnsupported('Comparing two dynamic values is not supported: convert them first');
  if (a === 'dynamic') return [convert(left, b, syntax), right];
  if (b === 'dynamic') return [left, convert(right, a, syntax)];
  refuseMismatch(syntax, a, b);
  return [...inDecimals([left, right], syntax)];
}

const FAMILIES: Readonly<Partial<Record<ScalarType, string>>> = {
  int: 'number',
  long: 'number',
  real: 'number',
  decimal: 'number',
};

function refuseMismatch(syntax: Syntax, a: ScalarType, b: ScalarType): void {
  if ((FAMILIES[a] ?? a) !== (FAMILIES[b] ?? b))
    syntax.refuse(`Cannot compare values of types ${a} and ${b}`);
}

function refuseDynamic(syntax: Syntax, operands: readonly Expr[]): readonly Expr[] {
  if (operands.some((operand) => typeOf(operand) === 'dynamic')) {
    syntax.refuseUnsupported(
      'Arithmetic with dynamic values is not supported: convert them first, such as with tolong()',
    );
  }
  return operands;
}
