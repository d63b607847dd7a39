/**
 * The functions that compiled statements call beyond SQLite's own. Register them on every connection.
 * All but `in_time` are deterministic, so SQLite
 * evaluates a call with constant arguments once. All end a query whose time is up.
 */
import type { Database } from 'better-sqlite3';
import type { SqlValue } from '../statement.ts';
import { AGGREGATE_CODE } from './aggregates.ts';
import { type AggregateCode, IN_TIME, type ScalarCode } from './definition.ts';
import { ALL_CALLABLES } from './function-table.ts';
import { RUNNING_CODE } from './running.ts';
import { checkTime } from './time-limit.ts';

/** Registers the engine's scalar and aggregate functions on `db`, under `kql_...`. */
export function registerKqlFunctions(db: Database): void {
  for (const code of ALL_CALLABLES.flatMap((callable) => callable.code ?? [])) {
    const options = { deterministic: true, safeIntegers: true, varargs: code.variadic ?? false };
    db.function(`kql_${code.name}`, options, timed(code));
  }
  db.function(`kql_${IN_TIME.name}`, { varargs: true }, timed(IN_TIME));
  for (const code of AGGREGATE_CODE) registerAggregate(db, code);
  for (const code of RUNNING_CODE)
    registerAggregate(db, code as AggregateCode<object>, { inverse: neverCalled });
}

/** With a fixed number of arguments, since a call through an array of them shows in the lookups' times. */
function timed({ run, variadic = false }: ScalarCode): ScalarCode['run'] {
  const checked = (...args: SqlValue[]): SqlValue => {
    checkTime();
    return run(...args);
  };
  if (variadic) return checked;
  switch (run.length) {
    case 1:
      return (a) => {
        checkTime();
        return run(a);
      };
    case 2:
      return (a, b) => {
        checkTime();
        return run(a, b);
      };
    case 3:
      return (a, b, c) => {
        checkTime();
        return run(a, b, c);
      };
    default:
      // SQLite is told of as many arguments as the function says that it has.
      return Object.defineProperty(checked, 'length', { value: run.length });
  }
}

/** SQLite wants it of a function over windows, and calls it where a frame also shrinks. */
function neverCalled(): never {
  throw new Error('A running function was called over a frame that shrinks');
}

function registerAggregate(
  db: Database,
  { name, start, step, result }: AggregateCode<object>,
  window: { readonly inverse?: () => never } = {},
): void {
  db.aggregate<object>(`kql_${name}`, {
    ...window,
    deterministic: true,
    safeIntegers: true,
    varargs: true,
    start,
    step: (state: object, ...args: unknown[]) => {
      checkTime();
      return step(state, ...(args as SqlValue[]));
    },
    result,
  });
}
