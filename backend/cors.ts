/**
 * Lets the pages of allowed origins call the API from a browser. Tokens travel in a header, never in cookies,
 * so credentials are not allowed.
 */

import type { FastifyCorsOptions, FastifyCorsOptionsDelegateCallback } from '@fastify/cors';
import { azureDevOpsTokenHeader } from '../api/access.ts';

const forAllowedOrigins: FastifyCorsOptions = {
  origin: true,
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
  ],
  maxAge: 600,
};

/** Options of `@fastify/cors` for these origins. A request that is not from a page is none of its business. */
export function corsOf(origins: readonly string[]): { delegator: FastifyCorsOptionsDelegateCallback } {
  const allowed = new Set(origins);
  return {
    delegator: ({ method, headers }, callback) => {
      const isAllowed = headers.origin !== undefined && allowed.has(headers.origin);
      const isPlainOptions = method === 'OPTIONS' && headers['access-control-request-method'] === undefined;
      callback(null, isAllowed && !isPlainOptions ? forAllowedOrigins : { origin: false });
    },
  };
}
