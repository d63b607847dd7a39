/**
 * Rows as JSON text that SQLite writes itself. A value that becomes JavaScript costs several times as much as the same
 * value in a text, so the columns of most types are put together in SQL: what comes back is a few texts a row.
 */
import type { Database } from 'better-sqlite3';
import type { Column, ScalarType } from '../catalog.ts';
import { MAX_DATETIME, TICKS_PER_SECOND, UNIX_EPOCH } from '../functions/ticks.ts';
import { beyondCalendar, beyondLong } from './too-large.ts';
import { type Encode, encoderOf } from './values.ts';

/** A statement whose rows are texts, and how these are made one. */
export interface RowText {
  readonly sql: string;
  /** The JSON text of a row of `sql`. */
  encode(row: unknown): string;
}

/** SQLite takes more arguments for a function; these are enough. */
const MOST_ARGUMENTS = 100;

/** A part of a row: columns that SQLite writes, or one that is written here. */
type Part = { readonly written: readonly number[] } | { readonly column: number; readonly encode: Encode };

/**
 * The statement that gives the rows of `sql` as text.
 *
 * @param sql gives `columns`, by position
 */
export function rowText(sql: string, columns: readonly Column[]): RowText {
  if (columns.length === 0) return { sql, encode: () => '[]' };
  const parts = partsOf(columns);
  const names = columns.map((_, index) => `r${index}`);
  const selected = parts.map((part) =>
    'written' in part
      ? `json_array(${part.written.map((index) => sqlOf(columns[index]?.type, names[index] ?? '')).join(', ')})`
      : names[part.column],
  );
  return {
    // An OFFSET keeps SQLite from merging the two, and so from working out a value at each mention of it.
    sql: `WITH "$rows"(${names.join(', ')}) AS (${sql}) SELECT ${selected.join(', ')} FROM (SELECT * FROM "$rows" LIMIT -1 OFFSET 0)`,
    encode: encoderOfParts(parts),
  };
}

/** Registers what the statements call: the refusals of values that their type does not have. */
export function registerRowText(connection: Database): void {
  connection.function('kql_row_long', { safeIntegers: true }, wholeNumber);
  connection.function('kql_row_datetime', { safeIntegers: true }, () => {
    throw beyondCalendar();
  });
}

/** SQLite goes on with a real number where a whole one becomes too large. @throws KqlError */
function wholeNumber(value: unknown): unknown {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw beyondLong();
  return BigInt(value);
}

function partsOf(columns: readonly Column[]): Part[] {
  const parts: Part[] = [];
  for (const [column, { type }] of columns.entries()) {
    const last = parts.at(-1);
    if (sqlOf(type, '') === undefined) parts.push({ column, encode: encoderOf(type) });
    else if (last && 'written' in last && last.written.length < MOST_ARGUMENTS)
      parts[parts.length - 1] = { written: [...last.written, column] };
    else parts.push({ written: [column] });
  }
  return parts;
}

/** An argument of `json_array`, which writes it as Kusto does; undefined for types that it writes otherwise. */
function sqlOf(type: ScalarType | undefined, name: string): string | undefined {
  switch (type) {
    case 'string':
      // What `||` gives is text, also where JSON functions gave the value: such would stay JSON.
      return `ifnull(${name} || '', '')`;
    case 'guid':
    case 'decimal':
      return `${name} || ''`;
    case 'bool':
      return `json(CASE WHEN ${name} IS NULL THEN 'null' WHEN ${name} = 0 THEN 'false' ELSE 'true' END)`;
    case 'int':
    case 'long':
      return `CASE WHEN typeof(${name}) = 'real' THEN kql_row_long(${name}) ELSE ${name} END`;
    case 'datetime':
      return `CASE WHEN typeof(${name}) <> 'integer' THEN NULL WHEN ${name} BETWEEN 0 AND ${MAX_DATETIME} THEN ${momentOf(name)} ELSE kql_row_datetime() END`;
    default:
      return undefined;
  }
}

function momentOf(name: string): string {
  const seconds = `${name} / ${TICKS_PER_SECOND} - ${UNIX_EPOCH / TICKS_PER_SECOND}`;
  // Seven digits, with the zeros before them.
  const fraction = `substr(${TICKS_PER_SECOND} + ${name} % ${TICKS_PER_SECOND}, 2)`;
  return `strftime('%FT%T.', ${seconds}, 'unixepoch') || ${fraction} || 'Z'`;
}

function encoderOfParts(parts: readonly Part[]): RowText['encode'] {
  const [only] = parts;
  if (parts.length === 1 && only && 'written' in only) return (row) => String(cellsOf(row)[0]);
  return (row) => {
    const cells = cellsOf(row);
    let text = '[';
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index];
      if (!part) continue;
      if (index > 0) text += ',';
      // Without the brackets of the list.
      text += 'written' in part ? String(cells[index]).slice(1, -1) : part.encode(cells[index] ?? null);
    }
    return `${text}]`;
  };
}

function cellsOf(row: unknown): readonly unknown[] {
  return Array.isArray(row) ? row : [];
}
