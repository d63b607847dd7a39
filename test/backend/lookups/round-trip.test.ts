/**
 * Whatever one API returns, the others accept: names with any characters in them go through the real mappings into
 * B2D, and every deployment and payload in its answer leads back to the build.
 */
import fc from 'fast-check';
import type {
  Build2Deployment,
  Deployment2Build,
  DeploymentEntities,
  Payload2Build,
} from '../../../api/contract.ts';
import {
  azDeployerAudit,
  buildDrop,
  clusterProgress,
  ev2Change,
  ev2Progress,
  guidOf,
  pilotfishAudit,
  type RawEvents,
} from '../../../kusto/demo/events.ts';
import { startTestApp } from '../../support/backend.ts';
import { startTestChangelog, type TestChangelog } from '../../support/changelog/changelog.ts';
import {
  organization as pipelinesOrganization,
  project as pipelinesProject,
  releaseDeploymentEvent,
  runEvent,
  stageEvent,
} from '../../support/changelog/events.ts';
import { databaseName } from '../../support/engine/data-layer.ts';

let changelog: TestChangelog;
let api: Awaited<ReturnType<typeof startTestApp>>;

beforeAll(async () => {
  changelog = await startTestChangelog();
  api = await startTestApp(
    changelog.layer.url,
    databaseName,
    { B2D_CACHE_SECONDS: '0', D2B_CACHE_SECONDS: '0', P2B_CACHE_SECONDS: '0' },
    30_000,
  );
});
afterAll(async () => {
  await api.close();
  await changelog.stop();
});

const began = new Date('2026-03-01T08:00:00Z');
const done = [{ entity: 'one', state: 'Completed', start: began, end: began, modified: began }];
const project = guidOf('project');

/** A build as B2D takes it. */
interface Asked {
  readonly organization: string;
  readonly project: string;
  readonly id: number;
}

/** A name that others have given, and what makes a build of it known. */
interface Told {
  readonly build: Asked;
  readonly raw?: RawEvents;
  readonly events?: readonly unknown[];
}

let lastId = 10_000;
const newBuild = (organization = 'contoso', of = project): Asked => ({
  organization,
  project: of,
  id: ++lastId,
});

/** How Ev2 may store a rollout. */
const storedForms = [
  (_tree: string, _group: string, rollout: string) => rollout,
  (_tree: string, group: string, rollout: string) => `${group}/${rollout}`,
  (tree: string, group: string, rollout: string) => `${tree}/${group}/${rollout}`,
];

function ev2(group: string, number: string, form: number): Told {
  const build = newBuild();
  const payload = { serviceTreeId: guidOf('tree'), serviceGroup: group, buildNumber: number };
  const rollout = guidOf(`rollout ${build.id}`);
  const activity = storedForms[form]?.(payload.serviceTreeId, group, rollout);
  const { EntityChangeEvent = [] } = ev2Progress(payload, rollout, done);
  return {
    build,
    raw: {
      ...ev2Change(build, payload, rollout, began),
      EntityChangeEvent: EntityChangeEvent.map((event) => ({ ...event, ChangeActivity: activity })),
    },
  };
}

function azDeployer(id: string, payload: string): Told {
  const build = newBuild();
  const drop = { branch: 'b', version: `v${build.id}` };
  return {
    build,
    raw: {
      ...buildDrop(build, drop),
      ...azDeployerAudit(id, [payload], drop, began),
      ...clusterProgress('AzDeployer', id, payload, done),
    },
  };
}

function pilotfish(id: string, payload: string): Told {
  const build = newBuild();
  const drop = { branch: 'b', version: `v${build.id}` };
  return {
    build,
    raw: {
      ...buildDrop(build, drop),
      ...pilotfishAudit(id, [{ payload, drop }], began),
      ...clusterProgress('Pilotfish', id, payload, done),
    },
  };
}

function stage(name: string, runName: string): Told {
  const build = newBuild(pipelinesOrganization, pipelinesProject);
  const parts = { runId: build.id, runName, pipelineName: name, createdDate: began.toISOString() };
  return {
    build,
    events: [runEvent(parts), stageEvent({ ...parts, stageName: `deploy ${name}`, stageState: 'running' })],
  };
}

function release(name: string, releaseName: string): Told {
  const build = newBuild(pipelinesOrganization, pipelinesProject);
  const artifact = {
    type: 'Build',
    definitionReference: { version: { id: String(build.id) }, project: { id: pipelinesProject } },
  };
  const resource = {
    environment: {
      id: 5,
      name,
      status: 'succeeded',
      release: { id: build.id, name: releaseName },
      releaseDefinition: { id: 3, name },
    },
    release: { id: build.id, name: releaseName, artifacts: [artifact] },
    project: { id: pipelinesProject },
  };
  return { build, events: [releaseDeploymentEvent('completed', resource)] };
}

async function get<Body>(path: string, parameters: Record<string, string>, told?: unknown): Promise<Body> {
  const response = await fetch(`${api.url}${path}?${new URLSearchParams(parameters)}`);
  const text = await response.text();
  const asked = { path, parameters, text, told: JSON.stringify(told) };
  expect({ ...asked, status: response.status }).toEqual({ ...asked, status: 200 });
  return JSON.parse(text);
}

