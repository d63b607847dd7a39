/**
 * Real servers on loopback for the tests of the task: a deployments service whose answer the test sets, and
 * a stand-in of Microsoft Entra and of the pipeline's identity endpoint that checks what it is asked.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Deployment, Entity } from '../../../api/contract.ts';
import { apiPaths } from '../../../api/paths.ts';
import { progress } from '../wait/world.ts';

export const projectId = 'b32aa71e-8ed2-41b2-9d77-5bc261222004';

export type Reply = (request: IncomingMessage, response: ServerResponse) => void;

export interface LoopbackServer {
  readonly url: string;
  /** Closes the server and its connections; `reopen` starts it at the same address again. */
  close(): Promise<void>;
  reopen(): Promise<void>;
}

async function listen(reply: Reply): Promise<LoopbackServer> {
  const open = (port: number) =>
    new Promise<Server>((resolve) => {
      const opened = createServer(reply).listen(port, '127.0.0.1', () => resolve(opened));
    });
  let server = await open(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    reopen: async () => {
      server = await open(port);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface DeploymentsService extends LoopbackServer {
  /** The entities that have failed, of every deployment; undefined: a service that does not list them. */
  failedEntities?: readonly Entity[];
  /** The queries for entities so far. */
  readonly entityRequests: URLSearchParams[];
  /** The requests so far: query and Authorization header. */
  readonly requests: { readonly query: URLSearchParams; readonly authorization: string | undefined }[];
  /** The answer to a request, by its number from 1. */
  answer: (request: number, authorization: string | undefined) => Answer;
}

export type Answer =
  | readonly Deployment[]
  | {
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** Starts a service that answers B2D as the contract says. */
export async function startDeploymentsService(
  answer: DeploymentsService['answer'],
): Promise<DeploymentsService> {
  const requests: DeploymentsService['requests'] = [];
  const service: DeploymentsService = Object.assign(
    await listen((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://service');
      if (pathname === apiPaths.entities[0]) {
        answerEntities(service, searchParams, response);
        return;
      }
      const { authorization } = request.headers;
      requests.push({ query: searchParams, authorization });
      const given = service.answer(requests.length, authorization);
      if (!('status' in given)) {
        response.setHeader('content-type', 'application/json').end(
          JSON.stringify({
            ADOOrganizationName: searchParams.get('adoOrganizationName'),
            ADOProjectId: searchParams.get('adoProjectId'),
            ADOBuildId: Number(searchParams.get('adoBuildId')),
            Deployments: given,
          }),
        );
        return;
      }
      response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
      response.end(
        given.status === 204
          ? undefined
          : JSON.stringify({ code: String(given.status), message: given.message ?? 'no' }),
      );
    }),
    { requests, answer, entityRequests: [] },
  );
  return service;
}

/** Entities come two at a time, so that whoever wants all of them has to ask again. */
function answerEntities(
  { failedEntities, entityRequests }: DeploymentsService,
  query: URLSearchParams,
  response: ServerResponse,
): void {
  entityRequests.push(query);
  response.setHeader('content-type', 'application/json');
  if (failedEntities === undefined) {
    response.writeHead(404).end(JSON.stringify({ code: '404', message: 'There is no such path' }));
    return;
  }
  const from = Number(query.get('continuationToken') ?? 0);
  const next = from + 2;
  response.end(
    JSON.stringify({
      DeploymentSource: query.get('deploymentSource'),
      DeploymentId: query.get('deploymentId'),
      State: 'inProgress',
      Progress: progress(1, 60, failedEntities.length),
      Payloads: [],
      Entities: failedEntities.slice(from, next),
      ...(next < failedEntities.length && { ContinuationToken: String(next) }),
    }),
  );
}

export interface IdentityProvider extends LoopbackServer {
  /** The form of every request for a token. */
  readonly requests: URLSearchParams[];
  /** How often the pipeline was asked for an assertion. */
  assertions: number;
  readonly tokens: string[];
  lifetimeSeconds: number;
  failWith?: { readonly status: number; readonly description: string };
}

export const jobToken = 'job-token-7f3c9e';

/** Starts the token endpoint of Entra, and the endpoint that states who the pipeline is. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const provider: IdentityProvider = Object.assign(
    await listen((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://identity');
        const send = (status: number, value: unknown) =>
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
        if (pathname.endsWith('/oidctoken')) {
          const isRight =
            request.headers.authorization === `Bearer ${jobToken}` &&
            searchParams.get('api-version') === '7.1' &&
            searchParams.has('serviceConnectionId');
          return isRight
            ? send(200, { oidcToken: `assertion-${++provider.assertions}` })
            : send(401, { message: 'wrong' });
        }
        const form = new URLSearchParams(body);
        provider.requests.push(form);
        if (provider.failWith) {
          return send(provider.failWith.status, {
            error: 'x',
            error_description: provider.failWith.description,
          });
        }
        const token = `entra-token-${provider.tokens.length + 1}-b81d2a`;
        provider.tokens.push(token);
        return send(200, { access_token: token, expires_in: provider.lifetimeSeconds, token_type: 'Bearer' });
      });
    }),
    { requests: [], assertions: 0, tokens: [], lifetimeSeconds: 3_600 },
  );
  return provider;
}
