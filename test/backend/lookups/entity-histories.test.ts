/**
 * The state of deployments as a function of their entities: cases that are written down, and random histories whose
 * events arrive in any order, compared with a model. `ENTITY_HISTORIES` sets how many (60 by default).
 */
import fc from 'fast-check';
import type { Build2Deployment, DeploymentEntities } from '../../../api/contract.ts';
import { type DeploymentState, deploymentState } from '../../../api/states.ts';
import { ev2Change, ev2Progress, guidOf, type RawEvents } from '../../../kusto/demo/events.ts';
import { startTestApp } from '../../support/backend.ts';
import { type DataLayer, databaseName, startDataLayer } from '../../support/engine/data-layer.ts';

const histories = Number(process.env.ENTITY_HISTORIES ?? 60);
const seed = Number(process.env.ENTITY_SEED ?? 13);

let layer: DataLayer;
let api: Awaited<ReturnType<typeof startTestApp>>;

beforeAll(async () => {
  layer = await startDataLayer();
  api = await startTestApp(layer.url, databaseName, { B2D_CACHE_SECONDS: '0' }, 30_000);
});
afterAll(async () => {
  await api.close();
  await layer.stop();
});

/** An event: which of the region's names, its word, and the payload that it names. */
interface Told {
  readonly region: string;
  readonly word: string;
  readonly buildNumber: string;
}
type History = readonly Told[];

const project = guidOf('histories');
const buildOf = (id: number) => ({ organization: 'contoso', project, id });
const payloadOf = (buildNumber: string) => ({
  serviceTreeId: guidOf('tree'),
  serviceGroup: 'Shop',
  buildNumber,
});

/** The events of a history in their order in time, a second apart. */
function eventsOf(history: History, rollout: string): RawEvents[] {
  return history.map(({ region, word, buildNumber }, second) => {
    const modified = new Date(Date.UTC(2026, 0, 1, 8, 0, second));
    return ev2Progress(payloadOf(buildNumber), rollout, [
      { entity: region, state: word, start: modified, modified, end: modified },
    ]);
  });
}

const order: readonly DeploymentState[] = [
  'failed',
  'inProgress',
  'blocked',
  'notStarted',
  'unknown',
  'canceled',
  'succeeded',
];

/** What a history means: the latest word of each region, and the whole from those. */
function meaningOf(history: History) {
  const latest = new Map(history.map(({ region, word }) => [region.toLowerCase(), deploymentState(word)]));
  const entities = [...latest].sort(
    ([a, stateOfA], [b, stateOfB]) => order.indexOf(stateOfA) - order.indexOf(stateOfB) || (a < b ? -1 : 1),
  );
  const states = [...latest.values()];
  const has = (state: DeploymentState) => states.includes(state);
  const isFinal = !['inProgress', 'blocked', 'notStarted', 'unknown'].some((state) =>
    has(state as DeploymentState),
  );
  const whole = isFinal
    ? has('failed')
      ? 'failed'
      : has('canceled')
        ? 'canceled'
        : 'succeeded'
    : has('inProgress')
      ? 'inProgress'
      : has('blocked')
        ? 'blocked'
        : has('notStarted')
          ? states.every((state) => state === 'notStarted' || state === 'unknown')
            ? 'notStarted'
            : 'inProgress'
          : 'unknown';
  return { whole, isFinal, entities: entities.map(([region, state]) => `${region} ${state}`) };
}

