/**
 * Results as Kusto's REST API gives them, in its first and second version. The rows are JSON text already,
 * so a response is put together from texts.
 * https://learn.microsoft.com/kusto/api/rest/response-http-v2
 */
import { type Column, DOTNET_TYPES } from '../catalog.ts';
import type { QueryResult } from '../store/statement-runner.ts';
import type { RequestIds } from './failure.ts';

const HEADER = JSON.stringify({
  FrameType: 'DataSetHeader',
  IsProgressive: false,
  Version: 'v2.0',
});
/** The frame of a query's properties. */
export const QUERY_PROPERTIES = JSON.stringify({
  FrameType: 'DataTable',
  TableId: 0,
  TableKind: 'QueryProperties',
  TableName: '@ExtendedProperties',
  Columns: columnsV2([
    { name: 'TableId', type: 'int' },
    { name: 'Key', type: 'string' },
    { name: 'Value', type: 'dynamic' },
  ]),
  Rows: [[1, 'Visualization', '{"Visualization":null}']],
});
const COMPLETION_COLUMNS: readonly Column[] = [
  { name: 'Timestamp', type: 'datetime' },
  { name: 'ClientRequestId', type: 'string' },
  { name: 'ActivityId', type: 'guid' },
  { name: 'SubActivityId', type: 'guid' },
  { name: 'ParentActivityId', type: 'guid' },
  { name: 'Level', type: 'int' },
  { name: 'LevelName', type: 'string' },
  { name: 'StatusCode', type: 'int' },
  { name: 'StatusCodeName', type: 'string' },
  { name: 'EventType', type: 'int' },
  { name: 'EventTypeName', type: 'string' },
  { name: 'Payload', type: 'string' },
];
const COMPLETION_REST = `"TableKind":"QueryCompletionInformation","TableName":"QueryCompletionInformation","Columns":${JSON.stringify(columnsV2(COMPLETION_COLUMNS))},"Rows":[[`;
const COMPLETION_STATUS = JSON.stringify([
  4,
  'Info',
  0,
  'S_OK (0)',
  4,
  'QueryInfo',
  '{"Count":1,"Text":"Query completed successfully"}',
]).slice(1);
const CONTENTS_COLUMNS = columnsV1([
  { name: 'Ordinal', type: 'long' },
  { name: 'Kind', type: 'string' },
  { name: 'Name', type: 'string' },
  { name: 'Id', type: 'string' },
  { name: 'PrettyName', type: 'string' },
]);

/** The frames of `/v2/rest/query`. */
export function responseV2(result: QueryResult, ids: RequestIds): string {
  const results = resultsOf(result);
  const primary = results.map(
    (own, index) =>
      `{"FrameType":"DataTable","TableId":${index + 1},"TableKind":"PrimaryResult","TableName":"${primaryName(index)}","Columns":${columnsText(own.columns)},"Rows":${rowsWithError(own)}}`,
  );
  const last = completionTable(results.length + 1, ids);
  return `[${HEADER},${QUERY_PROPERTIES},${primary.join()},${last},${completion(exceededBy(results))}]`;
}

/** Clients that read no more than the tables (Python, Grafana) find the error among the rows. */
function rowsWithError(
  { rows, count, exceeded }: QueryResult,
  errorOf: (exceeded: 'records' | 'bytes') => object = (limit) => ({ OneApiErrors: [limitError(limit)] }),
): string {
  if (!exceeded) return rows;
  return `${rows.slice(0, -1)}${count > 0 ? ',' : ''}${JSON.stringify(errorOf(exceeded))}]`;
}

/** A query's results: one, or as many as it has. */
export function resultsOf(result: QueryResult): readonly QueryResult[] {
  return [result, ...(result.further ?? [])];
}

/** The name of a result, by its place. */
export function primaryName(index: number): string {
  return index === 0 ? 'PrimaryResult' : `PrimaryResult_${index}`;
}

function exceededBy(results: readonly QueryResult[]): QueryResult['exceeded'] {
  return results.find(({ exceeded }) => exceeded)?.exceeded;
}

/** The one table of `/v1/rest/mgmt`; where statements follow a command, all of them as for a query. */
export function responseV1(result: QueryResult, ids: RequestIds): string {
  return result.further
    ? queryResponseV1(result, ids)
    : `{"Tables":[${tableV1(result)}]${exceptions(result.exceeded)}}`;
}

