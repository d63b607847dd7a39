/** The rows of another cluster's answer, as the statement that reads them takes them: a JSON array of arrays. */
import type { Column } from '../catalog.ts';
import { KqlError } from '../errors.ts';
import type { SqlValue } from '../statement.ts';
import { parseExactly } from '../store/big-integers.ts';
import { valueOfJson } from '../store/values.ts';
import { MOST_ROWS } from './connection.ts';

interface Frame {
  readonly FrameType?: unknown;
  readonly TableKind?: unknown;
  readonly Rows?: unknown;
  readonly HasErrors?: unknown;
  readonly OneApiErrors?: unknown;
}

/**
 * @param what names what is read, for an error
 * @throws KqlError where the answer is cut short or not one
 */
export function rowsOfAnswer(answer: string, columns: readonly Column[], what: string): string {
  const frames = framesOf(answer, what);
  const failed = frames.find(({ HasErrors }) => HasErrors === true);
  if (failed) throw failure(failed, what);
  const primary = frames.find(({ TableKind }) => TableKind === 'PrimaryResult');
  if (!Array.isArray(primary?.Rows)) throw new KqlError(`Reading ${what}: the answer has no rows`);
  const rows = primary.Rows.map((row: unknown) => rowText(row, columns));
  return `[${rows.join(',')}]`;
}

function framesOf(answer: string, what: string): Frame[] {
  try {
    const frames = parseExactly(answer);
    if (Array.isArray(frames)) return frames;
  } catch {
    // Reported below, with the same words.
  }
  throw new KqlError(`Reading ${what}: the answer is not one of Kusto`);
}

function failure({ OneApiErrors }: Frame, what: string): KqlError {
  const text = JSON.stringify(OneApiErrors);
  return /LimitsExceeded/.test(text)
    ? new KqlError(
        `Reading ${what} gives more than ${MOST_ROWS} rows: filter it by what is known before, such as 'where Key in (keys)'`,
      )
    : new KqlError(`Reading ${what} failed: ${text.slice(0, 500)}`);
}

function rowText(row: unknown, columns: readonly Column[]): string {
  const cells: readonly unknown[] = Array.isArray(row) ? row : [];
  return `[${columns.map(({ type }, index) => cellText(valueOfJson(type, cells[index]))).join(',')}]`;
}

/** SQLite reads a number beyond all others as infinite. */
function cellText(value: SqlValue): string {
  if (value === Infinity) return '9e999';
  if (value === -Infinity) return '-9e999';
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}
