/**
 * Lets the pages of allowed origins call the API from a browser. Tokens travel in a header, never in cookies,
 * so credentials are not allowed.
 */

import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, onRequestHookHandler, onSendHookHandler } from 'fastify';
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
  app.addHook('onRoute', (route) => {
    // The library's route for preflights: all others need not be looked at.
    if (route.method === 'OPTIONS') route.onSend = allowBodiesOfSettings;
  });
  cors(
    onlyForPages(app),
    {
      ...forAllowedOrigins,
      origin: (origin, callback) => callback(null, origin !== undefined && allowed.has(origin)),
    },
    () => undefined,
  );
}

/**
 * The app as the library sees it: its hooks run for what a page sends. For everything else they would do a lot to add a
 * header, which is added here.
 */
function onlyForPages(app: FastifyInstance): FastifyInstance {
  const addHook = (name: 'onRequest', hook: onRequestHookHandler): FastifyInstance =>
    app.addHook(name, function (request, reply, done) {
      const { method, headers } = request;
      // Not a preflight, so it is answered like any other request, not as the library would.
      const isOdd = method === 'OPTIONS' && headers['access-control-request-method'] === undefined;
      if (headers.origin !== undefined && !isOdd) return hook.call(this, request, reply, done);
      reply.header('vary', 'Origin');
      done();
    });
  return Object.create(app, { addHook: { value: addHook } });
}

/** Completes the answer to a preflight. */
const allowBodiesOfSettings: onSendHookHandler = ({ url }, reply, _payload, done) => {
  if (reply.hasHeader('access-control-allow-methods') && settingsRoutes.test(url))
    reply
      .header('access-control-allow-methods', 'GET, HEAD, PUT, POST')
      .header(
        'access-control-allow-headers',
        ['content-type', ...(forAllowedOrigins.allowedHeaders ?? [])].join(', '),
      );
  done();
};
