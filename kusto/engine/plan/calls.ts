/** Lowers calls: the function table's, the few that need to know their surroundings, and the catalogue's. */
import { type ScalarType, takesTable } from '../catalog.ts';
import type { ScalarFunction } from '../functions/definition.ts';
import { FILLED_MEMBERS } from '../functions/dynamics.ts';
import { aggregateFunction, required, scalarFunction, scalarNames } from '../functions/function-table.ts';
import { didYouMean } from '../nearest-name.ts';
import type { Syntax } from '../parse/syntax.ts';
import { inDecimals } from './decimal-operands.ts';
import { READERS } from './expansions.ts';
import { asText, call, columnRef, literal, missing, typeOf } from './expression.ts';
import { literalValue, readLiteral } from './literals.ts';
import { unpacked } from './packed-members.ts';
import { WINDOW_CALLS, type WindowCall } from './row-windows.ts';
import {
  findColumn,
  isWritten,
  lowerScalar,
  lowerTable,
  type Relation,
  type Scope,
  Variables,
  withFreshColumns,
} from './scope.ts';
import { textOfLiteral } from './string-literals.ts';
import type { Expr } from './tree.ts';

/** The plan's expression for a call that gives a scalar. */
export function lowerCall(syntax: Syntax, scope: Scope): Expr {
  const name = syntax.kind === 'FunctionCallExpression' ? syntax.part('Name').name : syntax.name;
  const special = SPECIAL[name];
  if (
    scope.variables.get(name)?.kind === 'function' ||
    scope.context.catalog.entities.get(name)?.kind === 'function'
  ) {
    const result = inlineFunction(syntax, name, scope);
    return 'plan' in result ? syntax.refuse(`'${name}' gives a table, not a scalar`) : result;
  }
  if (special) return special(syntax, callArguments(syntax), scope);
  const fn = scalarFunction(name);
  if (!fn) {
    if (aggregateFunction(name)) syntax.refuse(`The function '${name}' is an aggregate: use it in summarize`);
    const isKusto = (syntax.optional('Name') ?? syntax).symbol === 'function';
    const names = [...scalarNames(), ...scope.variables.names(), ...scope.context.catalog.entities.keys()];
    return syntax.refuseUnsupported(
      `The function '${name}' is not supported`,
      isKusto ? '' : didYouMean(name, names),
    );
  }
  const args = callArguments(syntax);
  const type = name === 'extract' ? args[3] : undefined;
  if (type) return extractAs(type, syntax, fn, args.slice(0, 3), scope);
  return scalarCall(
    syntax,
    fn,
    args.map((argument) => lowerScalar(argument, scope)),
  );
}

/** `extract(…, typeof(long))`: what is found, read as that type. */
function extractAs(
  type: Syntax,
  syntax: Syntax,
  fn: ScalarFunction,
  args: readonly Syntax[],
  scope: Scope,
): Expr {
  const reader = READERS[syntax.type];
  if (type.kind !== 'TypeOfLiteralExpression' || !reader)
    return type.refuseUnsupported(`extract() with ${type.text} is not supported`);
  const given = args.map((argument) => lowerScalar(argument, scope));
  const taken = given.map((arg, index) => (index === 1 ? arg : asText(arg, syntax)));
  const found = call(fn, taken, 'string', syntax);
  return syntax.type === 'string' ? found : call(required(reader), [found], syntax.type, syntax);
}

/** A call of one of the function table's functions, its arguments in the types that it takes. */
export function scalarCall(syntax: Syntax, fn: ScalarFunction, args: readonly Expr[]): Expr {
  if (fn.most !== undefined && args.length > fn.most)
    return syntax.refuseUnsupported(`'${fn.name}' with ${args.length} arguments is not supported`);
  const known = unpacked(fn.name, args);
  if (known) return known;
  const isText = (index: number): boolean => fn.text === 'all' || fn.text?.includes(index) === true;
  const taken = args.map((arg, index) => (isText(index) ? asText(arg, syntax) : arg));
  if (syntax.type === 'decimal' && OF_ONE_TYPE.has(fn.name))
    return call(fn, decimals(fn.name, taken, syntax), 'decimal', syntax);
  return call(fn, alike(fn.name, taken, syntax), resultType(fn.name, syntax.type, taken), syntax);
}

