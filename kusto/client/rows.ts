/**
 * Reads Kusto's answer to a query (v2 frames) into rows. Values stay as they are sent, so that datetimes keep
 * all seven digits; the readers below turn them into what the contract wants.
 */

/** A row by column name. */
export type KustoRow = Readonly<Record<string, unknown>>;

/** Kusto answered 200 and reported an error inside, or sent something that is no answer. */
export class KustoAnswerError extends Error {
  /** False where Kusto itself says that the same question may be answered later. */
  readonly permanent: boolean;

  constructor(message: string, permanent = true) {
    super(message);
    this.name = 'KustoAnswerError';
    this.permanent = permanent;
  }
}

/** The rows of the primary result. @throws KustoAnswerError */
export function rowsOfAnswer(frames: unknown): KustoRow[] {
  if (!Array.isArray(frames)) throw new KustoAnswerError('The answer is no list of frames.');
  let rows: KustoRow[] | undefined;
  for (const frame of frames) {
    if (!isObject(frame)) continue;
    if (frame.FrameType === 'DataSetCompletion' && frame.HasErrors === true)
      throw queryFailure(frame.OneApiErrors);
    if (frame.FrameType === 'DataTable' && frame.TableKind === 'PrimaryResult') rows ??= rowsOfTable(frame);
  }
  if (!rows) throw new KustoAnswerError('The answer has no primary result.');
  return rows;
}

function rowsOfTable({ Columns, Rows }: KustoRow): KustoRow[] {
  if (!Array.isArray(Columns) || !Array.isArray(Rows)) throw new KustoAnswerError('The table has no rows.');
  const names = Columns.map((column: unknown) => (isObject(column) ? String(column.ColumnName) : ''));
  return Rows.map((values: unknown) => {
    // A row that is an object is how v2 reports an error in the middle of a table.
    if (!Array.isArray(values)) throw queryFailure(isObject(values) ? values.OneApiErrors : values);
    const row: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) row[names[i] ?? ''] = values[i];
    return row;
  });
}

function queryFailure(errors: unknown): KustoAnswerError {
  const [first]: unknown[] = Array.isArray(errors) ? errors : [];
  const error = isObject(first) ? first.error : undefined;
  const passing = isObject(error) && error['@permanent'] === false;
  return new KustoAnswerError(`The query failed: ${String(JSON.stringify(errors)).slice(0, 500)}`, !passing);
}

/** A string column; Kusto's strings are never null. */
export function textOf(row: KustoRow, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value);
}

/** A datetime column as ISO 8601 in UTC with all seven digits, or null. Kusto leaves out trailing zeros. */
export function timeOf(row: KustoRow, column: string): string | null {
  const value = row[column];
  if (typeof value !== 'string' || value === '') return null;
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,7}))?Z?$/.exec(value);
  if (!match) throw new KustoAnswerError(`${column} is no datetime.`);
  return `${match[1]}.${(match[2] ?? '').padEnd(7, '0')}Z`;
}

/** A dynamic column that holds a list of objects; Kusto sends dynamic values as JSON or as JSON text. */
export function objectsOf(row: KustoRow, column: string): KustoRow[] {
  const value = row[column];
  const list: unknown = typeof value === 'string' && value !== '' ? JSON.parse(value) : value;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function isObject(value: unknown): value is KustoRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
