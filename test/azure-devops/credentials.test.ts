import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  authorizationFromEnvironment,
  azureDevOpsResource,
  MissingCredentialsError,
} from '../../azure-devops/credentials.ts';
import { parseOrganization } from '../../azure-devops/organization.ts';

describe('credentials', () => {
  test('are a bearer token before a personal access token', async () => {
    const both = { AZURE_DEVOPS_TOKEN: ' entra ', AZURE_DEVOPS_EXT_PAT: 'pat' };
    expect(await authorizationFromEnvironment(both)()).toBe('Bearer entra');
  });

  test('from a personal access token are basic, with an empty user name', async () => {
    const authorization = await authorizationFromEnvironment({ AZURE_DEVOPS_EXT_PAT: 'pat' })();
    expect(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()).toBe(':pat');
  });

  test('that are missing are asked for by the names of the variables', () => {
    expect(() => authorizationFromEnvironment({ AZURE_DEVOPS_TOKEN: '' })).toThrow(
      /AZURE_DEVOPS_TOKEN.*AZURE_DEVOPS_EXT_PAT/,
    );
  });
});

describe('credentials of a managed identity', () => {
  const variables = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'] as const;
  let endpoint: Server;
  let answer: () => { readonly status?: number; readonly body: object };
  let asked: string[];

  // One endpoint for all tests: the identity library looks for it once in a process.
  beforeAll(async () => {
    endpoint = createServer((request, response) => {
      asked.push(`${request.headers['x-identity-header']} ${request.url}`);
      const { status = 200, body } = answer();
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    const { port } = endpoint.address() as AddressInfo;
    process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${port}/msi`;
    process.env.IDENTITY_HEADER = 'h';
  });

  beforeEach(() => {
    asked = [];
  });

  afterAll(() => {
    for (const name of variables) delete process.env[name];
    endpoint.close();
    endpoint.closeAllConnections();
  });

  const tokenFor = (seconds: number) => () => ({
    body: {
      access_token: `token-${asked.length}`,
      expires_on: String(Math.floor(Date.now() / 1000) + seconds),
      resource: azureDevOpsResource,
      token_type: 'Bearer',
    },
  });

  test('that are refused name the reason', async () => {
    answer = () => ({ status: 403, body: { error: 'no identity here' } });
    const refused = authorizationFromEnvironment(process.env)();
    await expect(refused).rejects.toThrow(MissingCredentialsError);
    await expect(refused).rejects.toThrow(
      /^Could not get a token for the managed identity: .*no identity here/,
    );
  });

  test('that make no sense are refused', async () => {
    answer = () => ({ body: {} });
    await expect(authorizationFromEnvironment(process.env)()).rejects.toThrow(MissingCredentialsError);
  });

  test('are asked for again when they are about to expire', async () => {
    answer = tokenFor(60);
    const authorization = authorizationFromEnvironment(process.env);
    expect([await authorization(), await authorization()]).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  test('are asked for once if they last', async () => {
    answer = tokenFor(3_600);
    const authorization = authorizationFromEnvironment(process.env);
    expect([await authorization(), await authorization()]).toEqual(['Bearer token-1', 'Bearer token-1']);
    expect(asked).toHaveLength(1);
    const [header, address = ''] = asked[0]?.split(' ') ?? [];
    expect(header).toBe('h');
    const { pathname, searchParams } = new URL(address, 'http://host');
    expect(pathname).toBe('/msi');
    expect(searchParams.get('resource')).toBe(azureDevOpsResource);
    expect(searchParams.get('api-version')).toBe('2019-08-01');
  });
});

describe('an organization', () => {
  test.each([
    ['contoso', 'contoso', 'https://dev.azure.com/contoso'],
    ['https://dev.azure.com/contoso/', 'contoso', 'https://dev.azure.com/contoso'],
    ['https://contoso.visualstudio.com', 'contoso', 'https://contoso.visualstudio.com'],
    [
      'https://tfs.example.com/tfs/Main%20Collection',
      'tfs.example.com/tfs/Main Collection',
      'https://tfs.example.com/tfs/Main%20Collection',
    ],
    ['http://127.0.0.1:8080/contoso', '127.0.0.1:8080/contoso', 'http://127.0.0.1:8080/contoso'],
  ])('is read from %s', (text, name, url) => {
    expect(parseOrganization(text)).toEqual({ name, url });
  });

  test.each([
    ['', 'expected a name'],
    ['two words', 'expected a name'],
    ['https://dev.azure.com', 'expected a name'],
    ['https://dev.azure.com/contoso/project', 'expected a name'],
    ['http://dev.azure.com/contoso', 'https://'],
    ['https://me:secret@dev.azure.com/contoso', 'credentials'],
  ])('is refused in %p, with what would be right', (text, reason) => {
    expect(() => parseOrganization(text)).toThrow(reason);
  });
});
