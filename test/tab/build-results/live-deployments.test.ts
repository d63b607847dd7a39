import type { DeploymentsClient, LookupAnswer } from '../../../api/client.ts';
import { ClientError } from '../../../api/client-error.ts';
import type { Build2Deployment } from '../../../api/contract.ts';
import { LiveDeployments, type LiveState } from '../../../tab/build-results/live-deployments.ts';
import { aDeployment, build, clientThatAnswers, found } from '../builders.ts';

const outage = new ClientError('unavailable', 'Kusto does not answer.', { status: 503, traceId: 'abc' });
const forbidden = new ClientError('forbidden', 'No right to see this build.', { status: 403 });
const running = found([aDeployment({ ChangeState: 'InProgress', EndTime: null })]);
const ended = found([aDeployment()]);

/** A page whose clock stands still and whose timer goes off when the test says so. */
function watching(client: DeploymentsClient) {
  const states: LiveState[] = [];
  const page = {
    now: 1_700_000_000_000,
    timer: undefined as { pause: number; ring: () => void } | undefined,
  };
  const live = new LiveDeployments(client, build, (state) => states.push(state), {
    now: () => page.now,
    random: () => 0.5,
    after(pause, ring) {
      const timer = { pause, ring };
      page.timer = timer;
      return () => {
        if (page.timer === timer) page.timer = undefined;
      };
    },
  });
  const knowledge = () => live.state.knowledge;
  const ring = async () => {
    const { timer } = page;
    page.timer = undefined;
    timer?.ring();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { live, page, states, knowledge, ring };
}

describe('the deployments of a build', () => {
  it('are loading, then shown as of the time of the answer', async () => {
    const { live, page, knowledge } = watching(clientThatAnswers(running));
    expect(knowledge()).toEqual({ kind: 'loading' });
    await live.refresh();
    expect(knowledge()).toMatchObject({ kind: 'deployments', asOf: page.now, unreadable: 0 });
    expect(page.timer?.pause).toBe(15_000);
  });

  it('say that a request is under way, and ask one at a time', async () => {
    const client = clientThatAnswers(running);
    const { live, states } = watching(client);
    await Promise.all([live.refresh(), live.refresh()]);
    expect(states.map(({ refreshing }) => refreshing)).toEqual([true, false]);
    expect(client.asked).toBe(1);
  });

  it('are looked for slowly once all have ended, and fast again when another one starts', async () => {
    const unchanged = { ...ended, changed: false };
    const { live, page, ring } = watching(clientThatAnswers(ended, unchanged, unchanged, running));
    const pauses: (number | undefined)[] = [];
    await live.refresh();
    for (let times = 0; times < 4; times++) {
      pauses.push(page.timer?.pause);
      await ring();
    }
    expect(pauses).toEqual([60_000, 120_000, 240_000, 15_000]);
  });

  it.each<[string, LookupAnswer<Build2Deployment>, string]>([
    ['none yet', { kind: 'none', reason: '', traceId: undefined }, 'none'],
    ['of an unknown build', { kind: 'unknown', message: '', traceId: undefined }, 'unknownBuild'],
  ])('are looked for again when there are %s', async (_, answer, kind) => {
    const { live, page, knowledge } = watching(clientThatAnswers(answer));
    await live.refresh();
    expect(knowledge().kind).toBe(kind);
    expect(page.timer?.pause).toBe(15_000);
  });

  it('are asked for less often while they do not change', async () => {
    const { live, page, ring } = watching(clientThatAnswers(running, { ...running, changed: false }));
    await live.refresh();
    for (let times = 0; times < 10; times++) await ring();
    expect(page.timer?.pause).toBe(33_750);
  });

  it('survive an outage with the reason beside them, and recover', async () => {
    const { live, page, knowledge, ring } = watching(clientThatAnswers(running, outage, running));
    await live.refresh();
    await ring();
    expect(knowledge()).toMatchObject({ kind: 'deployments', refreshError: outage });
    expect(page.timer?.pause).toBe(5_000);
    await ring();
    expect(knowledge()).not.toHaveProperty('refreshError');
    expect(page.timer?.pause).toBe(15_000);
  });

  it('wait as long as the server asks for', async () => {
    const busy = new ClientError('throttled', 'Too many requests.', { status: 429, retryAfterSeconds: 50 });
    const { live, page } = watching(clientThatAnswers(busy));
    await live.refresh();
    expect(page.timer?.pause).toBe(50_000);
  });

  it('give way to the reason when the reader may no longer see them, and nothing is asked', async () => {
    const { live, page, knowledge, ring } = watching(clientThatAnswers(running, forbidden));
    await live.refresh();
    await ring();
    expect(knowledge()).toEqual({ kind: 'failed', error: forbidden });
    expect(page.timer).toBeUndefined();
  });

  it('are not asked for while the page is hidden, and at once when it is shown', async () => {
    const client = clientThatAnswers(running);
    const { live, page } = watching(client);
    await live.refresh();
    live.setVisible(false);
    live.setVisible(false);
    expect(page.timer).toBeUndefined();
    live.setVisible(true);
    await new Promise((resolve) => setTimeout(resolve));
    expect(client.asked).toBe(2);
    expect(page.timer).toBeDefined();
  });

  it('drop an answer that comes after the page has moved on', async () => {
    let answer: (late: LookupAnswer<Build2Deployment>) => void = () => undefined;
    const late = new Promise<LookupAnswer<Build2Deployment>>((resolve) => {
      answer = resolve;
    });
    const { live, states } = watching(clientThatAnswers(late));
    const refreshed = live.refresh();
    live.stop();
    answer(running);
    await refreshed;
    expect(states).toHaveLength(1);
    await live.refresh();
    expect(states).toHaveLength(1);
  });

  it('tell how many could not be read, and how old an answer from memory is', async () => {
    const skipped = [{ index: 1, problem: 'Id: expected a non-empty string' }];
    const { live, page, knowledge } = watching(
      clientThatAnswers(found([aDeployment()], { skipped, staleSeconds: 30 })),
    );
    await live.refresh();
    expect(knowledge()).toMatchObject({ unreadable: 1, fromMemory: true, asOf: page.now - 30_000 });
  });

  it('fail readably when something throws that is no client error', async () => {
    const { live, knowledge } = watching(clientThatAnswers(new Error('broken')));
    await live.refresh();
    expect(knowledge()).toMatchObject({ kind: 'failed', error: { kind: 'network', message: 'broken' } });
  });
});