async function expectRoundTrip({ build, raw, events }: Told): Promise<void> {
  const { Deployments } = await get<Build2Deployment>(
    '/b2d/v1/build2deployments',
    {
      adoOrganizationName: build.organization,
      adoProjectId: build.project,
      adoBuildId: String(build.id),
    },
    raw ?? events,
  );
  expect(Deployments.length).toBeGreaterThan(0);
  const ours = expect.arrayContaining([expect.objectContaining({ Id: String(build.id) })]);
  for (const { Id, Source, Payloads } of Deployments) {
    const parameters = { deploymentSource: Source, deploymentId: Id };
    const { Builds } = await get<Deployment2Build>('/d2b/v1/deployment2build', parameters, raw ?? events);
    expect({ parameters, Builds }).toEqual({ parameters, Builds: ours });
    const { Entities } = await get<DeploymentEntities>('/b2d/v1/entities', parameters, raw ?? events);
    expect({ parameters, entities: Entities.length }).toEqual({ parameters, entities: 1 });
    expect(Payloads.length).toBeGreaterThan(0);
    for (const payload of Payloads) {
      const parameters = { deploymentSource: Source, payload: payload.Id };
      const found = await get<Payload2Build>('/p2b/v1/builds', parameters);
      expect({ parameters, Builds: found.Builds }).toEqual({ parameters, Builds: ours });
      // The standardised form that P2B names is one that it accepts.
      const again = await get<Payload2Build>('/p2b/v1/builds', { ...parameters, payload: found.Payload });
      expect(again).toEqual(found);
    }
  }
}

async function tell(told: readonly Told[]): Promise<void> {
  for (const { events = [] } of told) await changelog.deliver(...events);
  await changelog.layer.tell(...told.flatMap(({ raw }) => raw ?? []));
  await changelog.map();
}

const special = [...` '"<>|\\/=;:,.#?&%+*(){}[]$@!~^\`\t\n\r\0\u0085\u200b\u2028İΣςßé東🚀`];
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...special),
      fc.constantFrom('a', 'B', '1', '-'),
      fc.string({ unit: 'grapheme', maxLength: 2 }),
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));
const isName = (name: string): boolean =>
  name.trim() !== '' && !/^(?:0|0\.0\.0\.0|<null>)$/i.test(name.trim());
/** A name that is not empty and no placeholder. */
const name = text.filter(isName);
/** Slashes separate the parts of Ev2's ids, blanks Pilotfish's payloads. */
const group = name.filter((one) => !one.includes('/') && !one.includes('='));
const label = name
  .map((one) => one.replaceAll(' ', ''))
  .filter((one) => isName(one) && !/^[^=]*=$/.test(one));

/** Orchestrators may share a payload: a number of its own at either end keeps what each test tells apart. */
let lastNumber = 0;
const own = (one: string): string => (++lastNumber % 2 === 0 ? `${one}${lastNumber}` : `${lastNumber}${one}`);

const told = fc.oneof(
  fc.tuple(group, name, fc.nat(2)).map(
    ([...parts]) =>
      () =>
        ev2(...parts),
  ),
  fc.tuple(name, name).map(
    ([id, payload]) =>
      () =>
        azDeployer(id, own(payload)),
  ),
  fc.tuple(name, label).map(
    ([id, payload]) =>
      () =>
        pilotfish(id, own(payload)),
  ),
  fc.tuple(name, name).map(
    ([...parts]) =>
      () =>
        stage(...parts),
  ),
  fc.tuple(name, name).map(
    ([...parts]) =>
      () =>
        release(...parts),
  ),
);

test.each([
  ['a quote', () => azDeployer("1'", "it's;b;c")],
  ['double quotes', () => pilotfish('a"b', 'component="label"')],
  ['angle brackets', () => azDeployer('<1>', '<t>;<b>;<v>')],
  ['a pipe', () => pilotfish('a|b', 'a|b=c')],
  ['a backslash', () => ev2('Sh\\op', '1\\2', 1)],
  ['a blank at the end', () => stage('prod ', 'run ')],
  ['a second equals sign', () => pilotfish('20240213', 'component=a=b')],
  ['fewer than three parts', () => azDeployer('7', 'template;branch')],
  ['a GUID alone', () => ev2('Shop', '1.0', 0)],
  ['a service tree id', () => ev2('Shop', '1.0', 2)],
  ['a name in capitals', () => release('Pre-Production', 'Release-7')],
])('%s in an id or payload comes back', async (_what, tellOne) => {
  const one = tellOne();
  await tell([one]);
  await expectRoundTrip(one);
});

test('any other name comes back too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(told, { minLength: 40, maxLength: 60 }), async (makers) => {
      const all = makers.map((make) => make());
      await tell(all);
      for (const one of all) await expectRoundTrip(one);
    }),
    { numRuns: 3, endOnFailure: true },
  );
});
