/** Lowers `union`. A column of the result comes from the inputs' columns of its name and type. */
import type { Syntax } from '../parse/syntax.ts';
import { columnRef, literal, missing } from './expression.ts';
import { lowerTable, newColumn, type Relation, type Scope } from './scope.ts';
import type { Expr, QueryPlan } from './tree.ts';

/** `union A, B`, or with the rows of a pipe before it. */
export function lowerUnion(syntax: Syntax, piped: Relation | undefined, scope: Scope): Relation {
  const source = syntax.parameter('withsource') ?? syntax.parameter('with_source');
  const outside: Scope = { context: scope.context, variables: scope.variables };
  const written = syntax.parts('Expressions').map((expression) => {
    if (expression.text.includes('*') && expression.kind === 'NameReference')
      expression.refuseUnsupported('union with a wildcard is not supported');
    return { rows: lowerTable(expression, outside), name: expression.text };
  });
  const inputs = [...(piped ? [{ rows: piped, name: 'union_arg0' }] : []), ...written];
  const common = syntax.parameter('kind') === 'inner';
  const columns = syntax.columns
    .filter(
      ({ name, type }) =>
        !common ||
        name === source ||
        inputs.every(({ rows }) => rows.columns.some((own) => own.name === name && own.type === type)),
    )
    .map(({ name, type }) => newColumn(name, type));
  const plan: QueryPlan = {
    kind: 'union',
    columns,
    inputs: inputs.map(({ rows, name }, index) => ({
      plan: rows.plan,
      values: columns.map((column): Expr => {
        if (column.name === source) return literal(sourceName(name, index), 'string');
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

/** A table's name, or what Kusto calls an input that has none. */
function sourceName(text: string, index: number): string {
  return /^[A-Za-z_]\w*$/.test(text) ? text : `union_arg${index}`;
}
