/** How raw events become mappings: the Map functions and the jobs' queries over them. */
import { parseOrganizationUrl } from '../../azure-devops/address.ts';
import type { Row } from '../../kusto/client/rows.ts';
import {
  azDeployerAudit,
  type BuildName,
  buildDrop,
  type Drop,
  ev2Change,
  ev2Progress,
  guidOf,
  pilotfishAudit,
  type RawEvents,
} from '../../kusto/demo/events.ts';
import { type DataLayer, startDataLayer } from '../support/engine/data-layer.ts';

let layer: DataLayer;
let lastId = 3000;

beforeAll(async () => {
  layer = await startDataLayer();
});
afterAll(() => layer.stop());

const began = new Date('2026-03-01T08:00:00Z');

function newBuild() {
  const id = ++lastId;
  const build: BuildName = { organization: 'contoso', project: guidOf('project'), id };
  const payload = { serviceTreeId: guidOf('service'), serviceGroup: 'Shop', buildNumber: `1.0.${id}` };
  const drop: Drop = { branch: 'rd_main', version: `7.0.${id}.1` };
  return { build, payload, drop, rto: String(5_000_000 + id) };
}

/** The mappings of a build, as the jobs left them. */
async function mappingsOf({ id }: BuildName): Promise<Row[]> {
  return layer.database.query(
    'declare query_parameters(id: string); Build2Payload | where Id == id | project-away Timestamp | order by Payload asc',
    { id: String(id) },
  );
}

async function payloadsOf(build: BuildName): Promise<unknown[]> {
  return (await mappingsOf(build)).map(({ Payload }) => Payload);
}

/** The one row of a set of events, with some columns different. */
function changed(events: RawEvents, table: keyof RawEvents, columns: Row): RawEvents {
  const [row] = events[table] ?? [];
  return { ...events, [table]: [{ ...row, ...columns }] };
}

