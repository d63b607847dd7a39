import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { defaultHookGroups, eventsOf } from '../../../changelog/hooks/event-groups.ts';
import {
  type AzureDevOpsStandIn,
  startAzureDevOps,
  tooManyRequests,
} from '../../support/azure-devops/azure-devops.ts';
import type { StoredProject, StoredSubscription } from '../../support/azure-devops/records.ts';
import { environmentFor, runCommand } from '../../support/command-line.ts';

const queue = ['--queue', 'contosohooks/azure-devops-events'];
const secrets = { AZURE_STORAGE_KEY: 'the-account-key', CHANGELOG_SECRET: 'the-webhook-secret' };

/** How many events `hooks create` subscribes to unless told otherwise. */
const events = eventsOf(defaultHookGroups).length;

let standIn: AzureDevOpsStandIn;
let webshop: StoredProject;

beforeEach(async () => {
  standIn = await startAzureDevOps();
  webshop = standIn.addProject('webshop');
});
afterEach(() => standIn.close());

const hooks = (...argv: string[]) =>
  runCommand(['hooks', ...argv], { ...environmentFor(standIn), ...secrets });
const create = (...argv: string[]) => hooks('create', '-p', 'webshop', ...queue, ...argv);
const writes = () => standIn.requests.filter(({ method }) => method !== 'GET');
const found = (eventType: string): StoredSubscription => {
  const subscription = standIn.subscriptions.find((candidate) => candidate.eventType === eventType);
  if (subscription === undefined) throw new Error(`no subscription to ${eventType}`);
  return subscription;
};

