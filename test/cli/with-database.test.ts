/** Commands that need a database: an engine with all definitions takes a while to start, so they share one. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openQueues } from '../../changelog/intake/queues.ts';
import { loadDefinitions } from '../../kusto/schema/load.ts';
import { type AzureDevOpsStandIn, startAzureDevOps } from '../support/azure-devops/azure-devops.ts';
import { aBuild, aDeployment, aRun, aStage, type StoredProject } from '../support/azure-devops/records.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { environmentFor, runCommand } from '../support/command-line.ts';
import { type DataLayer, startDataLayer } from '../support/engine/data-layer.ts';
import { hostileTextSuite } from './hostile-text.suite.ts';

let data: DataLayer;
let standIn: AzureDevOpsStandIn;
let webshop: StoredProject;
let folder: string;

beforeAll(async () => {
  data = await startDataLayer();
});
afterAll(() => data.stop());

// Every test has a project of its own in the one database.
beforeEach(async () => {
  standIn = await startAzureDevOps();
  webshop = standIn.addProject('webshop');
  folder = mkdtempSync(join(tmpdir(), 'reconcile-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await standIn.close();
});

function addBuild(id: number, fields: object = {}): void {
  const build = aBuild(webshop, { id, ...fields });
  webshop.builds.push(build);
  webshop.runs.set(id, aRun(build));
  webshop.timelines.set(String(id), [aStage('deploy')]);
}

const reconcile = (...argv: string[]) =>
  runCommand(
    ['reconcile', '-p', 'webshop', '--since', '2026-03-01', '-c', data.url, ...argv],
    environmentFor(standIn),
  );

const columnsOf = (table: string) =>
  loadDefinitions().flatMap((definition) =>
    definition.kind === 'table' && definition.name === table
      ? definition.columns.map(({ name }) => name)
      : [],
  );

const rowsOf = (query: string) =>
  data.database.query(`declare query_parameters(projectId: string); ${query}`, { projectId: webshop.id });

describe('deployments reconcile', () => {
  test('brings lost builds, runs and stages into the views, to the last digit', async () => {
    addBuild(479);
    const { exitCode, out } = await reconcile();
    expect(out).toBe('webshop: 1 build, 4 events written, 0 known');
    expect(exitCode).toBe(0);
    expect(await rowsOf('BuildState | where ProjectId == projectId')).toMatchObject([
      {
        OrganizationName: standIn.organization,
        BuildId: 479,
        State: 'completed',
        FinishTime: '2026-03-01T10:05:00.1234567Z',
      },
    ]);
    expect(await rowsOf('RunState | where ProjectId == projectId')).toMatchObject([
      { RunId: 479, RunName: '20260301.479', State: 'completed', Result: 'succeeded' },
    ]);
    expect(await rowsOf('StageState | where ProjectId == projectId')).toMatchObject([
      {
        StageName: 'deploy',
        State: 'completed',
        Result: 'succeeded',
        FinishTime: '2026-03-01T10:04:00.7654321Z',
      },
    ]);
  });

  test('writes nothing the second time, and only the news after a rerun', async () => {
    addBuild(1);
    await reconcile();
    expect((await reconcile()).out).toBe('webshop: 1 build, 0 events written, 4 known');

    webshop.builds.length = 0;
    addBuild(1, { result: 'failed', finishTime: '2026-03-01T11:00:00.0000000Z' });
    webshop.timelines.set('1', [
      aStage('deploy', {
        attempt: 2,
        result: 'failed',
        previousAttempts: [{ attempt: 1, timelineId: 't1', recordId: 'r' }],
      }),
    ]);
    webshop.timelines.set('1/t1', [aStage('deploy')]);
    expect((await reconcile()).out).toBe('webshop: 1 build, 4 events written, 2 known');
    expect(await rowsOf('RunState | where ProjectId == projectId')).toMatchObject([{ Result: 'failed' }]);
    expect(await rowsOf('StageState | where ProjectId == projectId | order by Attempt asc')).toMatchObject([
      { Attempt: 1, Result: 'succeeded' },
      { Attempt: 2, Result: 'failed' },
    ]);
  });

  test('finds the environments that stages deployed to, once', async () => {
    addBuild(5);
    webshop.timelines.set('5', [aStage('eu')]);
    webshop.environments.push({ id: 1, name: 'production', deployments: [aDeployment(5, 'eu')] });
    expect((await reconcile()).out).toBe(
      'webshop: 1 build, 4 events written, 0 known, 1 environment of stages found',
    );
    expect((await reconcile()).out).toBe('webshop: 1 build, 0 events written, 4 known');
    expect(
      await rowsOf(
        'StageEnvironment | where ProjectId == projectId | project RunId, StageName, EnvironmentName',
      ),
    ).toEqual([{ RunId: 5, StageName: 'eu', EnvironmentName: 'production' }]);
  });

  test('ends with 1 where environments may not be read', async () => {
    addBuild(6);
    standIn.answerNext([{ status: 403 }], ({ path }) => path.endsWith('environments'));
    const { exitCode, out } = await reconcile();
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^ {2}environments: .*the token does not permit this/m);
  });

  test('goes on where it was broken off, and forgets the progress at the end', async () => {
    for (const id of [1, 2, 3]) addBuild(id, { finishTime: `2026-03-01T10:0${id}:00Z` });
    standIn.pageSize = 1;
    const progress = join(folder, 'webshop.progress');
    standIn.answerNext([{ status: 401 }], ({ path }) => path.includes('runs/3'));
    const broken = await reconcile('--progress', progress);
    expect(broken.exitCode).toBe(3);
    expect(JSON.parse(readFileSync(progress, 'utf8'))).toEqual({
      organization: standIn.organization,
      reached: { [webshop.id]: '2026-03-01T10:02:00Z' },
    });
    const { exitCode, out } = await reconcile('--progress', progress);
    expect(exitCode).toBe(0);
    expect(out).toBe('webshop: 2 builds, 4 events written, 4 known');
    expect(existsSync(progress)).toBe(false);
  });

  test('ends with 1 and names the builds that could not be read', async () => {
    addBuild(1);
    addBuild(2);
    standIn.answerNext([{ body: [] }], ({ path }) => path.includes('runs/2'));
    const { exitCode, out } = await reconcile('--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      since: '2026-03-01T00:00:00.000Z',
      projects: [{ project: 'webshop', builds: 2, written: 4, failed: [{ buildId: 2 }] }],
    });
    expect((await reconcile()).exitCode).toBe(0);
  });

  test('ends with 3 where the database does not answer', async () => {
    addBuild(1);
    const argv = ['reconcile', '-p', 'webshop', '--since', '2026-03-01', '-c', 'http://127.0.0.1:1'];
    expect((await runCommand(argv, environmentFor(standIn))).exitCode).toBe(3);
  });
});

describe('hooks doctor, with a database', () => {
  test('misses what was delivered and is not in the changelog', async () => {
    const queue = ['-p', 'webshop', '--queue', 'contosohooks/azure-devops-events', '-e', 'runs'];
    const environment = { ...environmentFor(standIn), AZURE_STORAGE_KEY: 'key' };
    await runCommand(['hooks', 'create', ...queue], environment);
    const hourAgo = new Date(Date.now() - 3600_000).toISOString();
    for (const subscription of standIn.subscriptions) subscription.lastSuccessfulAttemptDate = hourAgo;
    const unseen = await runCommand(['hooks', 'doctor', ...queue, '-c', data.url], environment);
    expect(unseen.exitCode).toBe(1);
    expect(unseen.out).toMatch(/^PROBLEM .*delivered, but not in the changelog$/m);

    // What was reconciled was not delivered by a hook, so it does not count.
    addBuild(1);
    await reconcile();
    expect((await runCommand(['hooks', 'doctor', ...queue, '-c', data.url], environment)).exitCode).toBe(1);

    const event = {
      EventId: 'e1',
      CreatedDate: hourAgo,
      ReceivedDate: hourAgo,
      OrganizationName: standIn.organization,
      ProjectId: webshop.id,
      State: 'inProgress',
      RunId: 9,
      Event: { eventType: 'ms.vss-pipelines.run-state-changed-event' },
    };
    await data.database.ingest('RunEvent', columnsOf('RunEvent'), [event]);
    const seen = await runCommand(['hooks', 'doctor', ...queue, '-c', data.url], environment);
    expect(seen.out).toMatch(/^ok .*healthy$/m);
    expect(seen.exitCode).toBe(0);
  });
});

describe('changelog list', () => {
  const list = (...argv: string[]) =>
    runCommand(['changelog', 'list', '-p', webshop.id, '-c', data.url, ...argv], environmentFor(standIn));

  test('shows what happened, newest first, with the attempt of a rerun', async () => {
    addBuild(479);
    webshop.timelines.set('479', [aStage('deploy', { attempt: 2, result: 'failed' })]);
    await reconcile();
    const { exitCode, out } = await list('--since', '2026-03-01');
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /^TIME +KIND +RUN +SUBJECT +STATE +RESULT\n2026-03-01T10:05:00\.1234567Z +build +479 +webshop=20260301\.479 +completed +succeeded$/m,
    );
    expect(out).toMatch(/ +stage +479 +deploy \(attempt 2\) +completed +failed$/m);
    expect(out).toMatch(/ +stage +479 +deploy \(attempt 2\) +running +–$/m);
    const { events } = JSON.parse((await list('--since', '2026-03-01', '--json')).out);
    expect(events).toHaveLength(4);
    expect(events[0]).toMatchObject({
      kind: 'build',
      run: 479,
      state: 'completed',
      time: '2026-03-01T10:05:00.1234567Z',
    });
  });

  test('says when it shows only a part', async () => {
    addBuild(1);
    await reconcile();
    const { out, err } = await list('--since', '2026-03-01', '--limit', '2');
    expect(out.split('\n')).toHaveLength(3);
    expect(err).toBe('These are only the latest 2 events; see --limit.');
  });

  test('says that nothing happened', async () => {
    expect(await list()).toEqual({ exitCode: 0, out: 'No events.', err: '' });
  });
});

describe('changelog commit', () => {
  const source = 'a'.repeat(40);
  const merged = 'b'.repeat(40);
  const manifest = 'c'.repeat(40);
  const commit = (id: string, ...argv: string[]) =>
    runCommand(['changelog', 'commit', id, '-c', data.url, ...argv], environmentFor(standIn));

  /** Each test asks about an organization's changelog that others have written to, so commits are its own. */
  const addPush = (fields: object) =>
    data.database.ingest('PushEvent', columnsOf('PushEvent'), [
      {
        EventId: crypto.randomUUID(),
        CreatedDate: '2026-03-01T09:00:00Z',
        OrganizationName: standIn.organization,
        ProjectId: webshop.id,
        RepositoryName: 'webshop',
        PushedBy: 'ada@example.com',
        PushedDate: '2026-03-01T09:00:00Z',
        ...fields,
      },
    ]);

  test('follows it through merge, build, the manifest that the build pushed, and the run that consumed it', async () => {
    await addPush({ NewCommit: source });
    const place = { OrganizationName: standIn.organization, ProjectId: webshop.id };
    const pullRequest = {
      ...place,
      EventId: 'p',
      PullRequestId: 12,
      State: 'completed',
      SourceCommit: source,
      MergeCommit: merged,
    };
    await data.database.ingest('PullRequestEvent', columnsOf('PullRequestEvent'), [pullRequest]);
    addBuild(479, { sourceVersion: merged });
    await addPush({
      NewCommit: manifest,
      RepositoryName: 'manifests',
      PushedBy: 'Build\\a-guid',
      PushedDate: '2026-03-01T10:03:00Z',
    });
    addBuild(480, { sourceVersion: manifest, result: 'failed', queueTime: '2026-03-01T10:04:00Z' });
    addBuild(481, {
      sourceVersion: 'd'.repeat(40),
      queueTime: '2026-03-01T10:06:00Z',
      finishTime: '2026-03-01T10:09:00Z',
    });
    const pipelines = { upstream: { pipeline: { id: 7, name: 'webshop' }, version: '20260301.480' } };
    webshop.runs.set(481, { ...webshop.runs.get(481), resources: { pipelines } });
    await reconcile();

    const { exitCode, out } = await commit(source);
    expect(exitCode).toBe(0);
    const steps = out
      .split('\n')
      .slice(1)
      .map((line) => line.trimEnd());
    expect(steps).toEqual([
      expect.stringMatching(
        /^commit aaaaaaaaaa in webshop, pushed by ada@example\.com +– +– +2026-03-01T09:00:00/,
      ),
      expect.stringMatching(/^ {2}merged by !12: commit bbbbbbbbbb +–/),
      expect.stringMatching(
        /^ {4}built: run 479 webshop=20260301\.479 +completed +succeeded +2026-03-01T10:05/,
      ),
      expect.stringMatching(/^ {6}stage deploy +completed +succeeded +2026-03-01T10:04/),
      expect.stringMatching(/^ {6}pushed: commit cccccccccc in manifests/),
      expect.stringMatching(/^ {8}built: run 480 webshop=20260301\.480 +completed +failed/),
      expect.stringMatching(/^ {10}stage deploy +completed/),
      expect.stringMatching(/^ {10}consumed by: run 481 webshop=20260301\.481 +completed +succeeded/),
      expect.stringMatching(/^ {12}stage deploy +completed/),
    ]);
    expect(JSON.parse((await commit(source, '--json')).out)).toMatchObject({
      organization: standIn.organization,
      progress: {
        kind: 'commit',
        commit: source,
        next: [{ commit: merged, next: [{ kind: 'run', runId: 479 }] }],
      },
    });
  });

  test('ends with 1 where it is not known, and with 2 where it is no commit', async () => {
    const unknown = await commit('e'.repeat(40));
    expect(unknown).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('has no push and no run'),
    });
    expect(await commit('abc1234')).toMatchObject({ exitCode: 1, out: '' });
    for (const wrong of ['abc123', 'main', 'e'.repeat(41)]) {
      const { exitCode, err } = await commit(wrong);
      expect(exitCode).toBe(2);
      expect(err).toMatch(/commit id of 40 hexadecimal digits, or at least the first 7 of them/);
    }
  });
});

