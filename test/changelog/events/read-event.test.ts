import { readFileSync } from 'node:fs';
import { readDeploymentKey, readPayloadKey } from '../../../api/parameters.ts';
import {
  approvalEvent,
  buildEvent,
  hookEvent,
  jobEvent,
  project,
  pushEvent,
  releaseDeploymentEvent,
  runEvent,
  stageEvent,
} from '../../support/changelog/events.ts';
import { read, rowIn } from '../../support/changelog/reading.ts';

describe('the row of an event', () => {
  it('has the whole event, unknown fields and all', () => {
    const event = { ...stageEvent(), somethingNew: { deep: [1, 'two'] } };
    expect(rowIn(read(event), 'StageEvent')?.Event).toEqual(event);
  });

  it('has an id made from the content where the event has none of its own', () => {
    const { id: _, ...event } = runEvent();
    const first = rowIn(read(event), 'RunEvent')?.EventId;
    expect(first).toMatch(/^sha256-[0-9a-f]{64}$/);
    expect(rowIn(read(event), 'RunEvent')?.EventId).toBe(first);
  });

  it('has long texts cut and broken characters replaced, and not the whole of a very large event', () => {
    const event = runEvent({ runName: `a\u0000b\uD800${'c'.repeat(300_000)}` });
    const row = rowIn(read(event), 'RunEvent');
    expect(row?.RunName).toMatch(/^a\uFFFDb\uFFFDc{396}$/);
    expect(row?.Event).toBeUndefined();
    expect(row?.Problems).toEqual([
      'the event is larger than 262144 bytes and not kept whole',
      'resource.run.name is cut to 400 characters',
    ]);
  });
});

it('understands the event that docs/changelog-feed.md sends, which is a deployment', () => {
  const [, json = ''] = /-d '(\{[^']*\})'/.exec(readFileSync('docs/changelog-feed.md', 'utf8')) ?? [];
  expect(rowIn(read(JSON.parse(json)), 'StageEvent')).toMatchObject({
    OrganizationName: 'contoso',
    ProjectId: '6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c',
    RunId: 479,
    StageName: 'Deploy',
    Result: 'succeeded',
  });
});

describe('an event with very long names', () => {
  const long = 'x'.repeat(60_000);

  it.each([
    [
      'StageEvent',
      stageEvent({ runName: long, pipelineName: long, stageName: long, stageDisplayName: long }),
    ],
    ['RunResource', runEvent({ resources: { repositories: { [long]: { version: long, refName: long } } } })],
    ['PushEvent', pushEvent({ refUpdates: [{ name: long, oldObjectId: long, newObjectId: long }] })],
    ['ApprovalEvent', approvalEvent('pending', { resource: { name: long }, stage: { name: long } })],
    ['BuildArtifact', buildEvent({ resource: { drop: { location: `\\\\${long}` } } })],
  ])('gives no row with a longer text than the others: %s', (table, event) => {
    const { Event: _, ...row } = rowIn(read(event), table) ?? {};
    expect(Object.keys(row).length).toBeGreaterThan(3);
    const texts = Object.values(row).map((value) => JSON.stringify(value) ?? '');
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(3 * 8_192 + 200);
  });

  it('gives ids of deployments and payloads that the API takes', () => {
    const organizationUrl = `https://server/${'y'.repeat(64)}/${'y'.repeat(64)}/${'y'.repeat(60)}/`;
    const parts = { organizationUrl, runName: long, pipelineName: long, stageName: long, runId: 2 ** 31 - 1 };
    const row = rowIn(read(stageEvent(parts)), 'StageEvent');
    const id = [row?.OrganizationName, row?.ProjectId, row?.RunId, row?.StageName].join('/');
    const deployment = new URLSearchParams({ deploymentSource: 'azurepipelines', deploymentId: id });
    expect(readDeploymentKey(String(deployment))).toMatchObject({ ok: true, values: { id } });
    const payload = `${row?.PipelineName}=${row?.RunName}`;
    const query = new URLSearchParams({ deploymentSource: 'azurepipelines', payload });
    expect(readPayloadKey(String(query))).toMatchObject({ ok: true, values: { payload } });
  });
});

