/** Lowers a bound query: its declared parameters, its `let` statements and its one result. */
import type { Catalog } from '../catalog.ts';
import type { Syntax } from '../parse/syntax.ts';
import type { RemoteSchema } from '../remote/schema.ts';
import type { StatementParameter } from '../statement.ts';
import { defaultOf } from './calls.ts';
import { literal, typeOf } from './expression.ts';
import { literalValue } from './literals.ts';
import { lowerOperator } from './pipe-operators.ts';
import { bodyResult, singleRow, tableRows } from './queries.ts';
import { scalarExpression } from './scalars.ts';
import { newColumn, type QueryContext, type Relation, Variables } from './scope.ts';

export interface LoweredQuery {
  /** The first result, or the only one. */
  readonly rows: Relation;
  /** The results after it. */
  readonly further: readonly Relation[];
  /** The stored entities that it reads. */
  readonly entities: ReadonlySet<string>;
}

/** How a query is lowered. */
export interface LoweringOptions {
  /** Entity name -> physical table to read instead. */
  readonly override?: ReadonlyMap<string, string>;
  /** Databases of other clusters that may be read. */
  readonly remotes?: readonly RemoteSchema[];
  /** Whether the data may be asked for columns (see `SchemaNeededError`). */
  readonly mayAsk?: boolean;
}

/**
 * The plans of a query block. A scalar result is a row of one column.
 *
 * @throws SchemaNeededError where the data has to be asked first
 */
export function lowerQuery(
  block: Syntax,
  catalog: Catalog,
  { override = new Map(), remotes = [], mayAsk = false }: LoweringOptions = {},
): LoweredQuery {
  const lowering = {
    scalar: scalarExpression,
    table: tableRows,
    operator: lowerOperator,
    body: bodyResult,
  };
  const context: QueryContext = {
    catalog,
    lowering,
    override,
    remotes,
    now: { kind: 'now' },
    entities: new Set(),
    mayAsk,
    shared: new Map(),
  };
  const variables = new Variables();
  const statements = block.parts('Statements');
  for (const statement of statements)
    if (statement.kind === 'QueryParametersStatement') declareParameters(statement, variables);
  const isResult = ({ kind }: Syntax): boolean => kind === 'ExpressionStatement';
  const results = statements.flatMap((statement, index) => {
    if (!isResult(statement)) return [];
    const before = statements.slice(0, index).filter((other) => !isResult(other));
    const lowered = bodyResult(before, statement.part('Expression'), { context, variables });
    if ('serialized' in lowered)
      return [limited({ ...lowered, columns: lowered.columns.filter((column) => !column.isHidden) }, before)];
    return [singleRow([{ column: newColumn('Result', typeOf(lowered)), expr: lowered }])];
  });
  const [rows, ...further] = results;
  if (!rows) return block.refuse('The query has no result');
  return { rows, further, entities: context.entities };
}

/** At most as many rows as `set query_take_max_records = n` says. */
function limited(rows: Relation, statements: readonly Syntax[]): Relation {
  const set = statements.findLast(
    (statement) =>
      statement.kind === 'SetOptionStatement' && statement.part('Name').name === 'query_take_max_records',
  );
  if (!set) return rows;
  const value = literalValue(set.part('ValueClause').part('Expression'))?.value;
  if (typeof value !== 'bigint') return set.refuse('query_take_max_records needs a whole number');
  return { ...rows, plan: { kind: 'limit', input: rows.plan, count: literal(value, 'long') } };
}

/** The one result of a query. */
export function lowerOneResult(
  block: Syntax,
  catalog: Catalog,
  options: LoweringOptions = {},
): Omit<LoweredQuery, 'further'> {
  const { further, ...lowered } = lowerQuery(block, catalog, options);
  if (further.length > 0) block.refuseUnsupported('A query with several results is not supported here');
  return lowered;
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
