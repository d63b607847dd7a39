/** The whole task in this process, with a clock that jumps: what needs hours in life. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from '../../tasks/WaitForDeploymentsV1/agent.ts';
import { runTask } from '../../tasks/WaitForDeploymentsV1/run-task.ts';
import { agentLibrary } from '../support/tasks/agent-library.ts';
import { agentEnvironment, connectionId } from '../support/tasks/agent-process.ts';
import {
  type DeploymentsService,
  type IdentityProvider,
  jobToken,
  startDeploymentsService,
  startIdentityProvider,
} from '../support/tasks/deployments-service.ts';
import { fetchWithEntraAt } from '../support/tasks/entra.ts';
import { deployment, failedRegion, progress } from '../support/wait/world.ts';

let service: DeploymentsService;
let identity: IdentityProvider;
let folder: string;

beforeEach(async () => {
  service = await startDeploymentsService(() => []);
  identity = await startIdentityProvider();
  folder = mkdtempSync(join(tmpdir(), 'task-run-'));
});
afterEach(async () => {
  await service.close();
  await identity.close();
  rmSync(folder, { recursive: true });
});

interface Run {
  readonly inputs?: Record<string, string>;
  readonly environment?: Record<string, string>;
  readonly fetch?: typeof fetch;
}

/** Runs the task; pauses take no time, and the clock says they did. */
async function run({
  inputs = {},
  environment = {},
  fetch: send = fetchWithEntraAt(identity.url),
}: Run): Promise<string> {
  let output = '';
  let now = Date.parse('2026-02-01T12:00:00Z');
  const agent = new Agent(
    agentLibrary({
      ...agentEnvironment(service.url, inputs, { AGENT_TEMPDIRECTORY: folder, SYSTEM_JOBTIMEOUT: '0' }),
      ...environment,
    }),
    (text) => {
      output += text;
    },
  );
  await runTask({
    agent,
    fetch: send,
    now: () => now,
    random: () => 0.5,
    signal: new AbortController().signal,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  });
  return output;
}

const federated = (): Record<string, string> => ({
  [`ENDPOINT_AUTH_SCHEME_${connectionId}`]: 'WorkloadIdentityFederation',
  [`ENDPOINT_AUTH_PARAMETER_${connectionId}_TENANTID`]: 'tenant-1',
  [`ENDPOINT_AUTH_PARAMETER_${connectionId}_SERVICEPRINCIPALID`]: 'client-1',
  [`ENDPOINT_DATA_${connectionId}_AUDIENCE`]: 'api://deployments',
  SYSTEM_OIDCREQUESTURI: `${identity.url}/oidctoken`,
  ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN: jobToken,
});

const completion = (output: string) => /##vso\[task\.complete result=(\w+);\]/.exec(output)?.[1];

describe('a wait of hours', () => {
  it('renews its token shortly before it expires, and not at every poll', async () => {
    service.answer = (request) => [deployment('a', request < 200 ? 'inProgress' : 'completed')];
    const output = await run({ environment: federated(), inputs: { timeout: '24h' } });
    expect(completion(output)).toBe('Succeeded');
    const polled = service.requests.map(({ authorization }) => authorization);
    expect(new Set(polled).size).toBe(identity.tokens.length);
    expect(identity.tokens.length).toBeGreaterThan(3);
    expect(identity.tokens.length).toBeLessThan(12);
    expect(identity.assertions).toBe(identity.tokens.length);
  });

  it('waits through an absence of the identity provider, too', async () => {
    service.answer = () => [deployment('a', 'completed')];
    let failures = 3;
    const output = await run({
      environment: federated(),
      fetch: (input, init) => {
        const isForToken = String(input).includes('/oauth2/');
        return isForToken && failures-- > 0
          ? Promise.reject(new TypeError('fetch failed'))
          : fetchWithEntraAt(identity.url)(input, init);
      },
    });
    expect(output).toContain('could not get an access token: fetch failed');
    expect(completion(output)).toBe('Succeeded');
  });

  it('keeps waiting when the service that has answered is being redeployed', async () => {
    service.answer = (request) => {
      if (request === 2) return { status: 405 };
      if (request === 3) return { status: 503, headers: { 'retry-after': '120' } };
      if (request === 4) return { status: 429, headers: { 'retry-after': '60' } };
      if (request === 5) return { status: 500 };
      return [deployment('a', request > 5 ? 'completed' : 'inProgress')];
    };
    expect(completion(await run({}))).toBe('Succeeded');
  });

  it('believes no answer that the service marks as stale', async () => {
    service.answer = () => [deployment('a', 'completed')];
    let stale = true;
    const output = await run({
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (service.requests.length > 5) stale = false;
        if (!stale) return response;
        const headers = new Headers(response.headers);
        headers.set('warning', '110 - "Response is Stale"');
        headers.set('age', '90');
        return new Response(response.body, { status: response.status, headers });
      },
      inputs: { settle: '0' },
    });
    expect(output).toContain('it cannot reach its data; its last good answer is 1m 30s old');
    expect(completion(output)).toBe('Succeeded');
    expect(service.requests.length).toBeGreaterThan(5);
  });
});

