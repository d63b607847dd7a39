/** Random histories, of which `WAIT_HISTORIES` makes more: what a wait may never do, whatever happens. */
import fc from 'fast-check';
import { deploymentKey } from '../../wait/judged-deployment.ts';
import type { Observation } from '../../wait/progress.ts';
import { judge } from '../../wait/verdict.ts';
import { away, criteria, deployment, found, progress, runWait } from '../support/wait/world.ts';

const histories = Number(process.env.WAIT_HISTORIES ?? 600);

const state = fc.constantFrom(
  'notStarted',
  'inProgress',
  'blocked',
  'completed',
  'failed',
  'canceled',
  'odd',
);
const snapshot = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), state), { selector: ([id]) => id, maxLength: 4 })
  .map((rows) => found(...rows.map(([id, word]) => deployment(id, word))));
/** The same, with entities of which some have failed while the deployment goes on. */
const snapshotWithEntities = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), state, fc.integer({ min: 0, max: 2 })), {
    selector: ([id]) => id,
    maxLength: 3,
  })
  .map((rows) =>
    found(
      ...rows.map(([id, word, failed]) =>
        deployment(id, word, word === 'inProgress' ? { Progress: progress(1, 4, failed) } : {}),
      ),
    ),
  );
const observation: fc.Arbitrary<Observation> = fc.oneof(
  { weight: 12, arbitrary: snapshot },
  { weight: 4, arbitrary: fc.constant(found(deployment('a', 'completed'), deployment('b', 'completed'))) },
  { weight: 2, arbitrary: fc.option(fc.integer({ min: 0, max: 600_000 }), { nil: undefined }).map(away) },
  { weight: 1, arbitrary: fc.constant<Observation>({ kind: 'unknownBuild', message: 'unknown' }) },
);
/** What the service answers, and for how many seconds. */
const history = fc.array(fc.tuple(observation, fc.integer({ min: 1, max: 900 })), {
  minLength: 1,
  maxLength: 40,
});
const texts = fc.record({
  waitFor: fc.constantFrom('completed', 'started', 'final'),
  require: fc.constantFrom('all', 'any'),
  onFailure: fc.constantFrom('fail', 'wait', 'warn'),
  minimumDeployments: fc.constantFrom('1', '2', '3'),
  settle: fc.constantFrom('0', '30s', '2m', '10m'),
  timeout: fc.constantFrom('11m', '1h', '3h'),
  appearTimeout: fc.constantFrom('1m', '30m'),
  pollInterval: fc.constantFrom('15s', '30s', '5m'),
});
/** A source of chance that a seed determines. */
const chances = fc.integer({ min: 1, max: 2_147_483_646 }).map((seed) => {
  let value = seed;
  return () => {
    value = (value * 48_271) % 2_147_483_647;
    return value / 2_147_483_647;
  };
});

function answering(pieces: readonly (readonly [Observation, number])[]): (at: number) => Observation {
  return (at) => {
    let end = 0;
    for (const [answer, seconds] of pieces) {
      end += seconds * 1_000;
      if (at < end) return answer;
    }
    return pieces.at(-1)?.[0] ?? away();
  };
}

const deploymentsOf = (answer: Observation) => (answer.kind === 'deployments' ? answer.deployments : []);
const isAnswer = ({ kind }: Observation) => kind === 'deployments' || kind === 'unknownBuild';

