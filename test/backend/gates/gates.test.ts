/** The agentless wait in both forms, on a real engine, against a stand-in of Azure DevOps that checks the protocol. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { openWaitStore } from '../../../backend/gates/wait-store.ts';
import { type KustoClient, openKusto } from '../../../kusto/client/client.ts';
import type { Fate } from '../../../kusto/demo/stories.ts';
import { applySchemaPlan, planSchema } from '../../../kusto/schema/apply.ts';
import { type PlanServer, type ServerTask, startPlanServer } from '../../support/azure-devops/plan-server.ts';
import { type DataLayer, databaseName, startDataLayer } from '../../support/engine/data-layer.ts';
import { startKustoProxy } from '../../support/engine/kusto-proxy.ts';
import { tellRollouts, tellStories } from '../../support/engine/rollouts.ts';
import {
  type Gates,
  type ServedGatesOptions,
  startGates as serveGates,
} from '../../support/gates/served-gates.ts';
import { programArguments } from '../../support/program.ts';
import { until } from '../../support/until.ts';

const project = 'b32aa71e-8ed2-41b2-9d77-5bc261222004';
const key = randomBytes(32);
let data: DataLayer;
let kusto: KustoClient;
let plans: PlanServer;
const instances: Gates[] = [];
let lastBuildId = 9_000;

beforeAll(async () => {
  data = await startDataLayer();
  kusto = openKusto({
    cluster: data.url,
    database: databaseName,
    auth: { mode: 'none' },
    maxRequests: 32,
  });
  plans = await startPlanServer();
});
afterAll(async () => {
  kusto.close();
  await plans.close();
  await data.stop();
});
afterEach(async () => {
  await Promise.all(instances.splice(0).map((instance) => instance.close()));
  expect(plans.violations.splice(0)).toEqual([]);
});

/** A backend's gates, closed after the test. */
async function startGates(
  options: Omit<Partial<ServedGatesOptions>, 'key'> & { readonly watches?: boolean } = {},
): Promise<Gates> {
  const { watches = true, ...more } = options;
  const gates = await serveGates({ kusto, ...(watches && { key }), ...more });
  instances.push(gates);
  return gates;
}

/** Makes a build with one Ev2 rollout for each fate, and gives its id. */
async function buildWith(...entities: Fate[]): Promise<number> {
  const id = ++lastBuildId;
  await tellOf(id, ...entities);
  return id;
}

const tellOf = (id: number, ...fates: Fate[]): Promise<void> =>
  tellRollouts(data.database, { organization: 'contoso', project, id }, ...fates);

const bodyOf = (buildId: number, criteria: Record<string, unknown> = {}) => ({
  build: { organization: 'https://dev.azure.com/contoso/', projectId: project, buildId: String(buildId) },
  criteria: { settle: '0', pollInterval: '1s', ...criteria },
});

const evaluation = async (buildId: number, criteria: Record<string, unknown> = {}) => {
  const app = await startGates({ watches: false });
  const { status: code, json } = await app.send({
    path: '/gates/v1/evaluations',
    body: bodyOf(buildId, criteria),
  });
  return { code, ...json };
};

const register = (app: Gates, task: ServerTask, body: object) =>
  app.send({ path: '/gates/v1/waits?waitForCompletion=true', headers: plans.headersOf(task), body });

