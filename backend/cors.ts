/**
 * Lets the pages of allow-listed origins call the API from a browser. Tokens travel in a header, never in
 * cookies, so credentials are not allowed.
 */
import type { FastifyInstance } from 'fastify';

const allowedHeaders = 'authorization, if-none-match, traceparent';
const exposedHeaders = 'age, etag, retry-after, warning, x-reason, x-trace-id';

/** Answers preflight requests and marks answers for `origins`. */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  const allowed = new Set(origins);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('vary', 'origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) return done();
    reply.header('access-control-allow-origin', origin);
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      reply.header('access-control-expose-headers', exposedHeaders);
      return done();
    }
    reply
      .headers({
        'access-control-allow-methods': 'GET, HEAD',
        'access-control-allow-headers': allowedHeaders,
        'access-control-max-age': '600',
      })
      .code(204)
      .send();
  });
}
