/** The scheduler of the jobs: which jobs and windows a round runs, what it writes, and how fast a nudge is. */
import type { KustoClient } from '../../../kusto/client/client.ts';
import { buildDrop, ev2Change, guidOf } from '../../../kusto/demo/events.ts';
import { type Job, loadJobs } from '../../../kusto/jobs/job.ts';
import { withLease } from '../../../kusto/jobs/lease.ts';
import { jobLags, watermark } from '../../../kusto/jobs/progress.ts';
import { jobRoundMs } from '../../../kusto/jobs/round.ts';
import { JobScheduler, type JobSchedulerOptions } from '../../../kusto/jobs/scheduler.ts';
import type { Window } from '../../../kusto/jobs/window.ts';
import { loadDefinitions } from '../../../kusto/schema/load.ts';
import { sleep } from '../../../net/sleep.ts';
import { startTestChangelog, type TestChangelog } from '../../support/changelog/changelog.ts';
import { runEvent } from '../../support/changelog/events.ts';
import type { DataLayer } from '../../support/engine/data-layer.ts';
import { until } from '../../support/until.ts';

let changelog: TestChangelog;
let layer: DataLayer;
const [first, second] = loadJobs().filter(({ name }) => /^Build2Payload(Ev2|PF)$/.test(name));
if (!first || !second) throw new Error('the jobs of this test are gone');

beforeAll(async () => {
  changelog = await startTestChangelog();
  layer = changelog.layer;
});
afterAll(() => changelog.stop());

const filled = ['JobWindow', 'JobLease', 'ChangeEvent', 'BuildArtifact', 'RunEvent', 'Build2Payload'];
afterEach(async () => {
  for (const table of filled) await layer.database.command(`.clear table ${table} data`);
});

const scheduler = (options: Partial<JobSchedulerOptions> = {}) =>
  new JobScheduler({ database: layer.database, ...options });
const reached = (job: Job): Promise<Date | undefined> => watermark(layer.database, job);
const build = { organization: 'contoso', project: guidOf('project'), id: 1 };
const change = () =>
  ev2Change(
    build,
    { serviceTreeId: guidOf('s'), serviceGroup: 'Shop', buildNumber: '1.0' },
    guidOf('r'),
    new Date(),
  );

async function count(table: string): Promise<number> {
  return Number((await layer.database.query(`${table} | count`))[0]?.Count);
}

/** A scheduler that closes windows at once, and the names of the jobs that it has run since the last look. */
function observed(options: Partial<JobSchedulerOptions> = {}): [JobScheduler, () => string[]] {
  const run: string[] = [];
  const onWindow = ({ name }: Job): void => void run.push(name);
  return [scheduler({ settleMs: 0, since: new Date(), onWindow, ...options }), () => run.splice(0)];
}

test('every window ends so late that, with the pause between rounds, a minute is kept', async () => {
  const before = Date.now();
  await scheduler().round();
  for (const job of loadJobs()) {
    const unmappedMs = before - Number(await reached(job));
    expect(unmappedMs + jobRoundMs).toBeLessThanOrEqual(45_000);
  }
});

test('an idle system writes nothing, however many rounds there are', async () => {
  const idle = scheduler({ since: new Date(Date.now() - 60_000) });
  await idle.round();
  const written = async () => [await count('JobWindow'), await count('JobLease')];
  const afterFirst = await written();
  expect(afterFirst).toEqual([loadJobs().length, 2 * loadJobs().length]);
  for (let rounds = 0; rounds < 20; rounds++) await idle.round();
  await scheduler().round();
  expect(await written()).toEqual(afterFirst);
});

test('only the jobs whose tables have new rows run, each once', async () => {
  const [rounds, jobsRun] = observed();
  await rounds.round();
  await sleep(5);
  await rounds.round();
  jobsRun();
  await layer.ingest(change());
  await until(async () => {
    await rounds.round();
    return (await count('Build2Payload')) === 1;
  });
  expect(new Set(jobsRun())).toEqual(new Set(['Build2PayloadEv2']));
  await sleep(5);
  await rounds.round();
  jobsRun();
  await rounds.round();
  expect(jobsRun()).toEqual([]);

  await layer.ingest(buildDrop(build, { branch: 'b', version: 'v' }));
  await rounds.round();
  expect(jobsRun()).toEqual(['Build2PayloadAzDeployer', 'Build2PayloadPF']);
});

test('a job that has found nothing for an hour runs once, over everything since its watermark', async () => {
  const windows: Window[] = [];
  const rounds = scheduler({ jobs: [first], onWindow: (_, window) => void windows.push(window) });
  await layer.database.command(
    `.append JobWindow <| print Job = '${first.name}', WindowStart = ago(3h), WindowEnd = ago(2h), Holder = 'us', FinishedAt = ago(61m), IsSweep = true`,
  );
  const end = await reached(first);
  await rounds.round();
  await rounds.round();
  expect(windows).toHaveLength(1);
  expect(windows[0]?.start).toEqual(end);
});

