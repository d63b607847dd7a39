/**
 * Tells plans that do the same, so that rows which a query asks for twice are computed once: a function that is called
 * from two others, with the same arguments, leaves the same plan in two places. Columns count by their place in the
 * plan, since every use has columns of its own.
 */
import type { Aggregate, Expr, PlanColumn, QueryPlan } from './tree.ts';

/** A text that is the same for plans that give the same rows, with their columns in the same places. */
export function likenessOf(plan: QueryPlan, columns: readonly PlanColumn[]): string {
  const numbers = new Map<PlanColumn, number>();
  const describe = (value: unknown): unknown => {
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'number') return Object.is(value, -0) ? '-0r' : `${value}r`;
    if (typeof value === 'function') return identityOf(value);
    if (typeof value !== 'object' || value === null) return value;
    if (isColumn(value)) return numberIn(numbers, value);
    if (isCall(value)) return ['call', identityOf(value.fn), value.args.map(describe), describe(value.type)];
    if (isAggregateCall(value))
      return ['aggregate', identityOf(value.fn), value.args.map(describe), describe(value.column)];
    if (isShared(value)) return ['shared', identityOf(value)];
    if (isScalarOfShared(value)) return ['scalar', identityOf(value.plan), identityOf(value.column)];
    if (Array.isArray(value)) return value.map(describe);
    return Object.entries(value).map(([name, member]) => [name, describe(member)]);
  };
  return JSON.stringify([describe(plan), columns.map(describe)]);
}

type Call = Extract<Expr, { kind: 'call' }>;
type AggregateCall = Extract<Aggregate, { kind: 'call' }>;

function isColumn(value: object): value is PlanColumn {
  return 'nullable' in value && 'name' in value && 'type' in value;
}

function isCall(value: object): value is Call {
  return 'kind' in value && value.kind === 'call' && !('column' in value);
}

function isAggregateCall(value: object): value is AggregateCall {
  return 'kind' in value && value.kind === 'call' && 'column' in value;
}

/** Shared rows are the same object where they are alike. */
function isShared(value: object): boolean {
  return 'kind' in value && value.kind === 'shared';
}

/** Shared rows may have several columns, which stand nowhere else in the plan: which of them is read tells two apart. */
function isScalarOfShared(value: object): value is Extract<Expr, { kind: 'scalarQuery' }> {
  return 'kind' in value && value.kind === 'scalarQuery' && 'plan' in value && isShared(Object(value.plan));
}

function numberIn(numbers: Map<PlanColumn, number>, column: PlanColumn): string {
  const number = numbers.get(column) ?? numbers.size;
  numbers.set(column, number);
  return `${column.name}:${column.type}:${column.nullable}#${number}`;
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

function identityOf(value: object): number {
  const known = identities.get(value);
  if (known !== undefined) return known;
  lastIdentity += 1;
  identities.set(value, lastIdentity);
  return lastIdentity;
}
