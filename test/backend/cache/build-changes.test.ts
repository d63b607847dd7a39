/** A changelog event makes every instance ask again for the builds that it is about. */
import { BuildChanges } from '../../../backend/cache/build-changes.ts';
import { openHostChangelog } from '../../../backend/hosts/changelog.ts';
import { openRedis } from '../../../backend/redis/connection.ts';
import { readChangelogConfig } from '../../../changelog/config.ts';
import { JobScheduler } from '../../../kusto/jobs/scheduler.ts';
import { SettingsReader } from '../../../settings/reader.ts';
import { buildTestApp } from '../../support/backend.ts';
import { organization, project, runEvent } from '../../support/changelog/events.ts';
import { answerOf, type KustoProxy, startKustoProxy } from '../../support/engine/kusto-proxy.ts';
import { startRedis, type TestRedis } from '../../support/redis/redis.ts';
import { until } from '../../support/until.ts';

const secret = 'correct horse battery staple';
const run = 123;
const found = answerOf(
  ['Found', 'DeploymentId', 'Source', 'StartTime', 'EndTime', 'LastUpdatedTime', 'ChangeState'],
  [[true, 'Group/1', 'expressv2', '2024-01-02T07:17:51Z', null, '2024-01-02T07:17:51Z', 'running']],
);

let kusto: KustoProxy;
let redis: TestRedis;
const closing: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  [kusto, redis] = await Promise.all([startKustoProxy(undefined, found), startRedis()]);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await kusto.close();
  await redis.close();
});