describe('the type of an event', () => {
  it('is in every row of an event table, as the catalogue has it', () => {
    const reading = read(jobEvent());
    const types = ['JobEvent', 'StageEvent'].map((table) => rowIn(reading, table)?.EventType);
    expect(types).toEqual(Array(2).fill('ms.vss-pipelines.job-state-changed-event'));
    const renamed = {
      ...releaseDeploymentEvent('started'),
      eventType: 'ms.azure-devops-release.deployment-started-event',
    };
    expect(rowIn(read(renamed), 'ReleaseDeploymentEvent')?.EventType).toBe(
      'ms.vss-release.deployment-started-event',
    );
  });
});

describe('the organization', () => {
  it.each([
    ['https://dev.azure.com/Contoso/', 'contoso'],
    ['https://contoso.visualstudio.com/', 'contoso'],
    ['https://contoso.visualstudio.com/DefaultCollection/', 'contoso'],
    ['https://vsrm.dev.azure.com/contoso/', 'contoso'],
    ['https://tfs.example.com/tfs/Contoso/', 'tfs.example.com/tfs/contoso'],
    ['https://contoso.vsrm.visualstudio.com/', 'contoso'],
    ['https://devops.example.com/New_Main%20Collection/', 'devops.example.com/new_main collection'],
    ['http://TFS:8080/tfs/My Team_1', 'tfs:8080/tfs/my team_1'],
  ])('comes from the containers: %s', (organizationUrl, expected) => {
    expect(rowIn(read(runEvent({ organizationUrl })), 'RunEvent')?.OrganizationName).toBe(expected);
  });

  it.each([
    ['the current form', `https://dev.azure.com/contoso/${project}/_apis/pipelines/7/runs/479`],
    ['the older form', `https://contoso.visualstudio.com/${project}/_apis/pipelines/7/runs/479`],
  ])('and the project come from the URL of the run where containers are missing: %s', (_form, url) => {
    const { resourceContainers: _, ...event } = runEvent();
    const run = { id: 479, name: 'x', state: 'completed', url };
    expect(rowIn(read({ ...event, resource: { run } }), 'RunEvent')).toMatchObject({
      OrganizationName: 'contoso',
      ProjectId: project,
    });
  });
});

describe('an event that cannot be read', () => {
  it.each([
    ['an unknown type', hookEvent('workitem.created', { id: 1 }), 'unknown event type'],
    ['a type that every object has', hookEvent('constructor', {}), 'unknown event type'],
    ['no type', { id: 'x' }, 'eventType is missing'],
    ['no run', { ...runEvent(), resource: {} }, 'no field holds the id of the run'],
    ['no state', { ...runEvent(), resource: { run: { id: 4 } } }, 'no field holds the state of the run'],
    [
      'no stage',
      { ...stageEvent(), resource: { run: { id: 4, state: 'inProgress' }, stage: { state: 'running' } } },
      'no field holds the name of the stage',
    ],
    [
      'a stage without a state',
      { ...stageEvent(), resource: { run: { id: 4, state: 'inProgress' }, stage: { name: 'deploy' } } },
      'no field holds the state of the stage',
    ],
    [
      'no job',
      { ...jobEvent(), resource: { run: { id: 4 }, stage: { name: 'deploy', state: 'running' } } },
      'no field holds the name and the state of the job',
    ],
    ['no build', { ...buildEvent(), resource: {} }, 'no field holds the id of the build'],
    ['no repository', { ...pushEvent(), resource: {} }, 'no field holds the id of the repository'],
    [
      'no release',
      { ...releaseDeploymentEvent('started'), resource: {} },
      'no field holds the id of the release',
    ],
    ['no approval', { ...approvalEvent('pending'), resource: {} }, 'no field holds the id of the approval'],
    [
      'no containers and no URL',
      { ...buildEvent(), resourceContainers: null, resource: { id: 4 } },
      'no URL names the organization',
    ],
    [
      'no project',
      {
        ...buildEvent({
          organizationUrl: 'https://dev.azure.com/x/',
          containers: { collection: { baseUrl: 'https://dev.azure.com/x/' } },
        }),
        resource: { id: 4 },
      },
      'no field holds the id of the project',
    ],
  ])('is set aside whole, with the reason: %s', (_what, event, reason) => {
    const reading = read(event);
    expect(reading.outcome).toBe('setAside');
    expect(reading.rows).toHaveLength(1);
    expect(rowIn(reading, 'SetAsideEvent')).toMatchObject({ Reason: reason, Body: JSON.stringify(event) });
  });
});
