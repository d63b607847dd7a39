/**
 * What a name means while a query is lowered to a plan: the columns of the rows at hand, and the variables
 * (`let`, parameters, function arguments) around them.
 */
import type { Catalog, MaterializedView, Table } from '../catalog.ts';
import type { Syntax } from '../parse/syntax.ts';
import type { RemoteSchema } from '../remote/schema.ts';
import type { StatementParameter } from '../statement.ts';
import { columnRef, passOn } from './expression.ts';
import type { Expr, Output, PlanColumn, QueryPlan, WindowOutput } from './tree.ts';

/** Rows at hand: a plan, its columns in order under the names that the query knows, and what is hidden. */
export interface Relation {
  readonly plan: QueryPlan;
  readonly columns: readonly PlanColumn[];
  /** The ingestion time, where the rows still have one. */
  readonly ingestion?: PlanColumn;
  /** Whether the rows have an order, as `prev()` and `row_number()` need. */
  readonly serialized: boolean;
  /** What tells subtables apart, where operators work on each by itself. */
  readonly subtables?: Subtables;
}

/** Rows that are many tables in one, as in `mv-apply`. */
export interface Subtables {
  /** Equal in the rows of one subtable. */
  readonly keys: readonly PlanColumn[];
  /** Further columns that are the same in all rows of a subtable. */
  readonly kept: readonly PlanColumn[];
  /** A row per subtable with all of these columns, also for those that are empty. */
  rows(): Relation;
}

export type Variable =
  /** `written` says that the value is a literal somewhere in the query or a function, and not worked out. */
  | { readonly kind: 'scalar'; readonly expr: Expr; readonly written?: boolean }
  | { readonly kind: 'table'; lower(): Relation }
  | { readonly kind: 'function'; readonly declaration: Syntax; readonly variables: Variables };

/** Variables by name; inner ones hide outer ones. */
export class Variables {
  readonly #own = new Map<string, Variable>();
  readonly #outer: Variables | undefined;

  constructor(outer?: Variables) {
    this.#outer = outer;
  }

  get(name: string): Variable | undefined {
    return this.#own.get(name) ?? this.#outer?.get(name);
  }

