/** A command's result as the KQL `datatable` that gives the same rows. */
import type { Column, ScalarType } from '../catalog.ts';
import type { SqlValue } from '../compile.ts';
import { formatDatetime, formatTimespan } from '../functions/ticks.ts';
import type { CommandResult } from './command.ts';

/** `datatable (a: string) ["x"]`, on one line. */
export function datatable({ columns, rows }: CommandResult): string {
  const schema = columns.map(({ name, type }) => `['${name}']:${type}`).join(', ');
  const values = rows.flatMap((row) => columns.map((column, index) => literal(column, row[index] ?? null)));
  return `datatable (${schema}) [${values.join(', ')}]`;
}

function literal({ type }: Column, value: SqlValue): string {
  if (type === 'string') return JSON.stringify(String(value ?? ''));
  return value === null ? `${type}(null)` : `${type}(${written(type, value)})`;
}

function written(type: ScalarType, value: SqlValue): string {
  if (type === 'bool') return Number(value) === 0 ? 'false' : 'true';
  if (type === 'datetime') return formatDatetime(BigInt(value ?? 0));
  if (type === 'timespan') return formatTimespan(BigInt(value ?? 0));
  return String(value);
}
