/**
 * Stands between the backend and Kusto: records queries, and fails on request the way networks and
 * clusters do. Without a target it answers by itself.
 */
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How to treat the next queries. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  | { readonly kind: 'body'; readonly body: string }
  /** Never answers. */
  | { readonly kind: 'silence' }
  /** Closes the connection. */
  | { readonly kind: 'cut' }
  /** Sends the beginning of an answer, slowly, without an end. */
  | { readonly kind: 'trickle' };

/** A query as it came in on the wire. */
export interface ReceivedQuery {
  readonly text: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly requestId: string;
}

export interface KustoProxy {
  readonly url: string;
  /** Every query since the start or the last `forget()`, failed ones included. */
  readonly asked: readonly ReceivedQuery[];
  /** Paths and texts of all other requests, such as commands. */
  readonly others: readonly string[];
  /** The rows that went back for each query, in the order of the answers. */
  readonly rowsSent: readonly number[];
  forget(): void;
  /** Treats the next `times` queries like this. */
  fail(fault: Fault, times?: number): void;
  recover(): void;
  /** Holds queries back until the returned function is called. */
  hold(): () => void;
  close(): Promise<void>;
}

/** A v2 answer with one table of string columns. */
export function answerOf(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return JSON.stringify([
    { FrameType: 'DataSetHeader', IsProgressive: false, Version: 'v2.0' },
    {
      FrameType: 'DataTable',
      TableId: 0,
      TableKind: 'PrimaryResult',
      TableName: 'PrimaryResult',
      Columns: columns.map((ColumnName) => ({ ColumnName, ColumnType: 'string' })),
      Rows: rows,
    },
    { FrameType: 'DataSetCompletion', HasErrors: false, Cancelled: false },
  ]);
}

/**
 * Starts a proxy.
 *
 * @param target the Kusto behind it; without one, `answer` is what every query gets, or gives it
 */
export async function startKustoProxy(
  target?: string,
  answer: string | ((query: ReceivedQuery) => string) = answerOf(['A'], [['a']]),
): Promise<KustoProxy> {
  const asked: ReceivedQuery[] = [];
  const others: string[] = [];
  const rowsSent: number[] = [];
  let fault: { readonly fault: Fault; times: number } | undefined;
  let gate = Promise.resolve();

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    if (request.url !== '/v2/rest/query') {
      others.push(`${request.url} ${body}`);
      return forward(request, response, body, target, typeof answer === 'string' ? answer : '');
    }
    const query = queryOf(request, body);
    asked.push(query);
    await gate;
    if (!fault || fault.times === 0) {
      const own = typeof answer === 'string' ? answer : answer(query);
      return forward(request, response, body, target, own, (text) => rowsSent.push(rowsIn(text)));
    }
    fault.times--;
    misbehave(fault.fault, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    others,
    rowsSent,
    forget: () => {
      asked.length = 0;
      others.length = 0;
      rowsSent.length = 0;
    },
    fail: (next, times = Number.POSITIVE_INFINITY) => {
      fault = { fault: next, times };
    },
    recover: () => {
      fault = undefined;
    },
    hold() {
      let open = (): void => {};
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return () => open();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function queryOf(request: IncomingMessage, body: Buffer): ReceivedQuery {
  const { csl, properties } = JSON.parse(body.toString()) as {
    csl: string;
    properties?: { Options?: Record<string, unknown>; Parameters?: Record<string, string> };
  };
  return {
    text: csl,
    options: properties?.Options ?? {},
    parameters: properties?.Parameters ?? {},
    requestId: String(request.headers['x-ms-client-request-id']),
  };
}

function misbehave(fault: Fault, request: IncomingMessage, response: ServerResponse): void {
  switch (fault.kind) {
    case 'status':
      response.writeHead(fault.status, fault.retryAfter ? { 'retry-after': fault.retryAfter } : {});
      response.end('{"error":{"message":"cluster-secret-detail"}}');
      return;
    case 'body':
      response.writeHead(200, { 'content-type': 'application/json' }).end(fault.body);
      return;
    case 'cut':
      request.socket.destroy();
      return;
    case 'trickle': {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(timer));
      return;
    }
    case 'silence':
      return;
  }
}

function forward(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  target: string | undefined,
  answer: string,
  whenAnswered: (text: string) => void = () => undefined,
): void {
  if (target === undefined) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    return;
  }
  const { method, headers, url } = request;
  const onward = httpRequest(target + url, { method, headers: { ...headers, host: new URL(target).host } });
  onward.on('response', (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    const chunks: Buffer[] = [];
    reply.on('data', (chunk: Buffer) => chunks.push(chunk));
    reply.on('end', () => whenAnswered(Buffer.concat(chunks).toString()));
    reply.pipe(response);
  });
  onward.on('error', () => request.socket.destroy());
  onward.end(body);
}

/** The rows of a query's answer; an error has none. */
function rowsIn(text: string): number {
  const frames: unknown = JSON.parse(text);
  if (!Array.isArray(frames)) return 0;
  return frames.find(({ TableKind }) => TableKind === 'PrimaryResult')?.Rows.length ?? 0;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