test('a job is behind by the age of its watermark while a table that it reads has newer rows, else not at all', async () => {
  expect(await jobLags(layer.database)).toEqual(new Map());
  await layer.database.command(
    `.append JobWindow <| print Job = '${first.name}', WindowStart = ago(3h), WindowEnd = ago(2h), Holder = 'us', FinishedAt = ago(61m), IsSweep = true`,
  );
  expect(await jobLags(layer.database)).toEqual(new Map([[first.name, 0]]));
  await layer.ingest(change());
  const lags = await jobLags(layer.database);
  expect([...lags.keys()]).toEqual([first.name]);
  expect(lags.get(first.name)).toBeGreaterThanOrEqual(2 * 3_600);
});

test('all jobs run where it cannot be found out what is new', async () => {
  const refusing: KustoClient = {
    ...layer.database,
    query: (text, parameters) =>
      text.includes('NewestRows')
        ? Promise.reject(new Error('a cluster is away'))
        : layer.database.query(text, parameters),
  };
  await scheduler().round();
  const [rounds, jobsRun] = observed({ database: refusing });
  await rounds.round();
  expect(jobsRun()).toEqual(loadJobs().map(({ name }) => name));
});

test('everything that a job maps from is watched', () => {
  const newestRows = loadDefinitions().find(
    (definition) => definition.kind === 'function' && definition.name === 'NewestRows',
  );
  const text = newestRows?.kind === 'function' ? newestRows.body : '';
  const watched = [...text.matchAll(/Source = '(\w+)'/g)].map(([, source]) => source);
  expect(watched.sort()).toEqual([...new Set(loadJobs().flatMap(({ reads }) => reads))].sort());
});

test('a job that another holder runs is left to it, and the others run', async () => {
  const failures: unknown[] = [];
  const taken: string[] = [];
  await withLease(layer.database, { job: first.name, holder: 'another', durationMs: 60_000 }, () =>
    scheduler({
      jobs: [first, second],
      onTaken: ({ name }) => taken.push(name),
      onFailure: (_, error) => failures.push(error),
    }).round(),
  );
  expect(taken).toEqual([first.name]);
  expect(await reached(first)).toBeUndefined();
  expect(await reached(second)).toBeInstanceOf(Date);
  expect(failures).toEqual([]);
});

test('a job that fails is reported, and the others run', async () => {
  const bad: Job = { ...first, name: 'Bad', query: 'NoSuchTable' };
  const failures: string[] = [];
  const onFailure = ({ name }: Job): void => void failures.push(name);
  await scheduler({ jobs: [bad, second], onFailure }).round();
  expect(failures).toEqual(['Bad']);
  expect(await reached(second)).toBeInstanceOf(Date);
});

test('rounds follow each other until the scheduler is stopped', async () => {
  const bad: Job = { ...first, name: 'Bad', query: 'NoSuchTable' };
  let rounds = 0;
  const running = scheduler({ jobs: [bad, second], settleMs: 0, roundMs: 5, onFailure: () => void rounds++ });
  running.start();
  await until(() => rounds >= 3);
  await running.stop();
  const last = [rounds, await reached(second)];
  await sleep(50);
  expect([rounds, await reached(second)]).toEqual(last);
});

test('a nudge maps what has just been committed, and writes neither window nor lease', async () => {
  const nudged = scheduler();
  const startedAt = performance.now();
  await changelog.deliver(runEvent({ runId: 1 }));
  nudged.nudge({ startedAt });
  await until(async () => (await count('Build2Payload')) === 1);
  await nudged.stop();
  expect([await count('JobWindow'), await count('JobLease')]).toEqual([0, 0]);
});

test('what was committed before the stop is mapped, and is not mapped twice by a round', async () => {
  let commands = 0;
  const counting: KustoClient = {
    ...layer.database,
    command: (text, options) => layer.database.command(text, options).finally(() => commands++),
  };
  const stopped = scheduler({ database: counting, tailMs: 60_000 });
  stopped.nudge({ startedAt: performance.now() });
  await until(() => commands === loadJobs().filter(({ mapsChangelog }) => mapsChangelog).length);
  const startedAt = performance.now();
  await changelog.deliver(runEvent({ runId: 2 }));
  stopped.nudge({ startedAt });
  expect(await count('Build2Payload')).toBe(0);
  await stopped.stop();
  expect(await count('Build2Payload')).toBe(1);
  await scheduler({ settleMs: 0 }).round();
  expect(await count('Build2Payload')).toBe(1);
});

test('a nudge that fails is reported, and tried again', async () => {
  let refusals = 2;
  const failures: string[] = [];
  const refusing: KustoClient = {
    ...layer.database,
    command: (text, options) =>
      refusals-- > 0 ? Promise.reject(new Error('away')) : layer.database.command(text, options),
  };
  const nudged = scheduler({ database: refusing, onFailure: ({ name }) => failures.push(name) });
  const startedAt = performance.now();
  await changelog.deliver(runEvent({ runId: 3 }));
  nudged.nudge({ startedAt });
  await until(async () => (await count('Build2Payload')) === 1);
  await nudged.stop();
  expect(failures).toHaveLength(2);
});
