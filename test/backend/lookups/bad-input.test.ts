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
  ['a NUL in an id', d2b('expressv2', `A%00/${rollout}`), 'deploymentId'],
  ['a line break', b2d('o%0D%0Ax', project, '1'), 'adoOrganizationName'],
  ['an escape', p2b('pilotfish', 'a%1B=b'), 'payload'],
  ['a control character beyond ASCII', p2b('pilotfish', 'a%C2%85=b'), 'payload'],
  ['a single quote', b2d("o'", project, '1'), 'adoOrganizationName'],
  ['a double quote', p2b('pilotfish', 'a%22=b'), 'payload'],
  ['a backslash', p2b('pilotfish', 'a%5C=b'), 'payload'],
  ['KQL in an organization', b2d(encoded("o' or 1==1 //"), project, '1'), 'adoOrganizationName'],
  ['KQL in a build', b2d('o', project, encoded('1; .drop table Build2Payload')), 'adoBuildId'],
  ['KQL in a payload', p2b('pilotfish', encoded("x') | union Build2Payload")), 'payload'],
  ['KQL in an id', d2b('azdeployer', encoded('1 | take 10')), 'deploymentId'],
  ['markup', p2b('azdeployer', encoded('<script>;b;c')), 'payload'],
  ['bytes that are no UTF-8', b2d('%FF', project, '1'), 'adoOrganizationName'],
  ['an overlong encoding', b2d('%C0%AF', project, '1'), 'adoOrganizationName'],
  ['a surrogate', p2b('pilotfish', '%ED%A0%80=b'), 'payload'],
  ['an incomplete encoding', d2b('azdeployer', '1%2'), 'deploymentId'],
  ['letters after a percent sign', b2d('o', project, '%zz'), 'adoBuildId'],
  ['an unknown source', d2b('argo', '1'), 'deploymentSource'],
  ['a number as source', p2b('1', 'a=b'), 'deploymentSource'],
  ['a bare rollout id', d2b('expressv2', rollout), 'deploymentId'],
  ['an id of another source', d2b('azdeployer', `A/${rollout}`), 'deploymentId'],
  ['a Pilotfish id that is too short', d2b('pilotfish', '20240213-171812-abc_1'), 'deploymentId'],
  ['a payload of another source', p2b('azdeployer', 'a=b'), 'payload'],
  ['an Ev2 payload without service tree id', p2b('expressv2', 'group=1.0'), 'payload'],
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

  it('an address beyond what HTTP servers take is 400', async () => {
    const response = await fetch(`${api.url}/b2d/deployments?adoBuildId=${'1'.repeat(100_000)}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      code: '400',
      message: 'Address and headers are too long: together they may have 16 KiB.',
    });
  });
});

describe('what looks odd and is allowed', () => {
  it.each([
    [
      "names that only look like KQL's operators",
      p2b('azdeployer', encoded('union take;let x=1;print 1')),
      { DeploymentSourceSystem: 'azdeployer', PayloadId: 'union take;let x=1;print 1' },
    ],
    [
      'names in any language',
      d2b('ExpressV2', encoded(`Größe 東京/${rollout}`)),
      { DeploymentSource: 'expressv2', DeploymentId: `Größe 東京/${rollout}` },
    ],
  ])('reaches Kusto as a value, never as text: %s', async (_name, path, parameters) => {
    const response = await fetch(api.url + path);
    expect(response.status).toBe(404);
    expect(kusto.asked.map((question) => question.parameters)).toEqual([parameters]);
    expect(kusto.asked[0]?.text).toMatch(/^declare query_parameters\([A-Za-z:, ]+\);\n\w+\(\w+, \w+\)$/);
  });
});
