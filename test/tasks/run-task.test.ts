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
import { deployment } from '../support/wait/world.ts';

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
async function run({ inputs = {}, environment = {}, fetch: send = fetch }: Run): Promise<string> {
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
  [`ENDPOINT_DATA_${connectionId}_AUTHORITY`]: identity.url,
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
          : fetch(input, init);
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
    expect(markdown).toContain('| ⏳ Transmogrified (unknown) |');
    expect(markdown).toContain(
      'at least 2 deployments have appeared and all of them have succeeded (sources: expressv2)',
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
