/**
 * Lowers `parse` and `parse-where`. Their patterns become one regular expression, of which each column is a group.
 * https://learn.microsoft.com/kusto/query/parse-operator
 */
import type { ScalarType } from '../catalog.ts';
import { required } from '../functions/function-table.ts';
import { CAPTURE, CAPTURED } from '../functions/patterns.ts';
import type { Syntax } from '../parse/syntax.ts';
import { READERS } from './expansions.ts';
import { asText, call, literal, missing } from './expression.ts';
import { type PatternKind, type TextPattern, textPattern } from './parse-pattern.ts';
import {
  extending,
  findColumn,
  keepingRows,
  lowerScalar,
  newColumn,
  type Relation,
  type Scope,
} from './scope.ts';
import type { Expr, Output } from './tree.ts';

/** `parse`: rows that do not match get empty values. */
export function lowerParse(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const { made } = parsed(syntax, rows, scope);
  return withColumns(syntax, rows, made);
}

/** `parse-where`: rows that do not match go. */
export function lowerParseWhere(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const { made, matches } = parsed(syntax, rows, scope);
  const kept = keepingRows(rows, { kind: 'filter', input: rows.plan, condition: matches });
  return withColumns(syntax, kept, made);
}

function withColumns(syntax: Syntax, rows: Relation, made: readonly Output[]): Relation {
  const columns = syntax.columns.map(
    ({ name }) =>
      made.find(({ column }) => column.name === name)?.column ??
      findColumn(rows, name) ??
      syntax.refuse(`The column '${name}' does not exist here`),
  );
  return extending(rows, rows.plan, columns, made);
}

interface Parsed {
  readonly made: readonly Output[];
  /** Whether a row is as the pattern says. */
  readonly matches: Expr;
}

function parsed(syntax: Syntax, rows: Relation, scope: Scope): Parsed {
  const kind = kindOf(syntax);
  const source = asText(lowerScalar(syntax.part('Expression'), { ...scope, rows }), syntax);
  const flags = syntax.parameter('flags') ?? '';
  if (!/^[imsUux]*$/.test(flags)) syntax.refuse(`'${flags}' are not flags of a regular expression`);
  const found = textPattern(syntax.parts('Patterns'), kind, flags);
  const forms = found.forms.map((form) => literal(form, 'string'));
  const values = found.columns.map(({ type, group }): Expr => {
    const text = call(CAPTURE, [source, literal(BigInt(group), 'long'), ...forms], 'string', syntax);
    const reader = READERS[type];
    return type === 'string' || !reader ? text : call(required(reader), [text], type, syntax);
  });
  const matched = call(CAPTURED, [source, ...forms], 'bool', syntax);
  const certain = kind === 'relaxed' ? [] : convertible(found, values, syntax);
  const matches = certain.reduce((both, one) => call(required('and'), [both, one], 'bool', syntax), matched);
  const made = found.columns.map(({ name, type }, index): Output => {
    const value = values[index] ?? missing(type);
    const whole = certain.length === 0 ? value : iff(matches, value, missing(type), type, syntax);
    return { column: newColumn(name, type), expr: whole };
  });
  return { made, matches };
}

function kindOf(syntax: Syntax): PatternKind {
  const kind = syntax.parameter('kind') ?? 'simple';
  if (kind === 'simple' || kind === 'regex' || kind === 'relaxed') return kind;
  return syntax.refuseUnsupported(`${syntax.text.split(/\s/)[0]} kind=${kind} is not supported`);
}

/** Of the types that no pattern makes sure of: where one cannot be read, the row does not match. */
function convertible({ columns }: TextPattern, values: readonly Expr[], at: Syntax): Expr[] {
  return columns.flatMap(({ isCertain }, index) => {
    const value = values[index];
    return isCertain || !value ? [] : [call(required('isnotnull'), [value], 'bool', at)];
  });
}

function iff(condition: Expr, yes: Expr, no: Expr, type: ScalarType, at: Syntax): Expr {
  return call(required('iff'), [condition, yes, no], type, at);
}
