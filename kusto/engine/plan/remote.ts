/** Lowers what stands after `cluster('…').database('…')`: rows that another cluster is asked for before the query runs. */
import type { Syntax } from '../parse/syntax.ts';
import { originOf } from '../remote/allowed-clusters.ts';
import type { RemoteSchema } from '../remote/schema.ts';
import { callArguments } from './calls.ts';
import { OWN_NAMES, remoteText } from './remote-text.ts';
import { lowerScalar, newColumn, type Relation, type Scope } from './scope.ts';
import type { QueryPlan, RemoteSource } from './tree.ts';

/** The rows of `owner.selector`; undefined where `owner` is no database that may be read. */
export function lowerRemote(owner: Syntax, selector: Syntax, scope: Scope): Relation | undefined {
  const schema = schemaOf(owner, scope);
  if (!schema) return undefined;
  const { cluster, database } = schema;
  const columns = selector.columns.map(({ name, type }) => newColumn(name, type));
  const reserved = columns.find(({ name }) => name.startsWith(OWN_NAMES));
  if (reserved)
    selector.refuseUnsupported(`'${selector.text}' has a column '${reserved.name}', which is not supported`);
  const from = sourceOf(selector, scope);
  const ingestion = from.form === 'function' ? undefined : newColumn('$ingestion', 'datetime');
  const plan: QueryPlan = {
    kind: 'remote',
    cluster,
    database,
    from,
    columns,
    ...(ingestion && { ingestion }),
    filters: [],
  };
  return { plan, columns, ...(ingestion && { ingestion }), serialized: false };
}

function schemaOf(owner: Syntax, { context }: Scope): RemoteSchema | undefined {
  if (owner.kind !== 'PathExpression') return undefined;
  const cluster = argumentOf(owner.part('Expression'), 'cluster');
  const database = argumentOf(owner.part('Selector'), 'database')?.toLowerCase();
  const origin = cluster === undefined ? undefined : originOf(cluster);
  return context.remotes.find(
    (schema) => schema.cluster === origin && schema.database.toLowerCase() === database,
  );
}

function argumentOf(call: Syntax, name: string): string | undefined {
  if (call.kind !== 'FunctionCallExpression' || call.part('Name').name !== name) return undefined;
  const value = callArguments(call)[0]?.literalValue;
  return typeof value === 'string' ? value : undefined;
}

function sourceOf(selector: Syntax, scope: Scope): RemoteSource {
  if (selector.kind === 'NameReference') {
    if (selector.symbol === 'table') return { form: 'table', name: selector.symbolName };
    if (selector.symbol === 'view') return { form: 'view', name: selector.symbolName };
    if (selector.symbol === 'function') return { form: 'function', name: selector.symbolName, args: [] };
  }
  if (selector.kind !== 'FunctionCallExpression')
    return selector.refuseUnsupported(`'${selector.text}' is not supported here`);
  const name = selector.part('Name').name;
  const args = callArguments(selector);
  if (name === 'table' || name === 'materialized_view') {
    const [named] = args;
    const value = named?.literalValue;
    if (typeof value !== 'string') return selector.refuse(`${name}() needs a name`);
    return { form: name === 'table' ? 'table' : 'view', name: value };
  }
  if (!/^[A-Za-z_]\w*$/.test(name))
    return selector.refuseUnsupported(`The function '${name}' of another cluster is not supported`);
  const exprs = args.map((arg) => {
    if (arg.isTabular || arg.kind === 'SimpleNamedExpression') {
      return arg.refuseUnsupported(
        `'${arg.text}' as an argument of another cluster's function is not supported`,
      );
    }
    const expr = lowerScalar(arg, scope);
    return remoteText(expr) === undefined
      ? arg.refuseUnsupported(`'${arg.text}' is not supported here`)
      : expr;
  });
  return { form: 'function', name, args: exprs };
}
