/** The script that registers the API in Entra ID, with an Azure CLI that only writes down what it is told. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Registration, register, script } from '../../scripts/app-registration.ts';

const tenant = '11111111-1111-4111-8111-111111111111';
const identity = '22222222-2222-4222-8222-222222222222';
const usual: Registration = { name: 'Deployments', tenant, identity };

/** Answers each call by what is in it. */
function recordingAz(answers: Readonly<Record<string, string>> = {}) {
  const calls: string[][] = [];
  const all = {
    'ad app list': '',
    "'vso.build'": 'permission-id',
    "'vso.project'": 'projects-id',
    POST: 'app-id',
    ...answers,
  };
  const az = (call: readonly string[]): string => {
    calls.push([...call]);
    return Object.entries(all).find(([part]) => call.join(' ').includes(part))?.[1] ?? '';
  };
  return { az, calls };
}
const bodyOf = (call: readonly string[] = []): Record<string, unknown> =>
  JSON.parse(call[call.indexOf('--body') + 1] ?? '{}');

it('registers scope, role, permission, audience and a federated credential, and no secret', () => {
  const { az, calls } = recordingAz();
  expect(register(usual, az, () => undefined)).toBe('app-id');
  const [, , , create, audience, principal, credential] = calls;
  expect(bodyOf(create)).toMatchObject({
    displayName: 'Deployments',
    signInAudience: 'AzureADMyOrg',
    api: {
      requestedAccessTokenVersion: 2,
      oauth2PermissionScopes: [{ value: 'Deployments.Read', type: 'User' }],
    },
    appRoles: [
      { value: 'Deployments.Read.All', allowedMemberTypes: ['Application'] },
      { value: 'Deployments.Hidden.Count', allowedMemberTypes: ['Application'] },
    ],
    optionalClaims: { accessToken: [{ name: 'idtyp' }] },
    requiredResourceAccess: [
      {
        resourceAppId: '499b84ac-1321-427f-aa17-267ca6975798',
        resourceAccess: [
          { id: 'permission-id', type: 'Scope' },
          { id: 'projects-id', type: 'Scope' },
        ],
      },
    ],
    spa: { redirectUris: ['https://dev.azure.com/_public/_MsalPopup'] },
  });
  expect([audience?.[4], bodyOf(audience)]).toEqual([
    "https://graph.microsoft.com/v1.0/applications(appId='app-id')",
    { identifierUris: ['api://app-id'] },
  ]);
  expect(principal).toEqual(['ad', 'sp', 'create', '--id', 'app-id']);
  expect(JSON.parse(credential?.at(-1) ?? '')).toEqual({
    name: 'backend',
    issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
    subject: identity,
    audiences: ['api://AzureADTokenExchange'],
  });
  expect(calls.flat().join(' ')).not.toMatch(/secret|password/i);
});

it.each([
  ['ad app list', 'other-id', /already/],
  ["'vso.build'", '', /no permission vso.build/],
  ["'vso.project'", '', /no permission vso.project/],
  ['POST', '', /not created/],
])('stops where "%s" gives %j', (part, answer, message) => {
  const { az, calls } = recordingAz({ [part]: answer });
  expect(() => register(usual, az, () => undefined)).toThrow(message);
  expect(calls.at(-1)?.join(' ')).toContain(part);
});

describe('as a program', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'az-'));
    const az = join(folder, 'az');
    writeFileSync(
      az,
      `#!/bin/sh\nprintf '%s\\n' "$@" '--' >> '${folder}/calls'\ncase "$*" in *"app list"*) ;; *) echo printed-id ;; esac\n`,
    );
    chmodSync(az, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (words: readonly string[]): string =>
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/app-registration.ts', ...words], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
      stdio: 'pipe',
    });

  it('only prints commands, unless it is told to run them', () => {
    expect(run(['--name', 'Deployments', '--tenant', tenant])).toBe(
      script({ ...usual, identity: undefined }),
    );
    expect(() => readFileSync(join(folder, 'calls'))).toThrow('ENOENT');
  });

  it('prints commands that a shell runs as they are meant, whatever the name is', () => {
    const name = `Bob's "$(touch ${folder}/pwned)" \`x\``;
    const { az, calls } = recordingAz({
      "'vso.build'": 'printed-id',
      "'vso.project'": 'printed-id',
      POST: 'printed-id',
    });
    register({ ...usual, name }, az, () => undefined);
    execFileSync('sh', ['-ec', script({ ...usual, name })], {
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    });
    const ran = readFileSync(join(folder, 'calls'), 'utf8').split('\n--\n').slice(0, -1);
    expect(ran).toEqual(calls.map((call) => call.join('\n')));
    expect(() => readFileSync(join(folder, 'pwned'))).toThrow('ENOENT');
  });

  it('prints the settings when it has run them', () => {
    expect(run(['--name', 'Deployments', '--tenant', tenant, '--identity', identity, '--apply'])).toBe(
      `ENTRA_TENANTS=${tenant}\nENTRA_CLIENT_ID=printed-id\n`,
    );
  });

  it('says what its options must be', () => {
    expect(() => run(['--name', 'Deployments', '--tenant', 'contoso'])).toThrow(/--tenant the id \(GUID\)/);
  });
});
