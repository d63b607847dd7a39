/** The canary against the whole backend, through a door that can change one of its answers. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readConfig } from '../../../backend/config.ts';
import { openHostCanary } from '../../../backend/hosts/canary.ts';
import { sampleBuild } from '../../../kusto/demo/specification-sample.ts';
import { startTestBackend, type TestBackend } from '../../support/backend.ts';

const build = { organization: sampleBuild.organization, project: sampleBuild.project, buildId: 85084651 };
const buildText = `${build.organization}/${build.project}/${build.buildId}`;
const clientId = '22222222-2222-4222-8222-222222222222';

let backend: TestBackend;
let door: Server;
let doorUrl: string;
/** Changes the body of an answer. */
let changed: (path: string, body: string) => string;
/** Of every answer, where it is not the backend's. */
let status: number | undefined;
let authorizations: (string | undefined)[];

beforeAll(async () => {
  backend = await startTestBackend({ kustoTimeoutMs: 30_000 });
  door = createServer(async (request, response) => {
    authorizations.push(request.headers.authorization);
    const answer = await fetch(backend.url + request.url);
    const body = changed(request.url ?? '', await answer.text());
    response.writeHead(status ?? answer.status, { 'content-type': 'application/json' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  doorUrl = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
});
beforeEach(() => {
  changed = (_path, body) => body;
  status = undefined;
  authorizations = [];
});
afterAll(async () => {
  door.closeAllConnections();
  door.close();
  await backend.close();
});

/** The outcomes of a round by check, and what the log says is wrong. */
async function round(settings: Readonly<Record<string, string>> = {}) {
  const config = readConfig({
    CANARY_URL: doorUrl,
    CANARY_BUILD: buildText,
    CHANGELOG_SECRET: 'x'.repeat(16),
    ...settings,
  });
  const outcomes: Record<string, unknown> = {};
  const problems: unknown[] = [];
  const canary = openHostCanary(
    config.canary,
    {
      record(name, value, attributes) {
        const { 'deployments.canary.check': check = '', 'deployments.canary.outcome': outcome } =
          attributes as Record<string, string>;
        expect([name, value > 0]).toEqual(['deployments.canary.duration', true]);
        outcomes[check] = outcome;
      },
    },
    { warn: (problem: unknown) => problems.push(problem) },
  );
  await canary?.round(new AbortController().signal);
  return { outcomes, problems };
}

it('finds every answer right, from the build to its deployment and back', async () => {
  expect(await round()).toEqual({
    outcomes: { b2d: 'passed', entities: 'passed', d2b: 'passed', p2b: 'passed' },
    problems: [],
  });
});

it.each([
  ['b2d', /^\/b2d\/v1\/build2/, { Deployments: [] }, 'no deployment of the build is known', ['b2d']],
  [
    'entities',
    /entities/,
    { Entities: [] },
    /^no entity of \w+ .+ is known$/,
    ['b2d', 'entities', 'd2b', 'p2b'],
  ],
  [
    'd2b',
    /^\/d2b/,
    { Builds: [] },
    /^build 85084651 is not among the builds of \w+ /,
    ['b2d', 'entities', 'd2b', 'p2b'],
  ],
  [
    'p2b',
    /^\/p2b/,
    { Builds: [] },
    /^build 85084651 is not among the builds of the payload /,
    ['b2d', 'entities', 'd2b', 'p2b'],
  ],
] as const)('sees that an answer of %s is wrong', async (check, path, wrong, problem, asked) => {
  changed = (asked, body) => (path.test(asked) ? JSON.stringify({ ...JSON.parse(body), ...wrong }) : body);
  const { outcomes, problems } = await round();
  expect(outcomes).toEqual(
    Object.fromEntries(asked.map((one) => [one, one === check ? 'failed' : 'passed'])),
  );
  expect(problems).toEqual([{ check, problem: expect.stringMatching(problem) }]);
});

it('sees that a part of an answer cannot be read, that there is none, and that the build is unknown', async () => {
  changed = (_path, body) => body.replace('"Id"', '"id"');
  expect((await round()).problems).toEqual([
    { check: 'b2d', problem: expect.stringMatching(/^a part of the answer could not be read: /) },
  ]);
  changed = (_path, body) => body;
  backend.kusto.fail({ kind: 'status', status: 400 });
  expect((await round({ CANARY_BUILD: buildText.replace(/\d$/, '2') })).outcomes).toEqual({ b2d: 'failed' });
  backend.kusto.recover();
  const unknown = await round({ CANARY_BUILD: buildText.replace(/\d+$/, '99') });
  expect(unknown.problems).toEqual([
    { check: 'b2d', problem: expect.stringMatching(/^There is no record of build 99 /) },
  ]);
});

it('hides no failure by a second try', async () => {
  status = 503;
  expect((await round()).outcomes).toEqual({ b2d: 'failed' });
  expect(authorizations).toHaveLength(1);
});

it('sends tokens of its identity for the API', async () => {
  const asked: unknown[] = [];
  const identities = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://host');
    asked.push([searchParams.get('resource'), searchParams.get('client_id')]);
    const expires_on = Math.floor(Date.now() / 1_000) + 3_600;
    response
      .setHeader('content-type', 'application/json')
      .end(
        JSON.stringify({ access_token: 'of-the-canary', expires_on, resource: 'r', token_type: 'Bearer' }),
      );
  }).listen(0, '127.0.0.1');
  await once(identities, 'listening');
  process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${(identities.address() as AddressInfo).port}/token`;
  process.env.IDENTITY_HEADER = 'header';
  const { problems } = await round({
    AUTH: 'entra',
    ENTRA_TENANTS: '11111111-1111-4111-8111-111111111111',
    ENTRA_CLIENT_ID: clientId,
    ENTRA_CREDENTIAL: 'managedIdentity',
    CANARY_CLIENT_ID: 'mine',
  });
  identities.close();
  expect(problems).toEqual([]);
  expect(asked).toEqual([[`api://${clientId}`, 'mine']]);
  expect(authorizations).toEqual(Array.from({ length: 4 }, () => 'Bearer of-the-canary'));
});

it('asks nothing once it is stopped', async () => {
  const stopped = new AbortController();
  stopped.abort();
  const config = readConfig({
    CANARY_URL: doorUrl,
    CANARY_BUILD: buildText,
    CHANGELOG_SECRET: 'x'.repeat(16),
  });
  const said: unknown[] = [];
  const canary = openHostCanary(
    config.canary,
    { record: (...record) => said.push(record) },
    { warn: (problem: unknown) => said.push(problem) },
  );
  await canary?.round(stopped.signal);
  expect([authorizations, said]).toEqual([[], []]);
});

describe('its settings', () => {
  const mistakesOf = (settings: Readonly<Record<string, string>>): readonly string[] => {
    try {
      readConfig(settings);
      return [];
    } catch (error) {
      return Object(error).mistakes;
    }
  };

  it('are wrong without a build, with another form of one, or where a token would travel in the open', () => {
    expect(mistakesOf({ CANARY_URL: 'https://a.example' })).toEqual([
      'CANARY_BUILD is missing: CANARY_URL is set.',
    ]);
    for (const wrong of [
      'contoso/1',
      `contoso/${build.project}/0`,
      `contoso/${build.project}/2147483648`,
      `contoso/${build.project}/1/2`,
      `a b/${build.project}/1`,
    ])
      expect(mistakesOf({ CANARY_URL: 'https://a.example', CANARY_BUILD: wrong })).toEqual([
        'CANARY_BUILD must be a build such as contoso/b32aa71e-8ed2-41b2-9d77-5bc261222004/123, with the id of its project.',
      ]);
    expect(
      mistakesOf({
        CANARY_URL: 'http://a.example',
        CANARY_BUILD: buildText,
        AUTH: 'entra',
        ENTRA_TENANTS: clientId,
        ENTRA_CLIENT_ID: clientId,
      }),
    ).toContain('CANARY_URL must begin with https:// where a token is sent.');
  });

  it('ask for no canary where there is no address, and none but in the host of the changelog', () => {
    expect(openHostCanary(undefined, undefined, { warn: () => undefined })).toBeUndefined();
    expect(
      readConfig({ CANARY_URL: 'https://a.example', CANARY_BUILD: buildText, APIS: 'b2d' }).canary,
    ).toBeUndefined();
  });
});
