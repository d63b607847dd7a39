/**
 * The OpenAPI 3.1 document, made from the same schemas and parameter descriptions that the backend uses, so
 * that the two cannot disagree.
 */
import type { TSchema } from 'typebox';
import {
  ApiErrorSchema,
  Build2DeploymentSchema,
  BuildSchema,
  Deployment2BuildSchema,
  DeploymentSchema,
  Payload2BuildSchema,
  PayloadSchema,
} from './contract.ts';
import { apiParameters } from './parameters.ts';
import { type ApiName, apiNames, apiPaths } from './paths.ts';

/** A JSON object of the document; its shape is OpenAPI's, not ours. */
export type OpenApiObject = { readonly [key: string]: unknown };

const components: Readonly<Record<string, TSchema>> = {
  Build2Deployment: Build2DeploymentSchema,
  Deployment: DeploymentSchema,
  Payload: PayloadSchema,
  Deployment2Build: Deployment2BuildSchema,
  Payload2Build: Payload2BuildSchema,
  Build: BuildSchema,
  ApiError: ApiErrorSchema,
};

interface Operation {
  readonly id: string;
  readonly summary: string;
  readonly answer: keyof typeof components;
  readonly found: string;
  /** When 204 is answered; absent where the API never does. */
  readonly none?: string;
  readonly unknown: string;
}

const operations: Readonly<Record<ApiName, Operation>> = {
  b2d: {
    id: 'build2deployments',
    summary: 'The deployments of a build, over all orchestrators',
    answer: 'Build2Deployment',
    found: 'The deployments, newest start first.',
    none: 'The build is known and has no deployments yet.',
    unknown: 'The build is not known.',
  },
  d2b: {
    id: 'deployment2build',
    summary: 'The builds that a deployment deployed',
    answer: 'Deployment2Build',
    found: 'The builds.',
    none: 'The deployment is known and none of its payloads comes from a known build.',
    unknown: 'The deployment is not known.',
  },
  p2b: {
    id: 'payload2build',
    summary: 'The builds that made a payload',
    answer: 'Payload2Build',
    found: 'The builds; none where the payload is known and its build is not.',
    unknown: 'The payload is not known.',
  },
};

const headers = {
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
  retryAfter: {
    description: 'Seconds to wait before the next try.',
    schema: { type: 'integer', minimum: 0 },
  },
};

/**
 * The document for the given APIs.
 *
 * @param apis which APIs this host serves
 * @param version the product's version, for `info.version`
 */
export function openApiDocument(apis: readonly ApiName[] = apiNames, version = '1.0.0'): OpenApiObject {
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Deployments for Azure Pipelines',
      version,
      description:
        'From a build to its deployments over Ev2, AzDeployer and Pilotfish, and back. Names of query parameters do not distinguish case; unknown parameters are ignored; a repeated one is refused.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: apis.map((api) => ({ name: api, description: operations[api].summary })),
    paths: Object.fromEntries(
      apis.flatMap((api) => apiPaths[api].map((path, index) => [path, { get: operation(api, index) }])),
    ),
    components: {
      schemas: Object.fromEntries(
        Object.entries(components).map(([name, schema]) => [name, withComponentReferences(schema)]),
      ),
    },
  };
}

function operation(api: ApiName, pathIndex: number): OpenApiObject {
  const { id, summary, answer, found, none, unknown } = operations[api];
  const [canonical] = apiPaths[api];
  return {
    tags: [api],
    operationId: pathIndex === 0 ? id : `${id}_${pathIndex}`,
    summary: pathIndex === 0 ? summary : `${summary} (same as ${canonical})`,
    parameters: [
      ...apiParameters[api].map(({ name, description, schema, example }) => ({
        name,
        in: 'query',
        required: true,
        description,
        schema,
        example,
      })),
      {
        name: 'If-None-Match',
        in: 'header',
        required: false,
        description: 'The ETag of the answer you have.',
        schema: { type: 'string' },
      },
    ],
    responses: {
      200: {
        description: found,
        headers: {
          ETag: headers.etag,
          Age: headers.age,
          Warning: headers.warning,
          'X-Trace-Id': headers.traceId,
        },
        content: { 'application/json': { schema: reference(answer) } },
      },
      ...(none && {
        204: {
          description: none,
          headers: { 'X-Reason': headers.reason, 'X-Trace-Id': headers.traceId },
        },
      }),
      304: {
        description: 'The answer is still the one that `If-None-Match` names.',
        headers: { ETag: headers.etag },
      },
      400: failure(
        'A parameter is missing, repeated, malformed or too long. `details` has one entry for each.',
      ),
      401: failure('There is no valid token.'),
      403: failure('The token is valid and does not give this right.'),
      404: failure(unknown),
      429: failure('Too many requests.', { 'Retry-After': headers.retryAfter }),
      500: failure('An error of ours; quote the trace id.'),
      503: failure('Not available at the moment.', { 'Retry-After': headers.retryAfter }),
    },
  };
}

function failure(description: string, more: OpenApiObject = {}): OpenApiObject {
  return {
    description,
    headers: { 'X-Trace-Id': headers.traceId, ...more },
    content: { 'application/json': { schema: reference('ApiError') } },
  };
}

function reference(name: string): OpenApiObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** Schemas refer to each other by `$id`; inside the document they do so by their place. */
function withComponentReferences(schema: TSchema): unknown {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key === '$ref' && typeof value === 'string' && value in components)
      return `#/components/schemas/${value}`;
    return key === '$id' ? undefined : value;
  });
}
