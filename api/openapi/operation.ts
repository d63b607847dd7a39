/** The parts that operations of the OpenAPI document have in common. */
import type { TSchema } from 'typebox';
import type { ApiError } from '../contract.ts';

/** A JSON object of the document; its shape is OpenAPI's, not ours. */
export type OpenApiObject = { readonly [key: string]: unknown };

/** An operation with the place where it is served. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** With path parameters in braces. */
  readonly path: string;
  readonly tag: string;
  readonly object: OpenApiObject;
}

/** A group of operations. */
export interface Tag {
  readonly name: string;
  readonly description: string;
}

export const headers = {
  traceId: { description: 'Names this request in our logs.', schema: { type: 'string' } },
  etag: {
    description: 'Strong validator of this answer; send it as `If-None-Match`.',
    schema: { type: 'string' },
  },
  age: {
    description: 'Seconds since this answer was true; only on an answer given while the data store is away.',
    schema: { type: 'integer', minimum: 0 },
  },
  warning: { description: '`110 - "Response is Stale"`, together with Age.', schema: { type: 'string' } },
  reason: { description: 'Why there is no body, in words.', schema: { type: 'string' } },
  rateLimit: {
    description: 'Requests that may be sent in a minute.',
    schema: { type: 'integer', minimum: 0 },
  },
  rateLimitRemaining: { description: 'How many of them are left.', schema: { type: 'integer', minimum: 0 } },
  rateLimitReset: {
    description: 'Seconds until the minute is over.',
    schema: { type: 'integer', minimum: 0 },
  },
  retryAfter: {
    description: 'Seconds to wait before the next try.',
    schema: { type: 'integer', minimum: 0 },
  },
} as const;

/** A response with a JSON body, such as `example`. */
export function answer(
  description: string,
  schema: OpenApiObject,
  example: object,
  more: OpenApiObject = {},
): OpenApiObject {
  return response(description, { schema, example }, more);
}

/** A response in the contract's error shape. */
export function failure(description: string, more: OpenApiObject = {}, example?: ApiError): OpenApiObject {
  return response(description, { schema: reference('ApiError'), ...(example && { example }) }, more);
}

function response(description: string, content: OpenApiObject, more: OpenApiObject): OpenApiObject {
  return {
    description,
    headers: { 'X-Trace-Id': headers.traceId, ...more },
    content: { 'application/json': content },
  };
}

/** The responses 429 and 503, which say when to try again. */
export const busy: OpenApiObject = {
  429: failure('Too many requests.', {
    'Retry-After': headers.retryAfter,
    'RateLimit-Limit': headers.rateLimit,
    'RateLimit-Remaining': headers.rateLimitRemaining,
    'RateLimit-Reset': headers.rateLimitReset,
  }),
  503: failure('Not available at the moment.', { 'Retry-After': headers.retryAfter }),
};

/** The response 500. */
export const defect: OpenApiObject = failure('An error of ours; quote the trace id.');

/** What any operation may answer. */
export const anywhere: OpenApiObject = {
  400: failure('The request is malformed.'),
  403: failure('The request names another host, or comes from a page of a foreign origin.'),
  408: failure('The request did not arrive within 30 seconds, its headers within 15.'),
  414: failure('The address is longer than 16 KiB.'),
  431: failure('The headers are longer than 16 KiB.'),
};

/** A reference to a schema of the document. */
export function reference(name: string): OpenApiObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** A schema for use inside the document, where schemas refer to each other by their place and not by `$id`. */
export function withComponentReferences(schema: TSchema, names: readonly string[]): unknown {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key === '$ref' && typeof value === 'string' && names.includes(value)) return reference(value).$ref;
    return key === '$id' ? undefined : value;
  });
}
