import { deploymentKey } from '../../wait/judged-deployment.ts';
import { judge } from '../../wait/verdict.ts';
import { criteria, deployment, failedRegion, progress } from '../support/wait/world.ts';

describe('the verdict on one poll', () => {
  const kindOf = (texts: Parameters<typeof criteria>[0], ...states: string[]) =>
    judge(
      criteria(texts),
      states.map((state, index) => deployment(`d${index}`, state)),
    ).kind;

  it.each([
    ['completed', 'completed', 'satisfied'],
    ['completed', 'inProgress', 'notYet'],
    ['completed', 'notStarted', 'notYet'],
    ['completed', 'blocked by policy', 'notYet'],
    ['completed', 'transmogrified', 'notYet'],
    ['completed', 'failed', 'failed'],
    ['completed', 'canceled', 'failed'],
    ['started', 'inProgress', 'satisfied'],
    ['started', 'completed', 'satisfied'],
    ['started', 'notStarted', 'notYet'],
    ['started', 'blocked', 'notYet'],
    ['started', 'transmogrified', 'notYet'],
    ['started', 'failed', 'failed'],
    ['final', 'completed', 'satisfied'],
    ['final', 'failed', 'satisfied'],
    ['final', 'canceled', 'satisfied'],
    ['final', 'inProgress', 'notYet'],
    ['final', 'transmogrified', 'notYet'],
  ])('waiting for %s, a deployment that is %s gives %s', (waitFor, state, expected) => {
    expect(kindOf({ waitFor }, state)).toBe(expected);
  });

  it('needs all of them, or any of them', () => {
    expect(kindOf({ require: 'all' }, 'completed', 'inProgress')).toBe('notYet');
    expect(kindOf({ require: 'any' }, 'completed', 'inProgress')).toBe('satisfied');
  });

  it('lets no success hide a failure', () => {
    expect(kindOf({ require: 'any' }, 'completed', 'failed')).toBe('failed');
  });

  it('keeps waiting after a failure if asked to, since it may be retried', () => {
    expect(kindOf({ onFailure: 'wait' }, 'completed', 'failed')).toBe('notYet');
    expect(kindOf({ onFailure: 'wait', require: 'any' }, 'completed', 'failed')).toBe('satisfied');
  });

  it('tolerates a failure if asked to warn, but does not count it as a success', () => {
    expect(kindOf({ onFailure: 'warn' }, 'completed', 'failed')).toBe('satisfied');
    expect(kindOf({ onFailure: 'warn', require: 'any' }, 'failed', 'inProgress')).toBe('notYet');
    expect(kindOf({ onFailure: 'warn', require: 'any' }, 'failed', 'failed')).toBe('satisfied');
  });

  it('waits until enough deployments have appeared', () => {
    expect(kindOf({ minimumDeployments: '2' }, 'completed')).toBe('notYet');
    expect(kindOf({ minimumDeployments: '2' }, 'completed', 'completed')).toBe('satisfied');
    expect(kindOf({}, ...[])).toBe('notYet');
  });

  it.each([
    ['completed', 'failed', [3, 4], 'failed'],
    ['completed', 'succeeded', [3, 3], 'notYet'],
    ['completed', 'succeeded', [4, 4], 'satisfied'],
    ['started', 'inProgress', [0, 3], 'notYet'],
    ['started', 'inProgress', [0, 4], 'satisfied'],
    ['final', 'canceled', [0, 3], 'notYet'],
    ['final', 'canceled', [0, 4], 'satisfied'],
  ] as const)(
    'with at least 4 entities, a wait for %s on a deployment that is %s with %j gives %s',
    (waitFor, State, [succeeded, total], expected) => {
      for (const require of ['all', 'any']) {
        const verdict = judge(criteria({ waitFor, require, minimumEntities: '4' }), [
          deployment('a', '', { State, Progress: progress(succeeded, total) }),
        ]);
        expect(verdict.kind).toBe(expected);
      }
    },
  );

  it('says how many entities are missing, and that an older service does not count them', () => {
    const reasonOf = (more: Parameters<typeof deployment>[2]) =>
      judge(criteria({ minimumEntities: '4' }), [deployment('a', 'completed', more)]).reason;
    expect(reasonOf({ Progress: progress(3, 3) })).toBe(
      'waiting for Ev2 a (succeeded, only 3 of at least 4 entities reported)',
    );
    expect(reasonOf({})).toContain('the service does not say how many of at least 4 entities reported');
    expect(judge(criteria(), [deployment('a', 'completed')]).kind).toBe('satisfied');
  });

  it("goes by the service's state, so that a rollout with some regions not started has started", () => {
    const Progress = { ...progress(2, 4), InProgress: 1, NotStarted: 1 };
    const rollout = deployment('a', 'NotStarted', { State: 'inProgress', Progress });
    expect(judge(criteria({ waitFor: 'started' }), [rollout]).kind).toBe('satisfied');
    expect(judge(criteria(), [rollout]).reason).toBe(
      'waiting for Ev2 a (in progress, 2 of 4 entities succeeded)',
    );
  });

  it.each(['Ev2', 'ev2', 'EXPRESSV2', 'express-v2', 'Ev*', '!Pilotfish', '!pilot*'])(
    'takes %s for what people call expressv2',
    (sources) => {
      expect(judge(criteria({ sources }), [deployment('a', 'completed')]).judged).toHaveLength(1);
    },
  );

  it('says which values of which filters exclude what was found', () => {
    const payload = (Id: string) => ({ Payloads: [{ Id, ProgressionLink: '' }] });
    const found = [
      deployment('canary-a', 'completed', payload('x/prod=1')),
      deployment('b', 'completed', payload('x/test=1')),
      deployment('c', 'completed', { Source: 'azdeployer', ...payload('x/test=2') }),
    ];
    const reasonOf = (texts: Parameters<typeof criteria>[0]) => judge(criteria(texts), found).reason;
    expect(reasonOf({ sources: 'pilotfish' })).toBe(
      '3 found, 0 pass the filters: sources "Pilotfish" excludes 3 (Ev2, AzDeployer)',
    );
    expect(reasonOf({ sources: 'ev2', deployments: '!*canary*', payloads: '*/prod=*' })).toBe(
      '3 found, 0 pass the filters: sources "Ev2" excludes 1 (AzDeployer); payloads "*/prod=*" excludes 2 (x/test=1, x/test=2); deployments "!*canary*" excludes 1 (canary-a)',
    );
    expect(judge(criteria({ sources: 'pilotfish' }), []).reason).toBe('no deployment has appeared yet');
  });

  it('counts what is excluded beside what has appeared', () => {
    const { reason } = judge(criteria({ sources: 'Ev2', minimumDeployments: '2' }), [
      deployment('a', 'completed'),
      deployment('b', 'completed', { Source: 'pilotfish' }),
    ]);
    expect(reason).toBe('1 of at least 2 deployments has appeared (1 more found that the filters exclude)');
  });

  it('considers only deployments that match all filters', () => {
    const verdict = judge(
      criteria({ sources: 'expressv2', payloads: '*/prod=*', deployments: '!*canary*' }),
      [
        deployment('a', 'completed', {
          Payloads: [
            { Id: 'x/test=1', ProgressionLink: '' },
            { Id: 'x/prod=1', ProgressionLink: '' },
          ],
        }),
        deployment('b', 'failed', { Source: 'pilotfish' }),
        deployment('c', 'failed'),
        deployment('canary-d', 'failed', { Payloads: [{ Id: 'x/prod=1', ProgressionLink: '' }] }),
      ],
    );
    expect(verdict.judged.map(({ deployment }) => deployment.Id)).toEqual(['a']);
    expect(verdict.kind).toBe('satisfied');
  });

  it("names what is missing, with the orchestrator's own word where ours would hide it", () => {
    const { reason } = judge(criteria(), [deployment('a', 'inProgress'), deployment('b', 'Transmogrified')]);
    expect(reason).toBe('waiting for Ev2 b (unknown state "Transmogrified"), Ev2 a (in progress)');
  });

  it('names five and counts the rest', () => {
    const many = Array.from({ length: 8 }, (_, index) => deployment(`d${index}`, 'failed'));
    expect(judge(criteria(), many).reason).toMatch(/Ev2 d4 failed and 3 more$/);
  });
});

