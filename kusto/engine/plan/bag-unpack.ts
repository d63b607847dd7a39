/** Lowers `evaluate bag_unpack`: a column per slot of the bags. https://learn.microsoft.com/kusto/query/bag-unpack-plugin */
import { BAG_SLOT, BAG_SLOTS } from '../functions/bags.ts';
import { required } from '../functions/function-table.ts';
import type { Syntax } from '../parse/syntax.ts';
import type { SchemaQuestion } from '../statement.ts';
import { callArguments } from './calls.ts';
import { READERS } from './expansions.ts';
import { call, columnRef, literal, passOn, typeOf } from './expression.ts';
import { askForSchema } from './schema-question.ts';
import { findColumn, lowerScalar, newColumn, type Relation, type Scope, selecting } from './scope.ts';
import type { Expr, Output, PlanColumn, QueryPlan } from './tree.ts';

interface Options {
  readonly bag: PlanColumn;
  readonly prefix: string;
  readonly conflict: SchemaQuestion['conflict'];
  readonly ignored: readonly string[];
}

export function lowerBagUnpack(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const { bag, prefix, conflict, ignored } = optionsOf(syntax.part('FunctionCall'), rows, scope);
  const others = rows.columns.filter((column) => column !== bag);
  const schema = syntax.optional('Schema');
  if (!schema) {
    const taken = others.map(({ name }) => name);
    return askForSchema(syntax, slots(bag, ignored, rows, syntax), scope, {
      kind: 'bag_unpack',
      before: ['*'],
      type: 'dynamic',
      prefix,
      taken,
      conflict,
    });
  }
  const written = new Set(
    schema
      .part('Schema')
      .parts('Columns')
      .map((column) => column.part('Name').name),
  );
  const outputs = syntax.columns.map(({ name, type }): Output => {
    const own = findColumn({ ...rows, columns: others }, name);
    if (own && (!written.has(name) || conflict === 'keep_source')) return passOn(own);
    if (own && conflict === 'error')
      return syntax.refuse(`'${name}' is a column of the rows already: say columnsConflict='replace_source'`);
    const slot = name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
    if (slot === undefined || ignored.includes(slot))
      return syntax.refuse(`'${name}' in the schema is no column and no slot that is unpacked`);
    const reader = READERS[type];
    if (type !== 'dynamic' && !reader) syntax.refuseUnsupported(`bag_unpack to ${type} is not supported`);
    const args = [columnRef(bag), literal(slot, 'string'), literal(type, 'string')];
    const value = call(BAG_SLOT, args, 'dynamic', syntax);
    const expr: Expr = reader ? call(required(reader), [value], type, syntax) : value;
    return { column: newColumn(name, type), expr };
  });
  return selecting(rows, outputs);
}

/** Each slot of any bag with each type that it has, once. */
function slots(bag: PlanColumn, ignored: readonly string[], rows: Relation, at: Syntax): Relation {
  const raw = [newColumn('slot', 'dynamic'), newColumn('type', 'dynamic')];
  const array = call(BAG_SLOTS, [columnRef(bag)], 'dynamic', at);
  const unnested: QueryPlan = { kind: 'unnest', input: rows.plan, array, columns: raw };
  const outputs = raw.map(
    (column): Output => ({
      column: newColumn(column.name, 'string'),
      expr: call(required('tostring'), [columnRef(column)], 'string', at),
    }),
  );
  const columns = outputs.map(({ column }) => column);
  const texts: QueryPlan = { kind: 'project', input: unnested, outputs };
  const [slot] = columns;
  const names = ignored.map((name) => literal(name, 'string'));
  const kept: QueryPlan =
    slot && names.length > 0
      ? {
          kind: 'filter',
          input: texts,
          condition: call(required('!in'), [columnRef(slot), ...names], 'bool', at),
        }
      : texts;
  return { plan: { kind: 'distinct', input: kept }, columns, serialized: false };
}

const POSITIONS = ['Column', 'OutputColumnPrefix', 'columnsConflict', 'ignoredProperties'];

function optionsOf(syntax: Syntax, rows: Relation, scope: Scope): Options {
  const args = new Map<string, Syntax>();
  callArguments(syntax).forEach((arg, index) => {
    const isNamed = arg.kind === 'SimpleNamedExpression';
    const name = isNamed ? arg.part('Name').name : (POSITIONS[index] ?? '');
    args.set(name.toLowerCase(), isNamed ? arg.part('Expression') : arg);
  });
  const known = new Set(POSITIONS.map((name) => name.toLowerCase()));
  const unknown = [...args].find(([name]) => !known.has(name));
  if (unknown) unknown[1].refuse(`bag_unpack() has no argument '${unknown[0]}'`);
  const column = args.get('column');
  const bag = column && findColumn(rows, column.name);
  if (bag?.type !== 'dynamic') return (column ?? syntax).refuse('bag_unpack() needs a dynamic column');
  const conflict = textOf(args.get('columnsconflict'), scope) ?? 'error';
  if (conflict !== 'error' && conflict !== 'replace_source' && conflict !== 'keep_source')
    return syntax.refuse(`columnsConflict is 'error', 'replace_source' or 'keep_source', not '${conflict}'`);
  const ignored: unknown = JSON.parse(textOf(args.get('ignoredproperties'), scope) ?? '[]');
  if (!Array.isArray(ignored)) return syntax.refuse('ignoredProperties is not an array');
  return {
    bag,
    conflict,
    prefix: textOf(args.get('outputcolumnprefix'), scope) ?? '',
    ignored: ignored.map(String),
  };
}

function textOf(arg: Syntax | undefined, scope: Scope): string | undefined {
  if (!arg) return undefined;
  const expr = lowerScalar(arg, { context: scope.context, variables: scope.variables });
  if (expr.kind !== 'literal' || typeof expr.value !== 'string')
    return arg.refuse(`'${arg.text}' (${typeOf(expr)}) is not a literal text or array`);
  return expr.value;
}