describe('what cannot work is refused at once, with what to do', () => {
  it.each([
    [
      'the wrong secret',
      { status: 401, description: 'AADSTS7000215: Invalid client secret.\r\nTrace: x' },
      'AADSTS7000215',
    ],
    ['an unknown application', { status: 400, description: 'AADSTS700016: not found' }, 'AADSTS700016'],
  ])('%s', async (_, failWith, said) => {
    identity.failWith = failWith;
    const output = await run({ environment: federated() });
    expect(completion(output)).toBe('Failed');
    expect(output).toContain(said);
    expect(output).not.toContain('Trace: x');
    expect(identity.requests).toHaveLength(1);
  });

  it.each([
    ['no scheme', { [`ENDPOINT_AUTH_SCHEME_${connectionId}`]: '' }, 'the scheme "none"'],
    ['no token', { [`ENDPOINT_AUTH_PARAMETER_${connectionId}_APITOKEN`]: '' }, 'has no token'],
    [
      'no audience',
      {
        [`ENDPOINT_AUTH_SCHEME_${connectionId}`]: 'ServicePrincipal',
        [`ENDPOINT_AUTH_PARAMETER_${connectionId}_SERVICEPRINCIPALKEY`]: 'key-1',
      },
      'has no tenant id, client id or audience',
    ],
    [
      'an agent without workload identity',
      { [`ENDPOINT_AUTH_SCHEME_${connectionId}`]: 'WorkloadIdentityFederation' },
      'does not support workload identity federation',
    ],
  ])('a connection with %s', async (_, environment, said) => {
    const output = await run({ environment });
    expect(completion(output)).toBe('Failed');
    expect(output).toContain(said);
  });

  it('an address where something else answers', async () => {
    service.answer = () => ({ status: 405 });
    expect(await run({})).toContain('There is no deployments service at this address (405). Check its URL.');
  });

  it('a request that the service rejects', async () => {
    service.answer = () => ({ status: 400, message: 'adoBuildId is too large' });
    expect(await run({})).toContain('rejected the request (400): adoBuildId is too large');
  });
});

