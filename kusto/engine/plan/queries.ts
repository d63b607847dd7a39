/** Lowers tabular expressions: sources, pipes, `let` statements and calls that give a table. */
import type { Column } from '../catalog.ts';
import { KqlError, type Position } from '../errors.ts';
import { decimalOfReal, parseDecimal } from '../functions/decimals.ts';
import { didYouMean } from '../nearest-name.ts';
import { notReadable } from '../parse/bind.ts';
import type { Syntax } from '../parse/syntax.ts';
import type { SqlValue, StatementParameter } from '../statement.ts';
import { callArguments, inlineFunction } from './calls.ts';
import { literal, missing, typeOf } from './expression.ts';
import { literalValue } from './literals.ts';
import { lowerOperator } from './pipe-operators.ts';
import { lowerRemote } from './remote.ts';
import {
  isWritten,
  lowerScalar,
  lowerTable,
  newColumn,
  type Relation,
  type Scope,
  scan,
  Variables,
} from './scope.ts';
import { columnsOf } from './several-columns.ts';
import { sharedScalar, sharing } from './sharing.ts';
import type { Expr, Output, QueryPlan } from './tree.ts';
import { lowerUnion } from './unions.ts';

/** Statements and the expression after them: a query, or the body of a function. */
export function bodyResult(statements: readonly Syntax[], result: Syntax, scope: Scope): Relation | Expr {
  const variables = new Variables(scope.variables);
  const inner: Scope = { ...scope, variables };
  for (const statement of statements) {
    if (statement.kind === 'LetStatement') declare(statement, inner);
    else if (statement.kind === 'SetOptionStatement') refuseAnswering(statement);
    else if (statement.kind !== 'QueryParametersStatement') {
      statement.refuseUnsupported(`'${statement.text.split(/\s/)[0]}' (${statement.kind}) is not supported`);
    }
  }
  const isTable = result.isTabular || TABLES.has(result.kind);
  return isTable ? lowerTable(result, inner) : lowerScalar(result, inner);
}

/** Options that change the answer and are not followed. */
const ANSWERING = /^query_(?:now|datetimescope_.*|bin_auto_.*|language)$/i;

function refuseAnswering(statement: Syntax): void {
  const name = statement.part('Name');
  if (ANSWERING.test(name.name)) name.refuseUnsupported(`'set ${name.name}' is not supported`);
}

/** Tables even where the binder knows nothing of their columns. */
const TABLES: ReadonlySet<string> = new Set(['PipeExpression', 'EvaluateOperator']);

function declare(statement: Syntax, scope: Scope): void {
  const name = statement.part('Name').name;
  const value = statement.part('Expression');
  const { variables } = scope;
  if (value.kind === 'FunctionDeclaration') {
    variables.set(name, { kind: 'function', declaration: value, variables });
  } else if (value.kind === 'MaterializeExpression') {
    variables.set(name, { kind: 'table', lower: sharing(() => lowerTable(value, scope), scope) });
  } else if (value.isTabular) {
    // Each use is a plan of its own, with columns of its own.
    variables.set(name, { kind: 'table', lower: () => lowerTable(value, scope) });
  } else {
    const expr = lowerScalar(value, scope);
    variables.set(name, {
      kind: 'scalar',
      expr: expr.kind === 'scalarQuery' ? sharedScalar(expr, scope) : expr,
      written: isWritten(value, scope),
    });
  }
}

/** The rows that a tabular expression gives. */
export function tableRows(syntax: Syntax, scope: Scope): Relation {
  switch (syntax.kind) {
    case 'PipeExpression':
      return lowerOperator(syntax.part('Operator'), lowerTable(syntax.part('Expression'), scope), scope);
    case 'ParenthesizedExpression':
    case 'MaterializeExpression':
      return lowerTable(syntax.part('Expression'), scope);
    case 'NameReference':
      return lowerReference(syntax, scope);
    case 'PathExpression':
      return lowerElsewhere(syntax.part('Expression'), syntax.part('Selector'), scope);
    case 'FunctionCallExpression':
      return lowerTableCall(syntax, scope);
    case 'DataTableExpression':
      return lowerDatatable(syntax);
    case 'PrintOperator':
      return lowerPrint(syntax, scope);
    case 'RangeOperator':
      return lowerRange(syntax, scope);
    case 'UnionOperator':
      return lowerUnion(syntax, undefined, scope);
    case 'EvaluateOperator': {
      const plugin = syntax.part('FunctionCall').part('Name');
      return plugin.refuseUnsupported(`The plugin '${plugin.name}' is not supported before any rows`);
    }
    default:
      return syntax.refuseUnsupported(`'${syntax.text.split(/[\s(]/)[0]}' (${syntax.kind}) is not supported`);
  }
}

/** Before a name stands `database()` of this very database, or a database of another cluster that may be read. */
function lowerElsewhere(owner: Syntax, selector: Syntax, scope: Scope): Relation {
  const [name] =
    owner.kind === 'FunctionCallExpression' && owner.part('Name').name === 'database'
      ? callArguments(owner)
      : [];
  if (name?.literalValue === scope.context.catalog.database) return lowerTable(selector, scope);
  return lowerRemote(owner, selector, scope) ?? owner.refuse(notReadable(owner.text));
}

function lowerReference(syntax: Syntax, scope: Scope): Relation {
  const { name } = syntax;
  const variable = scope.variables.get(name);
  if (variable?.kind === 'table') return variable.lower();
  const entity = scope.context.catalog.entities.get(name);
  if (entity?.kind === 'table' || entity?.kind === 'view') return scan(entity, scope);
  if (entity?.kind === 'function' || variable?.kind === 'function')
    return tableOf(inlineFunction(syntax, name, scope), syntax);
  const advice = didYouMean(name, [...scope.variables.names(), ...scope.context.catalog.entities.keys()]);
  return syntax.refuse(`There is no table '${syntax.text}' here${advice && `.${advice}`}`);
}

