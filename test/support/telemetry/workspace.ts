/**
 * The tables of a Log Analytics workspace on the embedded engine, filled with what the exporter of Azure Monitor sends.
 * Columns are those of Azure's reference, as far as queries here use them.
 */
import { type ChangelogTable, eventTables } from '../../../changelog/events/catalogue.ts';
import { openKusto } from '../../../kusto/client/client.ts';
import type { Row } from '../../../kusto/client/rows.ts';
import { startTestEngine } from '../engine/engine.ts';
import type { Envelope } from './application-insights.ts';

const tables = {
  AppMetrics:
    'TimeGenerated: datetime, Name: string, ItemCount: int, Sum: real, Min: real, Max: real, Properties: dynamic, AppRoleName: string',
  AppRequests:
    'TimeGenerated: datetime, Name: string, Url: string, Success: bool, ResultCode: string, DurationMs: real, OperationId: string, Properties: dynamic, ItemCount: int, AppRoleName: string',
  AppDependencies:
    'TimeGenerated: datetime, Name: string, Target: string, DependencyType: string, Data: string, Success: bool, ResultCode: string, DurationMs: real, OperationId: string, Properties: dynamic, ItemCount: int, AppRoleName: string',
  AppTraces:
    'TimeGenerated: datetime, Message: string, SeverityLevel: int, OperationId: string, Properties: dynamic, ItemCount: int, AppRoleName: string',
  AzureDiagnostics:
    'TimeGenerated: datetime, ResourceProvider: string, OperationName: string, Resource: string, Category: string',
} as const;
/** Of our database, which a rule reads beside the workspace. */
const eventColumns = 'EventId: string, ReceivedDate: datetime, OrganizationName: string, ProjectId: string';
const allTables = new Map<string, string>([
  ...Object.entries(tables),
  ...eventTables.map((table) => [table, eventColumns] as const),
]);
export type WorkspaceTable = keyof typeof tables | ChangelogTable;

/** A row of a table, by column. */
export type WorkspaceRow = Readonly<Record<string, unknown>>;

export interface Workspace {
  /** Adds rows to what one scenario sees. */
  add(scenario: string, table: WorkspaceTable, rows: readonly WorkspaceRow[]): Promise<void>;
  /** What a query gives in a scenario. Scenarios share the tables, because emptying them takes longer. */
  rows(scenario: string, query: string): Promise<unknown[][]>;
  close(): Promise<void>;
}

/** Starts an engine with the tables of a workspace. */
export async function openWorkspace(): Promise<Workspace> {
  const engine = await startTestEngine();
  const kusto = openKusto({ cluster: engine.url, database: engine.database, auth: { mode: 'none' } });
  for (const [table, columns] of allTables)
    await engine.rows(`.create table Stored${table} (Scenario: string, ${columns})`);
  return {
    async add(scenario, table, rows) {
      const columns = (allTables.get(table) ?? '').split(', ').map((column) => column.split(':')[0] ?? '');
      if (rows.length === 0) return;
      await kusto.ingest(
        `Stored${table}`,
        ['Scenario', ...columns],
        rows.map((row) => ({ ...row, Scenario: scenario }) as Row),
      );
    },
    rows(scenario, query) {
      const read = [...allTables.keys()].filter((table) => new RegExp(`\\b${table}\\b`).test(query));
      const lets = read.map(
        (table) => `let ${table} = Stored${table} | where Scenario == ${JSON.stringify(scenario)};`,
      );
      return engine.rows(`${lets.join('\n')}\n${query}`);
    },
    async close() {
      kusto.close();
      await engine.close();
    },
  };
}

/** What is used of an envelope. */
interface Item {
  readonly time: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly sampleRate?: number;
  readonly data: {
    readonly baseType: string;
    readonly baseData: {
      readonly name?: string;
      readonly url?: string;
      readonly duration?: string;
      readonly success?: boolean;
      readonly responseCode?: string;
      readonly resultCode?: string;
      readonly type?: string;
      readonly target?: string;
      readonly data?: string;
      readonly message?: string;
      readonly properties?: Readonly<Record<string, string>>;
      readonly metrics?: readonly {
        readonly name: string;
        readonly value: number;
        readonly count?: number;
        readonly min?: number;
        readonly max?: number;
      }[];
    };
  };
}

/** The row that a piece of telemetry becomes; undefined for what has no table here. */
export function rowOf({
  text,
}: Envelope): { readonly table: WorkspaceTable; readonly row: WorkspaceRow } | undefined {
  const { time, tags = {}, data, sampleRate = 100 }: Item = JSON.parse(text);
  const { baseData } = data;
  const common = {
    TimeGenerated: time,
    Properties: baseData.properties ?? {},
    AppRoleName: tags['ai.cloud.role'] ?? '',
    ItemCount: Math.round(100 / sampleRate),
  };
  const operation = { ...common, OperationId: tags['ai.operation.id'] ?? '' };
  switch (data.baseType) {
    case 'MetricData': {
      const [metric] = baseData.metrics ?? [];
      if (!metric) return undefined;
      const { name, value, count = 1, min, max } = metric;
      return {
        table: 'AppMetrics',
        row: { ...common, Name: name, ItemCount: count, Sum: value, Min: min, Max: max },
      };
    }
    case 'RequestData': {
      const { name, url, success, responseCode, duration } = baseData;
      const row = { Name: name, Url: url, Success: success, ResultCode: responseCode };
      return { table: 'AppRequests', row: { ...operation, ...row, DurationMs: millisecondsOf(duration) } };
    }
    case 'RemoteDependencyData': {
      const { name, target, type, data: statement, success, resultCode, duration } = baseData;
      const row = { Name: name, Target: target, DependencyType: type, Data: statement, Success: success };
      return {
        table: 'AppDependencies',
        row: { ...operation, ...row, ResultCode: resultCode, DurationMs: millisecondsOf(duration) },
      };
    }
    case 'MessageData':
      return { table: 'AppTraces', row: { ...operation, Message: baseData.message } };
    default:
      return undefined;
  }
}

/** From `00:00:01.234`, with days before it where there are any. */
function millisecondsOf(duration = ''): number {
  const [, days = '0', hours, minutes, seconds] = /^(?:(\d+)\.)?(\d+):(\d+):([\d.]+)$/.exec(duration) ?? [];
  if (seconds === undefined) throw new Error(`This is no duration of Application Insights: ${duration}`);
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
}
