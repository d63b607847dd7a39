/** Lowers `union`. A column of the result comes from the inputs' columns of its name and type. */
import type { Table } from '../catalog.ts';
import type { Syntax } from '../parse/syntax.ts';
import { columnRef, literal, missing } from './expression.ts';
import { lowerTable, newColumn, type Relation, refuseHidden, type Scope, scan } from './scope.ts';
import type { Expr, QueryPlan } from './tree.ts';
import { isWildcard, wildcardTables } from './wildcards.ts';

/** `union A, B`, or with the rows of a pipe before it. */
export function lowerUnion(syntax: Syntax, piped: Relation | undefined, scope: Scope): Relation {
  const source = syntax.parameter('withsource') ?? syntax.parameter('with_source');
  const outside: Scope = { context: scope.context, variables: scope.variables };
  const listed = syntax.parts('Expressions');
  const known = listed.filter((expression) => !isUnknown(expression, outside));
  // Of an input that does not exist, `isfuzzy` makes none; where no input is left, the query is wrong all the same.
  const isFuzzy = syntax.parameter('isfuzzy')?.toLowerCase() === 'true';
  const taken = isFuzzy && (piped || known.length > 0) ? known : listed;
  const written = taken.flatMap((expression) => {
    const tables = wildcardTables(expression, outside);
    if (tables) {
      refuseTwice(expression, tables, taken, outside);
      return tables.map((table) => ({ rows: scan(table, outside), name: table.name }));
    }
    const rows = lowerTable(expression, outside);
    refuseHidden(rows, expression);
    return [{ rows, name: nameOf(expression) }];
  });
  const before = syntax.optional('Parent')?.optional('Expression');
  const pipedInput = piped && { rows: piped, name: before && nameGivenBy(before) };
  const inputs = [...(pipedInput ? [pipedInput] : []), ...written];
  const common = syntax.parameter('kind') === 'inner';
  const names = resultNames(
    inputs.map(({ rows }) => rows),
    syntax,
  );
  // The binder puts a column with a number behind its name where the one without it belongs.
  const order = [...names.values()];
  const columns = syntax.columns
    .filter(
      ({ name, type }) =>
        !common ||
        name === source ||
        inputs.every(({ rows }) => rows.columns.some((own) => own.name === name && own.type === type)),
    )
    .map(({ name, type }) => newColumn(name, type))
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const plan: QueryPlan = {
    kind: 'union',
    columns,
    inputs: inputs.map(({ rows, name }, index) => ({
      plan: rows.plan,
      values: columns.map((column): Expr => {
        if (column.name === source) return literal(name ?? `union_arg${index}`, 'string');
        const match = rows.columns.find((candidate) => names.get(keyOf(candidate)) === column.name);
        return match ? columnRef(match) : missing(column.type);
      }),
    })),
  };
  return { plan, columns, serialized: false };
}

/** Refuses a wildcard for tables that another input names too: nothing says whether their rows come once or twice. */
function refuseTwice(
  wildcard: Syntax,
  tables: readonly Table[],
  inputs: readonly Syntax[],
  scope: Scope,
): void {
  const others = inputs
    .filter((input) => input !== wildcard)
    .flatMap((input) => wildcardTables(input, scope)?.map(({ name }) => name) ?? [nameOf(input)]);
  const twice = tables.find(({ name }) => others.includes(name));
  if (twice)
    wildcard.refuseUnsupported(
      `Table '${twice.name}' by name and by a wildcard in one union is not supported`,
    );
}

/** Whether the table at the beginning of an input does not exist. */
function isUnknown(expression: Syntax, scope: Scope): boolean {
  switch (expression.kind) {
    case 'ParenthesizedExpression':
    case 'PipeExpression':
      return isUnknown(expression.part('Expression'), scope);
    case 'NameReference':
      return (
        !scope.variables.get(expression.name) &&
        !scope.context.catalog.entities.has(expression.name) &&
        !isWildcard(expression)
      );
    default:
      return false;
  }
}

/**
 * What the columns of the inputs are called in the result, by name and type. Columns of one name and several types are
 * called `name_type`, with a number behind it where that is the name of another column.
 */
function resultNames(inputs: readonly Relation[], syntax: Syntax): ReadonlyMap<string, string> {
  const types = new Map<string, Set<string>>();
  for (const { name, type } of inputs.flatMap(({ columns }) => columns))
    types.set(name, (types.get(name) ?? new Set()).add(type));
  const bound = syntax.columns;
  const nameOfColumn = (name: string, type: string, isOnly: boolean): string => {
    if (isOnly) return name;
    const longer = `${name}_${type}`;
    if (!types.has(longer)) return longer;
    const found = bound.find(
      (column) => column.type === type && !types.has(column.name) && numbered(longer, column.name),
    );
    return (
      found?.name ??
      syntax.refuseUnsupported(
        `union of columns '${name}' of several types beside a column '${longer}' is not supported`,
      )
    );
  };
  return new Map(
    [...types].flatMap(([name, ofName]) =>
      [...ofName].map(
        (type) => [keyOf({ name, type }), nameOfColumn(name, type, ofName.size === 1)] as const,
      ),
    ),
  );
}

function numbered(name: string, longer: string): boolean {
  return longer.startsWith(name) && /^\d+$/.test(longer.slice(name.length));
}

function keyOf({ name, type }: { readonly name: string; readonly type: string }): string {
  return `${type} ${name}`;
}

/** The name of an input: that of `as`, or the table's. */
function nameOf(expression: Syntax): string | undefined {
  return nameGivenBy(expression) ?? (/^[A-Za-z_]\w*$/.test(expression.text) ? expression.text : undefined);
}

/** https://learn.microsoft.com/kusto/query/as-operator */
function nameGivenBy(expression: Syntax): string | undefined {
  switch (expression.kind) {
    case 'ParenthesizedExpression':
      return nameGivenBy(expression.part('Expression'));
    case 'PipeExpression':
      return nameGivenBy(expression.part('Operator'));
    case 'AsOperator':
      return expression.part('Name').name;
    default:
      return undefined;
  }
}