  /** Those that can be named here. */
  names(): string[] {
    return [...this.#own.keys(), ...(this.#outer?.names() ?? [])];
  }

  set(name: string, variable: Variable): void {
    this.#own.set(name, variable);
  }
}

/**
 * The two halves of lowering. Scalars contain tables and tables contain scalars, so each reaches the other
 * through the scope and not by import.
 */
export interface Lowering {
  scalar(syntax: Syntax, scope: Scope): Expr;
  table(syntax: Syntax, scope: Scope): Relation;
  /** The rows after one operator of a pipe. */
  operator(syntax: Syntax, rows: Relation, scope: Scope): Relation;
  /** Statements and the expression after them: a table or a scalar. */
  body(statements: readonly Syntax[], result: Syntax, scope: Scope): Relation | Expr;
}

/** Shared by the whole query. */
export interface QueryContext {
  readonly catalog: Catalog;
  readonly lowering: Lowering;
  readonly override: ReadonlyMap<string, string>;
  /** Databases of other clusters that may be read. */
  readonly remotes: readonly RemoteSchema[];
  /** The one `now()`. */
  readonly now: StatementParameter;
  /** The stored entities that were read, by name. */
  readonly entities: Set<string>;
  /** Whether the data may be asked for the columns of a call before the query is compiled. */
  readonly mayAsk: boolean;
  /** Rows that are computed once, by what they are: see `likenessOf`. */
  readonly shared: Map<string, Relation>;
}

export interface Scope {
  readonly context: QueryContext;
  readonly variables: Variables;
  /** The rows at hand; absent in `print`, arguments and the like. */
  readonly rows?: Relation;
  /** In a join's condition, the rows on the right. */
  readonly right?: Relation;
  /** Where `prev()`, `next()` and `row_number()` put what they need; absent where they may not stand. */
  readonly windows?: WindowOutput[];
  /** In a step of scan, the value of a column in the state of a step; undefined where there is no such step. */
  readonly stepValue?: (step: string, column: string) => Expr | undefined;
  /** Where arrays go that several columns are taken from, to be computed once; absent where they cannot. */
  readonly arrays?: Output[];
}

/** The plan's expression for a scalar expression of the query. */
export function lowerScalar(syntax: Syntax, scope: Scope): Expr {
  return scope.context.lowering.scalar(syntax, scope);
}

/** The rows that a tabular expression gives. */
export function lowerTable(syntax: Syntax, scope: Scope): Relation {
  return scope.context.lowering.table(syntax, scope);
}

/** The rows after one operator of a pipe. */
export function lowerOperator(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  return scope.context.lowering.operator(syntax, rows, scope);
}

/** The rows of a stored table or view. */
export function scan(entity: Table | MaterializedView, { context }: Scope): Relation {
  context.entities.add(entity.name);
  const columns = entity.columns.map((stored) => ({ column: newColumn(stored.name, stored.type), stored }));
  const ingestion = newColumn('$ingestion', 'datetime');
  const physical = context.override.get(entity.name) ?? entity.physical;
  return {
    plan: { kind: 'scan', entity: entity.name, physical, columns, ingestion },
    columns: columns.map(({ column }) => column),
    ingestion,
    serialized: false,
  };
}

/** Whether a scalar is a literal, or a name of one. */
export function isWritten(syntax: Syntax, scope: Scope): boolean {
  switch (syntax.kind) {
    case 'StringLiteralExpression':
    case 'CompoundStringLiteralExpression':
      return true;
    case 'ParenthesizedExpression':
      return isWritten(syntax.part('Expression'), scope);
    case 'NameReference': {
      const variable = scope.variables.get(syntax.name);
      return variable?.kind === 'scalar' && variable.written === true;
    }
    default:
      return false;
  }
}

export function newColumn(name: string, type: PlanColumn['type'], nullable = true): PlanColumn {
  return { name, type, nullable: nullable && type !== 'string' };
}

export function findColumn(relation: Relation | undefined, name: string): PlanColumn | undefined {
  return relation?.columns.find((column) => column.name === name);
}

/** The same rows after a stage that keeps them and their order. */
export function keepingRows(
  rows: Relation,
  plan: QueryPlan,
  columns: readonly PlanColumn[] = rows.columns,
): Relation {
  return { ...rows, plan, columns };
}

/** The columns that no query names and every stage passes on. */
function subtableColumns({ subtables }: Relation): readonly PlanColumn[] {
  return subtables ? [...subtables.keys, ...subtables.kept] : [];
}

/** The outputs, with `hidden` columns that are not among them. */
function withHidden(outputs: readonly Output[], hidden: readonly PlanColumn[]): readonly Output[] {
  const made = new Set(outputs.map(({ column }) => column));
  return [...outputs, ...hidden.filter((column) => !made.has(column)).map(passOn)];
}

/** Only the given columns, in that order. */
export function selecting(rows: Relation, outputs: readonly Output[]): Relation {
  const columns = outputs.map(({ column }) => column);
  const { serialized, subtables } = rows;
  return {
    plan: { kind: 'project', input: rows.plan, outputs: withHidden(outputs, subtableColumns(rows)) },
    columns,
    serialized,
    ...(subtables && { subtables }),
  };
}

/** Refuses rows with a column that would come to be seen. */
export function refuseHidden({ columns }: Relation, at: Syntax): void {
  if (columns.some((column) => column.isHidden))
    at.refuseUnsupported(
      `'${at.text.split(/[\s(]/)[0]}' after a scan without a match id is not supported: write with_match_id = Name, and project-away Name behind it`,
    );
}

/** The rows with every column under a new identity, for a relation that is used more than once. */
export function withFreshColumns(rows: Relation): Relation {
  return selecting(
    rows,
    rows.columns.map((column) => ({ column: { ...column }, expr: columnRef(column) })),
  );
}

/** Adds or replaces columns; what is hidden stays. */
export function extending(
  rows: Relation,
  plan: QueryPlan,
  columns: readonly PlanColumn[],
  made: readonly Output[],
): Relation {
  const byColumn = new Map(made.map((output) => [output.column, output]));
  const hidden = [...(rows.ingestion ? [rows.ingestion] : []), ...subtableColumns(rows)];
  const outputs = withHidden(
    columns.map((column) => byColumn.get(column) ?? passOn(column)),
    hidden,
  );
  return keepingRows(rows, { kind: 'project', input: plan, outputs }, columns);
}

/** Names the rows for the rest of the query (`as`). */
export function nameRows(name: string, rows: Relation, scope: Scope): void {
  scope.variables.set(name, { kind: 'table', lower: () => withFreshColumns(rows) });
}
