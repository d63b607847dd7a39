/**
 * Carries an HTTP trigger of Azure Functions into a Fastify app and its answer back: bodies as bytes, and headers
 * without those that speak about one connection only, because the Functions host has connections of its own. It does
 * not tell the caller's address; Front Door does: see front-door.ts. (What `Connection` names is not taken out: a caller
 * could make Front Door's own headers disappear.)
 */
import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { FastifyInstance, InjectOptions } from 'fastify';

const hopByHop = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Stands in records and limits for an address that is not known; not an address, so that nobody takes it for one. */
const unknownAddress = 'unknown';

/** A handler for HTTP triggers that lets `app` answer. */
export function handlerOf(app: FastifyInstance): HttpHandler {
  return async (request) => {
    const answer = await app.inject(await injectionOf(request));
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers))
      if (value !== undefined && !hopByHop.has(name)) headers[name] = String(value);
    const response: HttpResponseInit = { status: answer.statusCode, headers };
    return answer.rawPayload.length > 0 ? { ...response, body: answer.rawPayload } : response;
  };
}

async function injectionOf(request: HttpRequest): Promise<InjectOptions> {
  const { pathname, search } = new URL(request.url);
  const headers: Record<string, string> = {};
  for (const [name, value] of request.headers) if (!hopByHop.has(name)) headers[name] = value;
  const method = methods.find((known) => known === request.method.toUpperCase()) ?? 'POST';
  const payload = Buffer.from(await request.arrayBuffer());
  const url = pathname + search;
  return { method, url, headers, remoteAddress: unknownAddress, ...(payload.length > 0 && { payload }) };
}
