/**
 * Lowers `evaluate`. What columns `bag_unpack` and `pivot` give depends on the data: where the query does not say, the
 * engine looks first, writes the schema behind the call, and compiles the query again.
 * https://learn.microsoft.com/kusto/query/evaluate-operator
 */
import type { Syntax } from '../parse/syntax.ts';
import { lowerBagUnpack } from './bag-unpack.ts';
import { lowerPivot } from './pivot.ts';
import type { Relation, Scope } from './scope.ts';

const LOWERINGS: Readonly<Record<string, typeof lowerPivot | undefined>> = {
  bag_unpack: lowerBagUnpack,
  pivot: lowerPivot,
};

/** The plugins, for the documentation. */
export const PLUGINS: readonly string[] = Object.keys(LOWERINGS);

export function lowerEvaluate(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const call = syntax.part('FunctionCall');
  const name = call.part('Name').name;
  const lower = Object.hasOwn(LOWERINGS, name) ? LOWERINGS[name] : undefined;
  if (lower) return lower(syntax, rows, scope);
  return call.refuseUnsupported(`The plugin '${name}' is not supported`);
}
