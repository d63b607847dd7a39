/** Lowers the operators that make rows or columns of one value: `mv-expand` and `parse`. */
import type { Column, ScalarType } from '../catalog.ts';
import { CAST_ELEMENT } from '../functions/conversions.ts';
import { EXPANSION, PAIR_EXPANSION } from '../functions/dynamics.ts';
import { required } from '../functions/function-table.ts';
import { CAPTURE } from '../functions/patterns.ts';
import type { Syntax } from '../parse/syntax.ts';
import { asText, call, columnRef, literal, typeOf } from './expression.ts';
import { extending, findColumn, lowerScalar, newColumn, type Relation, type Scope } from './scope.ts';
import type { Expr, Output, PlanColumn, QueryPlan } from './tree.ts';

const READERS: Readonly<Partial<Record<ScalarType, string>>> = {
  string: 'tostring',
  int: 'toint',
  long: 'tolong',
  real: 'toreal',
  bool: 'tobool',
  datetime: 'todatetime',
  timespan: 'totimespan',
  guid: 'toguid',
};

export function lowerMvExpand(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const kind = syntax.parameter('kind') ?? syntax.parameter('bagexpansion') ?? 'bag';
  const fn = kind === 'array' ? PAIR_EXPANSION : EXPANSION;
  const indexName = syntax.parameter('with_itemindex');
  const limit = syntax.optional('RowLimitClause');
  const bound = syntax.columns;
  const fresh = bound.filter(({ name }) => !findColumn(rows, name) && name !== indexName);
  const expansions = syntax
    .parts('Expressions')
    .map((written) => expansion(written, { ...scope, rows }, fresh));
  const raw = expansions.map(({ name }) => newColumn(name, 'dynamic'));
  const index = indexName === undefined ? undefined : newColumn(indexName, 'long', false);
  const plan: QueryPlan = {
    kind: 'unnest',
    input: rows.plan,
    array: call(
      fn,
      expansions.map(({ value }) => value),
      'dynamic',
      syntax,
    ),
    columns: raw,
    ...(index && { index }),
    ...(limit && { limit: lowerScalar(limit.part('RowLimit'), scope) }),
  };
  const made = expansions.map(
    ({ name, type }, at): Output => typed(name, type, raw[at] ?? newColumn(name, 'dynamic'), syntax),
  );
  const columns = bound.map(
    ({ name }) =>
      made.find(({ column }) => column.name === name)?.column ??
      (name === indexName ? index : undefined) ??
      findColumn(rows, name) ??
      syntax.refuse(`The column '${name}' does not exist here`),
  );
  return { ...extending(rows, plan, columns, made), serialized: rows.serialized };
}

interface Expansion {
  readonly name: string;
  readonly type: ScalarType;
  readonly value: Expr;
}

function expansion(syntax: Syntax, scope: Scope, fresh: Column[]): Expansion {
  const expression = syntax.part('Expression');
  const written = expression.kind === 'SimpleNamedExpression' ? expression.part('Name').name : undefined;
  const value = lowerScalar(expression, scope);
  const type = syntax.optional('ToTypeOf')?.part('TypeOf').parts('Types')[0]?.text;
  const name = written ?? (expression.kind === 'NameReference' ? expression.name : fresh.shift()?.name);
  if (name === undefined) return syntax.refuseUnsupported(`'${syntax.text}' is not supported here`);
  if (typeOf(value) !== 'dynamic')
    return syntax.refuse(`mv-expand of a ${typeOf(value)}: it needs a dynamic value`);
  return { name, type: type === undefined ? 'dynamic' : scalarType(type, syntax), value };
}

function scalarType(text: string, at: Syntax): ScalarType {
  const found = (Object.keys(READERS) as ScalarType[]).find((type) => type === text);
  if (text === 'dynamic') return 'dynamic';
  return found ?? (text === 'double' ? 'real' : at.refuseUnsupported(`'${text}' is not supported here`));
}

/** Types that a JSON element can have by itself; others are read from its text. */
const CAST_TYPES: ReadonlySet<ScalarType> = new Set(['bool', 'int', 'long', 'real']);

function typed(name: string, type: ScalarType, raw: PlanColumn, at: Syntax): Output {
  const reader = READERS[type];
  if (!reader) return { column: raw, expr: columnRef(raw) };
  if (CAST_TYPES.has(type)) {
    const cast = call(CAST_ELEMENT, [columnRef(raw), literal(type, 'string')], type, at);
    return { column: newColumn(name, type), expr: cast };
  }
  return { column: newColumn(name, type), expr: call(required(reader), [columnRef(raw)], type, at) };
}

const NUMBERS: Readonly<Partial<Record<ScalarType, string>>> = {
  int: '\\s*[+-]?[0-9]+\\s*',
  long: '\\s*[+-]?[0-9]+\\s*',
  real: '\\s*[+-]?[0-9]+(?:\\.[0-9]*)?(?:[eE][+-]?[0-9]+)?\\s*',
};

export function lowerParse(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const kind = syntax.parameter('kind') ?? 'simple';
  if (kind !== 'simple') return syntax.refuseUnsupported(`parse kind=${kind} is not supported`);
  const source = asText(lowerScalar(syntax.part('Expression'), { ...scope, rows }), syntax);
  const captured: Column[] = [];
  const patterns = syntax.parts('Patterns');
  const regex = patterns.map((part, index) => piece(part, index === patterns.length - 1, captured)).join('');
  const made = captured.map(({ name, type }, index): Output => {
    const text = call(
      CAPTURE,
      [literal(`^${regex}$`, 'string'), source, literal(BigInt(index + 1), 'long')],
      'string',
      syntax,
    );
    const reader = READERS[type];
    return {
      column: newColumn(name, type),
      expr: type === 'string' || !reader ? text : call(required(reader), [text], type, syntax),
    };
  });
  const columns = syntax.columns.map(
    ({ name }) =>
      made.find(({ column }) => column.name === name)?.column ??
      findColumn(rows, name) ??
      syntax.refuse(`The column '${name}' does not exist here`),
  );
  return extending(rows, rows.plan, columns, made);
}

function piece(part: Syntax, last: boolean, captured: Column[]): string {
  const any = last ? '.*' : '.*?';
  switch (part.kind) {
    case 'StarExpression':
      return any;
    case 'StringLiteralExpression':
      return String(part.literalValue).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    case 'NameDeclaration':
      captured.push({ name: part.name, type: 'string' });
      return `(${any})`;
    case 'NameAndTypeDeclaration': {
      const type = scalarType(part.part('Type').text, part);
      const number = NUMBERS[type];
      if (type !== 'string' && !number)
        return part.refuseUnsupported(`parse into a ${type} is not supported`);
      captured.push({ name: part.part('Name').name, type });
      return `(${number ?? any})`;
    }
    default:
      return part.refuseUnsupported(`'${part.text}' in parse is not supported`);
  }
}
