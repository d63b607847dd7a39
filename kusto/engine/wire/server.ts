/**
 * Kusto's REST API over HTTP, on loopback only: queries, commands, streaming ingestion, and the little that
 * clients ask before they send any of these.
 * https://learn.microsoft.com/kusto/api/rest/
 */

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  rawAnswer,
  refusalOfSize,
  refusalOfUnreadable,
  type SocketError,
} from '../../../net/request-size.ts';
import { serverLimits } from '../../../net/server-limits.ts';
import { withoutTrailingSlashes } from '../../../net/trailing-slashes.ts';
import { DEFAULT_DATABASE } from '../catalog.ts';
import { findMapping } from '../commands/ingestion-mappings.ts';
import { Operations } from '../commands/operations.ts';
import { isCommand, isReadOnlyCommand, runCommand } from '../commands/run.ts';
import { KqlError } from '../errors.ts';
import { EngineError } from '../store/engine-error.ts';
import type { DatabaseFolder } from '../store/folder.ts';
import { dataFormat } from '../store/formats.ts';
import type { QueryResult } from '../store/statement-runner.ts';
import { Door, refuseForms, requireJson } from './door.ts';
import { failureBody, failureOf, type RequestIds, WireError } from './failure.ts';
import { fragmentedResponse } from './fragmented-response.ts';
import { type KustoRequest, readBody, readKustoRequest } from './request.ts';
import { queryResponseV1, responseV1, responseV2 } from './response.ts';

const HOST = '127.0.0.1';
const MOST_REQUESTS = 1000;
/** Longer than a busy engine keeps a client waiting: closing a connection that a client is about to use resets it. */
const KEEP_ALIVE_MILLISECONDS = 120_000;
/** A client that stops reading its answer for this long is cut off. */
const READING_MILLISECONDS = 60_000;
const INGEST_MILLISECONDS = 10 * 60_000;

/** A listening server. */
export interface WireServer {
  readonly url: string;
  /** Refuses new requests and lets those that run end. */
  close(): Promise<void>;
}

/** Receives the failures that are not the client's fault. */
export type LogFault = (error: unknown, ids: RequestIds) => void;

interface Exchange {
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly ids: RequestIds;
}

/** How to serve an engine. */
export interface WireOptions {
  /** Port of the loopback address; 0 takes any free one. */
  readonly port: number;
  /** What clients have to send as their bearer token; without one, every process of this machine may ask. */
  readonly token?: string | undefined;
  readonly logFault: LogFault;
}

