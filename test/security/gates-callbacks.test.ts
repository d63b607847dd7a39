/** Where a wait calls back, how it is refused there, and what a request may hold. */
import { randomBytes } from 'node:crypto';
import { type KustoClient, openKusto } from '../../kusto/client/client.ts';
import { type PlanServer, type ServerTask, startPlanServer } from '../support/azure-devops/plan-server.ts';
import { type DataLayer, databaseName, startDataLayer } from '../support/engine/data-layer.ts';
import { tellRollouts } from '../support/engine/rollouts.ts';
import { type Gates, type ServedGatesOptions, startGates } from '../support/gates/served-gates.ts';
import { until } from '../support/until.ts';

const project = 'b32aa71e-8ed2-41b2-9d77-5bc261222004';
const key = randomBytes(32);
let data: DataLayer;
let kusto: KustoClient;
let plans: PlanServer;
let lastBuildId = 50_000;
const open: Gates[] = [];

beforeAll(async () => {
  data = await startDataLayer();
  kusto = openKusto({ cluster: data.url, database: databaseName, auth: { mode: 'none' } });
  plans = await startPlanServer();
});
afterAll(async () => {
  kusto.close();
  await plans.close();
  await data.stop();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((gates) => gates.close()));
});

async function serve(options: Partial<ServedGatesOptions> = {}): Promise<Gates> {
  const gates = await startGates({ kusto, key, ...options });
  open.push(gates);
  return gates;
}

async function finishedBuild(): Promise<number> {
  const id = ++lastBuildId;
  await tellRollouts(data.database, { organization: 'contoso', project, id }, 'succeeded');
  return id;
}

const bodyOf = (buildId: number, criteria: object = {}) => ({
  build: { organization: 'contoso', projectId: project, buildId },
  criteria: { settle: '0', pollInterval: '1s', ...criteria },
});

const endOf = async ({ taskId }: ServerTask) =>
  (await data.database.query(`GateWaitEvent | where WaitId contains '${taskId}' and Event == 'ended'`))[0];

describe('a plan that refuses its token', () => {
  it.each([
    ['redirect', "Azure DevOps asks to sign in instead of accepting the plan's token (302)"],
    ['page with 203', "Azure DevOps asks to sign in instead of accepting the plan's token (203)"],
    ['page with 200', "Azure DevOps asks to sign in instead of accepting the plan's token (200)"],
    ['unauthorized', "Azure DevOps does not accept the plan's token (401)"],
  ] as const)('ends the wait, with the reason: %s', async (refusal, reason) => {
    const gates = await serve();
    const task = plans.newTask();
    task.refusal = refusal;
    const headers = plans.headersOf(task);
    await gates.send({ path: '/gates/v1/waits', headers, body: bodyOf(await finishedBuild()) });
    await until(async () => (await endOf(task)) !== undefined);
    expect(await endOf(task)).toMatchObject({ Outcome: 'notAllowed', Reason: reason });
    // Asked once, and never again.
    expect(plans.calls.filter((call) => call.task === task)).toHaveLength(1);
  });
});

it('a host that never answers does not delay the waits of another', async () => {
  const silent = await startPlanServer();
  const gates = await serve();
  const id = await finishedBuild();
  for (let count = 0; count < 40; count++) {
    const task = silent.newTask();
    task.refusal = 'silence';
    await gates.send({ path: '/gates/v1/waits', headers: silent.headersOf(task), body: bodyOf(id) });
  }
  await until(() => silent.calls.length >= 16);
  const task = plans.newTask();
  await gates.send({ path: '/gates/v1/waits', headers: plans.headersOf(task), body: bodyOf(id) });
  await until(() => task.completions.length > 0);
  // Nothing of the silent host had to be given up first, and it was not asked without a bound.
  expect(silent.givenUp()).toBe(0);
  expect(silent.calls).toHaveLength(16);
  await silent.close();
});

