import { describe as describeProgress } from '../../wait/progress.ts';
import { waitForDeployments } from '../../wait/wait.ts';
import { away, criteria, deployment, found, minutes, runWait } from '../support/wait/world.ts';

describe('a wait ends', () => {
  it('satisfied, once everything has succeeded and the settle time has passed', async () => {
    const { result, polls } = await runWait({}, (at) =>
      found(deployment('a', at < minutes(10) ? 'inProgress' : 'completed')),
    );
    expect(result.outcome).toBe('satisfied');
    const firstGood = polls.find(({ at }) => at >= minutes(10))?.at ?? Number.NaN;
    expect(result.waitedMs).toBe(firstGood + minutes(2));
  });

  it('satisfied at the first poll when no settle time is asked for', async () => {
    const { result } = await runWait({ settle: '0' }, () => found(deployment('a', 'completed')));
    expect(result).toMatchObject({ outcome: 'satisfied', polls: 1, waitedMs: 0 });
  });

  it('satisfied without settling when any one is enough', async () => {
    const { result } = await runWait({ require: 'any' }, () =>
      found(deployment('a', 'completed'), deployment('b', 'inProgress')),
    );
    expect(result).toMatchObject({ outcome: 'satisfied', polls: 1 });
  });

  it('failed, at once, naming what failed', async () => {
    const { result } = await runWait({}, () =>
      found(deployment('a', 'failed'), deployment('b', 'inProgress')),
    );
    expect(result).toMatchObject({
      outcome: 'failed',
      polls: 1,
      reason: 'Ev2 a failed',
    });
  });

  it('timed out, saying what is still missing', async () => {
    const { result } = await runWait({ timeout: '1h' }, () => found(deployment('a', 'inProgress')));
    expect(result).toMatchObject({ outcome: 'timedOut', waitedMs: minutes(60) });
    expect(result.reason).toBe('timed out after 1h: waiting for Ev2 a (in progress)');
  });

  it('never appeared, when the build stayed unknown, with a hint', async () => {
    const { result } = await runWait({ appearTimeout: '5m' }, () => ({
      kind: 'unknownBuild',
      message: 'build 7 is unknown',
    }));
    expect(result).toMatchObject({ outcome: 'neverAppeared', waitedMs: minutes(5) });
    expect(result.reason).toBe('time ran out after 5m: no deployment had appeared (build 7 is unknown)');
  });

  it('never appeared, when nothing matches the filters', async () => {
    const { result } = await runWait({ appearTimeout: '5m', sources: 'pilotfish' }, () =>
      found(deployment('a', 'completed')),
    );
    expect(result.outcome).toBe('neverAppeared');
    expect(result.reason).toBe(
      'time ran out after 5m: 1 found, 0 pass the filters: sources "Pilotfish" excludes 1 (Ev2)',
    );
  });

  it('refused, at once', async () => {
    const { result } = await runWait({}, () => ({ kind: 'refused', message: '403: grant a role' }));
    expect(result).toMatchObject({ outcome: 'refused', polls: 1, reason: '403: grant a role' });
  });

  it('unreachable, when the service never answered within the appear timeout', async () => {
    const { result } = await runWait({}, () => away());
    expect(result).toMatchObject({ outcome: 'unreachable', waitedMs: minutes(30) });
  });

  it('cancelled, without another poll', async () => {
    const { result, polls } = await runWait({}, () => found(deployment('a', 'inProgress')), {
      cancelAt: minutes(3),
    });
    expect(result.outcome).toBe('cancelled');
    expect(polls.every(({ at }) => at < minutes(3))).toBe(true);
  });

  it('cancelled in the middle of a poll', async () => {
    const cancellation = new AbortController();
    const result = await waitForDeployments(criteria(), {
      signal: cancellation.signal,
      now: () => 0,
      random: () => 0,
      sleep: async () => {},
      poll: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          cancellation.abort();
        }),
    });
    expect(result).toMatchObject({ outcome: 'cancelled', polls: 0 });
  });

  it('with the error of a poll that failed unexpectedly', async () => {
    const broken = runWait({}, () => {
      throw new TypeError('a defect');
    });
    await expect(broken).rejects.toThrow('a defect');
  });
});

