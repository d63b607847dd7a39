/**
 * Lets the pages of allowed origins call the API from a browser. Tokens travel in a header, never in cookies, so
 * credentials are not allowed. Most requests come from programs, and cost one comparison here.
 */
import type { FastifyInstance } from 'fastify';
import { azureDevOpsTokenHeader } from './auth/authenticate.ts';

const allowedMethods = 'GET, HEAD';
const allowedHeaders = ['authorization', 'if-none-match', 'traceparent', azureDevOpsTokenHeader].join(', ');
const exposedHeaders = [
  'age',
  'deprecation',
  'etag',
  'link',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'sunset',
  'warning',
  'www-authenticate',
  'x-reason',
  'x-trace-id',
].join(', ');
/** How long a browser may remember the permission. */
const maxAgeSeconds = '600';

/** Answers browsers that ask for permission, and gives it to pages of these origins, before anybody needs a token. */
export function allowPages(app: FastifyInstance, origins: readonly string[]): void {
  const allowed = new Set(origins);
  app.addHook('onRequest', (request, reply, done) => {
    const { method, headers } = request.raw;
    // What is answered depends on it, also where it is absent.
    reply.header('vary', 'Origin');
    if (headers.origin === undefined || !allowed.has(headers.origin)) return done();
    const isPreflight = headers['access-control-request-method'] !== undefined;
    if (method === 'OPTIONS' && !isPreflight) return done();
    reply
      .header('access-control-allow-origin', headers.origin)
      .header('access-control-expose-headers', exposedHeaders);
    if (method !== 'OPTIONS') return done();
    reply
      .code(204)
      .header('access-control-allow-methods', allowedMethods)
      .header('access-control-allow-headers', allowedHeaders)
      .header('access-control-max-age', maxAgeSeconds)
      // Safari waits for a body without it.
      .header('content-length', '0')
      .send();
  });
  // Without a route, these would not be told apart from unknown paths.
  app.options('*', (_request, reply) => reply.callNotFound());
}
