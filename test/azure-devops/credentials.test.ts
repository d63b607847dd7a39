import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { authorizationFromEnvironment, azureDevOpsResource } from '../../azure-devops/credentials.ts';
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

  test('of a managed identity are asked for once, until shortly before they expire', async () => {
    const asked: string[] = [];
    let expiresOn = Date.now() / 1000 + 3600;
    const endpoint = createServer((request, response) => {
      asked.push(`${request.headers['x-identity-header']} ${request.url}`);
      response.end(JSON.stringify({ access_token: `token-${asked.length}`, expires_on: String(expiresOn) }));
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    const { port } = endpoint.address() as AddressInfo;
    const environment = { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi`, IDENTITY_HEADER: 'h' };

    const lasting = authorizationFromEnvironment(environment);
    expect([await lasting(), await lasting()]).toEqual(['Bearer token-1', 'Bearer token-1']);
    expect(asked).toEqual([`h /msi?resource=${azureDevOpsResource}&api-version=2019-08-01`]);

    expiresOn = Date.now() / 1000 + 60;
    const brief = authorizationFromEnvironment(environment);
    expect([await brief(), await brief()]).toEqual(['Bearer token-2', 'Bearer token-3']);
    endpoint.close();
    endpoint.closeAllConnections();
  });

  test('that a managed identity refuses name the status', async () => {
    const refusal = async () => new Response('{}', { status: 403 });
    const authorization = authorizationFromEnvironment(
      { IDENTITY_ENDPOINT: 'http://127.0.0.1/msi', IDENTITY_HEADER: 'h' },
      refusal,
    );
    await expect(authorization()).rejects.toThrow('status 403');
    const empty = async () => new Response('{}');
    await expect(
      authorizationFromEnvironment(
        { IDENTITY_ENDPOINT: 'http://127.0.0.1/msi', IDENTITY_HEADER: 'h' },
        empty,
      )(),
    ).rejects.toThrow('access_token');
  });
});

describe('an organization', () => {
  test.each([
    ['contoso', 'contoso', 'https://dev.azure.com/contoso'],
    ['https://dev.azure.com/contoso/', 'contoso', 'https://dev.azure.com/contoso'],
    ['https://contoso.visualstudio.com', 'contoso', 'https://contoso.visualstudio.com'],
    [
      'https://tfs.example.com/tfs/Main%20Collection',
      'Main Collection',
      'https://tfs.example.com/tfs/Main%20Collection',
    ],
    ['http://127.0.0.1:8080/contoso', 'contoso', 'http://127.0.0.1:8080/contoso'],
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