/** An instance whose answers are fresh for a minute, with the changelog's webhook. */
async function start(settings: Record<string, string> = {}) {
  const {
    app,
    config,
    kusto: database,
    shared,
    close,
  } = buildTestApp(kusto.url, 'D', {
    B2D_CACHE_SECONDS: '60',
    ...settings,
  });
  closing.push(close);
  const reader = new SettingsReader({ CHANGELOG_SECRET: secret, CHANGELOG_FLUSH_MS: '1' });
  const changelogConfig = readChangelogConfig(reader, false);
  if (!changelogConfig) throw new Error('nothing is set');
  const { changes } = shared;
  const jobs = new JobScheduler({ database, jobs: [], onMapped: () => changes.mapped() });
  closing.push(() => jobs.stop());
  const changelog = await openHostChangelog(app, {
    config: changelogConfig,
    kusto: database,
    jobs,
    changes,
    environment: {},
  });
  closing.push(() => changelog.close());
  const url = await app.listen({ host: config.host, port: config.port });
  return {
    /** How many queries an answer about a build took: 0 or 1. */
    async asks(buildId: number, name = organization): Promise<number> {
      const before = kusto.asked.length;
      const query = new URLSearchParams({
        adoOrganizationName: name,
        adoProjectId: project,
        adoBuildId: String(buildId),
      });
      const response = await fetch(`${url}/b2d/deployments?${query}`);
      await response.body?.cancel();
      expect(response.status).toBe(200);
      return kusto.asked.length - before;
    },
    /** The same for the entities of a deployment. */
    async asksEntities(deploymentSource: string, deploymentId: string): Promise<number> {
      const before = kusto.asked.length;
      const response = await fetch(
        `${url}/b2d/v1/entities?${new URLSearchParams({ deploymentSource, deploymentId })}`,
      );
      await response.body?.cancel();
      expect(response.status).toBe(200);
      return kusto.asked.length - before;
    },
    send: async (event: unknown) => {
      const response = await fetch(`${url}/hooks/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-changelog-secret': secret },
        body: JSON.stringify(event),
      });
      await response.body?.cancel();
      expect(response.status).toBe(202);
    },
    url,
  };
}

it('in one process', async () => {
  const instance = await start();
  const names = [organization, organization.toUpperCase()];
  for (const name of names) await instance.asks(run, name);
  await instance.asks(run + 1);
  expect(await instance.asks(run)).toBe(0);
  await instance.send(runEvent({ runId: run }));
  for (const name of names) expect(await instance.asks(run, name)).toBe(1);
  expect(await instance.asks(run + 1)).toBe(0);
  const { options } = kusto.asked.at(-1) ?? { options: {} };
  expect(options).not.toHaveProperty('query_results_cache_max_age');
});

it('and for the entities of deployments of the run, or of a release, which may deploy any build', async () => {
  const instance = await start();
  const [stage, other, release] = [`${run}/Deploy`, `${run + 1}/Deploy`, 'release-7/Production'].map(
    (name) => ['azurepipelines', `${organization.toUpperCase()}/${project}/${name}`] as const,
  ) as [[string, string], [string, string], [string, string]];
  const asked = [stage, other, release, ['expressv2', `${organization}/${project}/${run}/x`]] as const;
  for (const [source, id] of asked) await instance.asksEntities(source, id);
  for (const [source, id] of asked) expect(await instance.asksEntities(source, id)).toBe(0);
  await instance.send(runEvent({ runId: run }));
  const again: number[] = [];
  for (const [source, id] of asked) again.push(await instance.asksEntities(source, id));
  expect(again).toEqual([1, 0, 1, 0]);
});

it('in all processes that share a Redis', async () => {
  const settings = { REDIS_URL: redis.url };
  const [one, other] = await Promise.all([start(settings), start(settings)]);
  await until(async () => {
    const [channel] = (await redis.command(['PUBSUB', 'CHANNELS'])) as string[];
    return channel !== undefined && String(await redis.command(['PUBSUB', 'NUMSUB', channel])).endsWith('2');
  });
  await other.asks(run);
  expect(await other.asks(run)).toBe(0);
  await one.send(runEvent({ runId: run }));
  await until(async () => (await other.asks(run)) === 1);
});

it('everything, where messages may have been missed', async () => {
  const instance = await start({ REDIS_URL: redis.url });
  await until(async () => ((await redis.command(['PUBSUB', 'CHANNELS'])) as string[]).length === 1);
  await instance.asks(run);
  await redis.kill();
  expect(await instance.asks(run)).toBe(0);
  await redis.start();
  await until(async () => (await instance.asks(run)) === 1);
});

describe('changes', () => {
  const key = (buildId: number) => ({ organization: 'Org', project, buildId });

  it('are told again when they have been mapped, and then no more', () => {
    const changes = new BuildChanges('data');
    const dropped: string[] = [];
    changes.listen({ drop: (dropping) => dropped.push(dropping), dropAll: () => dropped.push('all') });
    changes.touched([key(1)]);
    changes.mapped();
    changes.mapped();
    expect(dropped).toEqual([`org/${project}/1`, `org/${project}/1`]);
  });

  it('are everything where there are too many', () => {
    const changes = new BuildChanges('data');
    let all = 0;
    changes.listen({ drop: () => undefined, dropAll: () => all++ });
    changes.touched(Array.from({ length: 5_001 }, (_, buildId) => key(buildId)));
    expect(all).toBe(1);
  });

  it('of other data are not told, and what is no message of ours stands for everything', async () => {
    const connection = openRedis({ url: redis.url, auth: { mode: 'url' } });
    const dropped: string[] = [];
    new BuildChanges('data', connection).listen({
      drop: (dropping) => dropped.push(dropping),
      dropAll: () => dropped.push('all'),
    });
    let channel: string | undefined;
    await until(async () => {
      [channel] = (await redis.command(['PUBSUB', 'CHANNELS'])) as string[];
      return channel;
    });
    new BuildChanges('other', connection).touched([key(1)]);
    new BuildChanges('data', connection).touched([key(2)]);
    await redis.command(['PUBLISH', String(channel), '{"keys":["a",1]}']);
    await redis.command(['PUBLISH', String(channel), 'nonsense']);
    await until(() => dropped.includes('all'));
    connection.close();
    expect(dropped).toEqual([`org/${project}/2`, 'a', 'all']);
  });
});
