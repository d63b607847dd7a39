import type { Found, LookupAnswer } from '../../../api/client.ts';
import { ClientError } from '../../../api/client-error.ts';
import { LiveAnswer, type LiveQuery, type LiveState } from '../../../tab/live/live-answer.ts';

const minute = 60_000;

function found(body: string, changes: Partial<Found<string>> = {}): Found<string> {
  return {
    kind: 'found',
    body,
    changed: true,
    skipped: [],
    etag: undefined,
    staleSeconds: undefined,
    traceId: undefined,
    ...changes,
  };
}

type Reply = LookupAnswer<string> | Error;

/** A query that gives the replies in turn, the last one for ever, under a clock that only the test moves. */
function live(replies: readonly Reply[], pace: 'open' | 'settled' | 'fixed' = 'open') {
  const states: LiveState<string>[] = [];
  const pauses: number[] = [];
  const previous: (string | undefined)[] = [];
  let asked = 0;
  let wake: () => void = () => undefined;
  const query: LiveQuery<string> = {
    pace: () => pace,
    async ask(before) {
      previous.push(before?.kind === 'found' ? before.body : before?.kind);
      const reply = replies[Math.min(asked++, replies.length - 1)];
      if (!reply || reply instanceof Error) throw reply;
      return reply;
    },
  };
  const answer = new LiveAnswer(query, (state) => states.push(state), {
    now: () => 10 * minute,
    random: () => 0.5,
    after(milliseconds, callback) {
      pauses.push(milliseconds);
      wake = callback;
      return () => {
        wake = () => undefined;
      };
    },
  });
  return {
    answer,
    states,
    pauses,
    previous,
    asked: () => asked,
    last: () => states.at(-1)?.knowledge,
    async wake() {
      wake();
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    },
  };
}

describe('an answer that is kept up to date', () => {
  it('asks again every 15 seconds while something is under way, and gives the answer before', async () => {
    const { answer, pauses, previous, wake, last } = live([found('a'), found('b')]);
    await answer.refresh();
    expect(last()).toMatchObject({ kind: 'found', body: 'a', asOf: 10 * minute, partial: false });
    await wake();
    expect(last()).toMatchObject({ body: 'b' });
    expect(pauses).toEqual([15_000, 15_000]);
    expect(previous).toEqual([undefined, 'a']);
  });

  it.each([
    ['settled', [minute]],
    ['fixed', []],
  ] as const)('asks at the pace of an answer that is %s', async (pace, expected) => {
    const { answer, pauses } = live([found('a')], pace);
    await answer.refresh();
    expect(pauses).toEqual(expected);
  });

  it('keeps the body itself while nothing changes, and says how old it is', async () => {
    const { answer, wake, last, states } = live([
      found('a'),
      found('a', { changed: false, staleSeconds: 60, skipped: [{ index: 0, problem: 'x' }] }),
    ]);
    await answer.refresh();
    await wake();
    expect(last()).toMatchObject({ body: 'a', asOf: 9 * minute, fromMemory: true, unreadable: 1 });
    expect(states.some(({ refreshing }) => refreshing)).toBe(true);
  });

  it('keeps what it has through an outage, asks sooner, and no sooner than it may', async () => {
    const away = new ClientError('unavailable', 'away', { retryAfterSeconds: 40 });
    const { answer, wake, last, pauses } = live([found('a'), away, found('b')]);
    await answer.refresh();
    await wake();
    expect(last()).toMatchObject({ body: 'a', refreshError: away });
    expect(pauses.at(-1)).toBe(40_000);
    await wake();
    expect(last()).toMatchObject({ body: 'b' });
    expect(last()).not.toHaveProperty('refreshError');
  });

  it('replaces what it has after a refusal, and does not ask again by itself', async () => {
    const refusal = new ClientError('forbidden', 'no');
    const { answer, wake, last, pauses } = live([found('a'), refusal]);
    await answer.refresh();
    await wake();
    expect(last()).toEqual({ kind: 'failed', error: refusal });
    expect(pauses).toHaveLength(1);
  });

  it('knows nothing, something unknown, and errors that are none of ours', async () => {
    const none = live([{ kind: 'none', reason: '', traceId: undefined }]);
    await none.answer.refresh();
    expect(none.last()).toEqual({ kind: 'none' });
    const unknown = live([{ kind: 'unknown', message: 'no', traceId: 't' }]);
    await unknown.answer.refresh();
    expect(unknown.last()).toEqual({ kind: 'unknown', message: 'no', traceId: 't' });
    const broken = live([new TypeError('odd')]);
    await broken.answer.refresh();
    expect(broken.last()).toMatchObject({ kind: 'failed', error: { kind: 'network', message: 'odd' } });
  });

  it('does not ask while the page is hidden, and at once when it is shown', async () => {
    const { answer, asked, wake } = live([found('a')]);
    await answer.refresh();
    answer.setVisible(false);
    await wake();
    expect(asked()).toBe(1);
    answer.setVisible(true);
    expect(asked()).toBe(2);
  });

  it('does not ask for the past again when the page is shown', async () => {
    const { answer, asked } = live([found('a')], 'fixed');
    await answer.refresh();
    answer.setVisible(false);
    answer.setVisible(true);
    expect(asked()).toBe(1);
  });

  it('shows parts of the first answer while the rest is coming, but none of a later one', async () => {
    const bodies: string[] = [];
    const answer = new LiveAnswer<string>(
      {
        pace: () => 'open',
        async ask(_previous, _signal, show) {
          show(found('half'));
          return found('whole');
        },
      },
      ({ knowledge }) => {
        if (knowledge.kind === 'found') bodies.push(`${knowledge.body} ${knowledge.partial}`);
      },
      { now: () => 0, random: () => 0, after: () => () => undefined },
    );
    await answer.refresh();
    expect(bodies).toEqual(['half true', 'whole false']);
    bodies.length = 0;
    await answer.refresh();
    expect(bodies).toEqual(['whole false', 'whole false']);
    answer.stop();
  });

  it('drops an answer that comes after it has been stopped', async () => {
    const { answer, states } = live([found('a')]);
    const asking = answer.refresh();
    answer.stop();
    await asking;
    expect(states.at(-1)?.knowledge).toEqual({ kind: 'loading' });
  });
});
