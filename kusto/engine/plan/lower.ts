/** Lowers a bound query: its declared parameters, its `let` statements and its one result. */
import type { Catalog } from '../catalog.ts';
import type { Syntax } from '../parse/syntax.ts';
import type { RemoteSchema } from '../remote/schema.ts';
import type { StatementParameter } from '../statement.ts';
import { defaultOf } from './calls.ts';
import { typeOf } from './expression.ts';
import { bodyResult, singleRow, tableRows } from './queries.ts';
import { scalarExpression } from './scalars.ts';
import { newColumn, type QueryContext, type Relation, Variables } from './scope.ts';

export interface LoweredQuery {
  readonly rows: Relation;
  /** The stored entities that it reads. */
  readonly entities: ReadonlySet<string>;
}

/** The plan of a query block. A scalar result is a row of one column. */
export function lowerQuery(
  block: Syntax,
  catalog: Catalog,
  override: ReadonlyMap<string, string>,
  remotes: readonly RemoteSchema[] = [],
): LoweredQuery {
  const lowering = { scalar: scalarExpression, table: tableRows, body: bodyResult };
  const context: QueryContext = {
    catalog,
    lowering,
    override,
    remotes,
    now: { kind: 'now' },
    entities: new Set(),
    shared: new Map(),
  };
  const variables = new Variables();
  const statements = block.parts('Statements');
  const results = statements.filter(({ kind }) => kind === 'ExpressionStatement');
  const [result] = results;
  if (!result) return block.refuse('The query has no result');
  if (results[1]) return results[1].refuseUnsupported('A query with several results is not supported');
  for (const statement of statements)
    if (statement.kind === 'QueryParametersStatement') declareParameters(statement, variables);
  const before = statements.filter((statement) => statement !== result);
  const expression = result.part('Expression');
  const lowered = bodyResult(before, expression, { context, variables });
  if ('serialized' in lowered) return { rows: lowered, entities: context.entities };
  return {
    rows: singleRow([{ column: newColumn('Result', typeOf(lowered)), expr: lowered }]),
    entities: context.entities,
  };
}

function declareParameters(statement: Syntax, variables: Variables): void {
  for (const parameter of statement.parts('Parameters')) {
    const declared = parameter.part('NameAndType').part('Name');
    const { name, type } = declared;
    const written = parameter.optional('DefaultValue')?.part('Value').text;
    const defaultValue = written === undefined ? undefined : defaultOf(written, type);
    const slot: StatementParameter = {
      kind: 'parameter',
      name,
      type,
      ...(defaultValue !== undefined && { defaultValue }),
    };
    variables.set(name, { kind: 'scalar', expr: { kind: 'slot', slot, type } });
  }
}
