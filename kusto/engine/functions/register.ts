/**
 * The functions that compiled statements call beyond SQLite's own. Register them on every connection.
 * All are deterministic, so SQLite evaluates a call with constant arguments once.
 */
import type { Database } from 'better-sqlite3';
import type { SqlValue } from '../statement.ts';
import { AGGREGATE_CODE } from './aggregates.ts';
import type { AggregateCode } from './definition.ts';
import { ALL_CALLABLES } from './function-table.ts';

/** Registers the engine's scalar and aggregate functions on `db`, under `kql_...`. */
export function registerKqlFunctions(db: Database): void {
  for (const { name, variadic, run } of ALL_CALLABLES.flatMap(({ code }) => code ?? [])) {
    db.function(`kql_${name}`, { deterministic: true, safeIntegers: true, varargs: variadic ?? false }, run);
  }
  for (const code of AGGREGATE_CODE) registerAggregate(db, code as AggregateCode<object>);
}

function registerAggregate(db: Database, { name, start, step, result }: AggregateCode<object>): void {
  db.aggregate<object>(`kql_${name}`, {
    deterministic: true,
    safeIntegers: true,
    varargs: true,
    start,
    step: (state: object, ...args: unknown[]) => step(state, ...(args as SqlValue[])),
    result,
  });
}
