/**
 * The contract for machines (`/openapi.json`) and for people (`/docs`, which is Swagger UI). Both list what the
 * app serves, whoever added it. The page's files come from this host, and its policy allows nothing else.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { FastifyInstance } from 'fastify';
import { openApiDocument } from '../../api/openapi/document.ts';
import type { Operation } from '../../api/openapi/operation.ts';
import { docsPage, pageStyle, startScript } from './page.ts';
import { productVersion } from './product-version.ts';

const cacheControl = 'public, max-age=300';
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Adds the document and the page. */
export function serveDocs(app: FastifyInstance): void {
  let document: string | undefined;
  app.get('/openapi.json', async (_request, reply) => {
    document ??= JSON.stringify(openApiDocument(productVersion(), (operation) => isServed(app, operation)));
    return reply.header('cache-control', cacheControl).type('application/json; charset=utf-8').send(document);
  });

  const serve = (path: string, type: string, content: () => string | Buffer): void => {
    app.get(path, async (_request, reply) =>
      reply
        .headers({ 'cache-control': cacheControl, 'content-security-policy': contentSecurityPolicy })
        .type(`${type}; charset=utf-8`)
        .send(content()),
    );
  };
  serve('/docs', 'text/html', () => docsPage);
  serve('/docs/page.css', 'text/css', () => pageStyle);
  serve('/docs/start.js', 'text/javascript', () => startScript);
  serve('/docs/swagger-ui-bundle.js', 'text/javascript', swaggerUi('swagger-ui-bundle.js'));
  serve('/docs/swagger-ui.css', 'text/css', swaggerUi('swagger-ui.css'));
}

function isServed(app: FastifyInstance, { method, path }: Operation): boolean {
  return app.hasRoute({ method: method.toUpperCase(), url: path.replace(/\{(\w+)\}/g, ':$1') });
}

/** A file of Swagger UI, read when it is first asked for. */
function swaggerUi(name: string): () => Buffer {
  let content: Buffer | undefined;
  return () => {
    content ??= readFileSync(createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`));
    return content;
  };
}
