/**
 * Serves a local simulation of Azure DevOps: its pages on one port and the extension on another, so that page,
 * extension and API have different origins as in Azure DevOps. It listens only on loopback.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { refusalAtLoopback } from '../net/loopback-door.ts';
import {
  bodyTooLong,
  type RequestRefusal,
  rawAnswer,
  refusalOfSize,
  refusalOfUnreadable,
  type SocketError,
} from '../net/request-size.ts';
import { serverLimits } from '../net/server-limits.ts';

/** A build that the page offers in its picker. */
export interface OfferedBuild {
  readonly organization: string;
  readonly project: string;
  readonly id: number;
  readonly title: string;
  /** What the build demonstrates, in a sentence. */
  readonly shows: string;
}

/** A project whose hub the page offers. */
export interface OfferedProject {
  readonly organization: string;
  /** GUID. */
  readonly project: string;
  readonly name: string;
  /** Pull requests and work items that the pages of the project offer, with what they demonstrate. */
  readonly pullRequests?: readonly OfferedPullRequest[];
  readonly workItems?: readonly OfferedWorkItem[];
}

export interface OfferedPullRequest {
  readonly id: number;
  /** GUID. */
  readonly repositoryId: string;
  readonly title: string;
}

export interface OfferedWorkItem {
  readonly id: number;
  readonly title: string;
}

/** The application of Entra ID that people sign in to on the page. */
export interface EntraApplication {
  readonly clientId: string;
  readonly tenant: string;
  /** Application id URI of the API. */
  readonly audience: string;
}

/** The configuration that the page loads from `/config.json`. */
export interface PageConfig {
  readonly extensionOrigin: string;
  readonly apiUrl: string;
  readonly entra: EntraApplication;
  readonly builds: readonly OfferedBuild[];
  readonly projects: readonly OfferedProject[];
}

export interface DevhostOptions {
  /** Port of the host page; 0 chooses a free one. */
  readonly port: number;
  /** Port of the extension's files; 0 chooses a free one. */
  readonly extensionPort: number;
  /** URL of the API for which the extension is packed, and in its initial settings. */
  readonly apiUrl: string;
  /** Folder of the built extension. The built host page has to be beside it, in `devhost/page`. */
  readonly extensionDir: string;
  /** The builds in the picker. The first one is selected. */
  readonly builds: readonly OfferedBuild[];
  /** The projects in the picker of the hub. The first one is selected. */
  readonly projects?: readonly OfferedProject[];
  /** The application that the page signs in to with `service=entra`; without it, one that does not exist. */
  readonly entra?: EntraApplication;
  /**
   * An access token of Entra ID for the person in front of the page. Without it, a made-up one, which an API that asks
   * nobody who they are takes.
   *
   * @param claims what the API wants the token to say besides (JSON)
   */
  readonly signIn?: (scope: string, claims: string | undefined) => Promise<string>;
  /** Called when the page opens a build, with its id; the page shows it once this has settled. */
  readonly onOpened?: (buildId: number) => Promise<void>;
  /** Called when the page opens the Deployments hub of a project, with its id; the page shows it at once. */
  readonly onHubOpened?: (projectId: string) => void;
}

