/**
 * The OpenAPI 3.1 document, made from the same schemas, paths and parameters that the backend uses, so that the
 * two cannot disagree. A host's document lists the operations that this host serves.
 */
import type { TSchema } from 'typebox';
import {
  ApiErrorSchema,
  Build2DeploymentSchema,
  BuildSchema,
  Deployment2BuildSchema,
  DeploymentEntitiesSchema,
  DeploymentSchema,
  deploymentSources,
  EntitySchema,
  Payload2BuildSchema,
  PayloadSchema,
  ProgressSchema,
} from '../contract.ts';
import { gateSchemas } from '../gates.ts';
import { introspectionSchemas } from '../introspection/schemas.ts';
import { gateOperations, gatesTag } from './gates.ts';
import { healthOperations, healthTag } from './health.ts';
import { hookOperations, hooksTag } from './hooks.ts';
import { introspectionOperations, introspectionTag } from './introspection.ts';
import { lookupOperations, lookupTags } from './lookups.ts';
import { anywhere, type OpenApiObject, type Operation, withComponentReferences } from './operation.ts';

const schemas: Readonly<Record<string, TSchema>> = {
  Build2Deployment: Build2DeploymentSchema,
  Deployment: DeploymentSchema,
  Payload: PayloadSchema,
  Progress: ProgressSchema,
  Deployment2Build: Deployment2BuildSchema,
  Payload2Build: Payload2BuildSchema,
  Build: BuildSchema,
  DeploymentEntities: DeploymentEntitiesSchema,
  Entity: EntitySchema,
  ...introspectionSchemas,
  ...gateSchemas,
  ApiError: ApiErrorSchema,
};

const tags = [...lookupTags, introspectionTag, gatesTag, hooksTag, healthTag];

const securitySchemes = {
  bearerToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'A token of Microsoft Entra ID, or a static token. Hosts with AUTH=none, which listen on their own machine only, ask for none.',
  },
};

/** Every operation that a host may serve, in the order of the document. */
export const operations: readonly Operation[] = [
  ...lookupOperations,
  ...introspectionOperations,
  ...gateOperations,
  ...hookOperations,
  ...healthOperations,
];

/**
 * The document.
 *
 * @param version the product's version
 * @param isServed whether the host serves an operation; without it, the document has all of them
 */
export function openApiDocument(
  version: string,
  isServed: (operation: Operation) => boolean = () => true,
): OpenApiObject {
  const served = operations.filter(isServed);
  const paths: Record<string, Record<string, OpenApiObject>> = {};
  for (const { method, path, tag, object } of served) {
    const responses = { ...anywhere, ...Object(object.responses) };
    paths[path] = { ...paths[path], [method]: { tags: [tag], ...object, responses } };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Deployments for Azure Pipelines',
      version,
      description: `From a build to its deployments, and back. Deployment sources: ${deploymentSources.join(', ')}.`,
      contact: { name: 'The team that runs this service' },
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This host.' }],
    // A token is optional: with AUTH=none hosts listen on loopback and ask for none.
    security: [{}, { bearerToken: [] }],
    tags: tags.filter(({ name }) => served.some(({ tag }) => tag === name)),
    paths,
    components: { schemas: usedSchemas(paths), securitySchemes },
  };
}

/** The schemas that the paths refer to, directly or through other schemas. */
function usedSchemas(paths: object): OpenApiObject {
  const names = Object.keys(schemas);
  const all = Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, withComponentReferences(schema, names)]),
  );
  const used = new Set<string>();
  const visit = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      visit(all[name]);
    }
  };
  visit(paths);
  return Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
}