describe('hooks create', () => {
  test('creates a subscription for every event, with no filter but the project', async () => {
    const { exitCode, out } = await create();
    expect(exitCode).toBe(0);
    expect(out).toContain(`${events} subscriptions to queue contosohooks/azure-devops-events, 0 refused`);
    expect(new Set(standIn.subscriptions.map(({ eventType }) => eventType))).toEqual(
      new Set(eventsOf(defaultHookGroups).map(({ eventType }) => eventType)),
    );
    expect(events).toBeGreaterThanOrEqual(9);
    expect(new Set(standIn.subscriptions.map(({ publisherId }) => publisherId))).toEqual(
      new Set(['pipelines', 'tfs', 'rm']),
    );
    for (const subscription of standIn.subscriptions) {
      expect(subscription.publisherInputs).toEqual({ projectId: webshop.id });
      expect(subscription).toMatchObject({ consumerId: 'azureStorageQueue', consumerActionId: 'enqueue' });
      expect(subscription.consumerInputs).toEqual({
        accountName: 'contosohooks',
        accountKey: 'the-account-key',
        queueName: 'azure-devops-events',
        visiTimeout: '0',
        ttl: '604800',
        resourceDetailsToSend: 'all',
        messagesToSend: 'text',
        detailedMessagesToSend: 'none',
      });
    }
  });

  test('delivers to a webhook with the secret as the password', async () => {
    await hooks(
      'create',
      '-p',
      'webshop',
      '--webhook',
      'https://changelog.example.com/hooks/v1/events',
      '-e',
      'runs',
    );
    expect(standIn.subscriptions).toMatchObject([
      {
        eventType: 'ms.vss-pipelines.run-state-changed-event',
        resourceVersion: '5.1-preview.1',
        consumerId: 'webHooks',
        consumerActionId: 'httpRequest',
        consumerInputs: {
          url: 'https://changelog.example.com/hooks/v1/events',
          basicAuthPassword: 'the-webhook-secret',
        },
      },
    ]);
  });

  test('does nothing the second time', async () => {
    await create();
    const before = structuredClone(standIn.subscriptions);
    standIn.requests.length = 0;
    const { exitCode, out } = await create();
    expect(exitCode).toBe(0);
    expect(out.match(/^keep /gm)).toHaveLength(events);
    expect(writes()).toEqual([]);
    expect(standIn.subscriptions).toEqual(before);
  });

  test('takes several projects, or all of them', async () => {
    const billing = standIn.addProject('billing');
    await hooks('create', '-p', 'webshop', 'billing', ...queue, '-e', 'runs');
    expect(standIn.subscriptions.map(({ publisherInputs }) => publisherInputs.projectId)).toEqual([
      webshop.id,
      billing.id,
    ]);
    standIn.addProject('search');
    standIn.pageSize = 1;
    const { out } = await hooks('create', '--all-projects', ...queue, '-e', 'runs');
    expect(out).toMatch(/^keep .*webshop[\s\S]*^keep .*billing[\s\S]*^create .*search/m);
  });

  test('writes nothing in a dry run, and needs no secret for it', async () => {
    const { exitCode, out } = await runCommand(
      ['hooks', 'create', '-p', 'webshop', ...queue, '--dry-run'],
      environmentFor(standIn),
    );
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^would create +webshop +git\.push$/m);
    expect(writes()).toEqual([]);
  });

  test('fixes what differs, in place, and says what differed', async () => {
    await create('-e', 'builds,pushes,runs,stages');
    const ids = standIn.subscriptions.map(({ id }) => id);
    Object.assign(found('git.push').publisherInputs, { branch: 'release', tfsSubscriptionId: 'a-guid' });
    found('build.complete').resourceVersion = '1.0';
    found('ms.vss-pipelines.run-state-changed-event').status = 'disabledBySystem';
    found('ms.vss-pipelines.stage-state-changed-event').consumerInputs.ttl = '60';
    const { out } = await create('-e', 'builds,pushes,runs,stages');
    expect(out).toMatch(/^update .*git\.push +\(filter branch is release, not empty\)$/m);
    expect(out).toMatch(/^update .*build\.complete +\(version is 1\.0, not 2\.0\)$/m);
    expect(out).toMatch(/^update .*run-state.*\(status is disabledBySystem\)$/m);
    expect(out).toMatch(/^update .*stage-state.*\(ttl is 60, not 604800\)$/m);
    expect(standIn.subscriptions.map(({ id }) => id)).toEqual(ids);
    expect(standIn.subscriptions.every(({ status }) => status === 'enabled')).toBe(true);
    expect(found('git.push').publisherInputs).toEqual({ projectId: webshop.id });
    expect((await create('-e', 'builds,pushes,runs,stages')).out.match(/^keep /gm)).toHaveLength(4);
  });

  test('lets subscriptions send the text for people that earlier versions left out', async () => {
    await create('-e', 'pushes');
    found('git.push').consumerInputs.messagesToSend = 'none';
    const { out } = await create('-e', 'pushes');
    expect(out).toMatch(/^update .*git\.push +\(messagesToSend is none, not text\)$/m);
    expect(found('git.push').consumerInputs).toMatchObject({
      messagesToSend: 'text',
      detailedMessagesToSend: 'none',
    });
  });

  test('writes a changed key to all subscriptions on request', async () => {
    await create('-e', 'runs,stages');
    const renewed = { ...environmentFor(standIn), AZURE_STORAGE_KEY: 'the-second-key' };
    await runCommand(
      ['hooks', 'create', '-p', 'webshop', ...queue, '-e', 'runs,stages', '--renew-secrets'],
      renewed,
    );
    expect(standIn.subscriptions.map(({ consumerInputs }) => consumerInputs.accountKey)).toEqual([
      'the-second-key',
      'the-second-key',
    ]);
  });

  test('recreates a subscription whose creator has left', async () => {
    await create('-e', 'runs');
    const orphan = found('ms.vss-pipelines.run-state-changed-event');
    Object.assign(orphan, {
      status: 'disabledByInactiveIdentity',
      createdBy: { displayName: 'Former Colleague', inactive: true },
    });
    const { out } = await create('-e', 'runs');
    expect(out).toMatch(/^recreate .*its creator has left/m);
    expect(standIn.subscriptions).toHaveLength(1);
    expect(standIn.subscriptions[0]).toMatchObject({
      status: 'enabled',
      createdBy: { displayName: 'Hook Keeper' },
    });
    expect(standIn.subscriptions[0]?.id).not.toBe(orphan.id);
  });

  test('leaves alone what a user disabled, and what delivers elsewhere', async () => {
    await create('-e', 'runs');
    found('ms.vss-pipelines.run-state-changed-event').status = 'disabledByUser';
    const elsewhere = {
      ...structuredClone(found('ms.vss-pipelines.run-state-changed-event')),
      id: 'elsewhere',
    };
    elsewhere.consumerInputs.queueName = 'another-queue';
    standIn.subscriptions.push(elsewhere);
    standIn.requests.length = 0;
    const { exitCode, out } = await create('-e', 'runs');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^leave .*disabled by a user/m);
    expect(writes()).toEqual([]);
  });

  test('reports duplicates, which remove --duplicates removes', async () => {
    await create('-e', 'runs');
    const kept = found('ms.vss-pipelines.run-state-changed-event');
    standIn.subscriptions.push({ ...structuredClone(kept), id: 'twice', status: 'onProbation' });
    expect((await create('-e', 'runs')).out).toMatch(/^duplicate /m);
    await hooks('remove', '-p', 'webshop', ...queue, '-e', 'runs', '--duplicates');
    expect(standIn.subscriptions).toEqual([kept]);
  });

  test('goes on when one is refused, and shows no secret that the service repeats', async () => {
    standIn.answerNext(
      [{ status: 403, body: { message: 'the-account-key may not be used by you' } }],
      ({ method, body }) => method === 'POST' && body?.eventType === 'git.push',
    );
    const { exitCode, out } = await create();
    expect(exitCode).toBe(3);
    expect(out).toMatch(/^REFUSED +webshop +git\.push +\(.*\*\*\* may not be used by you/m);
    expect(out).toContain(`${events} subscriptions to queue contosohooks/azure-devops-events, 1 refused`);
    expect(out).not.toContain('the-account-key');
    expect(standIn.subscriptions).toHaveLength(events - 1);
  });

  test('waits when the service asks for it, and finishes', async () => {
    standIn.answerNext([tooManyRequests(1)], ({ method }) => method === 'POST');
    const { exitCode, err } = await create('-e', 'runs');
    expect(exitCode).toBe(0);
    expect(err).toMatch(/waiting 1s/);
    expect(standIn.subscriptions).toHaveLength(1);
  });

  test('reports what it did as JSON', async () => {
    await create('-e', 'runs');
    found('ms.vss-pipelines.run-state-changed-event').status = 'onProbation';
    const { out } = await create('-e', 'runs,stages', '--json');
    expect(JSON.parse(out)).toEqual({
      organization: standIn.organization,
      dryRun: false,
      hooks: [
        expect.objectContaining({
          eventType: 'ms.vss-pipelines.run-state-changed-event',
          action: 'update',
          differences: ['status is onProbation'],
          done: true,
        }),
        expect.objectContaining({ project: 'webshop', projectId: webshop.id, action: 'create', done: true }),
      ],
    });
  });
});

