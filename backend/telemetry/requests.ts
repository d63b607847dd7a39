/**
 * What telemetry says about requests: a span, the duration, the result by API and client, and an audit record. Probes
 * are left out, because they come every few seconds and ask for nothing. Names are those of OpenTelemetry's stable
 * conventions for HTTP servers; the query string stands in none of them, because it says which team works on what.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { anonymous } from '../auth/caller.ts';
import { askedOf } from './audit/asked.ts';
import type { Telemetry } from './telemetry.ts';
import { remoteSpanOf } from './trace.ts';

/** Methods that may stand in names of spans and metrics; anybody can send any other. */
const knownMethods = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);

/** Observes every request of `app`; to be called before anything that may refuse one. */
export function observeRequests(app: FastifyInstance, telemetry: Telemetry): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!isProbe(request)) observe(request, reply, telemetry);
    done();
  });
}

/** Observes one request; those that cannot be routed never come to the hooks of an app. */
export function observe(request: FastifyRequest, reply: FastifyReply, telemetry: Telemetry): void {
  const startedAt = performance.now();
  const { route, method } = namesOf(request);
  const span = telemetry.startRequest(
    route === undefined ? method : `${method} ${route}`,
    request.id,
    remoteSpanOf(request.headers.traceparent),
    {
      'http.request.method': method,
      ...(method === '_OTHER' && { 'http.request.method_original': request.method }),
      'http.route': route,
      'url.path': request.url.split('?', 1)[0],
      'url.scheme': request.protocol,
      'server.address': request.hostname,
      'client.address': request.ip,
      'user_agent.original': request.headers['user-agent'],
      'network.protocol.version': request.raw.httpVersion,
    },
  );
  let isOver = false;
  const end = (status: number): void => {
    if (isOver) return;
    isOver = true;
    try {
      tell(status);
    } catch (err) {
      // An error in an event of the answer would end the process.
      request.log.error({ err }, 'telemetry of a request failed');
    }
  };
  const tell = (status: number): void => {
    const seconds = (performance.now() - startedAt) / 1000;
    const errorType = status === 0 ? 'canceled' : status >= 500 ? String(status) : undefined;
    const response = { 'http.response.status_code': status === 0 ? undefined : status };
    span.end(response, errorType);
    telemetry.record('http.server.request.duration', seconds, {
      'http.request.method': method,
      'http.route': route,
      'url.scheme': request.protocol,
      'error.type': errorType,
      ...response,
    });
    account(request, status, telemetry);
  };
  reply.raw.once('finish', () => end(reply.statusCode));
  // Not finished: the caller left.
  reply.raw.once('close', () => end(0));
}

/** Who asked what, with which outcome. */
function account(request: FastifyRequest, status: number, telemetry: Telemetry): void {
  const { route, method, api } = namesOf(request);
  const { ip, id } = request;
  // A request that cannot be routed was not authenticated either.
  const caller = request.caller ?? anonymous;
  if (api !== undefined)
    telemetry.record('deployments.api.results', 1, {
      'deployments.api': api,
      'deployments.client': clientOf(caller),
      'deployments.result': resultOf(status),
    });
  const asked = askedOf(request);
  telemetry.audit({ traceId: id, caller, address: ip, method, route, api, asked, status });
}

function isProbe({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url?.startsWith('/health/') ?? false;
}

function namesOf({ method, routeOptions }: FastifyRequest) {
  const route = routeOptions.url;
  return {
    route,
    method: knownMethods.has(method) ? method : '_OTHER',
    api: /^\/(\w+)/.exec(route ?? '')?.[1],
  };
}

/** Services by their ids, of which the configuration names a few; of all others, what they are. */
function clientOf({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return kind === 'service' ? id : kind;
}

function resultOf(status: number): string {
  const known = results[status];
  if (known !== undefined) return known;
  if (status >= 500) return 'failed';
  return status >= 400 ? 'invalid' : 'other';
}

const results: Readonly<Record<number, string>> = {
  0: 'canceled',
  200: 'found',
  202: 'accepted',
  204: 'none',
  304: 'not_modified',
  401: 'unauthorized',
  403: 'refused',
  404: 'unknown',
  429: 'limited',
  503: 'unavailable',
};
