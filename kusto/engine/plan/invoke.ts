/** Lowers `invoke`: a call of a function whose first parameter is the rows before it. */
import type { Syntax } from '../parse/syntax.ts';
import { inlineFunction } from './calls.ts';
import type { Relation, Scope } from './scope.ts';

export function lowerInvoke(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const call = syntax.part('Function');
  const name = call.part('Name').name;
  if (
    scope.variables.get(name)?.kind !== 'function' &&
    scope.context.catalog.entities.get(name)?.kind !== 'function'
  )
    return call.refuseUnsupported(`'invoke' of '${name}' is not supported`);
  const result = inlineFunction(call, name, scope, rows);
  return 'serialized' in result ? result : call.refuse(`'${name}' gives a scalar, not a table`);
}
