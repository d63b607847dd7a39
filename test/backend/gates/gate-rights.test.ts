/**
 * Who may wait for a build without an agent, with AUTH=entra: clients to whom it is granted, and plans whose own token
 * can read it in the organization of their address.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { foreign, kustoOf, organization, own, usualTable } from '../../support/access/builds-table.ts';
import { type GuardedBackend, sha256Of, startGuardedBackend } from '../../support/access/guarded-backend.ts';

const staticToken = 'a-static-token-of-a-client-1234567890';
const ids = ['ProjectId', 'PlanId', 'TimelineId', 'JobId', 'TaskInstanceId'];
let backend: GuardedBackend;
let server: Server;
/** The collection of the server below, as an address and as a name. */
let collection: string;
let asked: string[];
/** How the server answers whoever asks for a build. */
let conduct: 'usual' | 'down' | 'signIn' | 'signInPage';

beforeAll(async () => {
  backend = await startGuardedBackend({
    answer: kustoOf(usualTable),
    clients: {
      gate: { grants: [`${organization}/${own}`], tokens: [sha256Of(staticToken)] },
      nobody: { tokens: [sha256Of(`${staticToken}2`)] },
    },
  });
  server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    if (conduct === 'down') return response.writeHead(503).end();
    if (conduct === 'signIn') return response.writeHead(302, { location: `${backend.url}/` }).end();
    if (conduct === 'signInPage')
      return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>');
    const isReadable = request.url === `/main/${own}/_apis/build/builds/1?api-version=7.1`;
    const isPlan = request.headers.authorization === 'Bearer token-of-the-plan';
    return response.writeHead(isReadable && isPlan ? 200 : 404).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  collection = `http://127.0.0.1:${(server.address() as AddressInfo).port}/main`;
});
afterAll(async () => {
  await backend.close();
  server.close();
});
beforeEach(() => {
  asked = [];
  conduct = 'usual';
});

const planHeaders = (token = 'token-of-the-plan', url = collection): Record<string, string> => ({
  ...Object.fromEntries(ids.map((name) => [name, own])),
  PlanUrl: url,
  HubName: 'build',
  AuthToken: token,
});
const send = async (
  headers: Record<string, string>,
  { of = organization, project = own, path = '/gates/v1/evaluations' } = {},
) => {
  const response = await fetch(backend.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ build: { organization: of, projectId: project, buildId: 1 } }),
  });
  return { status: response.status, message: ((await response.json()) as { message?: string }).message };
};
const client = { authorization: `Bearer ${staticToken}` };
const ownPlan = () => ({ of: collection });

describe.each(['/gates/v1/evaluations', '/gates/v1/waits?waitForCompletion=false'])('POST %s', (path) => {
  it('answers a client to whom the project is granted, and no other', async () => {
    expect((await send(client, { path })).status).toBe(200);
    expect(await send(client, { path, project: foreign })).toMatchObject({
      status: 403,
      message: expect.stringMatching(/^Forbidden/),
    });
    expect(await send(client, { path, of: 'fabrikam' })).toMatchObject({ status: 403 });
    expect(await send({ authorization: `Bearer ${staticToken}2` }, { path })).toMatchObject({ status: 403 });
  });

  it('answers a plan whose token can read the build', async () => {
    expect((await send(planHeaders(), { path, ...ownPlan() })).status).toBe(200);
    expect(asked).toEqual([`/main/${own}/_apis/build/builds/1?api-version=7.1 Bearer token-of-the-plan`]);
  });

  it('refuses a plan whose token cannot, or that asks for another organization', async () => {
    expect((await send(planHeaders('another'), { path, ...ownPlan() })).status).toBe(403);
    expect((await send(planHeaders(), { path, ...ownPlan(), project: foreign })).status).toBe(403);
    asked = [];
    expect((await send(planHeaders(), { path })).status).toBe(403);
    expect(
      (await send(planHeaders('token-of-the-plan', 'https://evil.example/main'), { path, ...ownPlan() }))
        .status,
    ).toBe(403);
    expect(asked).toEqual([]);
  });

  it('takes a sign-in page for a refusal, and follows it nowhere', async () => {
    conduct = 'signIn';
    expect((await send(planHeaders(), { path, ...ownPlan() })).status).toBe(403);
    conduct = 'signInPage';
    expect((await send(planHeaders(), { path, ...ownPlan() })).status).toBe(403);
  });

  it('asks for patience while Azure DevOps does not answer', async () => {
    conduct = 'down';
    expect((await send(planHeaders(), { path, ...ownPlan() })).status).toBe(503);
  });

  it('refuses whoever proves nothing', async () => {
    expect(await send({}, { path })).toEqual({ status: 401, message: 'Unauthorized' });
    expect(
      (await send({ ...planHeaders(), authorization: 'Bearer wrong' }, { path, ...ownPlan() })).status,
    ).toBe(401);
  });
});

it('registers no wait for a build that its sender may not see', async () => {
  const path = '/gates/v1/waits';
  expect((await send(planHeaders('another'), { path, ...ownPlan() })).status).toBe(403);
  expect((await send({ ...planHeaders('another'), ...client }, { path, project: foreign })).status).toBe(403);
});

it('lets a service connection be verified by its token alone', async () => {
  const verify = async (headers: Record<string, string>) =>
    (await fetch(`${backend.url}/gates/v1/connection`, { headers })).status;
  expect([await verify(client), await verify({}), await verify(planHeaders())]).toEqual([200, 401, 401]);
});
