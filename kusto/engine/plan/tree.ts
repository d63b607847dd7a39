/**
 * The plan: what a query does, as an immutable tree. A `PlanColumn` is a column's identity: two columns
 * may share a name (or differ in case only), and one that is passed on keeps its identity.
 */
import type { ScalarType, StoredColumn } from '../catalog.ts';
import type { AggregateFunction, Callable } from '../functions/definition.ts';
import type { SqlValue, StatementParameter } from '../statement.ts';

export interface PlanColumn {
  readonly name: string;
  readonly type: ScalarType;
  readonly nullable: boolean;
  /** That the binder takes it for a column of the rows, and the language does not: no result has it. */
  readonly isHidden?: true;
}

export type Expr =
  | { readonly kind: 'column'; readonly column: PlanColumn }
  | { readonly kind: 'literal'; readonly value: SqlValue; readonly type: ScalarType }
  | { readonly kind: 'slot'; readonly slot: StatementParameter; readonly type: ScalarType }
  | {
      readonly kind: 'call';
      readonly fn: Callable;
      readonly args: readonly Expr[];
      readonly type: ScalarType;
      readonly at: Refuser;
    }
  /**
   * The first value of `column` in `plan`; null if there is no row. Where it is a bag that the plan packs, `members` are other
   * columns of the plan; where it is a member of one, `value` is what was packed. See `packed-members.ts`.
   */
  | {
      readonly kind: 'scalarQuery';
      readonly plan: QueryPlan;
      readonly column: PlanColumn;
      readonly members?: ReadonlyMap<string, PackedMember>;
      readonly value?: PlanColumn;
    }
  /** Whether `value` is among the values of `column` in `plan`. */
  | { readonly kind: 'inQuery'; readonly value: Expr; readonly plan: QueryPlan; readonly column: PlanColumn };

/** A member as a dynamic value, and the value that was packed where it comes back from the bag as it was. */
export interface PackedMember {
  readonly packed: PlanColumn;
  readonly value?: PlanColumn;
}

/** Where a construct stands, for a refusal that is found out while rendering. */
export interface Refuser {
  refuse(message: string): never;
  /** The same, and says where what is supported is listed. */
  refuseUnsupported(message: string): never;
}

/** A column that a stage makes; one that is passed on has itself as its expression. */
export interface Output {
  readonly column: PlanColumn;
  readonly expr: Expr;
}

