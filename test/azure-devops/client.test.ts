import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AzureDevOps, createAzureDevOps } from '../../azure-devops/client.ts';
import { AzureDevOpsError } from '../../azure-devops/error.ts';
import type { RestOptions } from '../../azure-devops/rest.ts';
import {
  type AzureDevOpsStandIn,
  startAzureDevOps,
  tooManyRequests,
} from '../support/azure-devops/azure-devops.ts';
import { aBuild, aDeployment, aRun, aStage } from '../support/azure-devops/records.ts';

let standIn: AzureDevOpsStandIn;
let slept: number[];

beforeEach(async () => {
  standIn = await startAzureDevOps();
  slept = [];
});
afterEach(() => standIn.close());

/** A client whose clock moves by sleeping alone. */
function client(options: Partial<RestOptions> = {}): AzureDevOps {
  let time = 1_000_000;
  return createAzureDevOps({
    organization: { name: 'contoso', url: standIn.url },
    authorization: async () => `Bearer ${standIn.token}`,
    now: () => time,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      time += milliseconds;
    },
    ...options,
  });
}

const failure = async (promise: Promise<unknown>): Promise<AzureDevOpsError> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AzureDevOpsError) return error;
    throw error;
  }
  throw new Error('expected a failure');
};

async function idsOf(pages: AsyncIterable<readonly { id: number }[]>): Promise<number[][]> {
  const ids: number[][] = [];
  for await (const page of pages) ids.push(page.map(({ id }) => id));
  return ids;
}