function tableOf(result: Relation | Expr, syntax: Syntax): Relation {
  return 'plan' in result && 'serialized' in result
    ? result
    : syntax.refuse(`'${syntax.text}' is a scalar, not a table`);
}

function lowerTableCall(syntax: Syntax, scope: Scope): Relation {
  const name = syntax.part('Name').name;
  const [first] = callArguments(syntax);
  if (name === 'materialized_view' || name === 'table') {
    const value = first && lowerScalar(first, scope);
    if (value?.kind === 'slot') throw new TableOfCallError(name, value.slot, first?.position);
    if (first && !isWritten(first, scope))
      first.refuse(`${name}() needs a name that is written, not worked out`);
    const entity =
      value?.kind === 'literal' ? scope.context.catalog.entities.get(String(value.value)) : undefined;
    if (entity?.kind !== 'view' && !(name === 'table' && entity?.kind === 'table')) {
      const needed = name === 'table' ? 'a table' : 'a materialized view';
      const found = value?.kind === 'literal' ? `, and '${value.value}' is not one` : '';
      return syntax.refuse(`${name}() needs the name of ${needed}${found}`);
    }
    return scan(entity, scope);
  }
  if (
    scope.variables.get(name)?.kind !== 'function' &&
    scope.context.catalog.entities.get(name)?.kind !== 'function'
  ) {
    return syntax.refuseUnsupported(`The tabular function '${name}' is not supported`);
  }
  return tableOf(inlineFunction(syntax, name, scope), syntax);
}

/** The name of a table is a parameter: a stored function can be checked as far as that alone, a query asks for it. */
export class TableOfCallError extends KqlError {
  readonly slot: StatementParameter;

  constructor(name: string, slot: StatementParameter, position: Position | undefined) {
    const written = slot.kind === 'parameter' ? slot.name : slot.kind;
    super(`${name}() needs a name that is written in the query, and '${written}' is a parameter of it`, {
      position,
    });
    this.slot = slot;
  }
}

function lowerDatatable(syntax: Syntax): Relation {
  const columns = syntax.columns.map(({ name, type }) => newColumn(name, type));
  const cells = syntax.parts('Values').map((cell) => constant(cell));
  const rows: Expr[][] = [];
  if (columns.length === 0 || cells.length % columns.length !== 0) {
    return syntax.refuse('The number of values is not a multiple of the number of columns');
  }
  for (let at = 0; at < cells.length; at += columns.length) {
    rows.push(
      columns.map((column, index) => fitting(cells[at + index] ?? missing(column.type), column, syntax)),
    );
  }
  return { plan: { kind: 'values', columns, rows }, columns, serialized: true };
}

function constant(cell: Syntax): Expr {
  const negative = cell.kind === 'UnaryMinusExpression';
  const value = literalValue(negative ? cell.part('Expression') : cell);
  if (!value) return cell.refuse(`'${cell.text}' is not a literal`);
  const sign =
    negative && (typeof value.value === 'bigint' || typeof value.value === 'number')
      ? -value.value
      : value.value;
  return literal(sign, value.type);
}

/** A literal as the column's type: whole numbers become reals, any scalar becomes dynamic. */
function fitting(cell: Expr, { name, type }: Column, at: Syntax): Expr {
  if (cell.kind !== 'literal' || typeOf(cell) === type || cell.value === null)
    return cell.kind === 'literal' ? literal(cell.value, type) : cell;
  const { value } = cell;
  if (type === 'real' && typeof value === 'bigint') return literal(Number(value), type);
  if (type === 'decimal') {
    const made = asDecimal(value);
    if (made !== null) return literal(made, type);
  }
  if ((type === 'long' || type === 'int') && typeof value === 'bigint') return literal(value, type);
  if (type === 'dynamic')
    return literal(typeof value === 'string' ? JSON.stringify(value) : String(value), type);
  return at.refuse(`A ${typeOf(cell)} does not fit column '${name}' of type ${type}`);
}

/** A real number has the digits that tell it from others: https://github.com/microsoft/Kusto-Query-Language/issues/172 */
function asDecimal(value: SqlValue): string | null {
  if (typeof value === 'number') return decimalOfReal(value);
  return value === null ? null : parseDecimal(String(value));
}

const ONE_ROW: QueryPlan = { kind: 'values', columns: [], rows: [[]] };

function lowerPrint(syntax: Syntax, scope: Scope): Relation {
  const bound = syntax.columns;
  const inner: Scope = { context: scope.context, variables: scope.variables };
  const exprs = syntax.parts('Expressions').flatMap((expression) => columnsOf(expression, inner));
  const outputs = exprs.map((expr, index): Output => {
    return { column: newColumn(bound[index]?.name ?? `print_${index}`, typeOf(expr)), expr };
  });
  return singleRow(outputs);
}

/** One row with the given columns. */
export function singleRow(outputs: readonly Output[]): Relation {
  return {
    plan: { kind: 'project', input: ONE_ROW, outputs },
    columns: outputs.map(({ column }) => column),
    serialized: true,
  };
}

function lowerRange(syntax: Syntax, scope: Scope): Relation {
  const [bound] = syntax.columns;
  const column = newColumn(bound?.name ?? 'Column1', bound?.type ?? 'long', false);
  const [from, to, step] = ['From', 'To', 'Step'].map((part) => lowerScalar(syntax.part(part), scope));
  if (!from || !to || !step) return syntax.refuse('range needs from, to and step');
  return { plan: { kind: 'range', column, from, to, step }, columns: [column], serialized: true };
}
