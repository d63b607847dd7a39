/** The entities of a deployment through the API, and through its typed client. */
import { hash } from 'node:crypto';
import { createClient, type DeploymentsClient, type Found } from '../../../api/client.ts';
import type { Build2Deployment, DeploymentEntities } from '../../../api/contract.ts';
import { type EntityProgress, ev2Change, ev2Progress, guidOf } from '../../../kusto/demo/events.ts';
import { sampleBuild } from '../../../kusto/demo/specification-sample.ts';
import { startTestApp } from '../../support/backend.ts';
import { type DataLayer, databaseName, startDataLayer } from '../../support/engine/data-layer.ts';

let layer: DataLayer;
let api: Awaited<ReturnType<typeof startTestApp>>;
let client: DeploymentsClient;

const source = 'expressv2';
const rollout = guidOf('a rollout of twelve regions');
const payload = { serviceTreeId: guidOf('tree'), serviceGroup: 'Shop', buildNumber: '1.0.0.1' };
const build = { ...sampleBuild, id: 4711 };
const words = ['Completed', 'Failed', 'InProgress', 'NotStarted'];

beforeAll(async () => {
  layer = await startDataLayer();
  api = await startTestApp(layer.url, databaseName, { B2D_CACHE_SECONDS: '0' }, 30_000);
  client = createClient({ baseUrl: api.url });
  await layer.tell(
    ev2Change(build, payload, rollout, at(0)),
    ev2Progress(
      payload,
      rollout,
      Array.from({ length: 12 }, (_, index) => region(`region-${index}`, words[index % 4] ?? '', index)),
    ),
  );
});
afterAll(async () => {
  await api.close();
  await layer.stop();
});

function at(minute: number): Date {
  return new Date(Date.UTC(2026, 2, 1, 8, minute));
}
function region(entity: string, state: string, minute: number): EntityProgress {
  return { entity, state, start: at(0), modified: at(minute) };
}

async function ask(parameters: Readonly<Record<string, string>>, headers: Record<string, string> = {}) {
  const query = new URLSearchParams({ deploymentSource: source, deploymentId: rollout, ...parameters });
  return fetch(`${api.url}/b2d/v1/entities?${query}`, { headers });
}
const bodyOf = async (response: Promise<Response>) =>
  (await (await response).json()) as DeploymentEntities & {
    readonly message: string;
    readonly details: readonly { readonly target: string; readonly message: string }[];
  };
const ids = ({ Entities }: DeploymentEntities): string[] => Entities.map(({ Id }) => Id);

test('a deployment is answered with its state, its counts, its payloads and its entities, failed ones first', async () => {
  const response = await ask({});
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(response.headers.get('cache-control')).toMatch(/^private, max-age=\d+$/);
  const body = (await response.json()) as DeploymentEntities;
  expect(body).toEqual({
    DeploymentSource: source,
    DeploymentId: rollout,
    State: 'inProgress',
    Progress: {
      Total: 12,
      NotStarted: 3,
      InProgress: 3,
      Blocked: 0,
      Succeeded: 3,
      Failed: 3,
      Canceled: 0,
      Unknown: 0,
    },
    Payloads: [
      {
        Id: `${payload.serviceTreeId}/shop=1.0.0.1`,
        ProgressionLink: expect.stringContaining('shop%3d1.0.0.1'),
      },
    ],
    Entities: expect.any(Array),
  });
  expect(ids(body)).toEqual([1, 5, 9, 10, 2, 6, 11, 3, 7, 0, 4, 8].map((number) => `region-${number}`));
  expect(body.Entities[0]).toEqual({
    Type: 'Region',
    Id: 'region-1',
    State: 'failed',
    ChangeState: 'Failed',
    Payload: `${payload.serviceTreeId}/shop=1.0.0.1`,
    StartTime: '2026-03-01T08:00:00.0000000Z',
    EndTime: null,
    LastUpdateTime: '2026-03-01T08:01:00.0000000Z',
    PlannedInterruption: 'None',
    ImpactDuration: '',
  });
});

test('B2D says the same of the whole deployment', async () => {
  const answer = await client.getDeployments({ ...build, buildId: build.id });
  const [deployment] = (answer as Found<Build2Deployment>).body.Deployments;
  const entities = await bodyOf(ask({ deploymentId: deployment?.Id ?? '' }));
  expect(deployment).toMatchObject({ State: entities.State, Progress: entities.Progress });
});

test('an answer that is known already is 304', async () => {
  const etag = (await ask({})).headers.get('etag') ?? '';
  const response = await ask({}, { 'if-none-match': etag });
  expect([response.status, await response.text()]).toEqual([304, '']);
  expect((await ask({ state: 'failed' }, { 'if-none-match': etag })).status).toBe(200);
});

test('an unknown deployment is 404, as in D2B', async () => {
  const parameters = { deploymentSource: 'azdeployer', deploymentId: '1' };
  const response = await ask(parameters);
  const d2b = await fetch(`${api.url}/d2b/v1/deployment2build?${new URLSearchParams(parameters)}`);
  expect([response.status, d2b.status]).toEqual([404, 404]);
  const traceId = expect.any(String);
  expect({ ...((await response.json()) as object), traceId }).toEqual({
    ...((await d2b.json()) as object),
    traceId,
  });
  expect(await client.getEntities({ source: 'azdeployer', id: '1' })).toMatchObject({ kind: 'unknown' });
});