export interface SortKey {
  readonly expr: Expr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export type Aggregate =
  | {
      readonly kind: 'call';
      readonly column: PlanColumn;
      readonly fn: AggregateFunction;
      readonly args: readonly Expr[];
      readonly at: Refuser;
    }
  /** Columns from the row in which `by` is largest or smallest. */
  | { readonly kind: 'arg_max' | 'arg_min'; readonly by: Expr; readonly outputs: readonly Output[] }
  /** Columns from any one row. */
  | { readonly kind: 'any'; readonly outputs: readonly Output[] };

export type JoinKind = 'inner' | 'left' | 'full' | 'semi' | 'anti';

/** A value that depends on other rows in order; with a partition, on those alone that are equal in it. */
export type WindowOutput = { readonly column: PlanColumn; readonly partition?: readonly Expr[] } & (
  | { readonly kind: 'row_number'; readonly start: Expr }
  | {
      readonly kind: 'neighbour';
      readonly value: Expr;
      readonly distance: Expr;
      readonly next: boolean;
      readonly fallback: Expr;
    }
  /** What `code` gives after all rows up to this one. */
  | { readonly kind: 'running'; readonly code: string; readonly args: readonly Expr[] }
);

export type QueryPlan =
  | {
      readonly kind: 'scan';
      readonly entity: string;
      readonly physical: string;
      readonly columns: readonly { readonly column: PlanColumn; readonly stored: StoredColumn }[];
      readonly ingestion: PlanColumn;
    }
  /** Rows that another cluster is asked for, with the filters that it applies. */
  | {
      readonly kind: 'remote';
      readonly cluster: string;
      readonly database: string;
      readonly from: RemoteSource;
      readonly columns: readonly PlanColumn[];
      /** Functions have none. */
      readonly ingestion?: PlanColumn;
      readonly filters: readonly Expr[];
    }
  | {
      readonly kind: 'values';
      readonly columns: readonly PlanColumn[];
      readonly rows: readonly (readonly Expr[])[];
    }
  | {
      readonly kind: 'range';
      readonly column: PlanColumn;
      readonly from: Expr;
      readonly to: Expr;
      readonly step: Expr;
    }
  /** Rows that are computed once, however often this very object stands in the plan. */
  | { readonly kind: 'shared'; readonly input: QueryPlan }
  | { readonly kind: 'filter'; readonly input: QueryPlan; readonly condition: Expr }
  | { readonly kind: 'project'; readonly input: QueryPlan; readonly outputs: readonly Output[] }
  | { readonly kind: 'distinct'; readonly input: QueryPlan }
  | {
      readonly kind: 'aggregate';
      readonly input: QueryPlan;
      readonly keys: readonly Output[];
      readonly aggregates: readonly Aggregate[];
    }
  | {
      readonly kind: 'join';
      readonly join: JoinKind;
      readonly left: QueryPlan;
      readonly right: QueryPlan;
      readonly on: readonly { readonly left: Expr; readonly right: Expr }[];
      /** For outer joins: the columns as seen after it, null (or `''`) where a side has no row. */
      readonly outputs: readonly {
        readonly column: PlanColumn;
        readonly from: PlanColumn;
        readonly side: 'left' | 'right';
      }[];
    }
  | {
      readonly kind: 'union';
      readonly inputs: readonly { readonly plan: QueryPlan; readonly values: readonly Expr[] }[];
      readonly columns: readonly PlanColumn[];
    }
  | { readonly kind: 'sort'; readonly input: QueryPlan; readonly keys: readonly SortKey[] }
  | { readonly kind: 'limit'; readonly input: QueryPlan; readonly count: Expr }
  /** A row per element of `array`, which is a JSON array of tuples; `columns` take the tuples' members. */
  | {
      readonly kind: 'unnest';
      readonly input: QueryPlan;
      readonly array: Expr;
      readonly columns: readonly PlanColumn[];
      readonly index?: PlanColumn;
      readonly limit?: Expr;
    }
  | { readonly kind: 'window'; readonly input: QueryPlan; readonly outputs: readonly WindowOutput[] }
  /** Every phase of every row in order, with a state that goes on from each to the next; apart in each partition. */
  | {
      readonly kind: 'walk';
      readonly input: QueryPlan;
      readonly partition: readonly Expr[];
      readonly phases: number;
      readonly state: readonly StateColumn[];
    };

/** A part of the state of a walk. */
export interface StateColumn {
  readonly column: PlanColumn;
  /** A literal. */
  readonly initial: Expr;
  /** What it becomes in a phase, from 0: of the row, and of the state before. */
  readonly next: readonly { readonly phase: number; readonly expr: Expr }[];
  /** Whether it stays in the other phases, or is the initial value again. */
  readonly keeps: boolean;
}

/** What is read in another cluster. */
export type RemoteSource =
  | { readonly form: 'table' | 'view'; readonly name: string }
  | { readonly form: 'function'; readonly name: string; readonly args: readonly Expr[] };

/** The expressions that a window reads besides its partition. */
export function windowReads(output: WindowOutput): readonly Expr[] {
  switch (output.kind) {
    case 'row_number':
      return [output.start];
    case 'neighbour':
      return [output.value, output.distance, output.fallback];
    case 'running':
      return output.args;
  }
}

/** The columns that a plan gives. */
export function columnsOfPlan(plan: QueryPlan): readonly PlanColumn[] {
  switch (plan.kind) {
    case 'scan':
      return [...plan.columns.map(({ column }) => column), plan.ingestion];
    case 'remote':
      return [...plan.columns, ...(plan.ingestion ? [plan.ingestion] : [])];
    case 'values':
    case 'union':
      return plan.columns;
    case 'range':
      return [plan.column];
    case 'project':
    case 'join':
      return plan.outputs.map(({ column }) => column);
    case 'aggregate':
      return [...plan.keys.map(({ column }) => column), ...plan.aggregates.flatMap(aggregateColumns)];
    case 'unnest':
      return [...columnsOfPlan(plan.input), ...plan.columns, ...(plan.index ? [plan.index] : [])];
    case 'window':
      return [...columnsOfPlan(plan.input), ...plan.outputs.map(({ column }) => column)];
    case 'walk':
      return [...columnsOfPlan(plan.input), ...plan.state.map(({ column }) => column)];
    default:
      return columnsOfPlan(plan.input);
  }
}

/** The columns that an aggregate fills. */
export function aggregateColumns(aggregate: Aggregate): PlanColumn[] {
  return aggregate.kind === 'call' ? [aggregate.column] : aggregate.outputs.map(({ column }) => column);
}