describe('the settle time', () => {
  it('starts again when a further deployment appears', async () => {
    const { result } = await runWait({ settle: '10m' }, (at) =>
      at < minutes(8)
        ? found(deployment('a', 'completed'))
        : found(deployment('a', 'completed'), deployment('b', 'completed')),
    );
    expect(result.outcome).toBe('satisfied');
    expect(result.waitedMs).toBeGreaterThanOrEqual(minutes(18));
  });

  it('starts again when a deployment goes back in state', async () => {
    const { result } = await runWait({ settle: '10m' }, (at) =>
      found(deployment('a', at >= minutes(5) && at < minutes(9) ? 'inProgress' : 'completed')),
    );
    expect(result.waitedMs).toBeGreaterThanOrEqual(minutes(19));
  });

  it('starts again when a deployment disappears', async () => {
    const both = [deployment('a', 'completed'), deployment('b', 'completed')];
    const { result } = await runWait({ settle: '10m' }, (at) =>
      found(...(at < minutes(5) ? both : both.slice(1))),
    );
    expect(result.waitedMs).toBeGreaterThanOrEqual(minutes(15));
  });

  it('does not end during an outage, however long that lasts', async () => {
    const { result } = await runWait({}, (at) =>
      at > minutes(1) && at < minutes(20) ? away() : found(deployment('a', 'completed')),
    );
    expect(result.outcome).toBe('satisfied');
    expect(result.waitedMs).toBeGreaterThanOrEqual(minutes(20));
  });
});

describe('a wait', () => {
  it('lasts through an outage, and says since when', async () => {
    const { result, reports } = await runWait({ timeout: '2h' }, (at) => {
      if (at > minutes(10) && at < minutes(70)) return away();
      return found(deployment('a', at < minutes(70) ? 'inProgress' : 'completed'));
    });
    expect(result.outcome).toBe('satisfied');
    const last = reports.filter(({ memory }) => memory.awaySince !== undefined).at(-1);
    const said = last && describeProgress(last.memory, criteria(), last.now);
    expect(said).toMatch(
      /^the service has not answered for 5\dm.* \(connection refused\); before that: waiting/,
    );
  });

  it('does not say that a service has not answered which did', async () => {
    const { result } = await runWait({ appearTimeout: '5m' }, () => ({
      kind: 'away',
      problem: 'uselessAnswer',
      message: 'its answer is not JSON',
    }));
    expect(result).toMatchObject({
      outcome: 'unreachable',
      reason: 'the service has not given a usable answer for 5m (its answer is not JSON)',
    });
  });

  it('counts an outage against the timeout', async () => {
    const { result } = await runWait({ timeout: '1h' }, (at) =>
      at === 0 ? found(deployment('a', 'inProgress')) : away(),
    );
    expect(result).toMatchObject({ outcome: 'timedOut', waitedMs: minutes(60) });
  });

  it('does not say that none appeared while the service is away', async () => {
    const { result } = await runWait({ appearTimeout: '10m' }, (at) => {
      if (at === 0) return found();
      return at < minutes(15) ? away() : found(deployment('a', 'completed'));
    });
    expect(result.outcome).toBe('satisfied');
  });

  it('does not end with "all" while a deployment could not be read', async () => {
    const { result } = await runWait({ timeout: '1h' }, () => ({
      kind: 'deployments',
      deployments: [deployment('a', 'completed')],
      unreadable: 1,
    }));
    expect(result.outcome).toBe('timedOut');
    expect(result.reason).toContain('Ev2 a succeeded, but 1 more could not be read');
  });

  it('includes deployments that appear late', async () => {
    const { result } = await runWait({}, (at) =>
      at < minutes(29) ? found() : found(deployment('a', 'completed')),
    );
    expect(result.outcome).toBe('satisfied');
  });

  it('does not run out of appear time once a deployment has been seen, even if it vanishes', async () => {
    const { result } = await runWait({ appearTimeout: '5m', timeout: '1h' }, (at) =>
      at < minutes(2) ? found(deployment('a', 'inProgress')) : found(),
    );
    expect(result.outcome).toBe('timedOut');
  });

  it('polls once more at the deadline itself', async () => {
    const { result, polls } = await runWait({ timeout: '1h', settle: '0' }, (at) =>
      found(deployment('a', at < minutes(60) ? 'inProgress' : 'completed')),
    );
    expect(polls.at(-1)?.at).toBe(minutes(60));
    expect(result.outcome).toBe('satisfied');
  });
});

