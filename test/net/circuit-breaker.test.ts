import { CircuitBreaker, CircuitOpenError } from '../../net/circuit-breaker.ts';

/** A breaker on a clock that the test moves; two failures in a row open it for a second. */
function startBreaker() {
  const clock = { ms: 0 };
  const breaker = new CircuitBreaker({
    failures: 2,
    openMs: 1_000,
    now: () => clock.ms,
  });
  const calls: (() => void)[] = [];
  return {
    clock,
    breaker,
    fail: (error = 'broken') =>
      breaker
        .run(
          () => Promise.reject(error),
          (error) => error !== 'refused',
        )
        .catch((reason: unknown) => reason),
    succeed: () => breaker.run(async () => 'answer').catch((reason: unknown) => reason),
    /** A call that is under way until the returned function ends it. */
    begin() {
      const done = breaker
        .run(() => new Promise<string>((resolve) => calls.push(() => resolve('late'))))
        .catch((reason: unknown) => reason);
      return async () => {
        for (const end of calls.splice(0)) end();
        return done;
      };
    },
  };
}

it('makes calls while not enough of them fail in a row', async () => {
  const { fail, succeed, breaker } = startBreaker();
  await fail();
  await succeed();
  await fail();
  expect(breaker.isOpen).toBe(false);
  expect(await succeed()).toBe('answer');
});

it('makes none for a while after failures in a row, and says how long', async () => {
  const { clock, fail, succeed } = startBreaker();
  await fail();
  expect(await fail()).toBe('broken');
  clock.ms = 400;
  const refused = await succeed();
  expect(refused).toBeInstanceOf(CircuitOpenError);
  expect(refused).toMatchObject({ retryAfterMs: 600 });
});

it('lets one call find out, and closes when it succeeds', async () => {
  const { clock, fail, succeed, begin, breaker } = startBreaker();
  await fail();
  await fail();
  clock.ms = 1_000;
  const end = begin();
  expect(await succeed()).toBeInstanceOf(CircuitOpenError);
  expect(await end()).toBe('late');
  expect(breaker.isOpen).toBe(false);
  expect(await succeed()).toBe('answer');
});

it('stays open when that call fails', async () => {
  const { clock, fail, succeed } = startBreaker();
  await fail();
  await fail();
  clock.ms = 1_000;
  expect(await fail()).toBe('broken');
  clock.ms = 1_999;
  expect(await succeed()).toBeInstanceOf(CircuitOpenError);
  clock.ms = 2_000;
  expect(await succeed()).toBe('answer');
});

it('does not close for a call that was sent before it opened', async () => {
  const { fail, begin, breaker } = startBreaker();
  const end = begin();
  await fail();
  await fail();
  expect(await end()).toBe('late');
  expect(breaker.isOpen).toBe(true);
});

it('takes no refusal of a call for a failure of the service', async () => {
  const { fail, breaker } = startBreaker();
  await fail();
  expect(await fail('refused')).toBe('refused');
  await fail();
  expect(breaker.isOpen).toBe(false);
});