export interface Devhost {
  /** URL of the page of a build. */
  readonly url: string;
  /** URL of the hub. */
  readonly hubUrl: string;
  /** URL of the page of a pull request. */
  readonly pullRequestUrl: string;
  /** URL of the form of a work item. */
  readonly workItemUrl: string;
  readonly origin: string;
  readonly extensionOrigin: string;
  close(): Promise<void>;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const demonstrationApplication: EntraApplication = {
  clientId: '00000000-0000-4000-8000-00000000d0c5',
  tenant: '00000000-0000-4000-8000-00000000d0c6',
  audience: 'api://deployments-demonstration',
};

/** Starts both servers. Rejects if a port is in use. */
export async function startDevhost(options: DevhostOptions): Promise<Devhost> {
  const pageDir = path.join(options.extensionDir, '..', 'devhost', 'page');
  const {
    apiUrl,
    builds,
    projects = [],
    onOpened = async () => undefined,
    onHubOpened = () => undefined,
    entra = demonstrationApplication,
    signIn = async () => 'demonstration-entra-token',
  } = options;
  const extension = await listen(serveExtension(options.extensionDir, apiUrl, entra), options.extensionPort);
  const config: PageConfig = { extensionOrigin: extension.origin, apiUrl, entra, builds, projects };
  const files = serveFolder(pageDir);
  const page = await listen((request, response) => {
    const pathname = pathOf(request);
    if (pathname === '/config.json') send(response, 200, 'application/json', JSON.stringify(config));
    else if (pathname === '/hub-opened' && request.method === 'POST') {
      onHubOpened(queryOf(request).get('project') ?? '');
      response.writeHead(204).end();
    } else if (pathname === '/opened' && request.method === 'POST') {
      const done = () => response.writeHead(204).end();
      onOpened(buildIdOf(request)).then(done, done);
    } else if (pathname === '/sign-in' && request.method === 'POST') {
      const asked = queryOf(request);
      signIn(asked.get('scope') ?? '', asked.get('claims') ?? undefined).then(
        (token) => send(response, 200, 'application/json', JSON.stringify({ token })),
        () => send(response, 503, 'application/json', '{}'),
      );
    } else if (path.extname(pathname)) files(request, response);
    else files({ url: '/index.html' }, response);
  }, options.port).catch(async (error: unknown) => {
    await extension.close();
    throw error;
  });
  return {
    url: `${page.origin}/`,
    hubUrl: `${page.origin}/hub`,
    pullRequestUrl: `${page.origin}/pull-request`,
    workItemUrl: `${page.origin}/work-item`,
    origin: page.origin,
    extensionOrigin: extension.origin,
    close: async () => {
      await Promise.all([page.close(), extension.close()]);
    },
  };
}

type Handler = (request: Pick<IncomingMessage, 'url' | 'method'>, response: ServerResponse) => void;

/**
 * Serves the extension as it is packed for a service, which gets the extension's own tokens; with `?entra`, tokens of Entra
 * ID instead; with `?unpacked`, as it is packed without a service.
 */
function serveExtension(folder: string, serviceUrl: string, entra: EntraApplication): Handler {
  const packed = (values: Readonly<Record<string, string>>) =>
    serveFolder(folder, (page) =>
      Object.entries(values).reduce(
        (text, [name, value]) =>
          text.replace(
            `name="deployments-${name}" content=""`,
            () => `name="deployments-${name}" content="${value}"`,
          ),
        page,
      ),
    );
  const { clientId: client, tenant, audience } = entra;
  const variants = new Map([
    ['unpacked', packed({})],
    ['entra', packed({ service: serviceUrl, client, tenant, audience })],
  ]);
  const usual = packed({ service: serviceUrl, 'extension-tokens': 'yes' });
  return (request, response) => (variants.get(request.url?.split('?')[1] ?? '') ?? usual)(request, response);
}

/** Serves the files of a folder, and nothing outside it. */
function serveFolder(folder: string, editPage = (page: string) => page): Handler {
  const root = path.resolve(folder);
  return (request, response) => {
    const pathname = pathOf(request);
    const file = path.join(root, pathname);
    const contentType = contentTypes[path.extname(file)];
    if (!contentType || !file.startsWith(root + path.sep)) {
      send(response, 404, 'text/plain', 'Not found');
      return;
    }
    readFile(file).then(
      (content) =>
        send(response, 200, contentType, file.endsWith('.html') ? editPage(content.toString()) : content),
      () => send(response, 404, 'text/plain', 'Not found'),
    );
  };
}

/** The path as it was asked for, without the query. It may be anything that a client can send, such as `//`. */
function pathOf({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  return url.replace(/[?#].*$/s, '');
}

function queryOf({ url = '/' }: Pick<IncomingMessage, 'url'>): URLSearchParams {
  return new URLSearchParams(url.replace(/^[^?]*/s, ''));
}

/** The build that a page says it has opened; NaN if the query names none. */
function buildIdOf(request: Pick<IncomingMessage, 'url'>): number {
  return Number(queryOf(request).get('buildId') ?? Number.NaN);
}

function send(response: ServerResponse, status: number, contentType: string, body: string | Buffer): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

async function listen(handler: Handler, port: number): Promise<{ origin: string; close(): Promise<void> }> {
  const server = createServer(serverLimits, (request, response) => {
    const refusal = refusalOf(request);
    if (refusal) refuse(response, refusal);
    else answer(handler, request, response);
  });
  server.on('clientError', (error: SocketError, socket) => {
    const refusal = refusalOfUnreadable(error);
    if (refusal && socket.writable) socket.end(rawAnswer(refusal.status, errorOf(refusal)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${bound}`, close: () => stop(server) };
}

/** Why a request gets no page and no file: these servers are for readers on this machine. */
function refusalOf(request: IncomingMessage): RequestRefusal | undefined {
  const { headers, socket } = request;
  const foreign = refusalAtLoopback(headers, socket.localPort);
  if (foreign) return { status: 403, message: foreign };
  const hasBody = 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0;
  return hasBody ? bodyTooLong(0) : refusalOfSize(request);
}

/** Closes the connection too: what is left of the request would be taken for the next one. */
function refuse(response: ServerResponse, refusal: RequestRefusal): void {
  response.setHeader('connection', 'close');
  send(response, refusal.status, 'application/json', errorOf(refusal));
}

/** In the API's form. */
function errorOf({ status, message }: RequestRefusal): string {
  return JSON.stringify({ code: String(status), message });
}

/** No request may end the process. */
function answer(handler: Handler, request: IncomingMessage, response: ServerResponse): void {
  try {
    handler(request, response);
  } catch {
    refuse(response, { status: 400, message: 'The request is malformed.' });
  }
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
