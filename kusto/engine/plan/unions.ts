/** Lowers `union`. A column of the result comes from the inputs' columns of its name and type. */
import type { Syntax } from '../parse/syntax.ts';
import { columnRef, literal, missing } from './expression.ts';
import { lowerTable, newColumn, type Relation, refuseHidden, type Scope } from './scope.ts';
import type { Expr, QueryPlan } from './tree.ts';

/** `union A, B`, or with the rows of a pipe before it. */
export function lowerUnion(syntax: Syntax, piped: Relation | undefined, scope: Scope): Relation {
  const source = syntax.parameter('withsource') ?? syntax.parameter('with_source');
  const outside: Scope = { context: scope.context, variables: scope.variables };
  const written = syntax.parts('Expressions').map((expression) => {
    if (expression.text.includes('*') && expression.kind === 'NameReference')
      expression.refuseUnsupported('union with a wildcard is not supported');
    const rows = lowerTable(expression, outside);
    refuseHidden(rows, expression);
    return { rows, name: nameOf(expression) };
  });
  const before = syntax.optional('Parent')?.optional('Expression');
  const pipedInput = piped && { rows: piped, name: before && nameGivenBy(before) };
  const inputs = [...(pipedInput ? [pipedInput] : []), ...written];
  const common = syntax.parameter('kind') === 'inner';
  const columns = syntax.columns
    .filter(
      ({ name, type }) =>
        !common ||
        name === source ||
        inputs.every(({ rows }) => rows.columns.some((own) => own.name === name && own.type === type)),
    )
    .map(({ name, type }) => newColumn(name, type));
  refuseAmbiguous(
    inputs.map(({ rows }) => rows),
    syntax,
  );
  const plan: QueryPlan = {
    kind: 'union',
    columns,
    inputs: inputs.map(({ rows, name }, index) => ({
      plan: rows.plan,
      values: columns.map((column): Expr => {
        if (column.name === source) return literal(name ?? `union_arg${index}`, 'string');
        const match = rows.columns.find(
          (candidate) =>
            candidate.type === column.type &&
            (candidate.name === column.name || `${candidate.name}_${candidate.type}` === column.name),
        );
        return match ? columnRef(match) : missing(column.type);
      }),
    })),
  };
  return { plan, columns, serialized: false };
}

/** Columns of one name and several types are called `name_type`, which may be the name of another column. */
function refuseAmbiguous(inputs: readonly Relation[], syntax: Syntax): void {
  const types = new Map<string, Set<string>>();
  for (const { name, type } of inputs.flatMap(({ columns }) => columns))
    types.set(name, (types.get(name) ?? new Set()).add(type));
  for (const [name, ofName] of types) {
    const taken = ofName.size > 1 && [...ofName].find((type) => types.has(`${name}_${type}`));
    if (taken)
      syntax.refuseUnsupported(
        `union of columns '${name}' of several types beside a column '${name}_${taken}' is not supported`,
      );
  }
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
