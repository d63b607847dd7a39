/**
 * Reads Kusto's answers: version 2 of its format for queries, version 1 for commands. Values stay as they were
 * sent, so datetimes keep all seven digits.
 */
import { answerError, type KustoError } from './errors.ts';
import { isObject, type ResultTable } from './rows.ts';

/** The primary result of a query. @throws KustoError */
export function tableOfQuery(frames: unknown): ResultTable {
  if (!Array.isArray(frames)) throw answerError('The answer is not a list of frames.');
  let table: ResultTable | undefined;
  for (const frame of frames) {
    if (!isObject(frame)) continue;
    if (frame.FrameType === 'DataSetCompletion' && frame.HasErrors === true)
      throw failureIn(frame.OneApiErrors);
    if (frame.FrameType === 'DataTable' && frame.TableKind === 'PrimaryResult') table ??= tableOf(frame);
  }
  if (!table) throw answerError('The answer has no primary result.');
  return table;
}

/** The result of a command, which is the first table of the answer. @throws KustoError */
export function tableOfCommand(answer: unknown): ResultTable {
  const [table]: unknown[] = isObject(answer) && Array.isArray(answer.Tables) ? answer.Tables : [];
  if (!isObject(table)) throw answerError('The answer has no table.');
  return tableOf(table);
}

function tableOf({ Columns, Rows }: Readonly<Record<string, unknown>>): ResultTable {
  if (!Array.isArray(Columns) || !Array.isArray(Rows)) throw answerError('The table has no rows.');
  const columns = Columns.map((column: unknown) => (isObject(column) ? String(column.ColumnName) : ''));
  for (const row of Rows) {
    // A row that is an object reports an error in the middle of a table.
    if (!Array.isArray(row)) throw failureIn(isObject(row) ? (row.OneApiErrors ?? row.Exceptions) : row);
  }
  return { columns, rows: Rows };
}

function failureIn(errors: unknown): KustoError {
  const [first]: unknown[] = Array.isArray(errors) ? errors : [];
  const error = isObject(first) ? first.error : undefined;
  const isPassing = isObject(error) && error['@permanent'] === false;
  return answerError(`The query failed: ${String(JSON.stringify(errors)).slice(0, 500)}`, !isPassing);
}