describe('filters', () => {
  test('give the entities in the states that were asked for, and the counts of all', async () => {
    const body = await bodyOf(ask({ state: 'FAILED, inprogress', type: 'REGION' }));
    expect(new Set(body.Entities.map(({ State }) => State))).toEqual(new Set(['failed', 'inProgress']));
    expect(body.Progress.Total).toBe(12);
    expect((await bodyOf(ask({ type: 'cluster' }))).Entities).toEqual([]);
  });

  test.each([
    ['state', 'done', 'state is not valid; it must be one or more of notStarted, inProgress, '],
    ['state', '', 'state is empty'],
    ['state', 'failed,', 'state is not valid'],
    ['type', 'x'.repeat(257), 'type is longer than 256 characters'],
    ['top', '0', 'top is not valid; it must be a whole number from 1 to 5000, in digits.'],
    ['top', '5001', 'top is not valid'],
    ['top', '1e2', 'top is not valid'],
    ['continuationToken', 'a b', 'continuationToken is not valid'],
  ])('that are wrong are refused: %s=%s', async (target, value, message) => {
    const response = await ask({ [target]: value });
    expect(response.status).toBe(400);
    const { details } = (await response.json()) as { details: { target: string; message: string }[] };
    expect(details).toEqual([{ target, message: expect.stringContaining(message) }]);
  });

  test('that are given twice are refused', async () => {
    const query = `deploymentSource=${source}&deploymentId=${rollout}&state=failed&state=blocked`;
    const { details } = await bodyOf(fetch(`${api.url}/b2d/v1/entities?${query}`));
    expect(details[0]?.message).toContain('state is given more than once');
  });
});

describe('pages', () => {
  test('are read one after the other until there is none', async () => {
    const seen: string[] = [];
    let continuationToken: string | undefined;
    do {
      const answer = await client.getEntities({ source, id: rollout, top: 5, continuationToken });
      const { body } = answer as Found<DeploymentEntities>;
      expect(body.Entities.length).toBeLessThanOrEqual(5);
      seen.push(...ids(body));
      continuationToken = body.ContinuationToken;
    } while (continuationToken !== undefined);
    expect(seen).toEqual(ids(await bodyOf(ask({}))));
  });

  test('that hold exactly all of them are the last', async () => {
    expect(await bodyOf(ask({ top: '12' }))).not.toHaveProperty('ContinuationToken');
    expect(await bodyOf(ask({ top: '11' }))).toHaveProperty('ContinuationToken');
  });

  test('go on after the same place when entities before it have changed', async () => {
    const other = guidOf('a rollout that changes between two pages');
    const tell = (...regions: EntityProgress[]) => layer.ingest(ev2Progress(payload, other, regions));
    await tell(region('a', 'InProgress', 1), region('b', 'InProgress', 1), region('c', 'InProgress', 1));
    const first = await bodyOf(ask({ deploymentId: other, top: '2' }));
    expect(ids(first)).toEqual(['a', 'b']);
    await tell(region('b', 'Failed', 2));
    const { ContinuationToken: continuationToken = '' } = first;
    expect(ids(await bodyOf(ask({ deploymentId: other, top: '2', continuationToken })))).toEqual(['c']);
  });

  test('of a query do not go on with the token of another, nor with one that was changed', async () => {
    const { ContinuationToken: token = '' } = await bodyOf(ask({ top: '5' }));
    const changed = [...token].map((_, at) => {
      const other = token[at] === 'A' ? 'B' : 'A';
      return token.slice(0, at) + other + token.slice(at + 1);
    });
    const wrong: readonly Readonly<Record<string, string>>[] = [
      ...changed.map((continuationToken) => ({ continuationToken })),
      { continuationToken: token.slice(0, -1) },
      { continuationToken: 'x' },
      { continuationToken: token, state: 'failed' },
      { continuationToken: token, type: 'Region' },
      { continuationToken: token, deploymentId: guidOf('another') },
    ];
    for (const parameters of wrong) {
      const response = await ask({ top: '5', ...parameters });
      const { message } = (await response.json()) as { readonly message: string };
      expect([response.status, message]).toEqual([
        400,
        'continuationToken is not valid; it must be the ContinuationToken of an answer about the same deployment, states and type. Leave it out to begin again.',
      ]);
    }
    // Whoever reads this code can make a digest for anything.
    for (const forged of ['', 'no JSON', 'null', '{}', '7', '["1","a","b"]', '[1,2,"b"]', '[1.5,"a","b"]']) {
      const place = Buffer.from(forged).toString('base64url');
      const digested = JSON.stringify([source, rollout, [], null, place]);
      const continuationToken = hash('sha256', digested, 'base64url').slice(0, 16) + place;
      expect([forged, (await ask({ continuationToken })).status]).toEqual([forged, 400]);
    }
    const first = Buffer.from('[0,"",""]').toString('base64url');
    const digested = JSON.stringify([source, rollout, [], null, first]);
    const genuine = hash('sha256', digested, 'base64url').slice(0, 16) + first;
    expect((await ask({ continuationToken: genuine })).status).toBe(200);
    // Another size of the page, and another case, are the same query.
    expect((await ask({ top: '3', continuationToken: token })).status).toBe(200);
    const upper = { deploymentId: rollout.toUpperCase(), deploymentSource: 'ExpressV2' };
    expect((await ask({ ...upper, continuationToken: token })).status).toBe(200);
  });
});
