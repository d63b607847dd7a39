/**
 * Results in the second version of Kusto's REST API as frames of their own: a header, fragments and a completion for each
 * table, and a line for each frame where that is asked for. The client for Go reads nothing else.
 * https://learn.microsoft.com/kusto/api/rest/response-http-v2
 */
import type { QueryResult } from '../store/statement-runner.ts';
import type { RequestIds } from './failure.ts';
import {
  columnsText,
  completionTable,
  limitError,
  primaryName,
  QUERY_PROPERTIES,
  resultsOf,
} from './response.ts';

/** How a request wants its frames. */
export interface FrameOptions {
  /** Whether each frame is on a line of its own. */
  readonly newlines: boolean;
  /** Whether an error is told behind its table too. */
  readonly errorsAtTables: boolean;
}

export function fragmentedResponse(
  result: QueryResult,
  ids: RequestIds,
  { newlines, errorsAtTables }: FrameOptions,
): string {
  const results = resultsOf(result);
  const errors = results.flatMap(({ exceeded }) => (exceeded ? [limitError(exceeded)] : []));
  // The client for Go reads the members in this order.
  const header = {
    FrameType: 'DataSetHeader',
    IsProgressive: false,
    Version: 'v2.0',
    IsFragmented: true,
    ErrorReportingPlacement: errorsAtTables ? 'EndOfTable' : 'EndOfDataset',
  };
  const end = {
    FrameType: 'DataSetCompletion',
    HasErrors: errors.length > 0,
    Cancelled: false,
    ...(errors.length > 0 && { OneApiErrors: errors }),
  };
  const frames = [
    JSON.stringify(header),
    QUERY_PROPERTIES,
    ...results.flatMap((one, index) => tableFrames(one, index, errorsAtTables)),
    completionTable(results.length + 1, ids),
    JSON.stringify(end),
  ];
  // A dynamic value may be written on several lines.
  return newlines ? `[${frames.map(oneLine).join('\n,')}\n]` : `[${frames.join()}]`;
}

function tableFrames(
  { columns, rows, count, exceeded }: QueryResult,
  index: number,
  errors: boolean,
): string[] {
  const id = index + 1;
  const end = {
    FrameType: 'TableCompletion',
    TableId: id,
    RowCount: count,
    ...(errors && exceeded && { OneApiErrors: [limitError(exceeded)] }),
  };
  return [
    `{"FrameType":"TableHeader","TableId":${id},"TableKind":"PrimaryResult","TableName":"${primaryName(index)}","Columns":${columnsText(columns)}}`,
    `{"FrameType":"TableFragment","TableFragmentType":"DataAppend","TableId":${id},"Rows":${rows}}`,
    JSON.stringify(end),
  ];
}

/** Within the texts of JSON there is no end of a line. */
function oneLine(frame: string): string {
  return frame.replace(/[\r\n]+/g, ' ');
}
