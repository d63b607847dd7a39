import { AnswerCache, type AnswerCacheOptions } from '../../../backend/cache/answer-cache.ts';
import { type Answer, answerOf } from '../../../backend/lookups/answer.ts';
import { CallerShareError, KustoError } from '../../../kusto/client/errors.ts';

const found = (body: object, freshSeconds = 10): Answer => answerOf({ kind: 'found', body }, freshSeconds);
const none = answerOf({ kind: 'none', reason: 'nothing yet' }, 2);
const unknown = answerOf({ kind: 'unknown', message: 'Not Found' }, 2);
const away = new KustoError('unavailable', 'away', undefined);

/** A cache on a clock that the test moves, over a source whose answer the test sets. */
function startCache(options: Partial<AnswerCacheOptions> = {}) {
  const state = { seconds: 0, asked: 0, answer: found({ version: 1 }) as Answer | Error };
  const cache = new AnswerCache({
    staleLimitSeconds: 100,
    megabytes: 1,
    now: () => state.seconds * 1000,
    ...options,
  });
  const ask = async (): Promise<Answer> => {
    state.asked++;
    if (state.answer instanceof Error) throw state.answer;
    return state.answer;
  };
  return { state, cache, get: (key = 'key') => cache.get(key, ask) };
}

describe('the cache of answers', () => {
  it('gives a fresh answer without asking', async () => {
    const { state, get } = startCache();
    await get();
    state.seconds = 9.9;
    expect(await get()).toEqual({ answer: found({ version: 1 }), ageSeconds: 9 });
    expect(state.asked).toBe(1);
  });

  it('asks again when the answer is no longer fresh', async () => {
    const { state, get } = startCache();
    await get();
    state.seconds = 10;
    state.answer = found({ version: 2 });
    expect(await get()).toEqual({ answer: found({ version: 2 }) });
  });

  it.each([none, unknown])('forgets sooner what may come into being: $kind', async (answer) => {
    const { state, get } = startCache();
    state.answer = answer;
    await get();
    state.seconds = 2;
    await get();
    expect(state.asked).toBe(2);
  });

  it('asks once for many who want the same at the same time', async () => {
    const { state, get } = startCache();
    const answers = await Promise.all(Array.from({ length: 100 }, () => get()));
    expect(state.asked).toBe(1);
    expect(new Set(answers.map(({ answer }) => answer)).size).toBe(1);
  });

  it('keeps different questions apart', async () => {
    const { state, get } = startCache();
    await Promise.all([get('a'), get('b')]);
    expect(state.asked).toBe(2);
  });

  it('tells all who wait when the asking fails, and asks again for the next', async () => {
    const { state, get } = startCache();
    state.answer = away;
    const results = await Promise.allSettled([get(), get()]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    state.answer = none;
    expect(await get()).toEqual({ answer: none });
    expect(state.asked).toBe(2);
  });

  it.each(['unavailable', 'throttled'] as const)(
    'gives its last answer with its age while Kusto is %s',
    async (kind) => {
      const { state, get } = startCache();
      await get();
      state.seconds = 100;
      state.answer = new KustoError(kind, 'away', undefined);
      expect(await get()).toEqual({ answer: found({ version: 1 }), staleSeconds: 100 });
    },
  );

  it('does not give an answer beyond the limit of its age', async () => {
    const { state, get } = startCache();
    await get();
    state.seconds = 101;
    state.answer = away;
    await expect(get()).rejects.toBe(away);
  });

  it('does not say of something that it is unknown when it cannot know', async () => {
    const { state, get } = startCache();
    state.answer = unknown;
    await get();
    state.seconds = 50;
    state.answer = away;
    await expect(get()).rejects.toBe(away);
  });

  it('does not hide a mistake of ours behind an old answer', async () => {
    const { state, get } = startCache();
    await get();
    state.seconds = 50;
    state.answer = new KustoError('defect', 'syntax error', undefined);
    await expect(get()).rejects.toBe(state.answer);
  });

  it('holds no more than it may', async () => {
    const { state, get } = startCache();
    state.answer = found({ text: 'x'.repeat(400_000) });
    for (const key of ['a', 'b', 'c']) await get(key);
    await get('a');
    expect(state.asked).toBe(4);
  });

  it('keeps nothing fresh when told so, and still has something to give when Kusto is away', async () => {
    const { state, get } = startCache();
    state.answer = found({ version: 1 }, 0);
    await get();
    state.answer = away;
    expect(await get()).toEqual({ answer: found({ version: 1 }, 0), staleSeconds: 0 });
  });

  it('asks again for what was dropped, in any case of its letters, and for nothing else', async () => {
    const { state, cache, get } = startCache();
    await Promise.all([get('Org/build'), get('org/build'), get('other')]);
    cache.drop('oRG/build');
    state.answer = found({ version: 2 });
    expect(await Promise.all(['Org/build', 'org/build', 'other'].map(get))).toEqual([
      { answer: found({ version: 2 }) },
      { answer: found({ version: 2 }) },
      { answer: found({ version: 1 }) },
    ]);
  });

  it('asks again for everything when messages about it may be missing', async () => {
    const { state, cache, get } = startCache();
    await Promise.all([get('a'), get('b')]);
    cache.dropAll();
    await Promise.all([get('a'), get('b')]);
    expect(state.asked).toBe(4);
  });

  it('gives what was dropped while Kusto is away, and says that it is stale', async () => {
    const { state, cache, get } = startCache();
    await get();
    state.seconds = 1;
    cache.drop('key');
    state.answer = away;
    expect(await get()).toEqual({ answer: found({ version: 1 }), staleSeconds: 1 });
  });

  it('takes no answer for fresh, nor waits for it, whose query began before a drop', async () => {
    const { state, cache } = startCache();
    let answerFirst = (_: Answer): void => {};
    const first = cache.get(
      'key',
      () =>
        new Promise((resolve) => {
          answerFirst = resolve;
        }),
    );
    state.seconds = 1;
    cache.drop('key');
    state.seconds = 2;
    const second = cache.get('key', async () => found({ version: 2 }));
    expect(await second).toEqual({ answer: found({ version: 2 }) });
    answerFirst(found({ version: 1 }));
    await first;
    expect(await cache.get('key', () => Promise.reject(away))).toEqual({ answer: found({ version: 2 }) });
  });

  it('fails nobody because the caller who asked first has too much under way', async () => {
    const { state, cache } = startCache();
    const tooMuch = new CallerShareError('too busy', undefined);
    const first = cache.get('key', () => Promise.reject(tooMuch));
    const others = [1, 2].map((version) => cache.get('key', async () => found({ version })));
    await expect(first).rejects.toBe(tooMuch);
    expect(await Promise.all(others)).toEqual(Array(2).fill({ answer: found({ version: 1 }) }));
    expect(state.asked).toBe(0);
  });

  it('counts where answers came from', async () => {
    const { state, cache, get } = startCache();
    await Promise.all([get(), get()]);
    await get();
    state.seconds = 50;
    state.answer = away;
    await get();
    await get('other').catch(() => undefined);
    expect(cache.counts).toEqual({ memory: 1, shared: 0, queried: 2, stale: 1, failed: 1 });
  });
});