describe('Ev2', () => {
  function described(description: (azureDevOps: Record<string, string>) => unknown) {
    const { build, payload } = newBuild();
    const azureDevOps = {
      TeamFoundationCollectionUri: 'https://contoso.visualstudio.com/',
      TeamProjectId: build.project,
      BuildId: String(build.id),
      BuildNumber: payload.buildNumber,
    };
    const Description = description(azureDevOps) as Row[string];
    const events = changed(ev2Change(build, payload, guidOf('r'), began), 'ChangeEvent', { Description });
    return { build, payload, events };
  }

  test.each([
    ['a nested object', (azureDevOps: object) => ({ AzureDevOps: azureDevOps })],
    ['the text of one', (azureDevOps: object) => ({ AzureDevOps: JSON.stringify(azureDevOps) })],
    [
      'the text of a text of one',
      (azureDevOps: object) => JSON.stringify(JSON.stringify({ AzureDevOps: JSON.stringify(azureDevOps) })),
    ],
  ])('the build is found in a description that is %s', async (_, description) => {
    const { build, payload, events } = described(description);
    await layer.tell(events);
    expect(await mappingsOf(build)).toEqual([
      {
        OrganizationName: 'contoso',
        ProjectId: build.project,
        Id: String(build.id),
        BuildUrl: `https://contoso.visualstudio.com/${build.project}/_build/results?buildId=${build.id}`,
        Payload: `${payload.serviceTreeId}/shop=${payload.buildNumber}`,
        BuildSource: 'ado',
        DeploymentSource: 'expressv2',
      },
    ]);
  });

  test.each([
    ['https://dev.azure.com/Contoso/', 'https://dev.azure.com/contoso'],
    ['https://dev.azure.com/Contoso', 'https://dev.azure.com/contoso'],
    ['https://Contoso.visualstudio.com/', 'https://contoso.visualstudio.com'],
  ])('the organization is found in %s', async (TeamFoundationCollectionUri, start) => {
    const { build, events } = described((azureDevOps) => ({
      AzureDevOps: { ...azureDevOps, TeamFoundationCollectionUri },
    }));
    await layer.tell(events);
    expect(await mappingsOf(build)).toMatchObject([
      {
        OrganizationName: 'contoso',
        BuildUrl: `${start}/${build.project}/_build/results?buildId=${build.id}`,
      },
    ]);
  });

  test("the event's own build number stands in for a missing one", async () => {
    const { build, events, payload } = described(({ BuildNumber: _, ...rest }) => ({ AzureDevOps: rest }));
    await layer.tell(events);
    expect(await payloadsOf(build)).toEqual([`${payload.serviceTreeId}/shop=${payload.buildNumber}`]);
  });

  test.each([
    ['of another source', { ExternalSourceName: 'somebody' }],
    ['at a location', { Locations: 'eastus' }],
    ['whose description is no JSON', { Description: 'deployed by hand' }],
  ])('a change %s maps nothing', async (_, columns) => {
    const { build, payload } = newBuild();
    await layer.tell(changed(ev2Change(build, payload, guidOf('r'), began), 'ChangeEvent', columns));
    expect(await mappingsOf(build)).toEqual([]);
  });

  test.each(['', 'latest', '12.5'])('a build id that is no number (%j) maps nothing', async (BuildId) => {
    const { build, events, payload } = described((azureDevOps) => ({
      AzureDevOps: { ...azureDevOps, BuildId },
    }));
    await layer.tell(events);
    expect(await mappingsOf(build)).toEqual([]);
    expect(
      await layer.payload2Build('expressv2', `${payload.serviceTreeId}/shop=${payload.buildNumber}`),
    ).toEqual([]);
  });

  test.each(['<null>', '0', '0.0.0.0', ''])(
    "the placeholder %j is no build number: the event's own stands in",
    async (BuildNumber) => {
      const { build, events, payload } = described((azureDevOps) => ({
        AzureDevOps: { ...azureDevOps, BuildNumber },
      }));
      await layer.tell(events);
      expect(await payloadsOf(build)).toEqual([`${payload.serviceTreeId}/shop=${payload.buildNumber}`]);
    },
  );

  test.each(['<null>', '0', '0.0.0.0'])(
    'builds whose numbers are all the placeholder %j are known, and nothing ties them together',
    async (number) => {
      const builds = [newBuild(), newBuild()];
      for (const { build, payload } of builds) {
        const unnumbered = { ...payload, buildNumber: number };
        await layer.tell(
          ev2Change(build, unnumbered, guidOf(`unnumbered ${build.id}`), began),
          ev2Progress(unnumbered, guidOf(`unnumbered ${build.id}`), [
            { entity: 'eastus', state: 'Completed', start: began, end: began, modified: began },
          ]),
        );
      }
      for (const { build, payload } of builds) {
        expect(await layer.build2Deployment(build)).toMatchObject([{ DeploymentId: '' }]);
        expect(
          await layer.payload2Build('expressv2', `${payload.serviceTreeId}/shop=${number}`),
        ).toMatchObject([{ Id: '' }]);
      }
    },
  );

  test.each([
    ['https://devops.example.cn/NewSoftCollection/', 'devops.example.cn/newsoftcollection'],
    ['https://tfs.example.com:8080/tfs/My%20Team_1/', 'tfs.example.com:8080/tfs/my team_1'],
    ['https://contoso.visualstudio.com/', 'contoso'],
    ['https://dev.azure.com/Contoso/', 'contoso'],
    ['http://tfs:8080/tfs/My Team_1', 'tfs:8080/tfs/my team_1'],
    ['https://contoso.vsrm.visualstudio.com/', 'contoso'],
  ])(
    'the organization of %s is %s, as in the changelog',
    async (TeamFoundationCollectionUri, organization) => {
      const { build, events } = described((azureDevOps) => ({
        AzureDevOps: { ...azureDevOps, TeamFoundationCollectionUri },
      }));
      await layer.tell(events);
      const name = parseOrganizationUrl(new URL(TeamFoundationCollectionUri))?.name;
      expect(name?.toLowerCase()).toBe(organization);
      const [{ BuildUrl } = {}] = await mappingsOf(build);
      expect(BuildUrl).not.toMatch(/ /);
      const rows = await layer.build2Deployment({ ...build, organization });
      expect(rows).toMatchObject([{ DeploymentId: '' }]);
    },
  );

  test('the service group is the part before the rollout, whether or not a service tree id stands before it', async () => {
    const { build, payload } = newBuild();
    const rollout = guidOf('three parts');
    await layer.tell(
      changed(ev2Change(build, payload, rollout, began), 'ChangeEvent', {
        ExternalId: `${payload.serviceTreeId}/${payload.serviceGroup}/${rollout}`,
      }),
    );
    expect(await payloadsOf(build)).toEqual([`${payload.serviceTreeId}/shop=${payload.buildNumber}`]);
  });
});

