/** The built task, started the way an agent does, against a service whose deployments progress. */
import { readFileSync, statSync } from 'node:fs';
import {
  agentEnvironment,
  apiToken,
  buildTask,
  connectionId,
  nodes,
  runTaskProcess,
} from '../support/tasks/agent-process.ts';
import {
  type DeploymentsService,
  jobToken,
  startDeploymentsService,
  startIdentityProvider,
} from '../support/tasks/deployments-service.ts';
import { environmentWithEntraAt } from '../support/tasks/entra.ts';
import { deployment } from '../support/wait/world.ts';

const quick = { pollInterval: '1s', settle: '0' };
let task: ReturnType<typeof buildTask>;
let service: DeploymentsService;

beforeAll(() => {
  task = buildTask();
});
afterAll(() => task.remove());
beforeEach(async () => {
  service = await startDeploymentsService(() => []);
});
afterEach(() => service.close());

const run = (inputs: Record<string, string>, more: Record<string, string> = {}) =>
  runTaskProcess({
    bundle: task.bundle,
    environment: agentEnvironment(service.url, { ...quick, ...inputs }, more),
  });

describe('the bundled task', () => {
  it('waits until a deployment has succeeded, and tells everything about it', async () => {
    service.answer = (request) => [
      deployment('a', 'completed', { EndTime: '2026-02-01T10:20:00.0000000Z' }),
      deployment('b', request < 3 ? 'inProgress' : 'completed'),
    ];
    const ended = await run({ addBuildTags: 'true' });

    expect(ended).toMatchObject({ result: 'Succeeded', exitCode: 0, stderr: '' });
    expect(service.requests[0]?.query.toString()).toBe(
      'adoOrganizationName=contoso&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=4711',
    );
    expect(service.requests[0]?.authorization).toBe(`Bearer ${apiToken}`);
    expect(ended.outputs).toMatchObject({
      outcome: 'satisfied',
      deploymentCount: '2',
      succeededCount: '2',
      failedCount: '0',
      runningCount: '0',
      deploymentIds: 'a,b',
    });
    expect(JSON.parse(ended.outputs.deploymentsJson ?? '')).toContainEqual({
      source: 'expressv2',
      id: 'b',
      state: 'succeeded',
      changeState: 'completed',
      url: 'https://rollouts.example/b',
      startTime: '2026-02-01T10:00:00.0000000Z',
      endTime: null,
      payloads: ['service/b=1.0'],
    });
    const of = (name: string) => ended.commands.filter(({ command }) => command === name);
    expect(of('task.setprogress').map(({ properties }) => properties.value)).toEqual([
      '50',
      '50',
      '99',
      '100',
    ]);
    expect(of('build.addbuildtag').map(({ message }) => message)).toEqual(['deployments-satisfied']);
    expect(
      of('task.logdetail').map(({ properties }) => [properties.name, properties.state, properties.result]),
    ).toEqual([
      ['expressv2 a', 'Completed', 'Succeeded'],
      ['expressv2 b', 'InProgress', undefined],
      ['expressv2 b', 'Completed', 'Succeeded'],
    ]);
    const [summary, whole] = of('task.addattachment');
    expect(summary?.properties).toEqual({
      type: 'Distributedtask.Core.Summary',
      name: 'Deployments of build 4711',
    });
    const markdown = readFileSync(summary?.message ?? '', 'utf8');
    expect(markdown).toContain('**All 2 deployments succeeded.**');
    expect(markdown).toContain('| ✅ Succeeded | Ev2 | [a](https://rollouts.example/a) |  | 20m |');
    expect(JSON.parse(readFileSync(whole?.message ?? '', 'utf8')).result.outcome).toBe('satisfied');
    expect(ended.stdout).toContain(
      '2 deployments: 1 in progress, 1 succeeded. Waiting for Ev2 b (in progress).',
    );
    expect(ended.stdout.match(/2 deployments: /g)).toHaveLength(5);
    expect(ended.stdout).toMatch(/^ {2}Ev2 a succeeded after 20m: https:\/\/rollouts\.example\/a$/m);
    expect(ended.stdout.match(/^ {2}Ev2 /gm)).toHaveLength(3);
  });

  it('fails at once when a deployment fails, naming it with its link', async () => {
    service.answer = () => [deployment('a', 'failed'), deployment('b', 'inProgress')];
    const ended = await run({});
    expect(ended.result).toBe('Failed');
    expect(ended.outputs).toMatchObject({ outcome: 'failed', failedCount: '1', runningCount: '1' });
    expect(ended.issues('error')).toEqual(['Ev2 a failed: https://rollouts.example/a']);
    expect(ended.stdout.match(/Ev2 a/g)).toHaveLength(1);
    expect(ended.stdout.match(/^\[.*\] 2 deployments: 1 failed, 1 in progress\.$/gm)).toHaveLength(1);
    const values = ended.commands.filter(({ command }) => command === 'task.setprogress');
    expect(values.map(({ properties }) => properties.value)).toEqual(['0']);
    expect(service.requests).toHaveLength(1);
  });

  it('succeeds with issues when failures are to be warned about', async () => {
    service.answer = () => [deployment('a', 'failed'), deployment('b', 'completed')];
    const ended = await run({ onFailure: 'warn' });
    expect(ended.result).toBe('SucceededWithIssues');
    expect(ended.issues('warning')).toEqual(['Ev2 a failed: https://rollouts.example/a']);
    expect(ended.stdout).toContain('] 2 deployments: 1 failed, 1 succeeded.');
    expect(ended.commands.filter(({ command }) => command === 'task.setprogress')[0]?.properties.value).toBe(
      '50',
    );
  });

  it('fails when time runs out, saying what is missing', async () => {
    service.answer = () => [deployment('a', 'inProgress')];
    const ended = await run({ timeout: '2s' });
    expect(ended).toMatchObject({ result: 'Failed', outputs: { outcome: 'timedOut' } });
    expect(ended.issues('error')[0]).toContain('waiting for Ev2 a (in progress)');
  });

  it('is never green after a timeout unless that was asked for, and then with a warning', async () => {
    service.answer = () => [deployment('a', 'inProgress')];
    const ended = await run({ timeout: '1s', onTimeout: 'warn' });
    expect(ended).toMatchObject({ result: 'SucceededWithIssues', outputs: { outcome: 'timedOut' } });
    expect(ended.issues('warning')).toHaveLength(1);
  });

  it('fails when none appeared', async () => {
    service.answer = () => ({ status: 404, message: 'Build 4711 is not found' });
    const ended = await run({ appearTimeout: '1s' });
    expect(ended).toMatchObject({ result: 'Failed', outputs: { outcome: 'neverAppeared' } });
    expect(ended.issues('error')[0]).toContain('Build 4711 is not found');
  });

  it.each([
    [401, 'rejected the token'],
    [403, 'denied access'],
  ])('does not insist when the service answers %d, and says what to grant', async (status, sentence) => {
    service.answer = () => ({ status, message: 'no entry' });
    const ended = await run({});
    expect(ended).toMatchObject({ result: 'Failed', outputs: { outcome: 'refused' } });
    expect(ended.issues('error')[0]).toContain(sentence);
    expect(ended.issues('error')[0]).toContain('app role Deployments.Read');
    expect(service.requests.length).toBeLessThanOrEqual(2);
  });

  it('waits through an outage', async () => {
    service.answer = () => [deployment('a', 'inProgress')];
    const goAway = once('aiting for Ev2 a', async () => {
      await service.close();
      service.answer = () => [deployment('a', 'completed')];
    });
    const comeBack = once('The service has not answered for', () => service.reopen());
    const ended = await runTaskProcess({
      bundle: task.bundle,
      environment: agentEnvironment(service.url, quick),
      watch: (stdout) => {
        goAway(stdout);
        comeBack(stdout);
      },
    });
    expect(ended).toMatchObject({ result: 'Succeeded', outputs: { outcome: 'satisfied' } });
    expect(ended.stdout).toMatch(
      /The service has not answered for \d+s \(could not connect: connect ECONNREFUSED/,
    );
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('stops promptly on %s, as canceled', async (signal) => {
    service.answer = () => [deployment('a', 'inProgress')];
    let sent = false;
    const ended = await runTaskProcess({
      bundle: task.bundle,
      environment: agentEnvironment(service.url, { pollInterval: '1h' }),
      watch: (stdout, kill) => {
        if (sent || !stdout.includes('aiting for Ev2 a')) return;
        sent = true;
        kill(signal);
      },
    });
    expect(ended).toMatchObject({ result: 'Canceled', exitCode: 0, outputs: { outcome: 'cancelled' } });
  });

  it('names every unusable input at once, and asks nothing', async () => {
    const ended = await run({ timeout: 'soon', waitFor: 'it', project: 'Unknown', buildId: '-1' });
    expect(ended.result).toBe('Failed');
    expect(ended.issues('error').map((message) => message.split(' ')[0])).toEqual([
      'project',
      'buildId',
      'waitFor',
      'timeout',
    ]);
    expect(service.requests).toHaveLength(0);
  });

  it('ends before the job does', async () => {
    service.answer = () => [deployment('a', 'completed')];
    const ended = await run({}, { SYSTEM_JOBTIMEOUT: '60' });
    expect(ended.stdout).toContain('Waiting at most 59m instead of 6h, because the job times out after 1h.');
  });

  it('lets no text from elsewhere become a command', async () => {
    const hostile = 'x\n##vso[task.setvariable variable=PATH]evil\r##[error]no';
    service.answer = () => [
      deployment(hostile, hostile, { DeploymentUrl: hostile }),
      deployment('b', 'failed'),
    ];
    const ended = await run({});
    expect(ended.commands.filter(({ properties }) => properties.variable === 'PATH')).toEqual([]);
    expect(ended.stdout.split('\n').filter((line) => line.startsWith('##[error]'))).toEqual([]);
    expect(ended.result).toBe('Failed');
  });
});

describe('with workload identity federation', () => {
  it('renews its token, each time with a new assertion, and shows no secret', async () => {
    const identity = await startIdentityProvider();
    identity.lifetimeSeconds = 2;
    service.answer = (request, authorization) => {
      const isCurrent = authorization === `Bearer ${identity.tokens.at(-1)}`;
      if (!isCurrent) return { status: 401, message: 'expired' };
      return [deployment('a', request < 4 ? 'inProgress' : 'completed', { ChangeOwner: jobToken })];
    };
    const ended = await run(
      {},
      {
        [`ENDPOINT_AUTH_SCHEME_${connectionId}`]: 'WorkloadIdentityFederation',
        [`ENDPOINT_AUTH_PARAMETER_${connectionId}_TENANTID`]: 'tenant-1',
        [`ENDPOINT_AUTH_PARAMETER_${connectionId}_SERVICEPRINCIPALID`]: 'client-1',
        [`ENDPOINT_DATA_${connectionId}_AUDIENCE`]: 'api://deployments',
        ...environmentWithEntraAt(identity.url),
        SYSTEM_OIDCREQUESTURI: `${identity.url}/oidctoken`,
        ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN: jobToken,
      },
    );
    await identity.close();
    expect(ended.result).toBe('Succeeded');
    expect(identity.tokens.length).toBeGreaterThan(1);
    expect(identity.assertions).toBe(identity.tokens.length);
    expect(Object.fromEntries(identity.requests[0] ?? [])).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client-1',
      scope: 'api://deployments/.default',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'assertion-1',
    });
    const files = ended.commands
      .filter(({ command }) => command === 'task.addattachment')
      .map(({ message }) => readFileSync(message, 'utf8'));
    const shown = [ended.stdout, ended.stderr, ...files].join('\n');
    for (const secret of [jobToken, apiToken, ...identity.tokens, 'assertion-1']) {
      expect(shown).not.toContain(secret);
    }
  });

  it('asks for another token when the service no longer takes the one it has', async () => {
    const identity = await startIdentityProvider();
    service.answer = (_, authorization) =>
      authorization === 'Bearer entra-token-2-b81d2a' ? [deployment('a', 'completed')] : { status: 401 };
    const ended = await run(
      {},
      {
        [`ENDPOINT_AUTH_SCHEME_${connectionId}`]: 'ServicePrincipal',
        [`ENDPOINT_AUTH_PARAMETER_${connectionId}_TENANTID`]: 'tenant-1',
        [`ENDPOINT_AUTH_PARAMETER_${connectionId}_SERVICEPRINCIPALID`]: 'client-1',
        [`ENDPOINT_AUTH_PARAMETER_${connectionId}_SERVICEPRINCIPALKEY`]: 'client-secret-99',
        [`ENDPOINT_DATA_${connectionId}_AUDIENCE`]: 'api://deployments/.default',
        ...environmentWithEntraAt(identity.url),
      },
    );
    await identity.close();
    expect(ended.result).toBe('Succeeded');
    expect(ended.stdout).not.toContain('client-secret-99');
  });
});

it.each(nodes)('runs on %s', async (node) => {
  service.answer = (request) => [deployment('a', request < 2 ? 'inProgress' : 'completed')];
  const ended = await runTaskProcess({
    bundle: task.bundle,
    environment: agentEnvironment(service.url, quick),
    node,
  });
  expect(ended).toMatchObject({ result: 'Succeeded', stderr: '', outputs: { outcome: 'satisfied' } });
});

describe('the shipped folder', () => {
  it('holds the bundle beside its manifest, within its size', () => {
    expect(statSync(task.bundle).size).toBeLessThan(250 * 1_024);
    expect(() => readFileSync(task.bundle.replace('index.js', 'task.json'))).not.toThrow();
  });
});

function once(text: string, act: () => void): (stdout: string) => void {
  let done = false;
  return (stdout) => {
    if (done || !stdout.includes(text)) return;
    done = true;
    act();
  };
}
