/**
 * `login`, `logout` and `whoami` with an OAuth issuer and the guarded backend, both real servers on loopback. Where
 * https or a program on the path is needed, the command runs as a process of its own.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foreign, kustoOf, organization, own, usualTable } from '../../support/access/builds-table.ts';
import { type DeviceCodes, startDeviceCodes, userCode } from '../../support/access/device-codes.ts';
import { apiClientId } from '../../support/access/entra.ts';
import {
  foreignTenant,
  type GuardedBackend,
  startGuardedBackend,
  tenant,
} from '../../support/access/guarded-backend.ts';
import { runCommand, spawnCommand } from '../../support/command-line.ts';

const cliClient = '00000000-0000-4000-8000-0000000000cc';
const program = '00000000-0000-4000-8000-0000000000dd';
const audience = `api://${apiClientId}`;

let backend: GuardedBackend;
let codes: DeviceCodes;
/** Records what it is sent, and knows nothing. */
let stranger: Server;
let received: (string | undefined)[];
let folder: string;
let home: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'login-'));
  backend = await startGuardedBackend({
    answer: kustoOf(usualTable),
    clients: { [program]: { grants: [organization] } },
  });
  backend.organizations.readers.add(`ada ${organization}/${own}`);
  codes = await startDeviceCodes(backend.entra, tenant);
  writeFileSync(join(folder, 'authority.pem'), codes.certificate);
  stranger = createServer(({ headers }, response) => {
    received.push(headers.authorization);
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  stranger.close();
  await codes.close();
  await backend.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  received = [];
  home = mkdtempSync(join(folder, 'home-'));
});

const environment = (more: Readonly<Record<string, string>> = {}) => ({
  XDG_CONFIG_HOME: home,
  APPDATA: home,
  AZURE_AUTHORITY_HOST: codes.url,
  NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem'),
  ...more,
});
const run = (argv: readonly string[], more?: Readonly<Record<string, string>>) =>
  runCommand(argv, environment(more));
