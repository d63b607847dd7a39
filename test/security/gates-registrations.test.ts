/** Registered waits under attack: by callers without the plan's token, and by somebody who can write to the table. */
import { randomBytes, randomUUID } from 'node:crypto';
import { type KustoClient, openKusto } from '../../kusto/client/client.ts';
import type { Row } from '../../kusto/client/rows.ts';
import type { Fate } from '../../kusto/demo/stories.ts';
import { type PlanServer, type ServerTask, startPlanServer } from '../support/azure-devops/plan-server.ts';
import { type DataLayer, databaseName, startDataLayer } from '../support/engine/data-layer.ts';
import { tellRollouts } from '../support/engine/rollouts.ts';
import { type Gates, type ServedGatesOptions, startGates } from '../support/gates/served-gates.ts';
import { cancelServerTask, executeServerTask } from '../support/tasks/server-task.ts';
import { until } from '../support/until.ts';

const project = 'b32aa71e-8ed2-41b2-9d77-5bc261222004';
const key = randomBytes(32);
let data: DataLayer;
let kusto: KustoClient;
let plans: PlanServer;
/** Stands for a host of the attacker's. */
let attacker: PlanServer;
let lastBuildId = 40_000;
const open: Gates[] = [];

beforeAll(async () => {
  data = await startDataLayer();
  kusto = openKusto({ cluster: data.url, database: databaseName, auth: { mode: 'none' } });
  plans = await startPlanServer();
  attacker = await startPlanServer();
});
afterAll(async () => {
  kusto.close();
  await plans.close();
  await attacker.close();
  await data.stop();
});
afterEach(async () => {
  for (const task of plans.tasks) task.state = 'completed';
  await Promise.all(open.splice(0).map((gates) => gates.close()));
});

async function serve(options: Partial<ServedGatesOptions> = {}): Promise<Gates> {
  const gates = await startGates({ kusto, key, ...options });
  open.push(gates);
  return gates;
}

async function buildWith(...fates: Fate[]): Promise<number> {
  const id = ++lastBuildId;
  await tellRollouts(data.database, { organization: 'contoso', project, id }, ...fates);
  return id;
}

const bodyOf = (buildId: number, criteria: object = {}) => ({
  build: { organization: 'contoso', projectId: project, buildId },
  criteria: { settle: '0', pollInterval: '1s', ...criteria },
});

const register = (gates: Gates, task: ServerTask, body: object, headers: Record<string, string> = {}) =>
  gates.send({ path: '/gates/v1/waits', headers: { ...plans.headersOf(task), ...headers }, body });

const cancel = ({ url }: Gates, { planId, jobId, taskId }: ServerTask, headers: Record<string, string>) =>
  fetch(`${url}/gates/v1/waits/${planId}/${jobId}/${taskId}`, { method: 'DELETE', headers });

const eventsOf = ({ taskId }: ServerTask): Promise<Row[]> =>
  data.database.query(`GateWaitEvent | where WaitId contains '${taskId}' | order by Time asc`);

const endOf = async (task: ServerTask): Promise<Row | undefined> =>
  (await eventsOf(task)).find(({ Event }) => Event === 'ended' || Event === 'cancelled');

