import type { Build, Build2Deployment, Deployment2Build, Payload2Build } from '../../../api/contract.ts';
import { deploymentWithoutBuild } from '../../../kusto/demo/builds.ts';
import { sampleBuild, sampleRollouts } from '../../../kusto/demo/specification-sample.ts';
import { startTestBackend, type TestBackend } from '../../support/backend.ts';

let backend: TestBackend;

beforeAll(async () => {
  backend = await startTestBackend({ settings: { B2D_CACHE_SECONDS: '0' } });
});

afterAll(() => backend.close());

const get = (path: string, parameters: Record<string, string>): Promise<Response> =>
  fetch(`${backend.url}${path}?${new URLSearchParams(parameters)}`);

const b2d = (buildId: number): Promise<Response> =>
  get('/b2d/v1/build2deployments', {
    adoOrganizationName: sampleBuild.organization,
    adoProjectId: sampleBuild.project,
    adoBuildId: String(buildId),
  });
const d2b = (deploymentSource: string, deploymentId: string): Promise<Response> =>
  get('/d2b/v1/deployment2build', { deploymentSource, deploymentId });
const p2b = (deploymentSource: string, payload: string): Promise<Response> =>
  get('/p2b/v1/builds', { deploymentSource, payload });

async function bodyOf<T>(answer: Promise<Response>): Promise<T> {
  const response = await answer;
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

const sampleBuildInAnswers: Build = {
  OrganizationName: 'msazure',
  ProjectId: sampleBuild.project,
  Id: String(sampleBuild.id),
  Url: expect.stringContaining(`/_build/results?buildId=${sampleBuild.id}`),
  Source: 'ADO',
};

describe("the specification's example", () => {
  it('has its eight deployments, newest start first, in the names of the contract', async () => {
    const newestFirst = sampleRollouts.toSorted((a, b) => b.start.localeCompare(a.start));
    expect(await bodyOf(b2d(sampleBuild.id))).toEqual({
      ADOOrganizationName: 'msazure',
      ADOProjectId: sampleBuild.project,
      ADOBuildId: sampleBuild.id,
      Deployments: newestFirst.map(({ id, start, updated, state }) => ({
        Id: expect.stringMatching(new RegExp(`^containerapps/${id}$`, 'i')),
        StartTime: start,
        EndTime: start,
        DeploymentUrl: expect.stringMatching(
          new RegExp(
            `^https://ev2portal\\.azure\\.net/#/Rollout/containerapps/${id}\\?RolloutInfra=Prod$`,
            'i',
          ),
        ),
        Source: 'expressv2',
        ChangeOwner: 'df36aee8-c644-400b-a0ab-fd0f1191211d',
        ChangeOwnerType: 'ServiceId',
        State: state === 'completed' ? 'succeeded' : 'failed',
        ChangeState: state,
        Progress: expect.objectContaining({ Total: 2, Succeeded: state === 'completed' ? 2 : 1 }),
        EntityType: 'region',
        Payloads: [
          {
            Id: 'df36aee8-c644-400b-a0ab-fd0f1191211d/containerapps=1.2.1450.0',
            ProgressionLink:
              'https://dataexplorer.azure.com/dashboards/d0357802-00ae-48c7-85a2-5cf02d98de77?p-_entityType=all&p-_payload=df36aee8-c644-400b-a0ab-fd0f1191211d%2fcontainerapps%3d1.2.1450.0#84c6c83e-687d-44a3-a599-110f700efce7',
          },
        ],
        LastUpdateTime: updated,
        Metadata: '{"RolloutInfra":"Prod"}',
      })),
    });
  });

  it('leads from each deployment and from the payload back to the build', async () => {
    const { Deployments } = await bodyOf<Build2Deployment>(b2d(sampleBuild.id));
    for (const { Id, Source, Payloads } of Deployments) {
      expect(await bodyOf<Deployment2Build>(d2b(Source, Id))).toEqual({
        DeploymentSource: Source,
        DeploymentId: Id,
        Builds: [sampleBuildInAnswers],
      });
      for (const payload of Payloads)
        expect(await bodyOf<Payload2Build>(p2b(Source, payload.Id))).toEqual({
          DeploymentSource: Source,
          Payload: payload.Id,
          Builds: [sampleBuildInAnswers],
        });
    }
  });

  it('is found whatever the case of what is asked', async () => {
    const response = await get('/b2d/v1/build2deployments', {
      ADOORGANIZATIONNAME: 'MsAzure',
      AdoProjectId: sampleBuild.project.toUpperCase(),
      adobuildid: '85084651',
    });
    const body = (await response.json()) as Build2Deployment;
    expect(body).toMatchObject({
      ADOOrganizationName: 'MsAzure',
      ADOProjectId: sampleBuild.project.toUpperCase(),
    });
    expect(body.Deployments).toHaveLength(8);
  });

  it('repeats organization and project as they were asked for, whoever asked before in another spelling', async () => {
    const project = sampleBuild.project;
    const spellings = [
      ['msazure', project],
      ['MSAzure', project.toUpperCase()],
      ['msazure', project.toUpperCase()],
      ['msazure', project],
    ] as const;
    for (const [organization, projectId] of spellings) {
      const body = await bodyOf<Build2Deployment>(
        get('/b2d/v1/build2deployments', {
          adoOrganizationName: organization,
          adoProjectId: projectId,
          adoBuildId: String(sampleBuild.id),
        }),
      );
      expect(body).toMatchObject({ ADOOrganizationName: organization, ADOProjectId: projectId });
      expect(body.Deployments).toHaveLength(8);
    }
  });

  it('names the payload in its standardised form, however it is asked for', async () => {
    const standard = 'df36aee8-c644-400b-a0ab-fd0f1191211d/containerapps=1.2.1450.0';
    expect(await bodyOf<Payload2Build>(p2b('ExpressV2', standard.toUpperCase()))).toEqual({
      DeploymentSource: 'expressv2',
      Payload: standard,
      Builds: [sampleBuildInAnswers],
    });
  });

  it('is found with the bare rollout id of its deployments, as in the specification', async () => {
    const id = String(sampleRollouts[0]?.id);
    const { DeploymentId, Builds } = await bodyOf<Deployment2Build>(d2b('expressv2', id));
    expect({ DeploymentId, Builds }).toEqual({ DeploymentId: id, Builds: [sampleBuildInAnswers] });
  });

  it('is found with the three-part id of its deployments too', async () => {
    const id = `df36aee8-c644-400b-a0ab-fd0f1191211d/ContainerApps/${sampleRollouts[0]?.id}`;
    const { DeploymentId, Builds } = await bodyOf<Deployment2Build>(d2b('expressv2', id));
    expect({ DeploymentId, Builds }).toEqual({ DeploymentId: id, Builds: [sampleBuildInAnswers] });
  });
});

describe('each spelling of a path', () => {
  const asked = {
    adoOrganizationName: sampleBuild.organization,
    adoProjectId: sampleBuild.project,
    adoBuildId: String(sampleBuild.id),
    deploymentSource: 'expressv2',
    deploymentId: `ContainerApps/${sampleRollouts[0]?.id}`,
    payload: 'df36aee8-c644-400b-a0ab-fd0f1191211d/containerapps=1.2.1450.0',
  };

  it.each([
    ['/b2d/v1/build2deployments', '/b2d/build2deployments'],
    ['/b2d/v1/build2deployments', '/b2d/deployments'],
    ['/d2b/v1/deployment2build', '/d2b/deployment2build'],
    ['/d2b/v1/deployment2build', '/d2b/builds'],
    ['/p2b/v1/builds', '/p2b/builds'],
  ])('%s answers at %s too', async (canonical, other) => {
    expect(await bodyOf(get(other, asked))).toEqual(await bodyOf(get(canonical, asked)));
  });

  it('answers to HEAD without a body', async () => {
    const url = `${backend.url}/b2d/deployments?${new URLSearchParams(asked)}`;
    const response = await fetch(url, { method: 'HEAD' });
    expect({ status: response.status, body: await response.text() }).toEqual({ status: 200, body: '' });
  });
});

describe.each([
  ['azdeployer', 85084658, 3],
  ['pilotfish', 85084659, 2],
])('a deployment of %s with several payloads', (source, buildId, payloads) => {
  it('leads back to its build from its id and from each payload', async () => {
    const { Deployments } = await bodyOf<Build2Deployment>(b2d(buildId));
    expect(Deployments).toHaveLength(1);
    for (const { Id, Source, Payloads } of Deployments) {
      expect(Source).toBe(source);
      expect(Payloads).toHaveLength(payloads);
      const ofDeployment = await bodyOf<Deployment2Build>(d2b(Source, Id));
      expect(ofDeployment.Builds.map((build) => build.Id)).toEqual([String(buildId)]);
      for (const payload of Payloads) {
        const ofPayload = await bodyOf<Payload2Build>(p2b(Source, payload.Id));
        expect(ofPayload.Builds.map((build) => build.Id)).toEqual([String(buildId)]);
      }
    }
  });
});

describe('each deployment of the demonstration data', () => {
  it('is accepted by D2B, and each of its payloads by P2B', async () => {
    for (const buildId of [85084652, 85084653, 85084657, 85084660, 85084664]) {
      const { Deployments } = await bodyOf<Build2Deployment>(b2d(buildId));
      expect(Deployments.length).toBeGreaterThan(1);
      for (const { Id, Source, Payloads } of Deployments.slice(0, 12)) {
        expect((await d2b(Source, Id)).status).toBe(200);
        for (const payload of Payloads) expect((await p2b(Source, payload.Id)).status).toBe(200);
      }
    }
  });

  it('has no end while it runs', async () => {
    const { Deployments } = await bodyOf<Build2Deployment>(b2d(85084653));
    expect(Deployments.some(({ EndTime }) => EndTime === null)).toBe(true);
    expect(Deployments.some(({ EndTime }) => EndTime !== null)).toBe(true);
  });
});

describe('what is known and has nothing to show', () => {
  it('is 204 for a build without deployments, with the reason in a header', async () => {
    const response = await b2d(85084655);
    expect({
      status: response.status,
      body: await response.text(),
      reason: response.headers.get('x-reason'),
    }).toEqual({
      status: 204,
      body: '',
      reason: `No deployments are found for build 85084655 of project ${sampleBuild.project} in organization msazure`,
    });
  });

  it("is 204 for a deployment without builds, in the specification's words", async () => {
    const { source, id } = deploymentWithoutBuild;
    const response = await d2b(source, id);
    expect({
      status: response.status,
      body: await response.text(),
      reason: response.headers.get('x-reason'),
    }).toEqual({
      status: 204,
      body: '',
      reason: `No builds are found for DeploymentId ${id} from DeploymentSource ${source}`,
    });
  });

  it('is 200 with an empty list for a payload without a build', async () => {
    expect(await bodyOf(p2b('azdeployer', 'Orphan;rd_gone;1.0.0.1'))).toEqual({
      DeploymentSource: 'azdeployer',
      Payload: 'orphan;rd_gone;1.0.0.1',
      Builds: [],
    });
  });
});

describe('what is unknown', () => {
  const rollout = '00000000-0000-0000-0000-000000000000';

  it('is 404 for a build', async () => {
    const response = await b2d(1);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      code: '404',
      message: 'Not Found',
      details: [
        {
          target: 'adoBuildId',
          message: `There is no record of build 1 of project ${sampleBuild.project} in organization msazure.`,
        },
      ],
      traceId: response.headers.get('x-trace-id'),
    });
  });

  it.each([
    [
      'a deployment',
      () => d2b('expressv2', `Café/${rollout}`),
      `DeploymentId Café/${rollout} from DeploymentSource expressv2 is not found`,
      'deploymentId',
      `There is no record of deployment Café/${rollout} of expressv2. Its id usually is {ServiceGroup}/{RolloutId}, {ServiceTreeId}/{ServiceGroup}/{RolloutId} or {RolloutId}, with GUIDs as ids.`,
    ],
    [
      'a payload',
      () => p2b('pilotfish', 'Some=Label'),
      'Payload Some=Label from DeploymentSource pilotfish is not found',
      'payload',
      'There is no record of payload Some=Label of pilotfish. A payload usually is {ServiceComponentName}={BuildLabel} or {BuildLabel}.',
    ],
  ])("is 404 for %s, in the specification's words", async (_what, ask, message, target, detail) => {
    const response = await ask();
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      code: '404',
      message,
      details: [{ target, message: detail }],
      traceId: response.headers.get('x-trace-id'),
    });
  });
});

describe('when the engine ends', () => {
  it('what was answered before is still answered, and anything else is 503', async () => {
    const fresh = await (await b2d(sampleBuild.id)).text();
    await backend.stopEngine();
    const stale = await b2d(sampleBuild.id);
    expect(stale.status).toBe(200);
    expect(stale.headers.get('warning')).toBe('110 - "Response is Stale"');
    expect(await stale.text()).toBe(fresh);
    const other = await b2d(2);
    expect(other.status).toBe(503);
    expect(await other.json()).toEqual({
      code: '503',
      message: 'Service Unavailable',
      traceId: other.headers.get('x-trace-id'),
    });
  });
});