const strangersUrl = () => `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
const file = () => join(home, 'deployments', 'login.json');
const kept = () => JSON.parse(readFileSync(file(), 'utf8')) as Record<string, unknown>;
const build = (project = own, id = '1') => ['-o', organization, '-p', project, '-b', id];
const getBuild = (...more: readonly string[]) => ['get', 'build', ...build(), ...more];
const loginArguments = () => [
  ...['login', '--url', `${backend.url}/`, '--audience', `${audience}/.default`],
  ...['--tenant', tenant, '--client', cliClient],
];

const tokenOfAda = (options: { readonly of?: string; readonly expiresIn?: number } = {}) =>
  backend.entra.token(options.of ?? tenant, {
    claims: { ...backend.entra.user('ada'), name: 'Ada Lovelace' },
    expiresIn: options.expiresIn ?? 3_600,
  });

/** Keeps a login as the command does. */
function keep(fields: Readonly<Record<string, unknown>>, mode = 0o600): void {
  mkdirSync(join(home, 'deployments'), { recursive: true, mode: 0o700 });
  writeFileSync(file(), JSON.stringify({ method: 'deviceCode', service: backend.url, audience, ...fields }));
  chmodSync(file(), mode);
}

async function keepAda(fields: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const value = await tokenOfAda();
  keep({ token: { value, expiresAt: Date.now() + 3_600_000 }, ...fields });
  return value;
}

describe('a person with a device code', () => {
  it('signs in, asks, is told who they are, and leaves nothing behind', async () => {
    codes.person = { objectId: 'ada', name: 'Ada Lovelace', expiresIn: 3_600 };
    const login = await spawnCommand(loginArguments(), environment());
    expect(login).toMatchObject({ exitCode: 0 });
    expect(login.err).toContain(`Open ${codes.url}/device in a browser, and enter the code ${userCode}.`);
    expect(login.err).not.toContain('not shown');
    expect(login.out).toContain('Ada Lovelace');
    expect(login.out).toContain('The service accepts the token.');
    expect(codes.asked[0]).toMatch(new RegExp(`^${cliClient} .*${audience}/\\.default`));

    const { token, ...choice } = kept();
    expect(choice).toEqual({
      method: 'deviceCode',
      service: backend.url,
      audience,
      tenant,
      client: cliClient,
    });
    expect(readdirSync(join(home, 'deployments'))).toEqual(['login.json']);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, 'deployments')).mode & 0o777).toBe(0o700);
    expect(readFileSync(file(), 'utf8')).not.toContain('refresh');

    expect((await run(getBuild())).exitCode).toBe(0);
    expect((await run(['get', 'build', ...build(foreign, '2')])).exitCode).toBe(1);
    const { value } = token as { readonly value: string };
    for (const argv of [['whoami'], ['whoami', '--json'], getBuild(), ['logout']]) {
      const { out, err } = await run(argv);
      for (const part of value.split('.')) expect(out + err).not.toContain(part);
    }
    expect(existsSync(file())).toBe(false);
    expect(await run(['logout'])).toEqual({ exitCode: 0, out: 'There was no login.', err: '' });
    const afterwards = await run(getBuild('--url', backend.url));
    expect(afterwards.exitCode).toBe(3);
    expect(afterwards.err).toContain("Run 'deployments login'");
  });

  it('who declines is not signed in, and the last login stays', async () => {
    await keepAda();
    codes.person = { refusal: 'authorization_declined' };
    const { exitCode, err } = await run(['login']);
    expect(exitCode).toBe(2);
    expect(err).toContain("'--client <id>' or $DEPLOYMENTS_CLIENT_ID");
    const declined = await spawnCommand(loginArguments(), environment());
    expect(declined.exitCode).toBe(3);
    expect(declined.err).toContain('could not sign in:');
    expect((await run(getBuild())).exitCode).toBe(0);
  });
});

describe('whoami', () => {
  it('shows the person, the service, the time that is left and the verdict as JSON', async () => {
    await keepAda();
    const { exitCode, out } = await run(['whoami', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toEqual({
      service: backend.url,
      source: 'login',
      method: 'deviceCode',
      name: 'Ada Lovelace',
      tenant,
      audience: apiClientId,
      permissions: ['Deployments.Read'],
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      answer: 'accepted',
      message: 'The service accepts the token.',
    });
  });

  it('explains 401: a tenant that the service does not accept', async () => {
    const value = await tokenOfAda({ of: foreignTenant });
    keep({ token: { value, expiresAt: Date.now() + 3_600_000 } });
    const { exitCode, out } = await run(['whoami']);
    expect(exitCode).toBe(3);
    expect(out).toContain(`Tenant:  ${foreignTenant}`);
    expect(out).toContain('does not accept the token (401: Unauthorized)');
  });

  it('explains 403: an application without a grant', async () => {
    const claims = backend.entra.application(cliClient);
    const DEPLOYMENTS_TOKEN = await backend.entra.token(tenant, { claims });
    const { exitCode, out } = await run(['whoami'], { DEPLOYMENTS_TOKEN, DEPLOYMENTS_URL: backend.url });
    expect(exitCode).toBe(3);
    expect(out).toContain(`User:    application ${cliClient}`);
    expect(out).toContain('in $DEPLOYMENTS_TOKEN, until');
    expect(out).toContain('grants you nothing (403:');
  });

  it('prints what a token claims as text that is harmless, and makes do with a static token', async () => {
    const claims = {
      name: 'Ada\u001b[2J\nService: https://elsewhere.example',
      tid: 7,
      roles: ['\u202eadmin', 1],
    };
    const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const named = { DEPLOYMENTS_URL: backend.url };
    const hostile = await run(['whoami'], { ...named, DEPLOYMENTS_TOKEN: `e30.${body}.x` });
    expect(hostile.exitCode).toBe(3);
    expect(hostile.out).toContain('User:    Ada\ufffd[2J Service: https://elsewhere.example\n');
    expect(hostile.out).toContain('May:     \ufffdadmin\n');
    const opaque = await run(['whoami'], { ...named, DEPLOYMENTS_TOKEN: 'static-secret' });
    expect(opaque.out).toContain('User:    the token does not say');
    expect(opaque.out).not.toContain('static-secret');
  });

  it('says that there is no login, that none is needed, and that nothing answers', async () => {
    const none = await run(['whoami', '--url', backend.url]);
    expect(none.exitCode).toBe(1);
    expect(none.out).toBe(
      `Service: ${backend.url}\nThere is no login to this service, and no token. Run 'deployments login', or set DEPLOYMENTS_TOKEN to a token that may read deployments.`,
    );
    const open = await run(['whoami', '--url', strangersUrl()]);
    expect(open).toMatchObject({ exitCode: 0, out: expect.stringContaining('asks for no token') });
    const away = await run(['whoami', '--json'], {
      DEPLOYMENTS_URL: 'http://127.0.0.1:9',
      DEPLOYMENTS_TOKEN: 'x',
    });
    expect(away.exitCode).toBe(3);
    expect(JSON.parse(away.out)).toMatchObject({ answer: 'away', source: 'environment' });
  });
});

it.each([
  [getBuild(), 3],
  [['wait', ...build(), '--settle', '0s', '--appear-timeout', '1s', '--timeout', '1s'], 3],
  [['whoami'], 1],
] as const)('%j of a login that has expired says so, and sends nothing', async (argv, code) => {
  await keepAda({
    service: strangersUrl(),
    token: { value: await tokenOfAda({ expiresIn: -60 }), expiresAt: Date.now() - 60_000 },
  });
  const { exitCode, out, err } = await run(argv);
  expect(exitCode).toBe(code);
  expect(out + err).toContain(`the login to ${strangersUrl()} expired at `);
  expect(out + err).toContain("Run 'deployments login'");
  expect(received).toEqual([]);
});

describe('the token of a login', () => {
  it('goes to the address of the login alone', async () => {
    const token = await keepAda({ service: `${strangersUrl()}/deployments` });
    await run(getBuild());
    await run(getBuild('--url', `${strangersUrl()}/deployments/`));
    await run(getBuild('--url', strangersUrl()));
    await run(getBuild('--url', strangersUrl().replace('127.0.0.1', 'localhost')));
    await run(getBuild(), { DEPLOYMENTS_URL: `${strangersUrl()}/other` });
    expect(received.slice(0, 3)).toEqual([`Bearer ${token}`, `Bearer ${token}`, undefined]);
    expect(new Set(received.slice(3))).toEqual(new Set([undefined]));
  });

  it('stands back where the environment has one', async () => {
    await keepAda({ service: strangersUrl() });
    await run(getBuild(), { DEPLOYMENTS_TOKEN: 'own' });
    expect(received).toEqual(['Bearer own']);
    expect((await run(['logout'], { DEPLOYMENTS_TOKEN: 'own' })).err).toContain(
      '$DEPLOYMENTS_TOKEN is still set',
    );
  });

  it('is neither asked for nor sent over plain http to another machine', async () => {
    const url = 'http://deployments.example.com';
    const asked = codes.asked.length;
    const login = await run(['login', '--url', url, ...loginArguments().slice(3)]);
    expect(login.exitCode).toBe(2);
    expect(login.err).toContain(`--url ${url} is plain http on another machine, so the token of a login`);
    expect(codes.asked).toHaveLength(asked);
    await keepAda({ service: url });
    expect(await run(getBuild())).toMatchObject({ exitCode: 2, err: expect.stringContaining('plain http') });
  });

  it('is not used from a file that others can read or change', async () => {
    for (const mode of [0o644, 0o620, 0o606]) {
      await keepAda();
      chmodSync(file(), mode);
      const { exitCode, err } = await run(getBuild());
      expect(exitCode).toBe(2);
      expect(err).toContain('other users can read or change it');
    }
  });
});

it.each([
  ['{', 'it is not JSON'],
  ['null', 'its method is unknown'],
  ['{"method":"azureCli","service":"nowhere"}', 'it names no service'],
  [
    '{"method":"azureCli","service":"https://x.example","audience":"a; touch /tmp/x"}',
    'it names no audience',
  ],
])('a file with %s is refused, and can be replaced and removed', async (content, problem) => {
  keep({});
  writeFileSync(file(), content);
  const { exitCode, err } = await run(getBuild());
  expect(exitCode).toBe(2);
  expect(err).toContain(problem);
  expect((await run(['login'])).err).toContain('required options are missing');
  expect((await run(['logout'])).out).toBe('The login is forgotten.');
});

describe('options', () => {
  it('that are missing are named at once', async () => {
    const { exitCode, err } = await run(['login']);
    expect(exitCode).toBe(2);
    for (const name of ['DEPLOYMENTS_AUDIENCE', 'DEPLOYMENTS_TENANT', 'DEPLOYMENTS_CLIENT_ID'])
      expect(err).toContain(name);
    expect((await run(['login', '--azure-cli'])).err).not.toContain('CLIENT_ID');
  });

  it.each([
    [['--audience', 'api://x;id'], /--audience.*application id URI/],
    [['--tenant', '$(id)'], /--tenant.*tenant id/],
    [['--client', 'me'], /--client.*GUID/],
    [['--azure-cli', '--managed-identity'], /cannot be used with/],
  ] as const)('%j are refused', async (argv, message) => {
    const { exitCode, err } = await run(['login', ...argv]);
    expect(exitCode).toBe(2);
    expect(err).toMatch(message);
  });

  it('need a folder of the user', async () => {
    const none = await runCommand(['logout'], {});
    expect(none.out).toBe('There was no login.');
  });
});

describe('a machine', () => {
  let identity: Server;
  let asked: URL[];

  // One endpoint for all tests: the identity library looks for it once in a process.
  beforeAll(async () => {
    identity = createServer(async (request, response) => {
      asked.push(new URL(request.url ?? '', 'http://127.0.0.1'));
      const access_token = await backend.entra.token(tenant, { claims: backend.entra.application(program) });
      const expires_on = Math.floor(Date.now() / 1_000) + 3_600;
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ access_token, expires_on, token_type: 'Bearer', resource: audience }));
    });
    await new Promise<void>((resolve) => identity.listen(0, '127.0.0.1', resolve));
    process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${(identity.address() as AddressInfo).port}/msi`;
    process.env.IDENTITY_HEADER = 'h';
  });
  beforeEach(() => {
    asked = [];
  });
  afterAll(() => {
    delete process.env.IDENTITY_ENDPOINT;
    delete process.env.IDENTITY_HEADER;
    identity.closeAllConnections();
    identity.close();
  });

  it('signs in with its managed identity, keeps no token, and does so again without options', async () => {
    const argv = ['login', '--managed-identity', '--url', backend.url, '--client', cliClient];
    const login = await run(argv, { DEPLOYMENTS_AUDIENCE: audience });
    expect(login).toMatchObject({ exitCode: 0, out: expect.stringContaining(`application ${program}`) });
    const expected = { method: 'managedIdentity', service: backend.url, audience, client: cliClient };
    expect(kept()).toEqual(expected);
    expect(asked[0]?.searchParams.get('resource')).toBe(audience);
    expect(asked[0]?.searchParams.get('client_id')).toBe(cliClient);
    expect((await run(getBuild())).exitCode).toBe(0);
    expect((await run(['login'])).exitCode).toBe(0);
    expect(kept()).toEqual(expected);
    // What belongs to another service or method is not taken over.
    expect((await run(['login', '--url', strangersUrl()])).err).toContain('DEPLOYMENTS_AUDIENCE');
    expect((await run(['login', '--device-code'])).err).toContain('DEPLOYMENTS_CLIENT_ID');
  });
});