export function callArguments(syntax: Syntax): Syntax[] {
  return syntax.optional('ArgumentList')?.parts('Expressions') ?? [];
}

/** The arguments that are values, as decimals. */
function decimals(name: string, args: readonly Expr[], syntax: Syntax): readonly Expr[] {
  const values = args.map((_, index) => !CHOICES.has(name) || isValue(name, index, args.length));
  const made = [
    ...inDecimals(
      args.filter((_, index) => values[index]),
      syntax,
    ),
  ];
  return args.map((arg, index) => (values[index] ? (made.shift() ?? arg) : arg));
}

function isValue(name: string, index: number, count: number): boolean {
  return name === 'coalesce' || index % 2 === 1 || index === count - 1;
}

/** The binder gives a choice's type; where its branches mix dynamic and others, every branch becomes dynamic. */
function alike(name: string, args: readonly Expr[], syntax: Syntax): readonly Expr[] {
  if (!CHOICES.has(name)) return args;
  const types = new Set(args.filter((_, index) => isValue(name, index, args.length)).map(typeOf));
  if (!types.has('dynamic') || types.size === 1) return args;
  return args.map((arg, index) =>
    isValue(name, index, args.length) && typeOf(arg) !== 'dynamic'
      ? call(required('parse_json'), [arg], 'dynamic', syntax)
      : arg,
  );
}

const CHOICES: ReadonlySet<string> = new Set(['iff', 'iif', 'case', 'coalesce']);
/** Whose arguments are all of the type of the result, besides conditions. */
const OF_ONE_TYPE: ReadonlySet<string> = new Set([...CHOICES, 'max_of', 'min_of', 'bin', 'floor', 'bin_at']);

function resultType(name: string, bound: ScalarType, args: readonly Expr[]): ScalarType {
  if (!CHOICES.has(name)) return bound;
  const value = args.at(name === 'coalesce' ? 0 : 1);
  return bound === 'dynamic' && value ? typeOf(value) : bound;
}

type Special = WindowCall;

/** Calls that depend on where they stand. */
const SPECIAL: Readonly<Record<string, Special | undefined>> = {
  now: (syntax, args, scope) => {
    const now: Expr = { kind: 'slot', slot: scope.context.now, type: 'datetime' };
    const [offset] = args;
    return offset ? call(required('+'), [now, lowerScalar(offset, scope)], 'datetime', syntax) : now;
  },
  ago: (syntax, [span], scope) => {
    if (!span) return syntax.refuse('ago() needs a timespan');
    const now: Expr = { kind: 'slot', slot: scope.context.now, type: 'datetime' };
    return call(required('-'), [now, lowerScalar(span, scope)], 'datetime', syntax);
  },
  ingestion_time: (_syntax, _args, scope) =>
    scope.rows?.ingestion ? columnRef(scope.rows.ingestion) : missing('datetime'),
  column_ifexists: (syntax, [name, fallback], scope) => {
    const column = findColumn(scope.rows, String(name?.literalValue));
    if (column) return columnRef(column);
    return fallback ? lowerScalar(fallback, scope) : syntax.refuse('column_ifexists() needs a default');
  },
  columnifexists: (syntax, args, scope) =>
    SPECIAL.column_ifexists?.(syntax, args, scope) ?? syntax.refuseUnsupported('not supported'),
  bag_pack_columns: (syntax, args, scope) =>
    pack(
      syntax,
      args.map((arg) => [arg.name, lowerScalar(arg, scope)] as const),
    ),
  pack_all: (syntax, [ignoresEmpty], scope) => {
    const columns = (scope.rows?.columns ?? []).filter((column) => !column.isHidden);
    const bag = pack(
      syntax,
      columns.map((column) => [column.name, columnRef(column)] as const),
    );
    const ignored = ignoresEmpty ? lowerScalar(ignoresEmpty, scope) : undefined;
    if (ignored && ignored.kind !== 'literal')
      syntax.refuseUnsupported(
        'pack_all() with an argument that is not written as true or false is not supported',
      );
    return ignored?.kind === 'literal' && ignored.value
      ? call(FILLED_MEMBERS, [bag], 'dynamic', syntax)
      : bag;
  },
  ...WINDOW_CALLS,
  typeof: (syntax) => syntax.refuseUnsupported('typeof() is not supported here'),
};