describe('pauses', () => {
  it('grow to four intervals while nothing changes, and shrink when something does', async () => {
    const { pauses } = await runWait({ appearTimeout: '30d', timeout: '1h' }, (at) =>
      at < minutes(30) ? found() : found(deployment('a', 'inProgress')),
    );
    expect(pauses[0]).toBe(30_000);
    expect(pauses.slice(0, -1).some((pause) => pause === 120_000)).toBe(true);
    const afterChange = pauses.lastIndexOf(30_000);
    expect(afterChange).toBeGreaterThan(5);
  });

  it.each([
    [0, 24_000],
    [0.999_999, 36_000],
  ])('are jittered by a fifth: chance %d gives about %d ms', async (chance, expected) => {
    const { pauses } = await runWait({}, () => found(deployment('a', 'inProgress')), {
      random: () => chance,
    });
    expect(pauses[0]).toBeCloseTo(expected, -1);
  });

  it('respect what the service asks for', async () => {
    const { pauses } = await runWait({}, (at) =>
      at === 0 ? away(minutes(5)) : found(deployment('a', 'failed')),
    );
    expect(pauses).toEqual([minutes(5)]);
  });
});

describe('a failure that must stand', () => {
  const grace = { failureGrace: '10m', settle: '0', timeout: '2h', pollInterval: '1m' };
  const failedUntil = (end: number, then: string) => (at: number) =>
    found(deployment('a', at < end ? 'failed' : then));

  it('is forgotten when a retry replaces it in time', async () => {
    const { result, reports } = await runWait(grace, failedUntil(minutes(9), 'completed'));
    expect(result.outcome).toBe('satisfied');
    const [first] = reports;
    if (!first) throw new Error('no poll');
    expect(describeProgress(first.memory, criteria(grace), first.now)).toBe(
      'Ev2 a failed; this fails the wait in 10m unless a retry replaces it',
    );
  });

  it('fails the wait as soon as it has stood', async () => {
    const { result } = await runWait(grace, failedUntil(minutes(60), 'completed'));
    expect(result).toMatchObject({ outcome: 'failed', waitedMs: minutes(10), reason: 'Ev2 a failed' });
  });

  it('begins anew after a retry', async () => {
    const { result } = await runWait(grace, (at) =>
      found(deployment('a', at >= minutes(8) && at < minutes(12) ? 'inProgress' : 'failed')),
    );
    expect(result.outcome).toBe('failed');
    expect(result.waitedMs).toBeGreaterThanOrEqual(minutes(22));
  });

  it('is counted for each deployment, whatever the others do', async () => {
    const { result } = await runWait(grace, (at) =>
      found(
        deployment('a', 'failed'),
        deployment('b', Math.floor(at / minutes(3)) % 2 === 0 ? 'failed' : 'inProgress'),
      ),
    );
    expect(result).toMatchObject({ outcome: 'failed', waitedMs: minutes(10) });
  });

  it('counts when time runs out, even if running out of time only warns', async () => {
    const late = (at: number) => found(deployment('a', at < minutes(115) ? 'inProgress' : 'failed'));
    const { result } = await runWait({ ...grace, onTimeout: 'warn' }, late);
    expect(result).toMatchObject({ outcome: 'failed', waitedMs: minutes(120) });
    const { result: away_ } = await runWait({ ...grace, timeout: '8m', onTimeout: 'warn' }, (at) =>
      at === 0 ? found(deployment('a', 'failed')) : away(),
    );
    expect(away_.outcome).toBe('failed');
  });

  it('stands through an outage, and needs an answer to count before time runs out', async () => {
    const { result } = await runWait(grace, (at) =>
      at > 0 && at < minutes(30) ? away() : found(deployment('a', 'failed')),
    );
    expect(result.outcome).toBe('failed');
    expect(result.waitedMs).toBeGreaterThanOrEqual(minutes(30));
  });
});