describe('hooks remove', () => {
  test('removes what delivers to the target, in the projects and of the events that were named', async () => {
    const billing = standIn.addProject('billing');
    await hooks('create', '-p', 'webshop', 'billing', ...queue, '-e', 'runs,stages');
    const { exitCode, out } = await hooks('remove', '-p', 'webshop', ...queue, '-e', 'runs');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^removed +webshop +ms\.vss-pipelines\.run-state-changed-event/m);
    expect(
      standIn.subscriptions.map(({ publisherInputs, eventType }) => [publisherInputs.projectId, eventType]),
    ).toEqual([
      [webshop.id, 'ms.vss-pipelines.stage-state-changed-event'],
      [billing.id, 'ms.vss-pipelines.run-state-changed-event'],
      [billing.id, 'ms.vss-pipelines.stage-state-changed-event'],
    ]);
  });

  test('removes nothing in a dry run', async () => {
    await create('-e', 'runs');
    const { out } = await hooks('remove', '-p', 'webshop', ...queue, '--dry-run', '--json');
    expect(JSON.parse(out)).toMatchObject({ hooks: [{ project: 'webshop', done: false }] });
    expect((await hooks('remove', '-p', 'webshop', ...queue, '--dry-run')).out).toMatch(/^would remove /m);
    expect(standIn.subscriptions).toHaveLength(1);
  });
});
