/**
 * Lets the pages of allowed origins call the API from a browser. Tokens travel in a header, never in cookies,
 * so credentials are not allowed.
 */

import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { azureDevOpsTokenHeader } from '../api/access.ts';

/** Where pages may send a body. */
const settingsRoutes = /^\/introspection\/v1\/settings(?:[/?]|$)/;

const forAllowedOrigins: Omit<FastifyCorsOptions, 'origin'> = {
  methods: ['GET', 'HEAD'],
  allowedHeaders: ['authorization', 'if-none-match', 'traceparent', azureDevOpsTokenHeader],
  exposedHeaders: [
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
  ].join(', '),
  maxAge: 600,
};

/** Lets pages of these origins call `app`. A request that is not from a page is none of its business. */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  const allowed = new Set(origins);
  app.addHook('onRequest', ({ method, headers }, _reply, done) => {
    // Not a preflight, so it is answered like any other request, not as the library would.
    if (method === 'OPTIONS' && headers['access-control-request-method'] === undefined) delete headers.origin;
    done();
  });
  app.addHook('onSend', ({ method, url }, reply, _payload, done) => {
    if (method === 'OPTIONS' && reply.hasHeader('access-control-allow-methods') && settingsRoutes.test(url))
      reply
        .header('access-control-allow-methods', 'GET, HEAD, PUT, POST')
        .header(
          'access-control-allow-headers',
          ['content-type', ...(forAllowedOrigins.allowedHeaders ?? [])].join(', '),
        );
    done();
  });
  app.register(cors, {
    ...forAllowedOrigins,
    origin: (origin, callback) => callback(null, origin !== undefined && allowed.has(origin)),
  });
}