describe('AzDeployer', () => {
  test('branch and version of the drop tie a payload to its build, in any case', async () => {
    const { build, drop, rto } = newBuild();
    await layer.tell(
      buildDrop(build, { ...drop, branch: 'RD_Main' }),
      azDeployerAudit(rto, ['HostAgent;rd_main;7', 'GuestAgent;rd_main;7'], drop, began),
    );
    expect(await payloadsOf(build)).toEqual(['guestagent;rd_main;7', 'hostagent;rd_main;7']);
  });

  test.each([
    ['contoso', 'https://contoso.visualstudio.com'],
    ['tfs.example.com:8080/tfs/My Team_1', 'https://tfs.example.com:8080/tfs/my%20team_1'],
  ])('the link of a build of %s leads to %s', async (organization, url) => {
    const { build, drop, rto } = newBuild();
    const audit = azDeployerAudit(rto, ['HostAgent;rd_main;7'], drop, began);
    await layer.tell(buildDrop({ ...build, organization }, drop), audit);
    expect(await mappingsOf(build)).toMatchObject([
      { BuildUrl: `${url}/${build.project}/_build/results?buildId=${build.id}` },
    ]);
  });

  test.each([
    ['of the hello-world rollout', { RolloutLabel: 'x_HelloWorld_AzDeployer.xml' }],
    ['of a Geneva action', { RolloutLabel: 'GenevaAction 7' }],
    ['that never started', { StartDateTime: '1999-12-31T00:00:00Z' }],
    ['of a test environment', { Payload: 'OneDeployTest;a;b' }],
    ['of a Zeus tenant', { Tenant: 'ZeusPrdApp01' }],
    ['of another target than a cluster', { TargetType: 'Node' }],
    ['without a payload', { Payload: '' }],
    ['whose payload is "<null>"', { Payload: '<null>' }],
    ['from a share without branch and version', { Build: '\\\\reddog\\Builds' }],
  ])('a deployment %s maps nothing', async (_, columns) => {
    const { build, drop, rto } = newBuild();
    const audit = azDeployerAudit(rto, ['HostAgent;rd_main;7'], drop, began);
    await layer.tell(buildDrop(build, drop), changed(audit, 'DeploymentAuditEvent', columns));
    expect(await mappingsOf(build)).toEqual([]);
  });

  test('a deployment of the first version, without a target type, is mapped', async () => {
    const { build, drop, rto } = newBuild();
    const audit = azDeployerAudit(rto, ['HostAgent;rd_main;7'], drop, began);
    await layer.tell(buildDrop(build, drop), changed(audit, 'DeploymentAuditEvent', { TargetType: '' }));
    expect(await payloadsOf(build)).toEqual(['hostagent;rd_main;7']);
  });

  test('a build whose artifact comes in after the deployment is found', async () => {
    const { build, drop, rto } = newBuild();
    await layer.tell(azDeployerAudit(rto, ['HostAgent;rd_main;7'], drop, began));
    expect(await mappingsOf(build)).toEqual([]);
    await layer.tell(buildDrop(build, drop));
    expect(await payloadsOf(build)).toEqual(['hostagent;rd_main;7']);
  });

  test('an artifact that is no drop location is not one', async () => {
    const { build, drop, rto } = newBuild();
    await layer.tell(
      changed(buildDrop(build, drop), 'BuildArtifact', { BuildArtifactName: 'logs' }),
      azDeployerAudit(rto, ['HostAgent;rd_main;7'], drop, began),
    );
    expect(await mappingsOf(build)).toEqual([]);
  });
});

describe('Pilotfish', () => {
  test('payloads are told apart at spaces, of which there may be several', async () => {
    const { build, drop, rto } = newBuild();
    const payloads = [`FrontEnd=${build.id}`, `Stream=${build.id}`].map((payload) => ({ payload, drop }));
    const audit = pilotfishAudit(rto, payloads, began);
    await layer.tell(
      buildDrop(build, drop),
      changed(audit, 'DeploymentAuditEvent', { Payload: ` FrontEnd=${build.id}   Stream=${build.id} ` }),
    );
    expect(await mappingsOf(build)).toMatchObject([
      { Payload: `frontend=${build.id}`, DeploymentSource: 'pilotfish' },
      { Payload: `stream=${build.id}`, DeploymentSource: 'pilotfish' },
    ]);
  });

  test('a label alone is a payload', async () => {
    const { build, drop, rto } = newBuild();
    await layer.tell(
      buildDrop(build, drop),
      pilotfishAudit(rto, [{ payload: `Label${build.id}`, drop }], began),
    );
    expect(await payloadsOf(build)).toEqual([`label${build.id}`]);
  });

  test.each([
    ['of another deployment', { RTOId: 'another' }],
    ['about another label', { BuildLabel: 'another' }],
    ['about a share that is not a drop', { BuildPath: '\\\\elsewhere\\a\\b\\rd_main\\7' }],
  ])("a builder's message %s does not count", async (_, columns) => {
    const { build, drop, rto } = newBuild();
    const audit = pilotfishAudit(rto, [{ payload: `FrontEnd=${build.id}`, drop }], began);
    await layer.tell(buildDrop(build, drop), changed(audit, 'PFBuilderMessage', columns));
    expect(await mappingsOf(build)).toEqual([]);
  });

  test("its payloads are not taken for AzDeployer's", async () => {
    const { build, drop, rto } = newBuild();
    await layer.tell(
      buildDrop(build, drop),
      pilotfishAudit(rto, [{ payload: `a;b;${build.id}=1`, drop }], began),
    );
    expect(await layer.payload2Build('azdeployer', `a;b;${build.id}=1`)).toEqual([]);
  });
});
