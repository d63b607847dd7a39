/**
 * A thin Kusto client for what this folder does to a database: apply definitions, run jobs, ingest. (What
 * the API asks goes through the backend's own client, with its own limits.) Cells come as Kusto sends them,
 * so datetimes keep all seven digits.
 */
import { gzipSync } from 'node:zlib';
import { Client, ClientRequestProperties, KustoConnectionStringBuilder } from 'azure-kusto-data';

/** A cell of a result, as in Kusto's JSON: datetimes are ISO text, dynamics are text or JSON values. */
export type Cell = string | number | boolean | null | object;
export type Row = Readonly<Record<string, Cell>>;

/** A value that can be ingested; `undefined` and `null` leave the cell empty. */
export type IngestValue = string | number | Date | object | null | undefined;

/** A database, as far as this folder needs it. */
export interface KustoDatabase {
  /** Runs a query and gives the primary result's rows. */
  query(text: string, parameters?: Readonly<Record<string, string>>): Promise<Row[]>;
  /** Runs a management command and gives its rows. `timeoutMs` is the server's limit for it. */
  command(text: string, timeoutMs?: number): Promise<Row[]>;
  /** Ingests rows (streaming). `columns` are the table's columns, in order. Done when it returns. */
  ingest(table: string, columns: readonly string[], rows: readonly IngestRow[]): Promise<void>;
  close(): void;
}

export type IngestRow = Readonly<Record<string, IngestValue>>;

/** How to tell a cluster who we are. */
export const authentications = ['none', 'azure-cli', 'managed-identity'] as const;
export type Authentication = (typeof authentications)[number];

/** What Kusto answered when it refused; `message` is its own, without the request. */
export class KustoRequestError extends Error {
  override readonly name = 'KustoRequestError';
}

/** Rows that one streaming request may carry: well under Kusto's limit of 4 MB a request. */
const rowsPerIngestion = 5_000;

/**
 * Connects to a database.
 *
 * @param cluster the cluster's URL
 * @param authentication `none` is for the embedded engine, which listens on loopback only
 */
export function connect(
  cluster: string,
  database: string,
  authentication: Authentication = 'none',
): KustoDatabase {
  return connectWith(connectionTo(cluster, database, authentication), database);
}

/** Connects to a database as a connection string says. */
export function connectWith(connection: KustoConnectionStringBuilder, database: string): KustoDatabase {
  const client = new Client(connection);
  return {
    async query(text, parameters = {}) {
      const properties = new ClientRequestProperties(undefined, { ...parameters });
      return rowsOf(await told(client.executeQuery(database, text, properties)));
    },
    async command(text, timeoutMs) {
      const properties = new ClientRequestProperties();
      if (timeoutMs !== undefined) properties.setTimeout(timeoutMs);
      return rowsOf(await told(client.executeMgmt(database, text, properties)));
    },
    async ingest(table, columns, rows) {
      for (let start = 0; start < rows.length; start += rowsPerIngestion) {
        const body = gzipSync(csv(columns, rows.slice(start, start + rowsPerIngestion)));
        await told(client.executeStreamingIngest(database, table, body, 'csv', null));
      }
    },
    close: () => client.close(),
  };
}

/** How to reach a database, and as whom; for clients other than this one. */
export function connectionTo(
  cluster: string,
  database: string,
  authentication: Authentication,
): KustoConnectionStringBuilder {
  const text = `Data Source=${cluster};Initial Catalog=${database}`;
  switch (authentication) {
    case 'none':
      return new KustoConnectionStringBuilder(text);
    case 'azure-cli':
      return KustoConnectionStringBuilder.withAzLoginIdentity(text);
    case 'managed-identity':
      return KustoConnectionStringBuilder.withSystemManagedIdentity(text);
  }
}

interface ResultTable {
  readonly columns: readonly { readonly name: string | null }[];
  readonly _rows: readonly (readonly Cell[])[];
}

function rowsOf({ primaryResults: [table] }: { readonly primaryResults: readonly ResultTable[] }): Row[] {
  if (!table) return [];
  return table._rows.map((cells) =>
    Object.fromEntries(table.columns.map(({ name }, index) => [name ?? '', cells[index] ?? null])),
  );
}

/** Passes an answer on, and turns a refusal into Kusto's own message. */
async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new KustoRequestError(refusal(error), { cause: error });
  }
}

function refusal(error: unknown): string {
  const { response, message } = (error ?? {}) as RequestFailure;
  return response?.data?.error?.['@message'] ?? response?.data?.error?.message ?? message ?? String(error);
}

/** What a failed request of the Kusto client looks like, as far as it tells the reason. */
interface RequestFailure {
  readonly message?: string;
  readonly response?: { readonly data?: { readonly error?: KustoErrorBody } };
}

interface KustoErrorBody {
  readonly message?: string;
  readonly '@message'?: string;
}

function csv(columns: readonly string[], rows: readonly IngestRow[]): string {
  return rows.map((row) => `${columns.map((name) => csvCell(row[name])).join(',')}\n`).join('');
}

function csvCell(value: IngestValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text =
    value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : JSON.stringify(value);
  return `"${text.replaceAll('"', '""')}"`;
}