describe('the synchronous form', () => {
  it('answers satisfied, not yet or failed, with the deployments', async () => {
    expect(await evaluation(await buildWith('succeeded'))).toMatchObject({
      code: 200,
      status: 'satisfied',
      deployments: [{ source: 'expressv2', state: 'succeeded' }],
    });
    expect(await evaluation(await buildWith('succeeded', 'running'))).toMatchObject({ status: 'notYet' });
    expect(await evaluation(await buildWith('failed'))).toMatchObject({ status: 'failed' });
  });

  it('takes an unknown build for one whose deployments have not appeared', async () => {
    const answer = await evaluation(1);
    expect(answer).toMatchObject({ code: 200, status: 'notYet' });
    expect(answer.reason).toContain('There is no record of build 1');
  });

  it('counts the settle time from the last change', async () => {
    const id = await buildWith('succeeded');
    expect(await evaluation(id, { settle: '5h' })).toMatchObject({ status: 'notYet' });
    expect(await evaluation(id, { settle: '1s' })).toMatchObject({ status: 'satisfied' });
  });

  it('lets a failure stand for a while, counted from when it was reported, and names what has failed', async () => {
    const id = await buildWith('failed');
    const early = await evaluation(id, { failureGrace: '5h' });
    expect(early).toMatchObject({ status: 'notYet' });
    expect(early.reason).toMatch(/ failed; this fails in \d.* unless a retry replaces it$/);
    expect(await evaluation(id, { failureGrace: '1s' })).toMatchObject({ status: 'failed' });
  });

  it('fails at the first entity that fails if asked to', async () => {
    const build = { organization: 'contoso', project, id: ++lastBuildId };
    const story = { minutesAgo: 60, entities: ['succeeded', 'failed', 'running'] as const };
    await tellStories(data.database, build, [story]);
    expect(await evaluation(build.id)).toMatchObject({ status: 'notYet' });
    const failed = await evaluation(build.id, { failOnFailedEntity: 'true' });
    expect(failed).toMatchObject({ status: 'failed' });
    expect(failed.reason).toMatch(/ is in progress with 1 of 3 entities failed \(\w+ \w+\)$/);
  });

  it('is reached at the address of a task too, which has only one', async () => {
    const app = await startGates({ watches: false });
    const response = await app.send({
      path: '/gates/v1/waits?waitForCompletion=False',
      body: bodyOf(await buildWith('succeeded')),
    });
    expect(response.json).toMatchObject({ status: 'satisfied' });
  });

  it('names everything that is wrong with a request', async () => {
    const app = await startGates({ watches: false });
    const response = await app.send({
      path: '/gates/v1/evaluations',
      body: {
        build: { organization: 'a b', projectId: 'x', buildId: 0, extra: 1 },
        criteria: { waitFor: 'it', patience: 'none' },
      },
    });
    expect(response.status).toBe(400);
    const targets = response.json.details.map(({ target }: { target: string }) => target);
    expect(targets).toEqual([
      'criteria.patience',
      'build.extra',
      'build.organization',
      'build.projectId',
      'build.buildId',
      'criteria.waitFor',
    ]);
  });

  it.each(['', 'json', 'application/json; charset=\u00e9', 'text/xml'])(
    'takes the content type %j',
    async (type) => {
      const app = await startGates({ watches: false });
      const headers = { 'content-type': type };
      const response = await app.send({ path: '/gates/v1/evaluations', headers, body: bodyOf(1) });
      expect(response.status).toBe(200);
    },
  );

  it.each(['', 'no json', '[]', '{"build": 1}', '{"build": {}, "criteria": []}'])(
    'refuses the body %s',
    async (payload) => {
      const app = await startGates({ watches: false });
      const headers = { 'content-type': 'application/json' };
      const response = await app.send({ path: '/gates/v1/evaluations', headers, body: payload });
      expect(response.status).toBe(400);
      expect(response.json.code).toBe('400');
    },
  );
});

