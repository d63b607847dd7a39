/**
 * How the fields of response bodies are read: each body is a table of fields, which the compiler checks against the
 * type of the contract.
 */

/** A row that was skipped: its index in the response, and what is wrong with it. */
export interface SkippedRow {
  readonly index: number;
  readonly problem: string;
}

/** A body without the rows that were skipped. */
export interface ReadBody<T> {
  readonly body: T;
  readonly skipped: readonly SkippedRow[];
}

/** The body cannot be used at all. */
export class UnreadableBodyError extends Error {
  override readonly name = 'UnreadableBodyError';
}

export type Read<T> = (value: unknown) => T;
export type Fields<T> = { readonly [Name in keyof T]-?: Read<T[Name]> };

/** The rows of a list that can be used, and what is wrong with the others. @throws UnreadableBodyError if it is not a list */
export function usableRows<T>(value: unknown, fields: Fields<T>): { rows: T[]; skipped: SkippedRow[] } {
  if (!Array.isArray(value)) throw new UnreadableBodyError('expected a list');
  const rows: T[] = [];
  const skipped: SkippedRow[] = [];
  for (const [index, entry] of value.entries()) {
    try {
      rows.push(record(entry, fields));
    } catch (error) {
      if (!(error instanceof UnreadableBodyError)) throw error;
      skipped.push({ index, problem: error.message });
    }
  }
  return { rows, skipped };
}

/** An object by its fields; a field whose value is undefined is left out. @throws UnreadableBodyError */
export function record<T>(value: unknown, fields: Fields<T>): T {
  const result: Partial<T> = {};
  for (const name in fields) {
    try {
      const read = fields[name](member(value, name));
      if (read !== undefined) result[name] = read;
    } catch (error) {
      throw error instanceof UnreadableBodyError
        ? new UnreadableBodyError(`${name}: ${error.message}`)
        : error;
    }
  }
  return result as T;
}

/** @throws UnreadableBodyError if `value` is not an object */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) throw new UnreadableBodyError('expected an object');
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** @throws UnreadableBodyError */
export function count(value: unknown): number {
  if (!Number.isSafeInteger(value) || Number(value) < 0) throw new UnreadableBodyError('expected a count');
  return Number(value);
}

/** @throws UnreadableBodyError if it is empty */
export function text(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new UnreadableBodyError('expected a non-empty string');
  return value;
}

/** Anything but a text is the empty one. */
export function textOrEmpty(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** @throws UnreadableBodyError */
export function timeOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : time(value);
}

/** @throws UnreadableBodyError */
export function time(value: unknown): string {
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value)))
    throw new UnreadableBodyError('expected a date and time');
  return value;
}
