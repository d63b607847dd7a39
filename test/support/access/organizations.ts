/**
 * Organizations of Azure DevOps that answer three questions: may the user of this token read the pipelines of a project,
 * may the user edit them, and which projects are there for the user? As in the service, a token of another tenant gets an empty list, and every
 * answer names the organization's tenant.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';

export interface Organizations {
  /** The value of `AZURE_DEVOPS_URL`. */
  readonly url: string;
  /** The tenant of each organization; the zero GUID where it is not backed by Entra ID. */
  readonly tenants: Map<string, string>;
  /** Projects that users may read, as `user organization/project`; users by object id, or by their own token. */
  readonly readers: Set<string>;
  /** Users see these too, but not their pipelines; in the form of `readers`. */
  readonly members: Set<string>;
  /** Users may edit the pipelines of these; in the form of `readers`. */
  readonly editors: Set<string>;
  /** How projects are listed: so many in a page; 0 where tokens lack the permission. */
  projectsInPage: number;
  /** What was asked, as `organization/project`, or `organization/*` for the list of projects. */
  readonly asked: string[];
  /** Answers at once, after a while, never, with 503, 429, or with a claims challenge. */
  conduct: { kind: 'up' | 'silent' | 'down' | 'throttling' | 'challenging'; delayMs?: number };
  close(): Promise<void>;
}

/** Starts them. */
export async function startOrganizations(tenants: Readonly<Record<string, string>>): Promise<Organizations> {
  const server = createServer(async (request, response) => {
    const [, organization = '', project = '', ...rest] = (request.url ?? '').split('/');
    const isList = project === '_apis';
    world.asked.push(`${organization}/${isList ? '*' : project}`);
    const { kind, delayMs = 0 } = world.conduct;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const tenant = world.tenants.get(organization);
    if (tenant !== undefined) response.setHeader('x-vss-resourcetenant', tenant);
    const { user, tid } = userOf(request.headers.authorization);
    let body = '';
    for await (const chunk of request) body += chunk;
    if (kind === 'silent') return;
    if (kind === 'down') return response.writeHead(503).end();
    if (kind === 'throttling') return response.writeHead(429, { 'retry-after': '1' }).end();
    if (kind === 'challenging')
      return response
        .writeHead(401, { 'www-authenticate': `Bearer claims="${btoa('{"access_token":{}}')}"` })
        .end();
    if (isList) return listProjects(rest.join('/'));
    if (rest.join('/') !== '_apis/build/definitions?$top=1&api-version=7.1')
      return response.writeHead(400).end();
    if (tenant === undefined) return response.writeHead(404).end();
    if (tid !== undefined && tid !== tenant) return list([]);
    if (!world.readers.has(`${user} ${organization}/${project}`)) return response.writeHead(404).end();
    return list([{ id: 1 }]);

    /** The permission EditBuildDefinition of the namespace Build, asked as the service asks. */
    function evaluatePermissions() {
      const { evaluations } = JSON.parse(body) as { evaluations: Readonly<Record<string, unknown>>[] };
      const evaluated = evaluations.map((evaluation) => {
        const { securityNamespaceId, token, permissions } = evaluation;
        const isEdit = securityNamespaceId === '33344d9c-fc72-4d6f-aba5-fa317101a7e9' && permissions === 2048;
        const value = isEdit && world.editors.has(`${user} ${organization}/${token}`);
        return { ...evaluation, value };
      });
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ evaluations: evaluated, alwaysAllowAdministrators: true }));
    }

    function listProjects(path: string) {
      if (path === 'security/permissionevaluationbatch?api-version=7.1' && request.method === 'POST')
        return evaluatePermissions();
      const query = /^projects\?\$top=1000(?:&continuationToken=(\d+))?&api-version=7\.1$/.exec(path);
      if (!query) return response.writeHead(400).end();
      if (world.projectsInPage === 0) return response.writeHead(401).end();
      if (tid !== undefined && tid !== tenant) return list([]);
      const prefix = `${user} ${organization}/`;
      const all = [...world.readers, ...world.members].filter((entry) => entry.startsWith(prefix));
      const end = Number(query[1] ?? 0) + world.projectsInPage;
      if (end < all.length) response.setHeader('x-ms-continuationtoken', String(end));
      const page = all.slice(end - world.projectsInPage, end);
      return list(page.map((entry) => ({ id: entry.slice(prefix.length) })));
    }

    function list(value: readonly unknown[]) {
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ count: value.length, value }));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const world: Organizations = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tenants: new Map(Object.entries(tenants)),
    readers: new Set(),
    members: new Set(),
    editors: new Set(),
    projectsInPage: 1_000,
    asked: [],
    conduct: { kind: 'up' },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return world;
}

/** Of a JWT the object id and tenant; any other token stands for its user. */
function userOf(authorization = ''): { readonly user: string; readonly tid?: string } {
  const token = authorization.replace(/^Bearer /, '');
  if (token.split('.').length !== 3) return { user: token };
  const { oid, tid } = decodeJwt(token);
  return { user: String(oid), tid: String(tid) };
}
