/** Writes rows as CSV, the format in which they are ingested. */
import type { Row } from './rows.ts';

/**
 * The rows' cells in the order of `columns`, one row per line. Objects and lists become JSON, `undefined` and
 * `null` an empty cell; what has no column is left out.
 */
export function csvOf(columns: readonly string[], rows: readonly Row[]): string {
  return rows.map((row) => `${columns.map((name) => csvCell(row[name])).join(',')}\n`).join('');
}

function csvCell(value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text =
    typeof value === 'string' ? value : value instanceof Date ? value.toISOString() : JSON.stringify(value);
  return `"${text.replaceAll('"', '""')}"`;
}
