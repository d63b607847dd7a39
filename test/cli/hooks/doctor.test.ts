import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Diagnosis, diagnose, type HookFacts } from '../../../changelog/hooks/diagnose.ts';
import type { HookStep } from '../../../changelog/hooks/plan.ts';
import { type AzureDevOpsStandIn, startAzureDevOps } from '../../support/azure-devops/azure-devops.ts';
import type { StoredSubscription } from '../../support/azure-devops/records.ts';
import { environmentFor, runCommand } from '../../support/command-line.ts';

const queue = ['--queue', 'contosohooks/azure-devops-events'];
const now = Date.parse('2026-03-01T12:00:00Z');

describe('hooks doctor', () => {
  let standIn: AzureDevOpsStandIn;

  beforeEach(async () => {
    standIn = await startAzureDevOps();
    standIn.addProject('webshop');
    const environment = { ...environmentFor(standIn), AZURE_STORAGE_KEY: 'key' };
    await runCommand(['hooks', 'create', '-p', 'webshop', ...queue, '-e', 'runs,stages'], environment);
  });
  afterEach(() => standIn.close());

  const doctor = (...argv: string[]) =>
    runCommand(
      ['hooks', 'doctor', '-p', 'webshop', ...queue, '-e', 'runs,stages', ...argv],
      environmentFor(standIn),
    );
  const first = (): StoredSubscription => {
    const [subscription] = standIn.subscriptions;
    if (subscription === undefined) throw new Error('no subscription');
    return subscription;
  };

  test('exits with 0 if all is well', async () => {
    const { exitCode, out } = await doctor();
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^ok +webshop +ms\.vss-pipelines\.run-state-changed-event +enabled/m);
    expect(out).not.toContain('What to do');
  });

  test('exits with 1 if events are lost, and says why and what to do', async () => {
    Object.assign(first(), {
      status: 'onProbation',
      probationRetries: 3,
      lastSuccessfulAttemptDate: '2026-03-01T10:00:00Z',
    });
    standIn.notifications.set(first().id, [
      { id: 1, status: 'completed', result: 'failed', details: { errorMessage: 'Forbidden (403)' } },
    ]);
    const { exitCode, out } = await doctor();
    expect(exitCode).toBe(1);
    expect(out).toMatch(
      /^PROBLEM .*onProbation.*on probation, 3 of 7 retries: events are being lost: Forbidden \(403\)$/m,
    );
    expect(out).toMatch(/- Fix the receiving end.*deployments reconcile --since 2026-03-01T10:00:00Z/);
  });

  test('exits with 1 if a subscription is missing', async () => {
    standIn.subscriptions.pop();
    const { exitCode, out } = await doctor();
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^PROBLEM .*stage-state.*missing.*no subscription$/m);
  });

  test('does not raise an alarm for what a user disabled', async () => {
    first().status = 'disabledByUser';
    const { exitCode, out } = await doctor();
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^WARNING /m);
  });

  test('reports everything as JSON', async () => {
    Object.assign(first(), { status: 'disabledBySystem' });
    const { exitCode, out } = await doctor('--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      organization: standIn.organization,
      target: 'queue contosohooks/azure-devops-events',
      healthy: false,
      hooks: [
        { level: 'problem', status: 'disabledBySystem', subscriptionId: first().id, project: 'webshop' },
        { level: 'ok' },
      ],
    });
  });
});

describe('a diagnosis', () => {
  const step = (fields: Record<string, unknown> = {}, action = 'keep'): HookStep =>
    ({
      action,
      project: { id: 'p', name: 'webshop' },
      event: { publisherId: 'tfs', eventType: 'build.complete', resourceVersion: '2.0' },
      differences: ['ttl is 60, not 604800'],
      subscription: {
        id: 's1',
        status: 'enabled',
        createdDate: '2026-02-01T00:00:00Z',
        lastSuccessfulAttemptDate: '2026-03-01T11:00:00Z',
        publisherId: 'tfs',
        eventType: 'build.complete',
        consumerId: 'azureStorageQueue',
        consumerActionId: 'enqueue',
        publisherInputs: {},
        consumerInputs: {},
        ...fields,
      },
    }) as HookStep;
  const facts = (fields: Partial<HookFacts> = {}): HookFacts => ({
    lastSeen: '2026-03-01T10:58:00Z',
    seenIsKnown: true,
    lastError: undefined,
    now,
    ...fields,
  });

  const cases: [string, HookStep, HookFacts, Diagnosis['level'], RegExp, RegExp][] = [
    ['delivered and seen', step(), facts(), 'ok', /healthy/, /^$/],
    [
      'delivered and not seen since',
      step(),
      facts({ lastSeen: '2026-03-01T09:00:00Z' }),
      'problem',
      /not in the changelog since 2026-03-01T09/,
      /poison list.*--since 2026-03-01T09:00:00Z/,
    ],
    [
      'delivered and never seen',
      step(),
      facts({ lastSeen: undefined }),
      'problem',
      /not in the changelog$/,
      /--since 2026-02-01/,
    ],
    [
      'delivered just now',
      step({ lastSuccessfulAttemptDate: '2026-03-01T11:59:00Z' }),
      facts({ lastSeen: undefined }),
      'ok',
      /healthy/,
      /^$/,
    ],
    [
      'delivered, and the changelog cannot be asked',
      step(),
      facts({ lastSeen: undefined, seenIsKnown: false }),
      'ok',
      /healthy/,
      /^$/,
    ],
    [
      'never delivered, old',
      step({ lastSuccessfulAttemptDate: null }),
      facts(),
      'warning',
      /nothing delivered yet/,
      /history/,
    ],
    [
      'never delivered, new',
      step({ lastSuccessfulAttemptDate: null, createdDate: '2026-03-01T11:00:00Z' }),
      facts(),
      'ok',
      /nothing to deliver yet/,
      /^$/,
    ],
    ['different from what is wanted', step({}, 'update'), facts(), 'warning', /ttl is 60/, /hooks create/],
    [
      'disabled by the system',
      step({ status: 'disabledBySystem' }, 'update'),
      facts({ lastError: 'Gone (410)' }),
      'problem',
      /disabled by Azure DevOps.*Gone \(410\)/,
      /Fix.*hooks create.*--since 2026-03-01T11/,
    ],
    [
      'orphaned',
      step(
        { status: 'disabledByInactiveIdentity', createdBy: { displayName: 'Former Colleague' } },
        'recreate',
      ),
      facts(),
      'problem',
      /is disabled: Former Colleague has left/,
      /account that will not be removed/,
    ],
    [
      'about to be orphaned',
      step({ createdBy: { inactive: true } }, 'recreate'),
      facts(),
      'problem',
      /will be disabled: its creator has left/,
      /hooks create/,
    ],
    ['a duplicate', step({}, 'duplicate'), facts(), 'warning', /duplicate \(s1\)/, /--duplicates/],
  ];

  test.each(cases)('of one %s', (_, given, known, level, finding, advice) => {
    const diagnosis = diagnose(given, known);
    expect(diagnosis.level).toBe(level);
    expect(diagnosis.finding).toMatch(finding);
    expect(diagnosis.advice).toMatch(advice);
  });
});