describe('somebody who does not have the plan’s token', () => {
  it('cannot cancel a wait, and is not told whether there is one', async () => {
    const gates = await serve();
    const [task, unknown] = [plans.newTask(), plans.newTask()];
    const id = await buildWith('running');
    await register(gates, task, bodyOf(id));
    await until(() => task.log.length > 0);
    const answers = [
      await cancel(gates, task, { AuthToken: 'guessed' }),
      await cancel(gates, unknown, { AuthToken: 'guessed' }),
    ];
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect(texts[0]).toBe(texts[1]);
    expect((await cancel(gates, task, {})).status).toBe(400);
    await tellRollouts(data.database, { organization: 'contoso', project, id }, 'succeeded');
    await until(() => task.completions.length > 0);
    expect(task.completions).toEqual(['succeeded']);
    expect(await eventsOf(unknown)).toEqual([]);
  });

  it('cannot cancel a wait before it is registered', async () => {
    const gates = await serve();
    const task = plans.newTask();
    await cancel(gates, task, { AuthToken: 'guessed' });
    // Not even with the token: there is nothing yet that it could cancel.
    await cancel(gates, task, { AuthToken: task.token });
    expect(await eventsOf(task)).toEqual([]);
    await register(gates, task, bodyOf(await buildWith('succeeded')));
    await until(() => task.completions.length > 0);
    expect(task.completions).toEqual(['succeeded']);
  });

  it('cannot take the place of a wait by registering it first', async () => {
    const gates = await serve();
    const task = plans.newTask();
    const [theirs, ours] = [await buildWith('failed'), await buildWith('succeeded')];
    await register(gates, task, bodyOf(theirs), { AuthToken: 'guessed' });
    await until(async () => (await endOf(task)) !== undefined);
    await register(gates, task, bodyOf(ours));
    await until(() => task.completions.length > 0);
    expect(task.completions).toEqual(['succeeded']);
    expect(await endOf(task)).toMatchObject({
      Outcome: 'notAllowed',
      Reason: "Azure DevOps does not accept the plan's token (401)",
    });
  });

  it('has nothing looked up: a wait counts only once Azure DevOps has confirmed it', async () => {
    let lookups = 0;
    const counting: KustoClient = {
      ...kusto,
      query(text, ...more) {
        if (text.includes('GetBuild2Deployment')) lookups++;
        return kusto.query(text, ...more);
      },
    };
    const gates = await serve({ kusto: counting });
    const task = plans.newTask();
    task.isListed = false;
    await register(gates, task, bodyOf(await buildWith('succeeded')));
    await until(() => plans.calls.some((call) => call.task === task));
    const refused = plans.newTask();
    await register(gates, refused, bodyOf(1), { AuthToken: 'guessed' });
    await until(async () => (await endOf(refused)) !== undefined);
    expect(lookups).toBe(0);
    expect(task.completions).toEqual([]);
    task.isListed = true;
    await until(() => task.completions.length > 0);
    expect(lookups).toBeGreaterThan(0);
    await until(async () => (await endOf(task)) !== undefined);
    const events = (await eventsOf(task)).map(({ Event }) => Event);
    expect(events).toEqual(['registered', 'confirmed', 'ended']);
  });
});

it('the task as the platform sends it is cancelled with the token of its plan', async () => {
  const gates = await serve();
  const task = plans.newTask();
  const id = await buildWith('running');
  const headers = plans.headersOf(task);
  const run = {
    serviceUrl: gates.url,
    inputs: { organization: 'contoso', project, buildId: String(id), deployments: '*"\\folder\n*' },
    variables: {
      'system.CollectionUri': plans.url,
      'system.TeamProjectId': plans.projectId,
      'system.HostType': 'build',
      'system.PlanId': task.planId,
      'system.JobId': task.jobId,
      'system.TimelineId': task.timelineId,
      'system.TaskInstanceId': task.taskId,
      'system.AccessToken': headers.AuthToken ?? '',
    },
  };
  expect((await executeServerTask(run)).status).toBe(202);
  await until(() => task.log.length > 0);
  expect((await cancelServerTask(run)).status).toBe(202);
  await until(async () => (await endOf(task)) !== undefined);
  expect(await endOf(task)).toMatchObject({ Event: 'cancelled' });
});