describe('changelog commit, with a short id', () => {
  const commit = (id: string) =>
    runCommand(['changelog', 'commit', id, '-c', data.url], environmentFor(standIn));
  const first = `0a1b2c3${'1'.repeat(33)}`;
  const second = `0a1b2c3${'2'.repeat(33)}`;

  beforeEach(async () => {
    addBuild(1, { sourceVersion: first });
    await reconcile();
  });

  test('follows the commit that begins so', async () => {
    const { exitCode, out } = await commit('0A1B2C3');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^commit 0a1b2c3111 .*\n {2}built: run 1 /m);
  });

  test('names the candidates if several begin so, also those inside of a push', async () => {
    await data.database.ingest('PushEvent', columnsOf('PushEvent'), [
      {
        EventId: 'e',
        OrganizationName: standIn.organization,
        ProjectId: webshop.id,
        NewCommit: 'f'.repeat(40),
        Commits: [{ Id: second, Comment: '', Author: '' }],
      },
    ]);
    const { exitCode, out, err } = await commit('0a1b2c3');
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(`0a1b2c3 is ambiguous; give more digits of one of ${first}, ${second}`);
    expect((await commit('0a1b2c31')).exitCode).toBe(0);
  });
});

describe('changelog status', () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await startAzurite();
  });
  afterAll(() => azurite.close());

  test('shows tables, retention, what was set aside, and the queues', async () => {
    const environment = { CHANGELOG_STORAGE: azurite.connectionString, CHANGELOG_QUEUE: 'events' };
    const queues = await openQueues({ storage: azurite.connectionString, name: 'events' });
    await queues.main.createIfNotExists();
    await queues.main.sendMessage('{}');
    await queues.poison.add({ reason: 'no JSON', tries: 5, firstSeen: '', lastSeen: '', body: 'rubbish' });
    await data.database.ingest(
      'SetAsideEvent',
      ['EventId', 'CreatedDate', 'ReceivedDate', 'EventType', 'Reason', 'Body'],
      [
        {
          EventId: 'e',
          CreatedDate: '2026-03-01',
          ReceivedDate: '2026-03-01',
          EventType: 'workitem.created',
          Reason: 'unknown event type',
          Body: '{}',
        },
      ],
    );
    const argv = ['changelog', 'status', '-c', data.url];
    const { exitCode, out } = await runCommand(argv, environment);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^JobEvent +0 +0\.\d MiB +90 days +– +–$/m);
    expect(out).toMatch(/^JobState +0 +0\.\d MiB +400 days +– +–$/m);
    expect(out).toMatch(/^SetAsideEvent +1 +0\.\d MiB +90 days +\d{4}-\S+ +\d{4}-/m);
    expect(out).toMatch(/^1 +workitem\.created +unknown event type$/m);
    expect(out).toMatch(/^Queue events: 1 waiting, the oldest for \d+s; 1 poison$/m);

    const json = JSON.parse((await runCommand([...argv, '--json'], environment)).out);
    expect(json).toMatchObject({ queue: { name: 'events', messages: 1, poison: 1 } });
    expect(json.tables).toContainEqual({
      name: 'SetAsideEvent',
      rows: 1,
      oldest: expect.stringMatching(/Z$/),
      newest: expect.stringMatching(/Z$/),
      bytes: expect.any(Number),
      retentionDays: 90,
    });
    const [setAside] = json.tables.filter((table: { name: string }) => table.name === 'SetAsideEvent');
    // A page for the row, one for the index by ingestion time.
    expect(setAside.bytes).toBeGreaterThanOrEqual(2 * 4096);
    const names = json.views.map((view: { name: string }) => view.name);
    expect(names).toEqual(expect.arrayContaining(['RunState', 'StageState', 'PullRequestState']));
    expect(new Set(json.views.map((view: { retentionDays: number }) => view.retentionDays))).toEqual(
      new Set([400]),
    );
  });

  test('does without a queue', async () => {
    const { exitCode, out } = await runCommand(['changelog', 'status', '-c', data.url]);
    expect(exitCode).toBe(0);
    expect(out).toContain('No queue: $CHANGELOG_STORAGE is not set.');
  });
});

hostileTextSuite(() => ({ data, standIn, webshop, columnsOf }));
