/** Rows of a result, and readers that turn their cells into what callers want. */
import { answerError } from './errors.ts';

/** A row by column name. Cells are as in Kusto's JSON: datetimes are text, dynamic values are JSON or its text. */
export type Row = Readonly<Record<string, unknown>>;

/** A string column; Kusto's strings are never null. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value);
}

/** What most times are: nothing has to be added. */
const WHOLE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/;

/**
 * A datetime column as ISO 8601 in UTC with all seven digits, or null. Kusto leaves out trailing zeros.
 *
 * @throws KustoError for anything else
 */
export function timeOf(row: Row, column: string): string | null {
  const value = row[column];
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'string' && WHOLE_TIME.test(value)) return value;
  const match =
    typeof value === 'string'
      ? /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,7}))?Z?$/.exec(value)
      : undefined;
  if (!match) throw answerError(`${column} is not a datetime.`);
  return `${match[1]}.${(match[2] ?? '').padEnd(7, '0')}Z`;
}

/** A numeric column, or null. */
export function numberOf(row: Row, column: string): number | null {
  const value = row[column];
  if (value === null || value === undefined || value === '') return null;
  const number = Number(value);
  if (Number.isNaN(number)) throw answerError(`${column} is not a number.`);
  return number;
}

/** A bool column; null is false. */
export function flagOf(row: Row, column: string): boolean {
  return row[column] === true;
}

/** A dynamic column that holds a list of texts; anything else in it is left out. */
export function textsOf(row: Row, column: string): string[] {
  const list = dynamicOf(row, column);
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
}

/** A dynamic column that holds a list of objects; anything else in it is left out. */
export function objectsOf(row: Row, column: string): Row[] {
  const list = dynamicOf(row, column);
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** A dynamic column that holds an object; empty where it holds anything else. */
export function objectOf(row: Row, column: string): Row {
  const value = dynamicOf(row, column);
  return isObject(value) ? value : {};
}

function dynamicOf(row: Row, column: string): unknown {
  const value = row[column];
  return typeof value === 'string' && value !== '' ? JSON.parse(value) : value;
}

/** Whether a JSON value is an object, which lists and null are not. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
