/**
 * Carries an HTTP trigger of Azure Functions into a Fastify app and its answer back. Headers that speak about
 * one connection only are dropped in both directions: the Functions host has connections of its own.
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

/** A handler for HTTP triggers that lets `app` answer. Bodies of requests are not passed on: no API takes one. */
export function handlerOf(app: FastifyInstance): HttpHandler {
  return async (request) => {
    const answer = await app.inject(injectionOf(request));
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers))
      if (value !== undefined && !hopByHop.has(name)) headers[name] = String(value);
    const response: HttpResponseInit = { status: answer.statusCode, headers };
    return answer.rawPayload.length > 0 ? { ...response, body: answer.rawPayload } : response;
  };
}

function injectionOf(request: HttpRequest): InjectOptions {
  const { pathname, search } = new URL(request.url);
  const headers: Record<string, string> = {};
  for (const [name, value] of request.headers) if (!hopByHop.has(name)) headers[name] = value;
  const method = methods.find((known) => known === request.method.toUpperCase()) ?? 'POST';
  return { method, url: pathname + search, headers };
}