describe('entities that failed', () => {
  const running = (failed: number) => deployment('a', 'inProgress', { Progress: progress(1, 60, failed) });
  const kindOf = (texts: Parameters<typeof criteria>[0], failed: number) =>
    judge(criteria(texts), [running(failed)]).kind;

  it.each([
    [{ failOnFailedEntity: 'true' }, 0, 'notYet'],
    [{ failOnFailedEntity: 'true' }, 1, 'failed'],
    [{ failOnFailedEntity: 'true', minimumEntities: '100' }, 1, 'failed'],
    [{ failOnFailedEntity: 'true', waitFor: 'started' }, 1, 'failed'],
    [{}, 1, 'notYet'],
    [{ waitFor: 'started' }, 0, 'satisfied'],
    [{ waitFor: 'started' }, 1, 'notYet'],
    [{ waitFor: 'started', onFailure: 'wait' }, 1, 'notYet'],
    [{ waitFor: 'started', onFailure: 'warn' }, 1, 'satisfied'],
    [{ waitFor: 'final' }, 1, 'notYet'],
  ])('%j with %i of them while the deployment goes on: %s', (texts, failed, expected) => {
    expect(kindOf(texts, failed)).toBe(expected);
  });

  it('are counted, and named as far as they are known', () => {
    const names = ['eastus', 'westus', 'uksouth', 'koreacentral'].map((id) => failedRegion(id));
    const known = new Map([[deploymentKey(running(5)), names]]);
    expect(judge(criteria({ failOnFailedEntity: 'true' }), [running(5)], known).reason).toBe(
      'Ev2 a is in progress with 5 of 60 entities failed (Region eastus, Region westus, Region uksouth and 2 more)',
    );
    expect(judge(criteria(), [running(5)]).reason).toBe(
      'waiting for Ev2 a (in progress, 5 of 60 entities failed, 1 of 60 entities succeeded)',
    );
    const timedOut = new Map([[deploymentKey(running(1)), [failedRegion('eastus', 'TimedOut')]]]);
    expect(judge(criteria({ failOnFailedEntity: 'true' }), [running(1)], timedOut).reason).toBe(
      'Ev2 a is in progress with 1 of 60 entities failed (Region eastus (TimedOut))',
    );
  });
});
