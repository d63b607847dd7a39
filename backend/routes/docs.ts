/** The contract for machines (`/openapi.json`) and for people (`/docs`, which needs nothing from elsewhere). */
import swagger, { type StaticDocumentSpec } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { openApiDocument } from '../../api/openapi.ts';
import type { ApiName } from '../../api/paths.ts';

/** Serves the OpenAPI document of `apis` and a page to read and try it. */
export function serveDocs(app: FastifyInstance, apis: readonly ApiName[]): void {
  const document = openApiDocument(apis);
  app.get('/openapi.json', async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=300').send(document),
  );
  // The plugin's types end at OpenAPI 3.0; it passes the document on as it is.
  const specification = { document } as unknown as StaticDocumentSpec;
  app.register(swagger, { mode: 'static', specification });
  app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
}
