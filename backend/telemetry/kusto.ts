/**
 * Kusto as everybody uses it, observed: the duration of each request, and, for those made for a request of ours, a span
 * in its trace. Names are those of OpenTelemetry's stable conventions for databases. Texts of queries are fixed and
 * parameters stay out, so the name of the function says all.
 */
import type { KustoClient } from '../../kusto/client/client.ts';
import { KustoError } from '../../kusto/client/errors.ts';
import type { Telemetry } from './telemetry.ts';

/** Where requests go. */
export interface ObservedDatabase {
  /** The cluster's URL. */
  readonly cluster: string;
  readonly database: string;
}

/** The same client, which tells telemetry what it does, if there is any. */
export function observedKusto(
  kusto: KustoClient,
  telemetry: Telemetry | undefined,
  place: ObservedDatabase,
): KustoClient {
  return telemetry ? observed(kusto, telemetry, place) : kusto;
}

function observed(
  kusto: KustoClient,
  telemetry: Telemetry,
  { cluster, database }: ObservedDatabase,
): KustoClient {
  const { hostname, port } = new URL(cluster);
  const server = { 'server.address': hostname, 'server.port': Number(port || 443) };

  async function observe<T>(
    operation: 'query' | 'command' | 'ingest',
    called: string | undefined,
    traceId: string | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const startedAt = performance.now();
    const names = {
      'db.system.name': 'azure.kusto',
      'db.namespace': database,
      'db.operation.name': operation,
      'db.stored_procedure.name': called,
    };
    const span = telemetry.startCall(called === undefined ? operation : `${operation} ${called}`, traceId, {
      ...names,
      ...server,
      // How Kusto's own records name it: see `.show queries`.
      'deployments.kusto.client_request_id': traceId && `Deployments;${traceId}`,
    });
    const end = (error?: unknown): void => {
      const errorType = error === undefined ? undefined : errorTypeOf(error);
      const status = error instanceof KustoError ? error.status : undefined;
      const outcome = { 'db.response.status_code': status === undefined ? undefined : String(status) };
      span.end(outcome, errorType);
      telemetry.record('db.client.operation.duration', (performance.now() - startedAt) / 1000, {
        ...names,
        ...outcome,
        'error.type': errorType,
      });
    };
    try {
      const result = await work();
      end();
      return result;
    } catch (error) {
      end(error);
      throw error;
    }
  }

  return {
    ...kusto,
    query: (text, parameters, options) =>
      observe('query', functionIn(text), options?.traceId, () => kusto.query(text, parameters, options)),
    command: (text, options) => observe('command', undefined, undefined, () => kusto.command(text, options)),
    ingest: (table, columns, rows) =>
      observe('ingest', undefined, undefined, () => kusto.ingest(table, columns, rows)),
  };
}

/** The function that a query calls: see kusto/client/function-call.ts. */
function functionIn(text: string): string | undefined {
  return /(?:^|\n)([A-Za-z_]\w*)\([^\n]*\)$/.exec(text)?.[1];
}

function errorTypeOf(error: unknown): string {
  return error instanceof KustoError ? error.kind : 'other';
}