it('Azure CLI gives tokens itself, and says what it lacks', async () => {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  const accessToken = await tokenOfAda();
  const answer = { accessToken, expiresOn: '2999-01-01 00:00:00.000000', expires_on: 32503680000 };
  writeFileSync(join(bin, 'answer.json'), JSON.stringify(answer));
  const script = `#!/bin/sh\necho "$@" >> ${bin}/asked\ncat ${bin}/answer.json\n`;
  writeFileSync(join(bin, 'az'), script, { mode: 0o700 });
  const path = { PATH: `${bin}:${process.env.PATH}` };
  const argv = ['login', '--azure-cli', '--url', backend.url, '--audience', audience, '--tenant', tenant];
  const login = await spawnCommand(argv, environment(path));
  expect(login).toMatchObject({ exitCode: 0, out: expect.stringContaining('Ada Lovelace') });
  expect(kept()).toEqual({ method: 'azureCli', service: backend.url, audience, tenant });
  expect(readFileSync(join(bin, 'asked'), 'utf8')).toContain(`--resource ${audience} --tenant ${tenant}`);
  writeFileSync(join(bin, 'az'), '#!/bin/sh\necho "Please run az login to setup account." >&2; exit 1\n');
  const later = await spawnCommand(getBuild(), environment(path));
  expect(later.exitCode).toBe(3);
  expect(later.err).toContain("Please run 'az login'");
});