describe('lists', () => {
  test('follow continuation tokens to the last page', async () => {
    const project = standIn.addProject('webshop');
    project.builds.push(...[1, 2, 3, 4, 5].map((id) => aBuild(project, { id })));
    standIn.pageSize = 2;
    const pages = client().builds(project.id, { finishedSince: '2026-03-01T00:00:00Z' });
    expect(await idsOf(pages)).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('of completed builds begin with the oldest finish and keep all digits of a time', async () => {
    const project = standIn.addProject('webshop');
    project.builds.push(
      aBuild(project, { id: 2, finishTime: '2026-03-02T00:00:00.1234567Z' }),
      aBuild(project, { id: 1, finishTime: '2026-03-01T00:00:00.7654321Z' }),
      aBuild(project, { id: 3, finishTime: '2026-02-01T00:00:00.0000001Z' }),
      aBuild(project, { id: 4, status: 'inProgress' }),
    );
    const times: unknown[] = [];
    for await (const page of client().builds(project.id, { finishedSince: '2026-03-01T00:00:00Z' })) {
      times.push(...page.map((build) => build.finishTime));
    }
    expect(times).toEqual(['2026-03-01T00:00:00.7654321Z', '2026-03-02T00:00:00.1234567Z']);
  });

  test('of running builds hold those with the status that was asked for', async () => {
    const project = standIn.addProject('webshop');
    project.builds.push(aBuild(project, { id: 1 }), aBuild(project, { id: 2, status: 'inProgress' }));
    expect(await idsOf(client().builds(project.id, { status: 'inProgress' }))).toEqual([[2]]);
  });

  test('of environments and of what was deployed to them follow continuation tokens', async () => {
    const project = standIn.addProject('webshop');
    for (const id of [1, 2, 3]) project.environments.push({ id, name: `stage ${id}`, deployments: [] });
    project.environments[2]?.deployments.push(...[9, 8, 7].map((runId) => aDeployment(runId, 'eu')));
    standIn.pageSize = 2;
    expect(await idsOf(client().environments(project.id))).toEqual([[1, 2], [3]]);
    expect(await idsOf(client().environmentDeployments(project.id, 3))).toEqual([[90, 80], [70]]);
    expect(standIn.requests.map(({ query }) => query.get('api-version'))).toEqual(
      Array.from({ length: 4 }, () => '7.1-preview.1'),
    );
  });

  test('of environments are empty where the server has none', async () => {
    const project = standIn.addProject('webshop');
    standIn.answerNext([{ status: 404 }]);
    expect(await idsOf(client().environments(project.id))).toEqual([]);
  });

  test('of projects hold every project that the token may see', async () => {
    for (const name of ['a', 'b', 'c']) standIn.addProject(name);
    standIn.pageSize = 2;
    const names: string[] = [];
    for await (const page of client().projects()) names.push(...page.map(({ name }) => name));
    expect(names).toEqual(['a', 'b', 'c']);
  });
});

describe('records', () => {
  test('keep the fields that are not named', async () => {
    const project = standIn.addProject('webshop');
    const build = aBuild(project, { id: 1, triggerInfo: { 'ci.message': 'ship it' } });
    project.builds.push(build);
    expect(await client().build(project.id, 1)).toEqual(build);
  });

  test('of a build without timeline or run are none', async () => {
    const project = standIn.addProject('webshop');
    expect(await client().timeline(project.id, 1)).toEqual([]);
    expect(await client().run(project.id, 7, 1)).toBeUndefined();
  });

  test('of a build are its stages, its earlier attempts, its run and its artifacts', async () => {
    const project = standIn.addProject('webshop');
    const build = aBuild(project, { id: 1 });
    const [now, before] = [aStage('deploy', { attempt: 2 }), aStage('deploy', { result: 'failed' })];
    project.timelines.set('1', [now]).set('1/earlier', [before]);
    project.runs.set(1, aRun(build));
    project.artifacts.set(1, [
      { id: 9, name: 'drop', resource: { type: 'FilePath', data: '\\\\share\\drop' } },
    ]);
    expect(await client().timeline(project.id, 1)).toEqual([now]);
    expect(await client().timeline(project.id, 1, 'earlier')).toEqual([before]);
    expect(await client().run(project.id, 7, 1)).toEqual(aRun(build));
    expect(await client().artifacts(project.id, 1)).toMatchObject([
      { resource: { data: '\\\\share\\drop' } },
    ]);
  });

  test('of another shape are refused with the place', async () => {
    standIn.answerNext([{ body: { id: 5 } }]);
    const error = await failure(client().project('webshop'));
    expect(error.kind).toBe('invalidAnswer');
    expect(error.message).toContain('GET _apis/projects/webshop');
  });

  test('that are not JSON are refused', async () => {
    standIn.answerNext([{ headers: { 'content-type': 'text/html' } }]);
    expect((await failure(client().project('webshop'))).kind).toBe('invalidAnswer');
  });
});

describe('subscriptions', () => {
  const draft = {
    publisherId: 'tfs',
    eventType: 'build.complete',
    resourceVersion: '2.0',
    consumerId: 'webHooks',
    consumerActionId: 'httpRequest',
    publisherInputs: { projectId: 'p1' },
    consumerInputs: { url: 'https://hooks.example.com', basicAuthPassword: 'secret' },
  };

  test('are created, found by their inputs, replaced and deleted', async () => {
    const devOps = client();
    const created = await devOps.createSubscription(draft);
    expect(created.consumerInputs.basicAuthPassword).toBe('********');
    await devOps.createSubscription({ ...draft, publisherInputs: { projectId: 'p2' } });
    const filter = { publisherId: 'tfs', publisherInputs: { projectId: 'p1' } };
    expect(await devOps.querySubscriptions(filter)).toEqual([created]);
    for (const stored of standIn.subscriptions) stored.status = 'disabledBySystem';
    const replaced = await devOps.replaceSubscription(created.id, { ...draft, resourceVersion: '1.0' });
    expect(replaced).toMatchObject({ resourceVersion: '1.0', status: 'enabled' });
    await devOps.deleteSubscription(created.id);
    expect((await devOps.subscriptions()).map(({ publisherInputs }) => publisherInputs.projectId)).toEqual([
      'p2',
    ]);
  });

  test('show why their last deliveries failed', async () => {
    standIn.notifications.set('s1', [
      { id: 3, status: 'completed', result: 'failed', details: { errorMessage: 'Forbidden (403)' } },
      { id: 2, status: 'completed', result: 'succeeded' },
      { id: 1, status: 'completed', result: 'failed' },
    ]);
    expect(await client().notifications('s1', 'failed', 1)).toMatchObject([{ id: 3 }]);
  });

  test('come from publishers that the organization offers', async () => {
    expect((await client().publishers()).map(({ id }) => id)).toEqual(['tfs', 'pipelines', 'rm']);
  });
});

describe('throttling', () => {
  test('is waited out for as long as the service asks, and the wait is reported', async () => {
    standIn.addProject('webshop');
    standIn.answerNext([tooManyRequests(7), tooManyRequests(3)]);
    const told: number[] = [];
    const project = await client({ onWait: (milliseconds) => told.push(milliseconds) }).project('webshop');
    expect(project.name).toBe('webshop');
    expect(slept).toEqual([7_000, 3_000]);
    expect(told).toEqual(slept);
  });

  test('holds for the next request, where a success asks for a pause', async () => {
    const project = standIn.addProject('webshop');
    const body = { id: project.id, name: project.name };
    standIn.answerNext([{ body, headers: { 'retry-after': '4' } }]);
    const devOps = client();
    await devOps.project('webshop');
    expect(slept).toEqual([]);
    await devOps.project('webshop');
    expect(slept).toEqual([4_000]);
  });

  test('waits until the budget is whole, where it is used up, but no longer than a minute', async () => {
    const project = standIn.addProject('webshop');
    const body = { id: project.id, name: project.name };
    const usedUp = (reset: number) => ({
      body,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
    });
    standIn.answerNext([usedUp(1_020), usedUp(9_999_999)]);
    const devOps = client();
    for (let count = 0; count < 3; count += 1) await devOps.project('webshop');
    expect(slept).toEqual([20_000, 60_000]);
  });

  test('beyond the longest wait is reported to the caller with its length', async () => {
    standIn.answerNext([tooManyRequests(3_600)]);
    const error = await failure(client().project('webshop'));
    expect(error).toMatchObject({ kind: 'throttled', retryAfterSeconds: 3_600 });
    expect(slept).toEqual([]);
  });

  test('that does not end is given up', async () => {
    standIn.answerNext(Array.from({ length: 4 }, () => tooManyRequests(1)));
    const error = await failure(client({ retry: { throttlings: 3 } }).project('webshop'));
    expect(error.kind).toBe('throttled');
  });

  test('holds a write back without losing it', async () => {
    standIn.answerNext([tooManyRequests(2)]);
    await client().createSubscription({
      publisherId: 'tfs',
      eventType: 'git.push',
      resourceVersion: '1.0',
      consumerId: 'webHooks',
      consumerActionId: 'httpRequest',
      publisherInputs: {},
      consumerInputs: {},
    });
    expect(standIn.subscriptions).toHaveLength(1);
  });
});

describe('failures', () => {
  test('of the service are tried again', async () => {
    standIn.addProject('webshop');
    standIn.answerNext([{ status: 500 }, { status: 502 }, { status: 503 }]);
    await client().project('webshop');
    expect(slept).toEqual([375, 750, 1_500]);
  });

  test('that do not end are unavailability', async () => {
    standIn.answerNext(Array.from({ length: 4 }, () => ({ status: 500, body: { message: 'TF400733' } })));
    const error = await failure(client().project('webshop'));
    expect(error).toMatchObject({ kind: 'unavailable', status: 500 });
    expect(error.message).toContain('TF400733');
  });

  test('of a write are not tried again: it may have arrived', async () => {
    standIn.answerNext([{ status: 500 }]);
    expect((await failure(client().deleteSubscription('x'))).kind).toBe('unavailable');
    expect(standIn.requests).toHaveLength(1);
  });

  test('to connect are unavailability, with the request named', async () => {
    const devOps = client({ organization: { name: 'contoso', url: 'http://127.0.0.1:1/contoso' } });
    const error = await failure(devOps.project('webshop'));
    expect(error.kind).toBe('unavailable');
    expect(error.message).toBe('GET _apis/projects/webshop: could not connect');
  });

  test.each([
    [403, 'forbidden'],
    [404, 'notFound'],
    [400, 'rejected'],
    [401, 'unauthorized'],
    [203, 'unauthorized'],
  ] as const)('with status %i are %s', async (status, kind) => {
    standIn.answerNext([{ status, body: { message: 'TF400813: no' } }]);
    const error = await failure(client().project('webshop'));
    expect(error).toMatchObject({ kind, status });
    expect(error.message).toContain('TF400813: no');
  });

  test('to sign in are seen in the redirect to the sign-in page, and the token stays unsaid', async () => {
    const error = await failure(
      client({ authorization: async () => 'Bearer wrong-token' }).project('webshop'),
    );
    expect(error.kind).toBe('unauthorized');
    expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toContain('wrong-token');
  });
});

test('an interrupted wait ends with the reason of the interruption', async () => {
  const interruption = new AbortController();
  standIn.answerNext([tooManyRequests(60)]);
  const devOps = createAzureDevOps({
    organization: { name: 'contoso', url: standIn.url },
    authorization: async () => `Bearer ${standIn.token}`,
    signal: interruption.signal,
    onWait: () => interruption.abort(new Error('stopped by a person')),
  });
  await expect(devOps.project('webshop')).rejects.toThrow('stopped by a person');
});
