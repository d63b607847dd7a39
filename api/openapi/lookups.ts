/** The lookups in the OpenAPI document, from the parameters and paths that the backend uses. */
import type { ApiError } from '../contract.ts';
import type { LookupParameter } from '../introspection/parameters.ts';
import { apiOf } from '../lookups.ts';
import { apiParameters } from '../parameters.ts';
import { apiPaths, type BuildLookupName, buildLookupNames } from '../paths.ts';
import { lookupExamples, notFoundExample } from './examples.ts';
import {
  answer,
  busy,
  defect,
  failure,
  headers,
  type OpenApiObject,
  type Operation,
  reference,
  type Tag,
} from './operation.ts';

interface Description {
  readonly id: string;
  readonly summary: string;
  readonly schema: string;
  readonly found: string;
  /** When 204 is answered; absent where the API never does. */
  readonly none?: string;
  readonly unknown: string;
  readonly unknownExample: ApiError;
}

const descriptions: Readonly<Record<BuildLookupName, Description>> = {
  b2d: {
    id: 'build2deployments',
    summary: 'The deployments of a build, over all orchestrators',
    schema: 'Build2Deployment',
    found: 'The deployments, newest start first.',
    none: 'The build is known and has no deployments yet.',
    unknown: 'The build is not known.',
    unknownExample: notFoundExample(
      'Not Found',
      'adoBuildId',
      'There is no record of build 1 of project b32aa71e-8ed2-41b2-9d77-5bc261222004 in organization msazure.',
    ),
  },
  d2b: {
    id: 'deployment2build',
    summary: 'The builds that a deployment deployed',
    schema: 'Deployment2Build',
    found: 'The builds.',
    none: 'The deployment is known and none of its payloads comes from a known build.',
    unknown: 'The deployment is not known.',
    unknownExample: notFoundExample(
      'DeploymentId 1 from DeploymentSource azdeployer is not found',
      'deploymentId',
      'There is no record of deployment 1 of azdeployer. Its id usually is a number.',
    ),
  },
  p2b: {
    id: 'payload2build',
    summary: 'The builds that made a payload',
    schema: 'Payload2Build',
    found: 'The builds; none where the payload is known and its build is not.',
    unknown: 'The payload is not known.',
    unknownExample: notFoundExample(
      'Payload web=1 from DeploymentSource pilotfish is not found',
      'payload',
      'There is no record of payload web=1 of pilotfish. A payload usually is {ServiceComponentName}={BuildLabel} or {BuildLabel}.',
    ),
  },
  entities: {
    id: 'entities',
    summary: 'The entities of a deployment: regions, clusters, nodes, jobs',
    schema: 'DeploymentEntities',
    found: 'A page of the entities, what failed first, and the state of the whole deployment.',
    unknown: 'The deployment is not known.',
    unknownExample: notFoundExample(
      'DeploymentId 1 from DeploymentSource azdeployer is not found',
      'deploymentId',
      'There is no record of deployment 1 of azdeployer. Its id usually is a number.',
    ),
  },
};

export const lookupTags: readonly Tag[] = (['b2d', 'd2b', 'p2b'] as const).map((name) => ({
  name,
  description: `${descriptions[name].summary}.`,
}));

export const lookupOperations: readonly Operation[] = buildLookupNames.flatMap((name) =>
  apiPaths[name].map(
    (path, index): Operation => ({ method: 'get', path, tag: apiOf(name), object: lookup(name, index) }),
  ),
);

function lookup(name: BuildLookupName, pathIndex: number): OpenApiObject {
  const { id, summary } = descriptions[name];
  const [canonical] = apiPaths[name];
  return lookupObject({
    ...descriptions[name],
    id: pathIndex === 0 ? id : `${id}_${pathIndex}`,
    summary: pathIndex === 0 ? summary : `${summary} (same as ${canonical})`,
    parameters: apiParameters[name],
    example: lookupExamples[name],
  });
}

/** What a lookup is described by. */
export interface LookupDescription extends Description {
  readonly parameters: readonly LookupParameter[];
  readonly example: object;
  /** When 400 is answered, where that is more than a mistake in a parameter. */
  readonly invalid?: string;
}

/** The operation of a lookup. */
export function lookupObject({
  id,
  summary,
  schema,
  found,
  none,
  unknown,
  unknownExample,
  parameters,
  example,
  invalid = 'A parameter is missing, repeated, malformed or too long. `details` has one entry for each.',
}: LookupDescription): OpenApiObject {
  return {
    operationId: id,
    summary,
    description:
      'Names of query parameters are not case-sensitive. Unknown parameters are ignored, repeated ones are refused.',
    parameters: [
      ...parametersOf(parameters),
      {
        name: 'If-None-Match',
        in: 'header',
        required: false,
        description: 'The ETag of the answer you have.',
        schema: { type: 'string' },
      },
    ],
    responses: {
      200: answer(found, reference(schema), example, {
        ETag: headers.etag,
        Age: headers.age,
        Warning: headers.warning,
      }),
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
      400: failure(invalid),
      401: failure('There is no valid token.'),
      403: failure('The token is valid and does not give this right.'),
      404: failure(unknown, {}, unknownExample),
      500: defect,
      ...busy,
    },
  };
}

/** The parameters as the document has them. */
export function parametersOf(parameters: readonly LookupParameter[]): OpenApiObject[] {
  return parameters.map(({ name, description, schema, example, isOptional = false, inPath = false }) => ({
    name,
    in: inPath ? 'path' : 'query',
    required: !isOptional,
    description,
    schema,
    ...(example !== undefined && { example }),
  }));
}