describe('the callback form', () => {
  it('acknowledges, watches while deployments progress, and completes the task once', async () => {
    const app = await startGates();
    const id = await buildWith('running');
    const task = plans.newTask();
    const response = await register(app, task, bodyOf(id));
    expect(response.status).toBe(202);
    await until(() => task.log.some((line) => line.startsWith('waiting for Ev2')));
    expect(task.completions).toEqual([]);
    await tellOf(id, 'succeeded');
    await until(() => task.completions.length > 0);
    expect(task.completions).toEqual(['succeeded']);
    expect(task.log.at(-1)).toMatch(/^satisfied: Ev2 StoreFront\/[0-9a-f-]{36} succeeded$/);
  });

  it.each([
    ['a failed deployment', 'failed', {}, 'failed'],
    ['a deployment that does not end in time', 'running', { timeout: '1s' }, 'failed'],
    [
      'the same, where only a warning is wanted',
      'running',
      { timeout: '1s', onTimeout: 'warn' },
      'succeeded',
    ],
  ] as const)('reports %s', async (_, fate, criteria, result) => {
    const app = await startGates();
    const task = plans.newTask();
    await register(app, task, bodyOf(await buildWith(fate), criteria));
    await until(() => task.completions.length > 0);
    expect(task.completions).toEqual([result]);
  });

  it('tries again when Azure DevOps cannot take the completion', async () => {
    const app = await startGates();
    const task = plans.newTask();
    plans.failNext.push(503, 503);
    await register(app, task, bodyOf(await buildWith('succeeded')));
    await until(() => task.completions.length > 0);
    expect(plans.failNext).toEqual([]);
  });

  it('completes once, although the registration came twice and three instances watch', async () => {
    const [app] = [await startGates(), await startGates(), await startGates()];
    const task = plans.newTask();
    const body = bodyOf(await buildWith('succeeded'));
    await Promise.all([register(app, task, body), register(app, task, body)]);
    await until(() => task.completions.length > 0);
    await untilNoneIsOpen();
    // They finish what they are doing before they close.
    await Promise.all(instances.splice(0).map((instance) => instance.close()));
    expect(task.completions).toEqual(['succeeded']);
  });

  it('stops when the wait is cancelled, or when the task has ended by itself', async () => {
    const app = await startGates();
    const id = await buildWith('running');
    const [cancelled, over] = [plans.newTask(), plans.newTask()];
    for (const task of [cancelled, over]) await register(app, task, bodyOf(id));
    await until(() => cancelled.log.length > 0 && over.log.length > 0);
    over.state = 'completed';
    const path = `/gates/v1/waits/${cancelled.planId}/${cancelled.jobId}/${cancelled.taskId}`;
    const headers = { AuthToken: cancelled.token };
    const response = await app.send({ method: 'DELETE', path, headers });
    expect([response.status, response.json]).toEqual([202, { status: 'accepted' }]);
    await untilNoneIsOpen();
    await tellOf(id, 'succeeded');
    expect([...cancelled.completions, ...over.completions]).toEqual([]);
  });

  it('gives up a wait whose token is not accepted any more', async () => {
    const app = await startGates();
    const task = plans.newTask();
    const id = await buildWith('running');
    await register(app, { ...task, token: 'expired' }, bodyOf(id));
    await untilNoneIsOpen();
    expect(task.completions).toEqual([]);
  });

  it('calls back only where it may, and never repeats the token', async () => {
    const app = await startGates({ callbackHosts: ['dev.azure.com', '*.visualstudio.com'] });
    const task = plans.newTask();
    const id = await buildWith('succeeded');
    for (const PlanUrl of [
      plans.url,
      'http://dev.azure.com/contoso/',
      'https://dev.azure.com.evil.example/',
      'https://evilvisualstudio.com/',
      'https://user:pass@dev.azure.com/',
      'file:///etc/passwd',
      '',
    ]) {
      const headers = { ...plans.headersOf(task), PlanUrl };
      const response = await app.send({
        path: '/gates/v1/waits',
        headers,
        body: bodyOf(id),
      });
      expect(response.status).toBe(400);
      expect(response.json.details).toEqual([expect.objectContaining({ target: 'PlanUrl' })]);
      expect(response.text).not.toContain(task.token);
    }
  });

  it('names every header that is missing', async () => {
    const app = await startGates();
    const response = await app.send({ path: '/gates/v1/waits', body: bodyOf(1) });
    const targets = response.json.details.map(({ target }: { target: string }) => target);
    expect(targets.sort()).toEqual([
      'AuthToken',
      'HubName',
      'JobId',
      'PlanId',
      'PlanUrl',
      'ProjectId',
      'TaskInstanceId',
      'TimelineId',
    ]);
  });

  it('is watched in the background, so that no watch keeps an evaluation waiting', async () => {
    const proxy = await startKustoProxy(data.url);
    const watched = openKusto({ cluster: proxy.url, database: databaseName, auth: { mode: 'none' } });
    const app = await startGates({ kusto: watched });
    const task = plans.newTask();
    const id = await buildWith('running');
    expect((await register(app, task, bodyOf(id))).status).toBe(202);
    const looksAt = (buildId: number) =>
      proxy.asked.filter(({ parameters }) => parameters.AdoBuildId === String(buildId));
    await until(() => looksAt(id).length > 0);
    expect(looksAt(id)[0]?.options).not.toHaveProperty('queryconsistency');
    await app.send({ path: '/gates/v1/evaluations', body: bodyOf(1) });
    expect(looksAt(1)[0]?.options).toHaveProperty('queryconsistency');
    task.state = 'completed';
    await untilNoneIsOpen();
    await app.close();
    watched.close();
    await proxy.close();
  });

  it('is decrypted once, however often it is looked at', async () => {
    const app = await startGates({ inBackground: false });
    const task = plans.newTask();
    const { id } = (await register(app, task, bodyOf(await buildWith('running')))).json;
    const store = openWaitStore({
      database: data.database,
      key,
      callbackHosts: ['127.0.0.1'],
      now: Date.now,
    });
    const looks = [await store.open(), await store.open()];
    const [first, second] = looks.map(({ waits }) => waits.find((wait) => wait.id === id));
    expect(first?.token).toBe(task.token);
    expect(second).toBe(first);
    if (first) await store.end(first, 'cancelled', 'the test is over');
  });

  it('stores no token that anybody without the key could read', async () => {
    const app = await startGates();
    const task = plans.newTask();
    await register(app, task, bodyOf(await buildWith('running')));
    const rows = await data.database.query(`GateWaitEvent | where WaitId contains '${task.taskId}'`);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(task.token);
    task.state = 'completed';
    await untilNoneIsOpen();
  });

  it('cannot be had without a key, and says so', async () => {
    const app = await startGates({ watches: false });
    const response = await register(app, plans.newTask(), bodyOf(1));
    expect(response.status).toBe(503);
    expect(response.json.message).toContain('GATES_KEY is not set');
  });
});

