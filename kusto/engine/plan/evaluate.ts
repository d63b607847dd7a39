/**
 * Lowers `evaluate`. What columns `bag_unpack` and `pivot` give depends on the data: where the query does not say, the
 * engine looks first, writes the schema behind the call, and compiles the query again.
 * https://learn.microsoft.com/kusto/query/evaluate-operator
 */
import type { Syntax } from '../parse/syntax.ts';
import { lowerBagUnpack } from './bag-unpack.ts';
import { lowerPivot } from './pivot.ts';
import type { Relation, Scope } from './scope.ts';

export function lowerEvaluate(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const call = syntax.part('FunctionCall');
  const name = call.part('Name').name;
  if (name === 'bag_unpack') return lowerBagUnpack(syntax, rows, scope);
  if (name === 'pivot') return lowerPivot(syntax, rows, scope);
  return call.refuseUnsupported(`The plugin '${name}' is not supported`);
}
