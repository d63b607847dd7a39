/**
 * Expressions as KQL for another cluster. What depends on the row there is written out; what does not is worked out
 * here before, and passed as a query parameter.
 */
import type { ScalarType } from '../catalog.ts';
import { PATH } from '../functions/dynamics.ts';
import { operator, scalarFunction } from '../functions/function-table.ts';
import { formatDatetime, formatTimespan } from '../functions/ticks.ts';
import type { SqlValue } from '../statement.ts';
import { columnsIn, typeOf } from './expression.ts';
import type { Expr, PlanColumn } from './tree.ts';

/** With this begin the names that are added to a query; no column there may have such a name. */
export const OWN_NAMES = '_read_';

/** A value that is worked out here, and its name there. */
export interface Operand {
  readonly name: string;
  readonly type: ScalarType;
  readonly expr: Expr;
}

/**
 * The KQL of `expr`; undefined where it cannot be written.
 *
 * @param operands takes what has to be passed beside the text
 * @param ingestion the column that holds the ingestion time
 */
export function remoteText(expr: Expr, operands: Operand[] = [], ingestion?: PlanColumn): string | undefined {
  if (expr.kind === 'literal') return literalText(expr.value, expr.type);
  if (columnsIn(expr).size === 0) return operandName(expr, operands);
  if (expr.kind === 'column')
    return expr.column === ingestion ? 'ingestion_time()' : nameText(expr.column.name);
  if (expr.kind !== 'call') return undefined;
  const args = expr.args.map((arg) => remoteText(arg, operands, ingestion));
  const written = args.filter((arg) => arg !== undefined);
  return written.length === args.length ? callText(expr, written) : undefined;
}

/** A name as KQL takes it, whatever is in it. */
export function nameText(name: string): string {
  return `[${quoted(name)}]`;
}

/** A string literal. */
export function quoted(text: string): string {
  const escaped = text.replace(/[^\x20-\x7e]|["\\]/g, (unit) => {
    return Array.from(
      { length: unit.length },
      (_, at) => `\\u${unit.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join('');
  });
  return `"${escaped}"`;
}

function operandName(expr: Expr, operands: Operand[]): string {
  const known = operands.find((operand) => operand.expr === expr);
  if (known) return known.name;
  const name = `${OWN_NAMES}${operands.length}`;
  operands.push({ name, type: typeOf(expr), expr });
  return name;
}

function callText(
  { fn, args }: Extract<Expr, { kind: 'call' }>,
  written: readonly string[],
): string | undefined {
  const [a = '', b = '', c = ''] = written;
  if (fn === PATH) return pathText(a, args[1]);
  const { name } = fn;
  // Its arguments are not those that are written.
  if (name === undefined || name === 'bag_pack_columns') return undefined;
  if (fn === scalarFunction(name)) return `${name}(${written.join(', ')})`;
  if (fn !== operator(name)) return undefined;
  if (LISTS.has(name)) return `(${a} ${name} (${written.slice(1).join(', ')}))`;
  if (name === 'between' || name === '!between') return `(${a} ${name} (${b} .. ${c}))`;
  return written.length === 1 ? `(${name}${a})` : `(${written.join(` ${name} `)})`;
}

const LISTS: ReadonlySet<string> = new Set(['in', '!in', 'in~', '!in~', 'has_any', 'has_all']);

/** Written keys, which the planner has put into one JSON path. */
function pathText(value: string, path: Expr | undefined): string | undefined {
  if (path?.kind !== 'literal' || typeof path.value !== 'string') return undefined;
  const steps = [...path.value.slice(1).matchAll(/\[(#?)(-?\d+)\]|\."([^"]*)"/g)];
  if (`$${steps.map(([step]) => step).join('')}` !== path.value) return undefined;
  return steps.reduce((text, [, , index, key]) => `${text}[${index ?? quoted(key ?? '')}]`, value);
}

function literalText(value: SqlValue, type: ScalarType): string | undefined {
  if (type === 'string') return quoted(String(value ?? ''));
  if (value === null) return `${type}(null)`;
  if (type === 'bool') return value === 0n || value === 0 ? 'false' : 'true';
  if (type === 'datetime' && typeof value === 'bigint') return `datetime(${formatDatetime(value)})`;
  if (type === 'timespan' && typeof value === 'bigint') return `timespan(${formatTimespan(value)})`;
  return Number.isFinite(Number(value)) || typeof value === 'string' ? `${type}(${value})` : undefined;
}