it('a wait is watched in a table that an earlier version made', async () => {
  const older = await startDataLayer();
  const database = openKusto({ cluster: older.url, database: databaseName, auth: { mode: 'none' } });
  const names = ['Registration', 'SealedToken', 'Outcome', 'Reason'];
  const added = names.map((name) => `${name}: string`).join(', ');
  await database.command('.drop table GateWaitEvent');
  await database.command(
    `.create table GateWaitEvent (Time: datetime, WaitId: string, Event: string, OrganizationName: string, ProjectId: string, BuildId: long, ${added})`,
  );
  await applySchemaPlan(database, await planSchema(database, databaseName));
  const app = await startGates({ kusto: database });
  const task = plans.newTask();
  await register(app, task, bodyOf(1, { appearTimeout: '1s' }));
  await until(() => task.completions.length > 0);
  expect(task.completions).toEqual(['failed']);
  await app.close();
  database.close();
  await older.stop();
});

describe('a backend that lives only while it is called', () => {
  const start = () => startGates({ inBackground: false });
  const aMinute = () => AbortSignal.timeout(60_000);

  it('watches while a wait is open and no longer, and not at all while none is', async () => {
    let looks = 0;
    const query: KustoClient['query'] = (text, ...others) => {
      if (text.includes('GetOpenGateWaits')) looks++;
      return kusto.query(text, ...others);
    };
    const app = await startGates({ inBackground: false, kusto: { ...kusto, query } });
    await app.watch(aMinute());
    expect(looks).toBe(1);
    const task = plans.newTask();
    const id = await buildWith('running');
    await register(app, task, bodyOf(id));
    expect([looks, task.log]).toEqual([1, []]);
    const watching = app.watch(aMinute());
    await until(() => task.log.length > 0);
    await tellOf(id, 'succeeded');
    await watching;
    expect(task.completions).toEqual(['succeeded']);
    await untilNoneIsOpen();
  });

  it('remembers between two calls what it has seen', async () => {
    const app = await start();
    const task = plans.newTask();
    await register(app, task, bodyOf(await buildWith('succeeded'), { settle: '2s' }));
    while (task.completions.length === 0) await app.watch(AbortSignal.timeout(500));
    expect(task.completions).toEqual(['succeeded']);
  });

  it('gives the lease back when its time is up', async () => {
    const app = await start();
    const task = plans.newTask();
    await register(app, task, bodyOf(await buildWith('running')));
    const calling = new AbortController();
    const watching = app.watch(calling.signal);
    await until(() => task.log.length > 0);
    calling.abort();
    await watching;
    const holders = await data.database.query(
      "JobLease | where Job == 'GateWaits' | summarize arg_max(ClaimedAt, ExpiresAt) by Holder | where ExpiresAt > now()",
    );
    expect(holders).toEqual([]);
    task.state = 'completed';
    await app.watch(aMinute());
    await untilNoneIsOpen();
  });
});

