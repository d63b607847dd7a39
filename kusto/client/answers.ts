/**
 * Reads Kusto's answers: version 2 of its format for queries, version 1 for commands. Values stay as they were
 * sent, so datetimes keep all seven digits.
 */
import { answerError, type KustoError } from './errors.ts';
import { isObject, type Row } from './rows.ts';

/** The rows of a query's primary result. @throws KustoError */
export function rowsOfQuery(frames: unknown): Row[] {
  if (!Array.isArray(frames)) throw answerError('The answer is not a list of frames.');
  let rows: Row[] | undefined;
  for (const frame of frames) {
    if (!isObject(frame)) continue;
    if (frame.FrameType === 'DataSetCompletion' && frame.HasErrors === true)
      throw failureIn(frame.OneApiErrors);
    if (frame.FrameType === 'DataTable' && frame.TableKind === 'PrimaryResult') rows ??= rowsOfTable(frame);
  }
  if (!rows) throw answerError('The answer has no primary result.');
  return rows;
}

/** The rows of a command's result, which is the first table of the answer. @throws KustoError */
export function rowsOfCommand(answer: unknown): Row[] {
  const [table]: unknown[] = isObject(answer) && Array.isArray(answer.Tables) ? answer.Tables : [];
  if (!isObject(table)) throw answerError('The answer has no table.');
  return rowsOfTable(table);
}

function rowsOfTable({ Columns, Rows }: Row): Row[] {
  if (!Array.isArray(Columns) || !Array.isArray(Rows)) throw answerError('The table has no rows.');
  const names = Columns.map((column: unknown) => (isObject(column) ? String(column.ColumnName) : ''));
  return Rows.map((cells: unknown) => {
    // A row that is an object reports an error in the middle of a table.
    if (!Array.isArray(cells))
      throw failureIn(isObject(cells) ? (cells.OneApiErrors ?? cells.Exceptions) : cells);
    const row: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) row[names[i] ?? ''] = cells[i];
    return row;
  });
}

function failureIn(errors: unknown): KustoError {
  const [first]: unknown[] = Array.isArray(errors) ? errors : [];
  const error = isObject(first) ? first.error : undefined;
  const isPassing = isObject(error) && error['@permanent'] === false;
  return answerError(`The query failed: ${String(JSON.stringify(errors)).slice(0, 500)}`, !isPassing);
}