/** What B2D and the list of entities answer about the deployments of a build. */
async function answersAbout(id: number) {
  const query = new URLSearchParams({
    adoOrganizationName: 'contoso',
    adoProjectId: project,
    adoBuildId: String(id),
  });
  const b2d = (await (
    await fetch(`${api.url}/b2d/v1/build2deployments?${query}`)
  ).json()) as Build2Deployment;
  const answers = b2d.Deployments.map(async ({ Id, State, EndTime, Progress }) => {
    const asked = new URLSearchParams({ deploymentSource: 'expressv2', deploymentId: Id });
    const body = (await (await fetch(`${api.url}/b2d/v1/entities?${asked}`)).json()) as DeploymentEntities;
    expect({ State: body.State, Progress: body.Progress }).toEqual({ State, Progress });
    expect(Progress?.Total).toBe(body.Entities.length);
    const entities = body.Entities.map((entity) => `${entity.Id.toLowerCase()} ${entity.State}`);
    return [Id, { whole: State, isFinal: EndTime !== null, entities }] as const;
  });
  return new Map(await Promise.all(answers));
}

/** Tells histories as rollouts of one build, their events shuffled among each other, and gives what they mean. */
async function tellAll(id: number, told: readonly History[]) {
  const rollouts = told.map((_, index) => guidOf(`history ${id} ${index}`));
  const events = told.flatMap((history, index) => eventsOf(history, rollouts[index] ?? ''));
  const [shuffled = []] = fc.sample(fc.shuffledSubarray(events, { minLength: events.length }), {
    numRuns: 1,
    seed,
  });
  const middle = Math.floor(shuffled.length / 2);
  await layer.ingest(...shuffled.slice(0, middle));
  await layer.tell(
    ...shuffled.slice(middle),
    ...rollouts.map((rollout) => ev2Change(buildOf(id), payloadOf(String(id)), rollout, new Date(0))),
  );
  return new Map(told.map((history, index) => [`Shop/${rollouts[index]}`, meaningOf(history)]));
}

/** One event for each region, and what they make together. */
const cases: readonly (readonly [words: readonly string[], whole: DeploymentState])[] = [
  [['Completed', 'Completed'], 'succeeded'],
  [['Failed', 'Completed'], 'failed'],
  [['Cancelled', 'Completed'], 'canceled'],
  [['Failed', 'Cancelled', 'Completed'], 'failed'],
  [['InProgress', 'Failed'], 'inProgress'],
  [['InProgress', 'Paused', 'Completed'], 'inProgress'],
  [['Paused', 'NotStarted'], 'blocked'],
  [['Paused', 'Failed'], 'blocked'],
  [['NotStarted', 'Queued'], 'notStarted'],
  [['NotStarted', 'Quarantined'], 'notStarted'],
  [['Completed', 'NotStarted'], 'inProgress'],
  [['Failed', 'NotStarted'], 'inProgress'],
  [['Completed', 'Quarantined'], 'unknown'],
];

test('the cases that are written down', async () => {
  const id = 1;
  const told = cases.map(([words]) =>
    words.map((word, index): Told => ({ region: `region ${index}`, word, buildNumber: String(id) })),
  );
  const meant = await tellAll(id, told);
  expect([...meant.values()].map(({ whole }) => whole)).toEqual(cases.map(([, whole]) => whole));
  expect(await answersAbout(id)).toEqual(meant);
});

test(`${histories} histories, whatever order their events arrive in (seed ${seed})`, async () => {
  const id = 2;
  const event = fc.record({
    region: fc.constantFrom('eastus', 'EastUS', 'westus', 'northeurope', 'a region'),
    word: fc.constantFrom(
      'Completed',
      'Completed',
      'Failed',
      'InProgress',
      'NotStarted',
      'Paused',
      'Canceled',
      'Quarantined',
    ),
    buildNumber: fc.constantFrom(String(id), 'hotfix'),
  });
  // The first event ties the deployment to the build.
  const first = { region: 'eastus', word: 'NotStarted', buildNumber: String(id) };
  const history = fc.array(event, { minLength: 1, maxLength: 14 }).map((rest): History => [first, ...rest]);
  const meant = await tellAll(id, fc.sample(history, { numRuns: histories, seed }));
  const wholes = [...meant.values()].map(({ whole }) => whole);
  if (histories >= 60) expect(new Set(wholes).size).toBeGreaterThanOrEqual(4);
  expect(await answersAbout(id)).toEqual(meant);
});