describe('a registration is refused', () => {
  const refusal = async (headers: Record<string, string>, callbackHosts?: readonly string[]) => {
    const gates = await serve(callbackHosts ? { callbackHosts } : {});
    const task = plans.newTask();
    const { status, json, text } = await gates.send({
      path: '/gates/v1/waits',
      headers: { ...plans.headersOf(task), ...headers },
      body: bodyOf(1),
    });
    expect(text).not.toContain(task.token);
    expect(text.length).toBeLessThan(4_000);
    return { status, details: json.details };
  };
  const services = ['dev.azure.com', '*.visualstudio.com'];

  it.each(
    [
      'https://dev.azure.com:8443/contoso/',
      'https://dev.azure.com:80/contoso/',
      'http://dev.azure.com/contoso/',
      'http://127.0.0.1:80/contoso/',
      'https://127.0.0.1/contoso/',
      'http://localhost:7071/contoso/',
      'https://[::1]/contoso/',
      `https://dev.azure.com/${'a'.repeat(10_000)}`,
    ].map((url) => [url.slice(0, 60), url] as const),
  )('with an address such as %s', async (_, PlanUrl) => {
    expect(await refusal({ PlanUrl }, services)).toEqual({
      status: 400,
      details: [
        {
          target: 'PlanUrl',
          message:
            'the header PlanUrl must be an https address on port 443 at one of dev.azure.com, *.visualstudio.com, of at most 400 characters',
        },
      ],
    });
  });

  it('from a gate of a classic release, which takes no callback', async () => {
    for (const HubName of ['Gates', 'gates']) {
      const { status, details } = await refusal({ HubName });
      expect(status).toBe(400);
      expect(details).toEqual([
        {
          target: 'HubName',
          message:
            'gates of classic releases do not take callbacks, so the wait would never end; choose the completion event ApiResponse',
        },
      ]);
    }
  });

  it.each([
    [{ HubName: 'x'.repeat(5_000) }, 'HubName', 'the header HubName must be one of build, checks, release'],
    [{ PlanId: 'x'.repeat(5_000) }, 'PlanId', 'the header PlanId must be a GUID'],
    [{ TimelineId: '../..' }, 'TimelineId', 'the header TimelineId must be a GUID'],
    [
      { AuthToken: 'x'.repeat(10_001) },
      'AuthToken',
      'the header AuthToken must have at most 10000 characters',
    ],
    [{ AuthToken: 'two words' }, 'AuthToken', 'the header AuthToken must be $(system.AccessToken)'],
    [
      { AuthToken: '$(system.AccessToken)' },
      'AuthToken',
      'the header AuthToken must be $(system.AccessToken)',
    ],
  ])('with a header that is wrong or too long, case %#', async (headers, target, message) => {
    expect(await refusal(headers as Record<string, string>)).toEqual({
      status: 400,
      details: [{ target, message }],
    });
  });

  it('if it would outlive the token of its plan', async () => {
    const gates = await serve();
    const task = plans.newTask();
    const send = (timeout: string) =>
      gates.send({
        path: '/gates/v1/waits',
        headers: plans.headersOf(task),
        body: bodyOf(1, { timeout, settle: '0' }),
      });
    const { status, json } = await send('49h');
    expect([status, json.details]).toEqual([
      400,
      [
        {
          target: 'criteria.timeout',
          message: 'must be at most 48h without an agent, because the token of a plan lives no longer',
        },
      ],
    ]);
    expect((await send('48h')).status).toBe(202);
    task.state = 'completed';
    await until(async () => (await endOf(task)) !== undefined);
  });
});

it('the plans of environment checks may call', async () => {
  const gates = await serve();
  const task = plans.newTask();
  const headers = { ...plans.headersOf(task), HubName: 'Checks' };
  await gates.send({ path: '/gates/v1/waits', headers, body: bodyOf(await finishedBuild()) });
  await until(() => task.completions.length > 0);
  expect(task.completions).toEqual(['succeeded']);
  expect(plans.violations).toEqual([]);
});

it('a registration is answered in time, although the data are away', async () => {
  const hanging: KustoClient = { ...kusto, query: () => new Promise(() => undefined) };
  const gates = await serve({ kusto: hanging, inBackground: false });
  const headers = plans.headersOf(plans.newTask());
  const { status } = await gates.send({ path: '/gates/v1/waits', headers, body: bodyOf(1) });
  expect(status).toBe(503);
});

describe('a body that is wrong in many ways', () => {
  const evaluate = async (body: unknown) => {
    const gates = await serve();
    return gates.send({ path: '/gates/v1/evaluations', body });
  };

  it('has its first mistakes listed and the rest counted', async () => {
    const criteria = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`unknown${index}`, '']));
    const { status, json, text } = await evaluate({ ...bodyOf(1), criteria });
    expect(status).toBe(400);
    expect(json.details).toHaveLength(20);
    expect(json.message).toMatch(/ There are 1980 more mistakes\.$/);
    expect(text.length).toBeLessThan(20_000);
  });

  it('does not come back: neither its names nor its values', async () => {
    const long = 'x'.repeat(20_000);
    const { status, json, text } = await evaluate({
      build: { organization: long, projectId: { a: 1 }, buildId: 1, [long]: 1 },
      criteria: { timeout: long.slice(10_000), payloads: ['a'] },
    });
    expect(status).toBe(400);
    expect(text.length).toBeLessThan(5_000);
    expect(json.details).toEqual([
      expect.objectContaining({ target: `build.${'x'.repeat(73)}…` }),
      { target: 'build.organization', message: 'has 20000 characters; the limit is 400' },
      { target: 'build.projectId', message: 'must be a text' },
      { target: 'criteria.payloads', message: 'must be a text' },
      { target: 'criteria.timeout', message: 'has 10000 characters; the limit is 400' },
    ]);
  });

  it.each([
    '--',
    '--\r\n',
    '--boundary-1',
    '--boundary-1\n--boundary-1--\nmore',
    '--boundary-1\nContent-Disposition: form-data; name="a"\n\nb',
    '--boundary-1\nContent-Disposition: form-data; name="require"\n\nany\n--boundary-1\nContent-Disposition: form-data; name="require"\n\nall\n--boundary-1--',
    `--${'b'.repeat(60_000)}`,
    `--boundary-1\n${'\n--boundary-1'.repeat(4_000)}`,
    `--boundary-1\n${'Content-Disposition: form-data; '.repeat(1_500)}\n--boundary-1--`,
  ])('is refused as a form, case %#', async (body) => {
    const { status, json } = await evaluate(body);
    expect(status).toBe(400);
    expect(json.details).toEqual([expect.objectContaining({ target: 'body' })]);
  });
});