/** The names of calls that are planned by themselves, for the documentation. */
export const SPECIAL_CALLS: readonly string[] = Object.keys(SPECIAL).filter((name) => name !== 'typeof');

function pack(syntax: Syntax, members: readonly (readonly [string, Expr])[]): Expr {
  const args = members.flatMap(([name, expr]) => [literal(name, 'string'), expr]);
  return call(required('bag_pack_columns'), args, 'dynamic', syntax);
}

/**
 * A stored function or a lambda, with its body bound to the arguments' types by the binder and put in place.
 *
 * @param piped the rows that `invoke` gives to its first parameter
 */
export function inlineFunction(
  syntax: Syntax,
  name: string,
  scope: Scope,
  piped?: Relation,
): Relation | Expr {
  const body =
    syntax.calledBody ??
    (syntax.kind === 'FunctionCallExpression' ? syntax.part('Name').calledBody : undefined);
  if (!body) return syntax.refuse(`The body of function '${name}' could not be bound`);
  const lambda = scope.variables.get(name);
  const variables = new Variables(lambda?.kind === 'function' ? lambda.variables : undefined);
  bindArguments(syntax, name, scope, variables, piped);
  return scope.context.lowering.body(body.parts('Statements'), body.part('Expression'), {
    context: scope.context,
    variables,
  });
}

interface Parameter {
  readonly name: string;
  readonly fallback: Expr | undefined;
}

/** Sets the parameters in `variables`, from the arguments by name or position, else from their defaults. */
function bindArguments(
  syntax: Syntax,
  name: string,
  scope: Scope,
  variables: Variables,
  piped: Relation | undefined,
): void {
  const parameters = parametersOf(name, scope);
  const args = callArguments(syntax);
  const outside: Scope = scope;
  const rest = [...parameters];
  if (piped) {
    const first = rest.shift();
    if (!first) throw syntax.refuse(`Function '${name}' has no parameter for the rows before 'invoke'`);
    variables.set(first.name, { kind: 'table', lower: () => withFreshColumns(piped) });
  }
  for (const arg of args) {
    const named = arg.kind === 'SimpleNamedExpression' ? arg.part('Name').name : undefined;
    const index = named === undefined ? 0 : rest.findIndex((parameter) => parameter.name === named);
    const [parameter] = index < 0 ? [] : rest.splice(index, 1);
    if (!parameter) throw arg.refuse(`Function '${name}' has no parameter for '${arg.text}'`);
    const value = arg.kind === 'SimpleNamedExpression' ? arg.part('Expression') : arg;
    if (value.isTabular)
      variables.set(parameter.name, { kind: 'table', lower: () => lowerTable(value, outside) });
    else {
      const [expr, written] = [lowerScalar(value, outside), isWritten(value, outside)];
      variables.set(parameter.name, { kind: 'scalar', expr, written });
    }
  }
  for (const { name: unset, fallback } of rest) {
    if (!fallback) throw syntax.refuse(`Function '${name}' needs a value for '${unset}'`);
    variables.set(unset, { kind: 'scalar', expr: fallback, written: true });
  }
}

function parametersOf(name: string, scope: Scope): Parameter[] {
  const lambda = scope.variables.get(name);
  if (lambda?.kind === 'function') {
    return lambda.declaration
      .part('Parameters')
      .parts('Parameters')
      .map((parameter) => {
        const value = parameter.optional('DefaultValue');
        const fallback = value ? literalValue(value.part('Value')) : undefined;
        const named = parameter.part('NameAndType').part('Name').name;
        return { name: named, fallback: fallback && literal(fallback.value, fallback.type) };
      });
  }
  const stored = scope.context.catalog.entities.get(name);
  if (stored?.kind !== 'function') return [];
  return stored.parameters.map((parameter) => {
    if (takesTable(parameter)) return { name: parameter.name, fallback: undefined };
    const { name: named, type, defaultValue } = parameter;
    const value = defaultValue === undefined ? undefined : defaultOf(defaultValue, type);
    return { name: named, fallback: value === undefined ? undefined : literal(value, type) };
  });
}

/** The value of a parameter's default, which is a KQL literal. */
export function defaultOf(text: string, type: ScalarType): string | number | bigint | null | undefined {
  return type === 'string' ? (textOfLiteral(text.trim()) ?? text) : readLiteral(text, type);
}