/** The tables of `/v1/rest/query`: the result, its properties, its status, and a table of contents. */
export function queryResponseV1(result: QueryResult, ids: RequestIds): string {
  const results = resultsOf(result);
  const exceeded = exceededBy(results);
  const count = results.length;
  const properties = JSON.stringify({
    TableName: `Table_${count}`,
    Columns: columnsV1([{ name: 'Value', type: 'string' }]),
    Rows: [['{"Visualization":null}']],
  });
  const status = JSON.stringify({
    TableName: `Table_${count + 1}`,
    Columns: columnsV1([
      { name: 'Timestamp', type: 'datetime' },
      { name: 'Severity', type: 'int' },
      { name: 'SeverityName', type: 'string' },
      { name: 'StatusCode', type: 'int' },
      { name: 'StatusDescription', type: 'string' },
      { name: 'ClientActivityId', type: 'string' },
    ]),
    Rows: [
      exceeded
        ? [new Date().toISOString(), 2, 'Error', 80_131, limitMessage(exceeded), ids.clientRequestId]
        : [new Date().toISOString(), 4, 'Info', 0, 'Query completed successfully', ids.clientRequestId],
    ],
  });
  const contents = JSON.stringify({
    TableName: `Table_${count + 2}`,
    Columns: CONTENTS_COLUMNS,
    Rows: [
      ...results.map((_, index) => [index, 'QueryResult', primaryName(index), String(index), '']),
      [count, 'QueryProperties', '@ExtendedProperties', String(count), ''],
      [count + 1, 'QueryStatus', 'QueryStatus', String(count + 1), ''],
    ],
  });
  return `{"Tables":[${results.map(tableV1).join()},${properties},${status},${contents}]${exceptions(exceeded)}}`;
}

function tableV1(result: QueryResult, index = 0): string {
  const rows = rowsWithError(result, exceptionsOf);
  return `{"TableName":"Table_${index}","Columns":${JSON.stringify(columnsV1(result.columns))},"Rows":${rows}}`;
}

/** What the first version says of a result that is too large: behind its rows, and once more behind the tables. */
function exceptionsOf(exceeded: 'records' | 'bytes'): { Exceptions: string[] } {
  return { Exceptions: [limitMessage(exceeded)] };
}

function exceptions(exceeded: QueryResult['exceeded']): string {
  return exceeded ? `,${JSON.stringify(exceptionsOf(exceeded)).slice(1, -1)}` : '';
}

/** The frame that says how the query ended. */
export function completionTable(tableId: number, { clientRequestId, activityId }: RequestIds): string {
  const ids = `${JSON.stringify(clientRequestId)},"${activityId}","${activityId}","${activityId}"`;
  const frame = `{"FrameType":"DataTable","TableId":${tableId},${COMPLETION_REST}`;
  return `${frame}"${new Date().toISOString()}",${ids},${COMPLETION_STATUS}]}`;
}

/** A result that is too large is an error behind the rows that fitted, as in Kusto. */
function completion(exceeded: QueryResult['exceeded']): string {
  if (!exceeded) return '{"FrameType":"DataSetCompletion","HasErrors":false,"Cancelled":false}';
  return JSON.stringify({
    FrameType: 'DataSetCompletion',
    HasErrors: true,
    Cancelled: false,
    OneApiErrors: [limitError(exceeded)],
  });
}

/** What a client is told of a result that is too large. */
export function limitError(exceeded: 'records' | 'bytes'): object {
  return {
    error: {
      code: 'LimitsExceeded',
      message: 'Request is invalid and cannot be executed.',
      '@type': 'Kusto.Data.Exceptions.KustoServicePartialQueryFailureLimitsExceededException',
      '@message': limitMessage(exceeded),
      '@permanent': true,
    },
  };
}

function limitMessage(exceeded: 'records' | 'bytes'): string {
  const limit = exceeded === 'records' ? 'number of records' : 'size';
  return `Query result set has exceeded the internal ${limit} limit (E_QUERY_RESULT_SET_TOO_LARGE).`;
}

/** Texts of the columns of compiled queries, which are the same at every run. */
const columnsTexts = new WeakMap<readonly Column[], string>();

/** Columns as the second version has them. */
export function columnsText(columns: readonly Column[]): string {
  let text = columnsTexts.get(columns);
  if (text === undefined) {
    text = JSON.stringify(columnsV2(columns));
    columnsTexts.set(columns, text);
  }
  return text;
}

function columnsV2(columns: readonly Column[]): { ColumnName: string; ColumnType: string }[] {
  return columns.map(({ name, type }) => ({ ColumnName: name, ColumnType: type }));
}

function columnsV1(
  columns: readonly Column[],
): { ColumnName: string; DataType: string; ColumnType: string }[] {
  return columns.map(({ name, type }) => ({
    ColumnName: name,
    DataType: DOTNET_TYPES[type],
    ColumnType: type,
  }));
}
