import type { ApiError } from '../../../api/contract.ts';
import { sampleBuild } from '../../../kusto/demo/specification-sample.ts';
import { startTestApp } from '../../support/backend.ts';
import { answerOf, type KustoProxy, startKustoProxy } from '../../support/engine/kusto-proxy.ts';

let kusto: KustoProxy;
let api: Awaited<ReturnType<typeof startTestApp>>;

/** Kusto knows nothing here: what passes the checks is answered with 404. */
beforeAll(async () => {
  kusto = await startKustoProxy(undefined, answerOf(['Found'], []));
  api = await startTestApp(kusto.url, 'D');
});

afterAll(async () => {
  await api.close();
  await kusto.close();
});

beforeEach(() => kusto.forget());

const rollout = '0220d503-93eb-4d5a-8ebd-5f45dbda5d75';
const project = sampleBuild.project;
const b2d = (organization: string, projectId: string, buildId: string): string =>
  `/b2d/deployments?adoOrganizationName=${organization}&adoProjectId=${projectId}&adoBuildId=${buildId}`;
const d2b = (source: string, id: string): string =>
  `/d2b/builds?deploymentSource=${source}&deploymentId=${id}`;
const p2b = (source: string, payload: string): string =>
  `/p2b/builds?deploymentSource=${source}&payload=${payload}`;
const encoded = encodeURIComponent;

const refused: [name: string, path: string, ...targets: string[]][] = [
  ['nothing at all', '/b2d/deployments', 'adoOrganizationName', 'adoProjectId', 'adoBuildId'],
  ['only a question mark', '/d2b/builds?', 'deploymentSource', 'deploymentId'],
  ['a missing organization', `/b2d/deployments?adoProjectId=${project}&adoBuildId=1`, 'adoOrganizationName'],
  ['a missing payload', '/p2b/builds?deploymentSource=expressv2', 'payload'],
  ['an empty organization', b2d('', project, '1'), 'adoOrganizationName'],
  ['an empty build', b2d('o', project, ''), 'adoBuildId'],
  ['a name without a value', '/p2b/builds?deploymentSource&payload', 'deploymentSource', 'payload'],
  ['a repeated build', `${b2d('o', project, '1')}&adoBuildId=1`, 'adoBuildId'],
  ['a build repeated in another case', `${b2d('o', project, '1')}&ADOBUILDID=2`, 'adoBuildId'],
  ['a name in encoded letters repeated', `${b2d('o', project, '1')}&%61doBuildId=2`, 'adoBuildId'],
  ['an organization of 51 letters', b2d('a'.repeat(51), project, '1'), 'adoOrganizationName'],
  ['an id of 10,000 characters', d2b('expressv2', `${'a'.repeat(10_000)}/${rollout}`), 'deploymentId'],
  ['a negative build', b2d('o', project, '-1'), 'adoBuildId'],
  ['build 0', b2d('o', project, '0'), 'adoBuildId'],
  ['a fraction of a build', b2d('o', project, '1.5'), 'adoBuildId'],
  ['a build in exponents', b2d('o', project, '1e5'), 'adoBuildId'],
  ['a hexadecimal build', b2d('o', project, '0x1F'), 'adoBuildId'],
  ['build 2^31', b2d('o', project, '2147483648'), 'adoBuildId'],
  ['build 2^63', b2d('o', project, '9223372036854775808'), 'adoBuildId'],
  ['a build of a hundred digits', b2d('o', project, '9'.repeat(100)), 'adoBuildId'],
  ['a build in Arabic digits', b2d('o', project, encoded('١٢٣')), 'adoBuildId'],
  ['a build with a plus', b2d('o', project, '+1'), 'adoBuildId'],
  ['a build with blanks', b2d('o', project, '%201%20'), 'adoBuildId'],
  ['a project that is no GUID', b2d('o', 'my-project', '1'), 'adoProjectId'],
  ['a GUID that is too short', b2d('o', project.slice(1), '1'), 'adoProjectId'],
  ['a GUID with a wrong letter', b2d('o', project.replace('b', 'g'), '1'), 'adoProjectId'],
  ['a GUID in braces', b2d('o', `%7B${project}%7D`, '1'), 'adoProjectId'],
  ['a NUL', b2d('o', project, '1%00'), 'adoBuildId'],
  ['a NUL in a collection', b2d(encoded('server/a\0b'), project, '1'), 'adoOrganizationName'],
  ['a payload of 10,000 characters', p2b('pilotfish', 'a'.repeat(10_000)), 'payload'],
  ['an empty id', d2b('expressv2', ''), 'deploymentId'],
  ['a line break', b2d('o%0D%0Ax', project, '1'), 'adoOrganizationName'],
  ['a single quote', b2d("o'", project, '1'), 'adoOrganizationName'],
  ['KQL in an organization', b2d(encoded("o' or 1==1 //"), project, '1'), 'adoOrganizationName'],
  ['KQL in a build', b2d('o', project, encoded('1; .drop table Build2Payload')), 'adoBuildId'],
  ['bytes that are no UTF-8', b2d('%FF', project, '1'), 'adoOrganizationName'],
  ['an overlong encoding', b2d('%C0%AF', project, '1'), 'adoOrganizationName'],
  ['a surrogate', p2b('pilotfish', '%ED%A0%80=b'), 'payload'],
  ['an incomplete encoding', d2b('azdeployer', '1%2'), 'deploymentId'],
  ['letters after a percent sign', b2d('o', project, '%zz'), 'adoBuildId'],
  ['an unknown source', d2b('argo', '1'), 'deploymentSource'],
  ['a number as source', p2b('1', 'a=b'), 'deploymentSource'],
  ['two mistakes', b2d('-', project, '0'), 'adoOrganizationName', 'adoBuildId'],
];