describe('over random histories', () => {
  it('satisfied is said only when the criteria held at that poll and through the settle time', async () => {
    let satisfied = 0;
    await fc.assert(
      fc.asyncProperty(texts, history, chances, async (wanted, pieces, chance) => {
        const { result, polls } = await runWait(wanted, answering(pieces), {
          random: chance,
        });
        if (result.outcome !== 'satisfied') return;
        satisfied++;
        const limits = criteria(wanted);
        const last = polls.at(-1);
        if (!last) throw new Error('satisfied without a poll');
        const verdict = judge(limits, deploymentsOf(last.observation));
        expect(verdict.kind).toBe('satisfied');
        expect(last.observation.kind).toBe('deployments');
        if (!verdict.needsSettling) return;
        const setOf = (answer: Observation) =>
          judge(limits, deploymentsOf(answer))
            .judged.map((each) => deploymentKey(each.deployment))
            .sort()
            .join();
        const from = last.at - limits.settleMs;
        const startOfWindow = polls.findLast(({ at, observation }) => at <= from && isAnswer(observation));
        expect(startOfWindow).toBeDefined();
        for (const { observation } of polls.filter(({ at }) => at >= (startOfWindow?.at ?? 0))) {
          if (!isAnswer(observation)) continue;
          expect(judge(limits, deploymentsOf(observation)).kind).toBe('satisfied');
          expect(setOf(observation)).toBe(setOf(last.observation));
        }
      }),
      { numRuns: histories },
    );
    expect(satisfied).toBeGreaterThan(histories / 30);
  });

  it('a failure that a poll showed is never missed, and never made up', async () => {
    let failures = 0;
    await fc.assert(
      fc.asyncProperty(texts, history, chances, async (wanted, pieces, chance) => {
        const { result, polls } = await runWait(wanted, answering(pieces), {
          random: chance,
        });
        const first = polls.findIndex(
          ({ observation }) => judge(criteria(wanted), deploymentsOf(observation)).kind === 'failed',
        );
        expect(result.outcome === 'failed').toBe(first !== -1);
        if (first === -1) return;
        failures++;
        expect(first).toBe(polls.length - 1);
      }),
      { numRuns: histories },
    );
    expect(failures).toBeGreaterThan(histories / 30);
  });

  it('no pause leads past the deadline, is empty, or exceeds its bounds', async () => {
    await fc.assert(
      fc.asyncProperty(texts, history, chances, async (wanted, pieces, chance) => {
        const { result, polls, pauses } = await runWait(wanted, answering(pieces), {
          random: chance,
        });
        const limits = criteria(wanted);
        expect(result.waitedMs).toBeLessThanOrEqual(limits.timeoutMs);
        for (const [index, pause] of pauses.entries()) {
          const asked = polls[index]?.observation;
          const retryAfter = asked?.kind === 'away' ? (asked.retryAfterMs ?? 0) : 0;
          expect(pause).toBeGreaterThan(0);
          expect(pause).toBeLessThanOrEqual(Math.max(limits.pollIntervalMs * 4 * 1.2, retryAfter));
        }
      }),
      { numRuns: histories / 4 },
    );
  });

  it('every wait ends by its timeout at the latest, and only a satisfied one is green', async () => {
    await fc.assert(
      fc.asyncProperty(texts, history, async (wanted, pieces) => {
        const { result } = await runWait(wanted, answering(pieces));
        expect(['satisfied', 'failed', 'timedOut', 'neverAppeared', 'unreachable']).toContain(result.outcome);
        if (result.outcome === 'timedOut') expect(result.waitedMs).toBe(criteria(wanted).timeoutMs);
      }),
      { numRuns: histories / 4 },
    );
  });
});

describe('failures that must stand, and entities that fail', () => {
  const answers = fc.array(
    fc.tuple(
      fc.oneof(
        { weight: 8, arbitrary: snapshotWithEntities },
        { weight: 2, arbitrary: fc.constant(found(deployment('a', 'failed'))) },
        { weight: 1, arbitrary: fc.constant(away()) },
      ),
      fc.integer({ min: 1, max: 900 }),
    ),
    { minLength: 1, maxLength: 30 },
  );
  const wanted = fc
    .record({
      waitFor: fc.constantFrom('completed', 'started'),
      require: fc.constantFrom('all', 'any'),
      onFailure: fc.constantFrom('fail', 'wait'),
      failOnFailedEntity: fc.constantFrom('false', 'true'),
      failureGrace: fc.constantFrom('0s', '1m', '10m'),
      onTimeout: fc.constantFrom('fail', 'warn'),
      settle: fc.constantFrom('0', '2m'),
      timeout: fc.constantFrom('11m', '1h'),
      pollInterval: fc.constantFrom('15s', '5m'),
    })
    .map((texts) => ({ ...texts, ...(texts.onFailure === 'wait' && { failOnFailedEntity: 'false' }) }));

  it('no wait is satisfied by a deployment with a failed entity', async () => {
    let satisfied = 0;
    await fc.assert(
      fc.asyncProperty(wanted, answers, async (texts, pieces) => {
        const { result } = await runWait(texts, answering(pieces));
        if (result.outcome !== 'satisfied') return;
        satisfied++;
        const judged = result.verdict?.judged ?? [];
        const counted = judged.filter(({ standing }) => texts.require === 'all' || standing === 'met');
        expect(counted.map(({ deployment: { Progress } }) => Progress?.Failed ?? 0)).toEqual(
          counted.map(() => 0),
        );
        expect(judged.filter(({ standing }) => standing === 'failed')).toEqual([]);
      }),
      { numRuns: histories / 2 },
    );
    expect(satisfied).toBeGreaterThan(histories / 60);
  });

  it('a wait fails exactly when a failure has stood long enough, or stands when time runs out', async () => {
    let failures = 0;
    await fc.assert(
      fc.asyncProperty(wanted, answers, async (texts, pieces) => {
        const { result, polls } = await runWait(texts, answering(pieces));
        const limits = criteria(texts);
        let since: Record<string, number> = {};
        const fails = polls.findIndex(({ at, observation }) => {
          if (isAnswer(observation)) {
            const failed = judge(limits, deploymentsOf(observation)).judged.filter(
              ({ standing }) => standing === 'failed',
            );
            since = Object.fromEntries(
              failed.map((each) => [
                deploymentKey(each.deployment),
                since[deploymentKey(each.deployment)] ?? at,
              ]),
            );
          }
          const standing = Object.values(since);
          if (standing.length > 0 && at >= limits.timeoutMs) return true;
          return isAnswer(observation) && standing.some((from) => at - from >= limits.failureGraceMs);
        });
        expect(result.outcome === 'failed').toBe(fails !== -1);
        if (fails === -1) return;
        failures++;
        expect(fails).toBe(polls.length - 1);
      }),
      { numRuns: histories },
    );
    expect(failures).toBeGreaterThan(histories / 30);
  });
});
