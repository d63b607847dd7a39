/** Which build a command is about: by the address that people paste, or by options. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AzureDevOpsStandIn, startAzureDevOps } from '../../support/azure-devops/azure-devops.ts';
import type { StoredProject } from '../../support/azure-devops/records.ts';
import { environmentFor, runCommand } from '../../support/command-line.ts';
import {
  type DeploymentsService,
  projectId,
  startDeploymentsService,
} from '../../support/tasks/deployments-service.ts';
import { deployment } from '../../support/wait/world.ts';

let service: DeploymentsService;
let standIn: AzureDevOpsStandIn;
let webshop: StoredProject;
beforeEach(async () => {
  service = await startDeploymentsService(() => [deployment('a', 'completed')]);
  standIn = await startAzureDevOps();
  webshop = standIn.addProject('web shop');
});
afterEach(() => Promise.all([service.close(), standIn.close()]));

const run = (argv: string[], environment: Readonly<Record<string, string | undefined>> = {}) =>
  runCommand(argv, { DEPLOYMENTS_URL: service.url, ...environment });
/** What the service was asked for, by a command that ends well. */
async function asked(argv: string[], environment: Readonly<Record<string, string | undefined>> = {}) {
  const { exitCode, err } = await run(argv, environment);
  expect({ exitCode, err: exitCode === 0 ? '' : err }).toEqual({ exitCode: 0, err: '' });
  return [...(service.requests.at(-1)?.query.values() ?? [])];
}

describe('the address of a build', () => {
  it.each([
    [`https://dev.azure.com/contoso/${projectId}/_build/results?buildId=7&view=results`, 'contoso'],
    [`https://dev.azure.com/contoso/${projectId}/_build/results?view=logs&buildId=7#line`, 'contoso'],
    [`https://contoso.visualstudio.com/${projectId}/_build/results?buildId=7`, 'contoso'],
    [`https://contoso.visualstudio.com/DefaultCollection/${projectId}/_build/results?buildId=7`, 'contoso'],
    [`https://dev.azure.com/contoso/${projectId}/_apis/build/Builds/7`, 'contoso'],
    [`https://tfs.example.com/tfs/Main/${projectId}/_build/results?buildId=7`, 'tfs.example.com/tfs/Main'],
    [`http://tfs.example.com/Main/${projectId}/_build/results?buildId=7`, 'tfs.example.com/Main'],
  ])('%s names it, without a token', async (address, organization) => {
    expect(await asked(['get', 'build', address])).toEqual([organization, projectId, '7']);
  });

  it('serves wait and watch too', async () => {
    const address = `https://dev.azure.com/contoso/${projectId}/_build/results?buildId=7`;
    expect(await asked(['wait', address, '--settle', '0'])).toEqual(['contoso', projectId, '7']);
    service.answer = () => ({ status: 403 });
    expect((await run(['watch', address])).exitCode).toBe(3);
    expect(service.requests.at(-1)?.query.get('adoBuildId')).toBe('7');
  });

  it.each([
    ['https://dev.azure.com/contoso/webshop'],
    ['https://dev.azure.com/contoso/webshop/_build?definitionId=7'],
    ['https://dev.azure.com/contoso/webshop/_build/results?buildId=1e9'],
    ['https://example.com/7'],
    ['webshop'],
    ['7'],
  ])('%s is none, and the error says how one looks', async (address) => {
    const { exitCode, err } = await run(['get', 'build', address]);
    expect(exitCode).toBe(2);
    expect(err).toMatch(/argument 'build' must be the address of a build, such as https:.*buildId=/);
    expect(service.requests).toEqual([]);
  });

  it('cannot be combined with options that say the same', async () => {
    const address = `https://dev.azure.com/contoso/${projectId}/_build/results?buildId=7`;
    const { exitCode, err } = await run(['get', 'build', address, '-b', '8', '-o', 'fabrikam']);
    expect(exitCode).toBe(2);
    expect(err).toMatch(/leave out '--organization', '--build'$/);
  });
});