describe('a request with', () => {
  it.each(refused)('%s is 400, names what is wrong, and asks nothing', async (_name, path, ...targets) => {
    const response = await fetch(api.url + path);
    const body = (await response.json()) as ApiError;
    expect(response.status).toBe(400);
    expect(body).toEqual({
      code: '400',
      message: body.details?.map(({ message }) => message).join(' '),
      details: targets.map((target) => ({
        target,
        message: expect.stringMatching(new RegExp(`^${target} .+; it must be .+\\.$`)),
      })),
      traceId: response.headers.get('x-trace-id'),
    });
    expect(kusto.asked).toEqual([]);
  });

  it.each([
    ['a path that is not UTF-8', '/b2d/%FF'],
    ['a broken encoding in its path', '/b2d/%zz?adoBuildId=1'],
  ])('%s is 400', async (_name, path) => {
    const response = await fetch(api.url + path);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      code: '400',
      message: 'The request is malformed: path and query must be valid percent-encoded UTF-8.',
      traceId: expect.any(String),
    });
  });

  it.each([17_000, 100_000])('an address of %i characters is 414, with the limit', async (length) => {
    const response = await fetch(`${api.url}/b2d/deployments?adoBuildId=${'1'.repeat(length)}`);
    expect(response.status).toBe(414);
    expect(await response.json()).toMatchObject({
      code: '414',
      message: 'The address is longer than 16 KiB.',
    });
  });

  it('a payload of the full length is taken, percent-encoded', async () => {
    const text = '\u3042'.repeat(1_024);
    const query = new URLSearchParams({ deploymentSource: 'expressv2', payload: text });
    expect((await fetch(`${api.url}/p2b/v1/builds?${query}`)).status).toBe(404);
  });
});

describe('what looks odd and is allowed', () => {
  const odd: [name: string, text: string][] = [
    ["names that only look like KQL's operators", 'union take;let x=1;print 1'],
    ['names in any language', `Größe 東京/${rollout}`],
    ['KQL after a quote', "x') | union Build2Payload"],
    ['KQL after a number', '1 | take 10'],
    ['markup', '<script>;b;c'],
    ['a backslash and a quote', `\\'"`],
    ['control characters', 'A\0\x1b\x85'],
    ['line breaks', 'a\r\nx-evil: 1'],
    ['blanks at both ends', ' a '],
    ['a bare rollout id', rollout],
    ['a payload that no orchestrator has', '==;/'],
  ];

  it.each(odd)('reaches Kusto as a value, never as text: %s', async (_name, text) => {
    const responses = [
      await fetch(api.url + d2b('ExpressV2', encoded(text))),
      await fetch(api.url + p2b('azdeployer', encoded(text))),
    ];
    expect(responses.map(({ status }) => status)).toEqual([404, 404]);
    expect(kusto.asked.map(({ parameters }) => parameters)).toEqual([
      { DeploymentSource: 'expressv2', DeploymentId: text },
      { DeploymentSourceSystem: 'azdeployer', PayloadId: text },
    ]);
    for (const { text } of kusto.asked)
      expect(text).toMatch(/^declare query_parameters\([A-Za-z:, ]+\);\n\w+\(\w+, \w+\)$/);
  });
});

it('what begins with a quote reaches Kusto in quotes, because it would be taken for a literal', async () => {
  const text = `'"\\`;
  expect((await fetch(api.url + d2b('ExpressV2', encoded(text)))).status).toBe(404);
  expect(kusto.asked.map(({ parameters }) => parameters)).toEqual([
    { DeploymentSource: 'expressv2', DeploymentId: '"\'\\"\\\\"' },
  ]);
});

describe('what is not found', () => {
  it.each([
    ['B2D', b2d('o', project, '1'), 'Not Found', 'adoBuildId'],
    [
      'D2B',
      d2b('azdeployer', 'x'),
      'DeploymentId x from DeploymentSource azdeployer is not found',
      'deploymentId',
    ],
    ['P2B', p2b('pilotfish', 'x'), 'Payload x from DeploymentSource pilotfish is not found', 'payload'],
  ])('is 404 of one shape: %s', async (_api, path, message, target) => {
    const response = await fetch(api.url + path);
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 404,
      body: {
        code: '404',
        message,
        details: [{ target, message: expect.stringMatching(/^There is no record of .+\.$/) }],
        traceId: response.headers.get('x-trace-id'),
      },
    });
  });
});