describe('inputs', () => {
  const issues = (output: string) =>
    [...output.matchAll(/##vso\[task\.logissue type=error;\](.*)/g)].map(([, text]) => text);

  it('must say what is missing', async () => {
    const output = await run({
      environment: {
        INPUT_SERVICECONNECTION: '',
        SYSTEM_COLLECTIONURI: '',
        SYSTEM_TEAMPROJECTID: '',
        BUILD_BUILDID: '',
      },
    });
    expect(issues(output)).toEqual([
      'serviceConnection is missing; choose a service connection of type "Deployments"',
      'organization is missing, and this run does not say which organization it is in; set it',
      'project must be the id of a project (a GUID) or the name of this project',
      'buildId must be the id of a build, a whole number',
    ]);
  });

  it.each([
    ['', 'has no URL; edit the service connection'],
    ['http://service.example', 'does not begin with https://'],
    ['nonsense', 'does not begin with https://'],
  ])('must have a connection with a usable URL, not "%s"', async (url, said) => {
    const [message] = issues(await run({ environment: { [`ENDPOINT_URL_${connectionId}`]: url } }));
    expect(message).toContain(said);
  });

  it('may name another build, or this project by its name', async () => {
    service.answer = () => [deployment('a', 'completed')];
    await run({
      inputs: { organization: 'fabrikam', project: 'shop', buildId: '12', settle: '0' },
      environment: { SYSTEM_COLLECTIONURI: 'https://contoso.visualstudio.com/' },
    });
    expect(service.requests[0]?.query.get('adoOrganizationName')).toBe('fabrikam');
    expect(service.requests[0]?.query.get('adoProjectId')).toBe('b32aa71e-8ed2-41b2-9d77-5bc261222004');
    expect(service.requests[0]?.query.get('adoBuildId')).toBe('12');
  });

  it('take the organization of older addresses as well', async () => {
    service.answer = () => [deployment('a', 'completed')];
    await run({
      inputs: { settle: '0' },
      environment: { SYSTEM_COLLECTIONURI: 'https://fabrikam.visualstudio.com/' },
    });
    expect(service.requests[0]?.query.get('adoOrganizationName')).toBe('fabrikam');
  });

  it('cannot settle for longer than the job lasts', async () => {
    const output = await run({ inputs: { settle: '20m' }, environment: { SYSTEM_JOBTIMEOUT: '10' } });
    expect(issues(output)).toEqual(["settle must be shorter than the job's timeout (10m)"]);
  });
});

describe('reports', () => {
  it('escape what comes from elsewhere, and leave unsafe links out', async () => {
    service.answer = () => [
      deployment('a|b<script>', 'completed', {
        DeploymentUrl: 'javascript:alert(1)',
        Payloads: [{ Id: '[x](y)', ProgressionLink: 'https://p.example/(a)?b=|' }],
      }),
      deployment('odd', 'Transmogrified'),
    ];
    await run({ inputs: { timeout: '1h', sources: 'expressv2', minimumDeployments: '2' } });
    const markdown = readFileSync(join(folder, `wait-for-deployments-${process.pid}.md`), 'utf8');
    expect(markdown).toContain('a\\|b&lt;script&gt;');
    expect(markdown).not.toContain('javascript:');
    expect(markdown).toContain('[\\[x\\](y)](https://p.example/%28a%29?b=%7c)');
    expect(markdown).toContain('| ❔ Transmogrified (unknown) |');
    expect(markdown).toContain(
      'at least 2 deployments have appeared and all of them have succeeded (sources: Ev2)',
    );
  });

  it('fit into variables, however many deployments there are', async () => {
    service.answer = () =>
      Array.from({ length: 2_000 }, (_, index) => deployment(`deployment-${index}`, 'completed'));
    const output = await run({ inputs: { settle: '0' } });
    const json = /variable=deploymentsJson;isOutput=true;\](.*)/.exec(output)?.[1] ?? '';
    expect(json.length).toBeLessThan(32_767);
    expect(JSON.parse(json.replaceAll('%AZP25', '%')).length).toBeGreaterThan(50);
    expect(output).toContain('variable=deploymentCount;isOutput=true;]2000');
    const whole = JSON.parse(readFileSync(join(folder, `wait-for-deployments-${process.pid}.json`), 'utf8'));
    expect(whole.result.verdict.judged).toHaveLength(2_000);
  });

  it('say that the task itself broke, should it ever', async () => {
    const temporary = mkdtempSync(join(folder, 'temporary-'));
    const output = await run({
      environment: { AGENT_TEMPDIRECTORY: temporary },
      inputs: { appearTimeout: '1s' },
      fetch: (input, init) => {
        rmSync(temporary, { recursive: true, force: true });
        return fetch(input, init);
      },
    });
    expect(completion(output)).toBe('Failed');
    expect(output).toContain('Unexpected error in the task; please report it.');
  });
});

describe('a client secret', () => {
  const withAuthority = (authority: string) => ({
    [`ENDPOINT_AUTH_SCHEME_${connectionId}`]: 'ServicePrincipal',
    [`ENDPOINT_AUTH_PARAMETER_${connectionId}_TENANTID`]: 'tenant-1',
    [`ENDPOINT_AUTH_PARAMETER_${connectionId}_SERVICEPRINCIPALID`]: 'client-1',
    [`ENDPOINT_AUTH_PARAMETER_${connectionId}_SERVICEPRINCIPALKEY`]: 'client-secret-99',
    [`ENDPOINT_DATA_${connectionId}_AUDIENCE`]: 'api://deployments',
    [`ENDPOINT_DATA_${connectionId}_AUTHORITY`]: authority,
  });
  const sentTo: string[] = [];
  const recorded: typeof fetch = (input, init) => {
    if (String(init?.body ?? '').includes('client-secret-99')) sentTo.push(String(input));
    return fetch(String(input).replace(/^https:\/\/login\.[^/]*/, identity.url), init);
  };
  beforeEach(() => {
    sentTo.length = 0;
    service.answer = () => [deployment('a', 'completed')];
  });

  it.each([
    'https://login.example.com/',
    'http://login.microsoftonline.com/',
    'https://login.microsoftonline.com.example.com/',
    'https://login.microsoftonline.com@example.com/',
    'https://login.microsoftonline.com:8443/',
    'https://someone@login.microsoftonline.com/',
    'http://127.0.0.1:9/',
    'nonsense',
  ])('is never sent to the authority %s', async (authority) => {
    const output = await run({ environment: withAuthority(authority), fetch: recorded });
    expect(completion(output)).toBe('Failed');
    expect(output).toContain('must be https:// and a host of Microsoft Entra');
    expect(sentTo).toEqual([]);
  });

  it.each([
    ['', 'https://login.microsoftonline.com'],
    ['https://login.microsoftonline.us', 'https://login.microsoftonline.us'],
    ['https://login.partner.microsoftonline.cn/', 'https://login.partner.microsoftonline.cn'],
    ['https://LOGIN.chinacloudapi.cn/common', 'https://login.chinacloudapi.cn'],
  ])('is sent to Microsoft Entra in the cloud of the authority "%s"', async (authority, origin) => {
    const output = await run({ environment: withAuthority(authority), fetch: recorded });
    expect(completion(output)).toBe('Succeeded');
    expect([...new Set(sentTo)]).toEqual([`${origin}/tenant-1/oauth2/v2.0/token`]);
  });

  it('does not follow a redirect', async () => {
    let followed = 0;
    const output = await run({
      environment: withAuthority(''),
      fetch: async (input, init) => {
        if (!String(input).includes('/oauth2/')) return recorded(input, init);
        if (init?.redirect !== 'manual') followed++;
        return new Response(null, { status: 307, headers: { location: 'https://example.com/' } });
      },
    });
    expect({ followed, completed: completion(output) }).toEqual({ followed: 0, completed: 'Failed' });
    expect(output).toContain('returned status 307');
  });
});

describe('the log of many deployments', () => {
  const states = (index: number, request: number) => {
    if (index === 1_500) return 'failed';
    return request > 1 && index % 500 === 0 ? 'completed' : 'inProgress';
  };

  it('says what changed, in less than 150 KB for 2,000 of them', async () => {
    service.answer = (request) =>
      Array.from({ length: 2_000 }, (_, index) => deployment(`deployment-${index}`, states(index, request)));
    const output = await run({ inputs: { timeout: '2h', onFailure: 'wait' } });
    expect(output.length).toBeLessThan(150_000);
    const lines = output.split('\n').filter((line) => line.startsWith('  '));
    expect(lines[0]).toMatch(/^ {2}Ev2 deployment-1500 failed/);
    expect(lines[20]).toBe('  … and 1,980 more; wait.json lists them.');
    expect(lines.slice(21).every((line) => / succeeded/.test(line))).toBe(true);
    expect(lines.slice(21)).toHaveLength(3);
  });

  it('is never silent for long', async () => {
    service.answer = () => [deployment('a', 'inProgress')];
    const output = await run({ inputs: { timeout: '2h' } });
    const spoken = output.match(/^\[.*\] 1 deployment: 1 in progress\./gm) ?? [];
    expect(spoken.length).toBeGreaterThanOrEqual(11);
    expect(spoken.length).toBeLessThan(15);
  });

  it('shows failures first in the summary, however many successes there are', async () => {
    service.answer = () =>
      Array.from({ length: 500 }, (_, index) =>
        deployment(`deployment-${index}`, index % 10 === 9 ? 'failed' : 'completed'),
      );
    await run({ inputs: { settle: '0' } });
    const markdown = readFileSync(join(folder, `wait-for-deployments-${process.pid}.md`), 'utf8');
    const rows = markdown.split('\n').filter((line) => /^\| [^S-]/.test(line));
    expect(rows).toHaveLength(200);
    expect(rows.slice(0, 50).every((row) => row.startsWith('| ❌ Failed |'))).toBe(true);
    expect(rows.slice(50).every((row) => row.startsWith('| ✅ Succeeded |'))).toBe(true);
    expect(markdown).toContain('**50 of 500 deployments failed.**');
  });

  it('has one error for each failure, with its link, and counts the rest', async () => {
    service.answer = () => Array.from({ length: 12 }, (_, index) => deployment(`d${index}`, 'failed'));
    const output = await run({});
    const errors = [...output.matchAll(/^##vso\[task\.logissue type=error;\](.*)$/gm)].map(
      ([, text]) => text,
    );
    expect(errors).toHaveLength(11);
    expect(errors[0]).toBe('Ev2 d0 failed: https://rollouts.example/d0');
    expect(errors[10]).toBe('2 more did not succeed; the summary lists them.');
  });
});

describe('the words for states', () => {
  it('mark a failure that may be retried as one, and give no time to what has not started', async () => {
    service.answer = () => [
      deployment('a', 'failed', { EndTime: '2026-02-01T10:20:00.0000000Z' }),
      deployment('b', 'notStarted'),
      deployment('c', 'blocked'),
      deployment('d', 'notStarted'),
    ];
    const output = await run({ inputs: { onFailure: 'wait', timeout: '1h' } });
    const markdown = readFileSync(join(folder, `wait-for-deployments-${process.pid}.md`), 'utf8');
    expect(markdown).toContain(
      '| ❌ Failed (may be retried) | Ev2 | [a](https://rollouts.example/a) |  | 20m |',
    );
    expect(markdown).toContain('| ⚪ Not started | Ev2 | [b](https://rollouts.example/b) |  |  |');
    expect(output).toContain('  Ev2 b has not started: https://rollouts.example/b\n');
    const outputs = Object.fromEntries(
      [...output.matchAll(/setvariable variable=(\w+Count);isOutput=true;\](\d+)/g)].map(
        ([, name, value]) => [name, value],
      ),
    );
    expect(outputs).toEqual({
      deploymentCount: '4',
      succeededCount: '0',
      failedCount: '1',
      runningCount: '0',
      notStartedCount: '2',
      blockedCount: '1',
    });
  });
});

describe('entities that fail', () => {
  const failed = Array.from({ length: 23 }, (_, index) =>
    failedRegion(`region${String(index).padStart(2, '0')}\u001b]8;;http://evil.example\u0007<b>`),
  );
  const running = () => [deployment('a', 'inProgress', { Progress: progress(30, 60, failed.length) })];
  const attachment = (ending: string) =>
    readFileSync(join(folder, `wait-for-deployments-${process.pid}.${ending}`), 'utf8');

  it('fail the wait if asked to; twenty are named, and the attachment has all', async () => {
    service.failedEntities = failed;
    service.answer = running;
    const output = await run({ inputs: { failOnFailedEntity: 'true' } });
    expect(completion(output)).toBe('Failed');
    expect(output).toContain('The deployment has failed entities');
    expect(output).toMatch(/task\.logissue type=error;\]Ev2 a is in progress with 23 of 60 entities failed/);
    expect(output).not.toContain('\u001b');
    const markdown = attachment('md');
    expect(markdown).toContain('| 30 of 60, 23 failed:<br>Region region00');
    expect(markdown).toContain('region19');
    expect(markdown).not.toContain('region20');
    expect(markdown).toContain('and 3 more');
    expect(markdown).not.toContain('<b>');
    const { result } = JSON.parse(attachment('json'));
    expect(result.verdict.judged[0].failedEntities).toHaveLength(23);
    expect(service.entityRequests.map((query) => query.get('state'))).toEqual(Array(12).fill('failed'));
  });

  it('are asked for once while nothing changes, and named in the log', async () => {
    service.failedEntities = failed.slice(0, 2);
    const rows = [deployment('a', 'inProgress', { Progress: progress(30, 60, 2) })];
    service.answer = (request) => (request < 20 ? rows : [deployment('a', 'completed')]);
    const output = await run({});
    expect(completion(output)).toBe('Succeeded');
    expect(output).toContain('    failed: Region region00');
    expect(service.entityRequests).toHaveLength(1);
  });

  it('are counted where the service does not list them', async () => {
    service.answer = running;
    const output = await run({ inputs: { failOnFailedEntity: 'true', failureGrace: '5m' } });
    expect(completion(output)).toBe('Failed');
    expect(output).toContain('this fails the wait in 5m unless a retry replaces it');
    expect(attachment('md')).toContain('| 30 of 60, 23 failed |');
  });
});