it('writes nothing while no wait is open', async () => {
  await untilNoneIsOpen();
  let looks = 0;
  const commands: string[] = [];
  const database: KustoClient = {
    ...kusto,
    query: (...query) => kusto.query(...query).finally(() => looks++),
    command: (text) => {
      commands.push(text);
      return kusto.command(text);
    },
  };
  await startGates({ kusto: database });
  await until(() => looks >= 5);
  expect(commands).toEqual([]);
});

describe('a backend that is killed', () => {
  it('completes each of 200 registered waits exactly once after its restart', async () => {
    const running = await buildWith('running');
    const done = await buildWith('succeeded');
    const tasks = Array.from({ length: 200 }, () => plans.newTask());
    const first = await startGatesProcess();
    for (const [index, task] of tasks.entries()) {
      const response = await fetch(`${first.url}/gates/v1/waits`, {
        method: 'POST',
        headers: plans.headersOf(task),
        body: JSON.stringify(bodyOf(index % 4 === 0 ? done : running)),
      });
      expect(response.status).toBe(202);
    }
    const completed = () => tasks.filter(({ completions }) => completions.length > 0).length;
    await until(() => completed() > 10);
    await first.kill();
    const second = await startGatesProcess();
    await tellOf(running, 'succeeded');
    await until(() => completed() === tasks.length, 120_000);
    await untilNoneIsOpen();
    await second.kill();
    expect(first.output() + second.output()).not.toContain('plan-token-');
    expect(tasks.map(({ completions }) => completions)).toEqual(tasks.map(() => ['succeeded']));
  });
});

it('tells a service connection that the service is there', async () => {
  const app = await startGates({ watches: false });
  expect((await app.send({ method: 'GET', path: '/gates/v1/connection' })).json).toEqual({ status: 'ok' });
});

const untilNoneIsOpen = (): Promise<void> =>
  until(async () => (await data.database.query('GetOpenGateWaits()')).length === 0);

interface GatesProcess {
  readonly url: string;
  output(): string;
  /** Kills it without a chance to say anything. */
  kill(): Promise<void>;
}

async function startGatesProcess(): Promise<GatesProcess> {
  const settings = JSON.stringify({ cluster: data.url, database: databaseName, key: key.toString('base64') });
  const command = [...programArguments('test/backend/gates/gates-process.ts'), settings];
  const child = spawn(process.execPath, command, { env: { PATH: process.env.PATH ?? '' } });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const [, address] = /^(http:\S+)/m.exec(output) ?? [];
      if (address) resolve(address);
    });
    child.once('exit', () => reject(new Error(`the process ended: ${output}`)));
  });
  return {
    url,
    output: () => output,
    kill: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}