describe('somebody who can write to the table', () => {
  /** Adds the registration of a wait again, changed. */
  const addChanged = async (task: ServerTask, change: (row: Row) => Row): Promise<void> => {
    const [row = {}] = await eventsOf(task);
    const changed = change(row);
    await data.database.ingest('GateWaitEvent', Object.keys(changed), [
      { ...changed, Time: new Date(String(changed.Time)) },
    ]);
  };

  it('cannot have a token sent to another address', async () => {
    const gates = await serve({ inBackground: false });
    const [task, victim] = [plans.newTask(), plans.newTask()];
    await register(gates, task, bodyOf(await buildWith('succeeded')));
    await register(gates, victim, bodyOf(await buildWith('succeeded')));
    const [mine = {}] = await eventsOf(task);
    for (const change of [
      // The registration of one wait under the name of another, at an earlier time, and with a changed byte.
      (row: Row) => ({ ...row, Registration: mine.Registration }),
      (row: Row) => ({ ...row, Time: '2020-01-01T00:00:00Z' }),
      (row: Row) => ({ ...row, Registration: `A${String(row.Registration).slice(1)}` }),
      // Everything beside it.
      (row: Row) => ({ ...row, Caller: new URL(attacker.url).host, PlanId: randomUUID() }),
      // What earlier versions wrote, and what nobody writes.
      (row: Row) => ({ ...row, Registration: JSON.stringify({ task: { url: attacker.url } }) }),
      (row: Row) => ({ ...row, Registration: 'null' }),
      (row: Row) => ({ ...row, Registration: '{' }),
      (row: Row) => ({ ...row, WaitId: "x'|\n", Registration: '' }),
    ]) {
      await addChanged(victim, change);
    }
    const watching = gates.watch(AbortSignal.timeout(60_000));
    await until(() => task.completions.length > 0 && victim.completions.length > 0);
    expect([...task.completions, ...victim.completions]).toEqual(['succeeded', 'succeeded']);
    expect(attacker.calls).toEqual([]);
    expect(attacker.violations).toEqual([]);
    await watching;
  });

  it('cannot bring a wait back that has ended, nor end it ahead of time', async () => {
    const gates = await serve();
    const [ended, coming] = [plans.newTask(), plans.newTask()];
    await register(gates, ended, bodyOf(await buildWith('succeeded')));
    await until(async () => (await endOf(ended)) !== undefined);
    const callsOf = (task: ServerTask) => plans.calls.filter((call) => call.task === task).length;
    const callsUntilTheEnd = callsOf(ended);
    await addChanged(ended, (row) => row);
    await addChanged(ended, (row) => ({ ...row, Time: new Date(Date.now() + 60_000).toISOString() }));
    await register(gates, coming, bodyOf(await buildWith('running')));
    await until(() => coming.log.length > 0);
    await addChanged(coming, (row) => ({ ...row, Event: 'cancelled', Time: '2020-01-01T00:00:00Z' }));
    coming.state = 'completed';
    await until(async () => (await eventsOf(coming)).some(({ Outcome }) => Outcome === 'abandoned'));
    expect(ended.completions).toEqual(['succeeded']);
    expect(callsOf(ended)).toBe(callsUntilTheEnd);
  });
});

it('a wait whose host has been taken off the list is not called back', async () => {
  const first = await serve({ inBackground: false });
  const task = plans.newTask();
  await register(first, task, bodyOf(await buildWith('succeeded')));
  await first.close();
  const second = await serve({ callbackHosts: ['dev.azure.com'], inBackground: false });
  await second.watch(AbortSignal.timeout(500));
  expect(plans.calls.filter((call) => call.task === task)).toEqual([]);
});

describe('open waits are bounded', () => {
  const confirmed = async (task: ServerTask): Promise<void> =>
    until(async () => (await eventsOf(task)).some(({ Event }) => Event === 'confirmed'));

  it('for each plan, in which a wait that is registered again counts once', async () => {
    const gates = await serve({ caps: { perPlan: 2 } });
    const running = bodyOf(await buildWith('running'));
    const first = plans.newTask();
    const [second, third] = [plans.newTask(first), plans.newTask(first)];
    for (const task of [first, second]) {
      expect((await register(gates, task, running)).status).toBe(202);
      await confirmed(task);
    }
    expect((await register(gates, second, running)).status).toBe(202);
    expect(await eventsOf(second)).toHaveLength(2);
    const refused = await register(gates, third, running);
    expect([refused.status, refused.json.message]).toEqual([
      429,
      'This plan has 2 open waits; more are not accepted.',
    ]);
    expect((await register(gates, plans.newTask(), running)).status).toBe(202);
    first.state = 'completed';
    await until(async () => (await endOf(first)) !== undefined);
    expect((await register(gates, third, running)).status).toBe(202);
  });

  it('for each organization', async () => {
    const others = await startPlanServer();
    const gates = await serve({ caps: { perOrganization: 1 } });
    const running = bodyOf(await buildWith('running'));
    const task = others.newTask();
    const send = (body: ServerTask) =>
      gates.send({ path: '/gates/v1/waits', headers: others.headersOf(body), body: running });
    expect((await send(task)).status).toBe(202);
    await confirmed(task);
    expect((await send(others.newTask())).status).toBe(429);
    // Claims of others do not use up an organization's share.
    expect((await register(gates, plans.newTask(), running, { AuthToken: 'guessed' })).status).toBe(202);
    task.state = 'completed';
    await until(async () => (await endOf(task)) !== undefined);
    await others.close();
  });

  it('for each address, as long as Azure DevOps has not confirmed them, however many come at once', async () => {
    const gates = await serve({ caps: { unconfirmedPerAddress: 3 }, inBackground: false });
    const flood = Array.from({ length: 12 }, () => register(gates, plans.newTask(), bodyOf(1)));
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 202).length).toBeLessThanOrEqual(3);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(9);
  });
});
