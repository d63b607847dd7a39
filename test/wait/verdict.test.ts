import { judge } from '../../wait/verdict.ts';
import { criteria, deployment } from '../support/wait/world.ts';

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
    expect(reason).toBe(
      'waiting for expressv2 a (in progress), expressv2 b (unknown state "Transmogrified")',
    );
  });

  it('names five and counts the rest', () => {
    const many = Array.from({ length: 8 }, (_, index) => deployment(`d${index}`, 'failed'));
    expect(judge(criteria(), many).reason).toMatch(/d4 \(failed\) and 3 more did not succeed$/);
  });
});