/** Serves `folder` on the loopback address. */
export async function serveEngine(
  folder: DatabaseFolder,
  { port, token, logFault }: WireOptions,
): Promise<WireServer> {
  const wire = new Wire(folder, new Door(token), logFault);
  const server = createServer(
    { ...serverLimits, keepAliveTimeout: KEEP_ALIVE_MILLISECONDS },
    (request, response) => void wire.handle(request, response),
  );
  server.on('clientError', answerUnreadable);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${address.port}`,
    close: () => {
      wire.closing = true;
      return close(server);
    },
  };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await closed;
}

class Wire {
  closing = false;
  readonly #folder: DatabaseFolder;
  readonly #door: Door;
  readonly #logFault: LogFault;
  readonly #operations = new Operations();
  #running = 0;

  constructor(folder: DatabaseFolder, door: Door, logFault: LogFault) {
    this.#folder = folder;
    this.#door = door;
    this.#logFault = logFault;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const ids = idsOf(request);
    this.#running += 1;
    try {
      if (this.closing) throw new EngineError('unavailable', 'The engine is shutting down');
      if (this.#running > MOST_REQUESTS) throw new EngineError('busy', 'Too many requests at once');
      const tooLong = refusalOfSize(request);
      if (tooLong) throw new WireError(tooLong.status, tooLong.message);
      this.#door.checkSource(request);
      const body = await this.#answer({ url: urlOf(request), request, ids });
      // A connection that stayed open would keep the server from closing.
      if (this.closing) response.setHeader('connection', 'close');
      send(response, ids, 200, body);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.status === 500) this.#logFault(error, ids);
      if (failure.status === 401) response.setHeader('www-authenticate', 'Bearer');
      if (failure.status === 429 || failure.status === 503) response.setHeader('retry-after', '1');
      // What is left of a body that was not read would be taken for the next request.
      if (!request.complete || this.closing) response.setHeader('connection', 'close');
      send(response, ids, failure.status, failureBody(failure, ids));
    } finally {
      this.#running -= 1;
    }
  }

  async #answer({ url, request, ids }: Exchange): Promise<string> {
    const path = withoutTrailingSlashes(url.pathname).toLowerCase();
    switch (path) {
      case '/v1/rest/auth/metadata':
        return METADATA;
      case '/v1/rest/ping':
      case '/health':
        return '{"status":"ok"}';
      case '/v2/rest/query':
        return this.#queryV2(readKustoRequest(await this.#json(request), 'query'), ids);
      case '/v1/rest/query':
        return queryResponseV1(await this.#query(readKustoRequest(await this.#json(request), 'query')), ids);
      case '/v1/rest/mgmt':
        return responseV1(await this.#command(await this.#json(request)), ids);
    }
    if (path !== '/v1/rest/ingest' && !path.startsWith('/v1/rest/ingest/')) {
      throw new WireError(404, `There is nothing at ${url.pathname}`);
    }
    this.#door.checkToken(request);
    requirePost(request);
    refuseForms(request);
    return this.#ingest(url, await readBody(request));
  }

  /** The body of a query or command. */
  #json(request: IncomingMessage): Promise<Buffer> {
    this.#door.checkToken(request);
    requirePost(request);
    requireJson(request);
    return readBody(request);
  }

  async #queryV2(request: KustoRequest, ids: RequestIds): Promise<string> {
    const result = await this.#query(request);
    return request.frames ? fragmentedResponse(result, ids, request.frames) : responseV2(result, ids);
  }

  #query(request: KustoRequest): Promise<QueryResult> {
    if (isCommand(request.text)) return this.#run(request);
    return this.#database(request).query(request.text, request);
  }

  #command(body: Buffer): Promise<QueryResult> {
    const request = readKustoRequest(body, 'command');
    if (!isCommand(request.text)) throw new KqlError("A management command must begin with '.'");
    return this.#run(request);
  }

  #run(request: KustoRequest): Promise<QueryResult> {
    if (request.readOnly && !isReadOnlyCommand(request.text)) {
      throw new KqlError("The request is read-only ('request_readonly'), the command is not");
    }
    const context = {
      database: this.#database(request),
      folder: this.#folder,
      operations: this.#operations,
      timeout: request.timeout,
    };
    return runCommand(request.text, context, request);
  }

  #database({ database }: KustoRequest) {
    return this.#folder.database(database ?? DEFAULT_DATABASE);
  }

  /** `POST /v1/rest/ingest/{database}/{table}?streamFormat=csv&mappingName=M`. */
  async #ingest(url: URL, data: Buffer): Promise<string> {
    const [, , , , databaseName, table, ...more] = withoutTrailingSlashes(url.pathname)
      .split('/')
      .map(decodePart);
    if (!databaseName || !table || more.length > 0) {
      throw new WireError(404, 'Ingestion is at /v1/rest/ingest/{database}/{table}');
    }
    const parameters = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
    if (parameters.get('sourcekind')?.toLowerCase() === 'uri') {
      throw new WireError(400, "'sourceKind=uri' is not supported: send the data itself");
    }
    const database = this.#folder.database(databaseName);
    const format = dataFormat(parameters.get('streamformat') ?? 'csv');
    const mappingName = parameters.get('mappingname');
    const mapping = mappingName ? findMapping(database, table, mappingName) : undefined;
    await database.ingest(
      table,
      { rows: { kind: 'text', format, data, ...(mapping ? { mapping } : {}) }, tags: [], unlessTagged: [] },
      INGEST_MILLISECONDS,
    );
    return '{"Tables":[{"TableName":"Table_0","Columns":[],"Rows":[]}]}';
  }
}

/** What clients ask to learn how to sign in. There is nobody to sign in to: they send the engine's token, or none. */
const METADATA = JSON.stringify({
  AzureAD: {
    LoginEndpoint: 'https://login.microsoftonline.com',
    LoginMfaRequired: false,
    KustoClientAppId: 'db662dc1-0cfe-4e1c-a843-19a68e65be58',
    KustoClientRedirectUri: 'https://microsoft/kustoclient',
    KustoServiceResourceId: 'https://kusto.kusto.windows.net',
    FirstPartyAuthorityUrl: 'https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a',
  },
});

function idsOf(request: IncomingMessage): RequestIds {
  const given = request.headers['x-ms-client-request-id'];
  return { clientRequestId: typeof given === 'string' ? given : randomUUID(), activityId: randomUUID() };
}

/** What nearly every request asks for, parsed once. */
const QUERY_URL = new URL(`http://${HOST}/v2/rest/query`);

function urlOf(request: IncomingMessage): URL {
  if (request.url === '/v2/rest/query') return QUERY_URL;
  try {
    return new URL(request.url ?? '/', `http://${HOST}`);
  } catch {
    throw new WireError(400, 'The path of the request is malformed');
  }
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new WireError(400, `'${part}' is not valid percent-encoding`);
  }
}

/** Answers what Node could not read as a request. */
function answerUnreadable(error: SocketError, socket: Duplex): void {
  const refusal = refusalOfUnreadable(error);
  if (refusal === undefined || !socket.writable) return;
  const { status, message } = refusal;
  const ids = { clientRequestId: randomUUID(), activityId: randomUUID() };
  socket.end(rawAnswer(status, failureBody(failureOf(new WireError(status, message)), ids)));
}

function requirePost({ method }: IncomingMessage): void {
  if (method !== 'POST') throw new WireError(405, `Use POST, not ${method}`);
}

function send(response: ServerResponse, ids: RequestIds, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-ms-client-request-id': ids.clientRequestId,
    'x-ms-activity-id': ids.activityId,
  });
  response.end(body);
  if (!response.writableFinished && response.writableLength > 0) response.setTimeout(READING_MILLISECONDS);
}
