import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClientError } from '../../../api/client-error.ts';
import { createIntrospectionClient, type IntrospectionClient } from '../../../api/introspection/client.ts';
import type { Placement, ProjectSettings } from '../../../api/introspection/contract.ts';

const project = { organization: 'contoso', project: 'b32aa71e-8ed2-41b2-9d77-5bc261222004' };
const named = { ADOOrganizationName: 'contoso', ADOProjectId: project.project };
const time = '2024-01-02T14:09:36.7245944Z';

interface Seen {
  readonly method: string | undefined;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let client: IntrospectionClient;
let seen: Seen[];
let answer: { readonly status?: number; readonly headers?: Record<string, string>; readonly body: unknown };
let waits: number[];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url ?? '/', 'http://localhost');
    seen.push({ method: request.method, url, headers: request.headers, body });
    response.writeHead(answer.status ?? 200, answer.headers).end(JSON.stringify(answer.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

beforeEach(() => {
  seen = [];
  waits = [];
  client = createIntrospectionClient({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/below`,
    token: async () => 'secret',
    random: () => 0,
    sleep: async (milliseconds) => void waits.push(milliseconds),
  });
});

const asked = (): readonly [string, Record<string, string>] => {
  const [{ url } = { url: new URL('http:nothing') }] = seen;
  return [url.pathname, Object.fromEntries(url.searchParams)];
};

const placement: Placement = {
  Service: 'web',
  Environment: 'prod',
  DeploymentSource: 'azurepipelines',
  DeploymentId: 'contoso/p/1/prod',
  DeploymentUrl: 'https://dev.azure.com/',
  Version: '1.2.3',
  Build: {
    ProjectId: project.project,
    Id: 1,
    Number: '1.2.3',
    Url: 'https://dev.azure.com/',
    Pipeline: 'web',
    Repository: 'web',
    Branch: 'refs/heads/main',
    Commit: 'a'.repeat(40),
  },
  State: 'succeeded',
  ChangeState: 'succeeded',
  Kind: 'forward',
  By: 'Ada',
  StartTime: time,
  EndTime: null,
};
const step = {
  ProjectId: project.project,
  Key: 'b1',
  Kind: 'build',
  Title: '1.2.3',
  Url: '',
  State: 'succeeded',
  ChangeState: '',
  By: '',
  StartTime: time,
  EndTime: null,
  After: [],
};
const change = {
  Placement: placement,
  Author: 'Ada',
  Ring: '',
  MetadataUpdate: step,
  Approval: null,
  MergedBy: '',
  ReadyToDeploy: null,
  SyncedClusters: ['east'],
  LastUpdateTime: time,
};
const service = { Name: 'web', Guessed: true, Pipelines: ['web'], Repositories: [], Ambiguous: [] };
const settings: ProjectSettings = {
  Services: [{ Name: 'web', Pipelines: ['web-*'], Repositories: [], Payloads: [] }],
  Environments: [{ Name: 'prod', Tier: 'production', Aliases: ['Production'] }],
  MetadataRepositories: [],
  ManifestRepositories: [],
};
const saved = { ...named, Version: 3, SavedBy: 'Ada', SavedTime: time, Settings: settings };
const whereabouts = {
  ...named,
  Subject: '!7',
  Commits: [{ ProjectId: '', Id: 'a'.repeat(40), Message: 'Fix', Author: 'Ada', Time: time, Url: '' }],
  PullRequests: [{ ProjectId: '', Id: 7, Title: 'Fix', Repository: 'web', Url: '' }],
  WorkItems: [{ ProjectId: '', Id: 9, Url: '' }],
  Environments: [
    { ProjectId: '', Service: 'web', Environment: 'prod', Presence: 'here', Placement: placement },
  ],
  Steps: [step],
  AndMore: false,
};
const environments = {
  ...named,
  At: null,
  Horizon: time,
  LeftOut: [{ DeploymentSource: 'pilotfish', Reason: 'It keeps no history.' }],
  Environments: [{ Name: 'prod', Tier: 'production', Guessed: false }],
  Services: [service],
  Cells: [
    {
      Service: 'web',
      Environment: 'prod',
      Current: placement,
      Since: [placement],
      MoreSince: 1,
      Behind: 2,
      BehindIsAtLeast: false,
    },
  ],
  ContinuationToken: 'next',
};

describe('the client of introspection', () => {
  it.each<readonly [string, () => Promise<{ kind: string; body?: unknown }>, object, string, object]>([
    [
      'environments',
      () =>
        client.getEnvironments({
          ...project,
          services: ['a,b', 'c\\'],
          states: ['failed', 'blocked'],
          at: time,
          top: 5,
        }),
      environments,
      '/below/introspection/v1/environments',
      { service: 'a\\,b,c\\\\', state: 'failed,blocked', at: time, top: '5' },
    ],
    [
      'services',
      () => client.getServices(project),
      { ...named, Services: [service] },
      '/below/introspection/v1/services',
      {},
    ],
    [
      'changes',
      () =>
        client.getChanges({
          ...project,
          environments: ['prod'],
          buildId: 7,
          commit: 'abcdef0',
          imageTag: 'v1',
          deploymentId: 'x/1',
          author: 'Ada',
          from: time,
          to: time,
          measure: 'changeFailRate',
          continuationToken: 'next',
        }),
      { ...named, Changes: [change] },
      '/below/introspection/v1/deployments',
      {
        environment: 'prod',
        buildId: '7',
        commit: 'abcdef0',
        imageTag: 'v1',
        deploymentId: 'x/1',
        author: 'Ada',
        from: time,
        to: time,
        measure: 'changeFailRate',
        continuationToken: 'next',
      },
    ],
    [
      'news',
      () =>
        client.getNews({
          ...project,
          service: 'a,b',
          environment: 'prod',
          source: 'azurepipelines',
          deploymentId: 'x',
          since: 'y',
        }),
      {
        ...named,
        Placement: placement,
        Since: null,
        Direction: 'forward',
        Commits: whereabouts.Commits,
        PullRequests: whereabouts.PullRequests,
        WorkItems: whereabouts.WorkItems,
        AndMore: true,
      },
      '/below/introspection/v1/news',
      {
        service: 'a\\,b',
        environment: 'prod',
        deploymentSource: 'azurepipelines',
        deploymentId: 'x',
        since: 'y',
      },
    ],
    [
      'a pull request',
      () => client.getPullRequest({ ...project, pullRequest: 7, repository: 'r' }),
      whereabouts,
      '/below/introspection/v1/pull-requests/7',
      { repositoryId: 'r' },
    ],
    [
      'a work item',
      () => client.getWorkItem({ ...project, workItem: 9 }),
      whereabouts,
      '/below/introspection/v1/work-items/9',
      {},
    ],
    [
      'measures',
      () => client.getMeasures({ ...project, from: time }),
      {
        ...named,
        From: time,
        To: time,
        LeftOut: [],
        Measures: [
          {
            Name: 'changeLeadTime',
            Service: '',
            Environment: 'prod',
            Value: null,
            Counted: 0,
            LeftOutCount: 2,
            Daily: [{ Day: '2024-01-02', Value: 0.5, Counted: 1 }],
          },
        ],
      },
      '/below/introspection/v1/measures',
      { from: time },
    ],
    ['settings', () => client.getSettings(project), saved, '/below/introspection/v1/settings', {}],
  ])('gets %s', async (_name, ask, body, path, parameters) => {
    answer = { body };
    expect(await ask()).toMatchObject({ kind: 'found', body, skipped: [] });
    const theProject = { adoOrganizationName: 'contoso', adoProjectId: project.project };
    expect(asked()).toEqual([path, { ...theProject, ...parameters }]);
    expect(seen[0]).toMatchObject({ method: 'GET', headers: { authorization: 'Bearer secret' } });
  });

  it('gets a commit in one project or in all, whatever its id has in it', async () => {
    answer = { body: whereabouts };
    await client.getCommit({ organization: 'contoso', commit: '../a?b' });
    expect(asked()).toEqual([
      '/below/introspection/v1/commits/..%2Fa%3Fb',
      { adoOrganizationName: 'contoso' },
    ]);
  });

  it('keeps words that it does not know, and leaves out what cannot be used', async () => {
    const odd = { ...placement, State: 'someday', Kind: 'sideways' };
    const { Cells: [cell] = [] } = environments;
    answer = {
      body: {
        ...named,
        Environments: [{ Name: 'prod', Tier: 'moon' }, { Tier: 'test' }],
        Services: [],
        Cells: [{ ...cell, Current: odd, Behind: undefined }, { ...cell, Current: { Version: 'no id' } }, 7],
        Newer: 'field',
      },
    };
    const found = await client.getEnvironments(project);
    expect(found).toMatchObject({
      kind: 'found',
      body: {
        Environments: [{ Name: 'prod', Tier: 'moon', Guessed: false }],
        Cells: [{ Current: odd, Behind: null }],
        LeftOut: [],
        At: null,
      },
      skipped: [{ index: 1 }, { index: 2 }],
    });
    expect(found).not.toHaveProperty('body.Newer');
  });

  it('transfers an answer once', async () => {
    answer = { body: saved, headers: { etag: '"1"' } };
    const previous = await client.getSettings(project);
    answer = { status: 304, body: undefined };
    expect(await client.getSettings(project, { previous })).toMatchObject({
      kind: 'found',
      changed: false,
      body: saved,
    });
    expect(seen[1]?.headers['if-none-match']).toBe('"1"');
  });

  it('says what is not known', async () => {
    answer = {
      status: 404,
      body: { code: '404', message: 'Not Found', details: [{ target: 'id', message: 'No such commit.' }] },
    };
    expect(await client.getCommit({ ...project, commit: 'abcdef0' })).toMatchObject({
      kind: 'unknown',
      message: 'No such commit.',
    });
    expect(await client.previewSettings(project, settings)).toMatchObject({ kind: 'unknown' });
    expect(await client.saveSettings(project, { version: 0, settings })).toMatchObject({ kind: 'unknown' });
  });
});

describe('settings', () => {
  it('are saved in place of a version', async () => {
    answer = { body: saved };
    expect(await client.saveSettings(project, { version: 2, settings })).toEqual({
      kind: 'saved',
      body: saved,
    });
    expect(seen[0]).toMatchObject({
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: 'Bearer secret' },
    });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ Version: 2, Settings: settings });
  });

  it('are not saved over those of somebody else', async () => {
    answer = { status: 409, body: { code: '409', message: 'Somebody saved version 5.', currentVersion: 5 } };
    expect(await client.saveSettings(project, { version: 2, settings })).toEqual({
      kind: 'conflict',
      currentVersion: 5,
      message: 'Somebody saved version 5.',
    });
  });

  it('come back with all that is wrong with them', async () => {
    const details = [{ target: 'Services[0].Name', message: 'Services[0].Name is empty.' }];
    answer = { status: 400, body: { code: '400', message: 'Services[0].Name is empty.', details } };
    const error: unknown = await client
      .saveSettings(project, { version: 2, settings })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ClientError);
    expect(error).toMatchObject({ kind: 'badRequest', details });
  });

  it('are sent once to be saved, because a second try would meet the first', async () => {
    answer = { status: 503, body: { code: '503', message: 'Service Unavailable' } };
    await expect(client.saveSettings(project, { version: 2, settings })).rejects.toMatchObject({
      kind: 'unavailable',
    });
    expect(seen).toHaveLength(1);
  });

  it('are sent again for a preview', async () => {
    answer = { status: 503, body: { code: '503', message: 'Service Unavailable' } };
    await expect(client.previewSettings(project, settings)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(seen).toHaveLength(3);
    expect(waits).toHaveLength(2);
    answer = {
      body: {
        Services: [service],
        Environments: [{ Name: 'prod', Tier: 'production', Guessed: false, Matches: ['Production'] }],
        Unmatched: ['old-*'],
      },
    };
    expect(await client.previewSettings(project, settings)).toMatchObject({
      kind: 'found',
      body: answer.body,
    });
    expect(seen[3]).toMatchObject({
      method: 'POST',
      url: { pathname: '/below/introspection/v1/settings/preview' },
    });
    expect(JSON.parse(seen[3]?.body ?? '')).toEqual({ Settings: settings });
  });
});