describe('a project that is given by name', () => {
  const options = ['get', 'build', '-p', 'web shop', '-b', '7'];

  it('is looked up at Azure DevOps with the credentials of the environment', async () => {
    expect(await asked(options, environmentFor(standIn))).toEqual([standIn.organization, webshop.id, '7']);
    const address = `${standIn.url}/web%20shop/_build/results?buildId=7`;
    expect(await asked(['get', 'build', address], environmentFor(standIn))).toEqual([
      standIn.organization,
      webshop.id,
      '7',
    ]);
    expect(standIn.requests.map(({ path }) => path)).toEqual(Array(2).fill('_apis/projects/web shop'));
  });

  it('needs credentials, and the error says which, and how to do without', async () => {
    const { exitCode, err } = await run(options, { AZURE_DEVOPS_ORGANIZATION: standIn.url });
    expect(exitCode).toBe(2);
    expect(err).toMatch(/--project must be the id \(a GUID\).*AZURE_DEVOPS_TOKEN.*AZURE_DEVOPS_EXT_PAT/);
  });

  it('has to exist', async () => {
    const argv = ['get', 'build', '-p', 'nowhere', '-b', '7'];
    const { exitCode, err } = await run(argv, environmentFor(standIn));
    expect(exitCode).toBe(2);
    expect(err).toContain('has no project "nowhere" that this token may see');
  });

  it('is not looked up at a server that only an address names, because its token would go there', async () => {
    const secret = { AZURE_DEVOPS_EXT_PAT: standIn.token };
    const address = `${standIn.url}/web%20shop/_build/results?buildId=7`;
    for (const environment of [secret, { ...secret, AZURE_DEVOPS_ORGANIZATION: 'contoso' }]) {
      const { exitCode, err } = await run(['get', 'build', address], environment);
      expect(exitCode).toBe(2);
      expect(err).toContain(`set AZURE_DEVOPS_ORGANIZATION=${standIn.url}`);
    }
    expect(standIn.requests).toEqual([]);
  });

  it('is not looked up over plain http on another machine', async () => {
    const address = 'http://tfs.example.com/Main/webshop/_build/results?buildId=7';
    const { exitCode, err } = await run(['get', 'build', address], { AZURE_DEVOPS_EXT_PAT: 'secret' });
    expect(exitCode).toBe(2);
    expect(err).toMatch(/http:\/\/tfs\.example\.com is plain http on another machine, so no token is sent/);
  });
});

describe('options that are missing', () => {
  it.each([
    [
      ['get', 'build'],
      ['--organization', '--project', '--build'],
    ],
    [
      ['watch', '-b', '7'],
      ['--organization', '--project'],
    ],
    [
      ['wait', '-o', 'contoso'],
      ['--project', '--build'],
    ],
    [
      ['get', 'deployment'],
      ['--source', '--id'],
    ],
    [
      ['get', 'payload'],
      ['--source', '--id'],
    ],
    [
      ['hooks', 'create'],
      ['--organization', '--project', '--queue'],
    ],
    [
      ['hooks', 'doctor', '-p', 'x'],
      ['--organization', '--queue'],
    ],
    [
      ['hooks', 'remove', '-o', 'x'],
      ['--project', '--queue'],
    ],
    [['reconcile'], ['--organization', '--project', '--since', '--cluster']],
    [
      ['changelog', 'list'],
      ['--organization', '--project', '--cluster'],
    ],
    [
      ['changelog', 'commit', 'abcdef0'],
      ['--organization', '--cluster'],
    ],
  ])('of %j are named at once', async (argv, names) => {
    const { exitCode, err } = await run(argv);
    expect(exitCode).toBe(2);
    expect(err.match(/^ {2}'--[a-z]+/gm)?.sort()).toEqual(names.map((name) => `  '${name}`).sort());
  });

  it.each([
    ['--org', 'contoso'],
    ['--org=contoso', undefined],
    ['--organization', 'contoso'],
  ])('%s names the organization', async (option, value) => {
    const argv = [
      'get',
      'build',
      option,
      ...(value === undefined ? [] : [value]),
      '-p',
      projectId,
      '-b',
      '7',
    ];
    expect(await asked(argv)).toEqual(['contoso', projectId, '7']);
  });

  it('does not hide that another option is unknown', async () => {
    expect((await run(['get', 'build', '--orgs', 'contoso'])).err).toContain("unknown option '--orgs'");
  });
});
