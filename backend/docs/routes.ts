/** The contract for machines (`/openapi.json`) and for people (`/docs`). */
import type { FastifyInstance } from 'fastify';
import { openApiDocument } from '../../api/openapi.ts';
import type { ApiName } from '../../api/paths.ts';
import { docsPage } from './page.ts';

const contentSecurityPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/** Serves the OpenAPI document of `apis` and a page that shows it. */
export function serveDocs(app: FastifyInstance, apis: readonly ApiName[]): void {
  const document = openApiDocument(apis);
  const json = JSON.stringify(document);
  const page = docsPage(JSON.parse(json), apis);
  app.get('/openapi.json', async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=300').type('application/json; charset=utf-8').send(json),
  );
  app.get('/docs', async (_request, reply) =>
    reply
      .headers({ 'cache-control': 'public, max-age=300', 'content-security-policy': contentSecurityPolicy })
      .type('text/html; charset=utf-8')
      .send(page),
  );
}
