/** Names with `*` in a union: the tables whose names are so. https://learn.microsoft.com/kusto/query/union-operator */
import type { Table } from '../catalog.ts';
import type { Syntax } from '../parse/syntax.ts';
import { callArguments } from './calls.ts';
import type { Scope } from './scope.ts';

/**
 * The tables that an input of a union stands for, in the order of creation; undefined where it is not a wildcard.
 * Materialized views and functions are not among them, as in Kusto.
 *
 * @throws KqlError where a view would be, or a table of another database
 */
export function wildcardTables(input: Syntax, { context, variables }: Scope): readonly Table[] | undefined {
  const name = input.kind === 'PathExpression' ? input.part('Selector') : input;
  if (name.kind !== 'NameReference' || !isWildcard(name)) return undefined;
  const { catalog } = context;
  if (name !== input) {
    const owner = input.part('Expression');
    const [database] = owner.kind === 'FunctionCallExpression' ? callArguments(owner) : [];
    if (owner.optional('Name')?.name !== 'database' || database?.literalValue !== catalog.database)
      input.refuseUnsupported('A wildcard for tables of another database is not supported');
  }
  const parts = name.text.split('*');
  const views = [
    ...(name === input ? variables.names().filter((one) => isView(variables.get(one))) : []),
    ...catalog.functions.filter((one) => one.isView).map((one) => one.name),
  ];
  const view = views.find((one) => matches(one, parts));
  if (view !== undefined)
    input.refuseUnsupported(
      `The view '${view}' by the wildcard '${name.text}' is not supported: write its name`,
    );
  return catalog.tables.filter((table) => matches(table.name, parts));
}

/** Whether a name has a `*`; one that is quoted has none. */
export function isWildcard({ text }: Syntax): boolean {
  return text.includes('*') && /^[\p{L}\p{N}_*]+$/u.test(text);
}

/** Whether a name has these parts in their order, the first at its start and the last at its end. */
function matches(name: string, [first = '', ...others]: readonly string[]): boolean {
  const last = others.pop() ?? '';
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    // The earliest place leaves the most for the parts behind it.
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

function isView(variable: ReturnType<Scope['variables']['get']>): boolean {
  return variable?.kind === 'function' && variable.declaration.optional('ViewKeyword') !== undefined;
}
