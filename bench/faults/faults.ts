/** What can happen to the services that the API uses, and how it ends. */
import { sleep } from '../../net/sleep.ts';
import type { FaultWorld } from './world.ts';

export interface Fault {
  /** The service and what happens to it. */
  readonly name: string;
  /**
   * Which requests have a good answer meanwhile: `all`, because Kusto answers, or those that were answered `before`, for
   * which the last answer stands in.
   */
  readonly goodAnswers: 'all' | 'before';
  /** Who asks; a program without it. */
  readonly asks?: 'users';
  begin(world: FaultWorld): void | Promise<void>;
  end(world: FaultWorld): void | Promise<void>;
}

/** Longer than a lookup may take. */
const tooSlowMs = 2_000;
/** Clocks may differ by a minute; see backend/auth/entra-tokens.ts. */
const allowedSkewSeconds = 50;
const tooMuchSkewSeconds = 90;
const tokenSeconds = 5;
/** Longer than a command of Redis may take. */
const slowRedisMs = 200;

export const faults: readonly Fault[] = [
  { name: 'none', goodAnswers: 'all', begin: () => undefined, end: () => undefined },
  {
    name: 'Redis killed',
    goodAnswers: 'all',
    begin: ({ redis }) => redis.kill(),
    end: ({ redis }) => redis.start(),
  },
  {
    name: 'Redis frozen',
    goodAnswers: 'all',
    begin: ({ redis }) => redis.freeze(),
    end: ({ redis }) => redis.thaw(),
  },
  {
    name: 'Redis slow',
    goodAnswers: 'all',
    begin: ({ redisNetwork }) => redisNetwork.delay(slowRedisMs),
    end: ({ redisNetwork }) => redisNetwork.delay(0),
  },
  {
    name: 'Redis full',
    goodAnswers: 'all',
    begin: async ({ redis }) => void (await redis.command(['CONFIG', 'SET', 'maxmemory', '1'])),
    end: async ({ redis }) => void (await redis.command(['CONFIG', 'SET', 'maxmemory', '0'])),
  },
  {
    name: 'Kusto killed',
    goodAnswers: 'before',
    begin: ({ engine }) => engine.kill(),
    end: ({ engine }) => engine.start(),
  },
  {
    name: 'Kusto frozen',
    goodAnswers: 'before',
    begin: ({ engine }) => engine.freeze(),
    end: ({ engine }) => engine.thaw(),
  },
  {
    name: 'Kusto slow',
    goodAnswers: 'before',
    begin: ({ kustoNetwork }) => kustoNetwork.delay(tooSlowMs),
    end: ({ kustoNetwork }) => kustoNetwork.delay(0),
  },
  {
    name: 'Kusto throttling',
    goodAnswers: 'before',
    begin: ({ kusto }) => kusto.fail({ kind: 'status', status: 429, retryAfter: '1' }),
    end: ({ kusto }) => kusto.recover(),
  },
  {
    name: 'issuer away',
    goodAnswers: 'all',
    begin: ({ guard }) => {
      guard.entra.conduct.authority = 'down';
    },
    end: ({ guard }) => {
      guard.entra.conduct.authority = 'up';
    },
  },
  {
    name: 'issuer away from users',
    goodAnswers: 'before',
    asks: 'users',
    begin: ({ guard }) => {
      guard.entra.conduct.authority = 'down';
    },
    end: ({ guard }) => {
      guard.entra.conduct.authority = 'up';
    },
  },
  {
    name: 'Azure DevOps away',
    goodAnswers: 'before',
    asks: 'users',
    begin: ({ guard }) => {
      guard.azureDevOps.conduct = { kind: 'down' };
    },
    end: ({ guard }) => {
      guard.azureDevOps.conduct = { kind: 'up' };
    },
  },
  {
    name: 'Azure DevOps slow',
    goodAnswers: 'before',
    asks: 'users',
    begin: ({ guard }) => {
      guard.azureDevOps.conduct = { kind: 'up', delayMs: tooSlowMs };
    },
    end: ({ guard }) => {
      guard.azureDevOps.conduct = { kind: 'up' };
    },
  },
  wrongClock('issuer clock 50 s ahead', allowedSkewSeconds, true),
  wrongClock('issuer clock 50 s behind', -allowedSkewSeconds, true),
  wrongClock('issuer clock 90 s ahead', tooMuchSkewSeconds, false),
  wrongClock('issuer clock 90 s behind', -tooMuchSkewSeconds, false),
];

/** The program uses tokens that end in some seconds by the issuer's clock, and gets new ones in time. */
function wrongClock(name: string, aheadSeconds: number, isAcceptable: boolean): Fault {
  let ending = new AbortController();
  const renew = async (world: FaultWorld, signal: AbortSignal): Promise<void> => {
    const headers = await world.guard.headersByClock(aheadSeconds, tokenSeconds);
    if (!signal.aborted) world.program = { headers, isAcceptable };
  };
  return {
    name,
    goodAnswers: 'all',
    async begin(world) {
      ending = new AbortController();
      const { signal } = ending;
      await renew(world, signal);
      const renewing = async (): Promise<void> => {
        while (!signal.aborted) {
          await sleep(1_000, signal);
          await renew(world, signal);
        }
      };
      void renewing();
    },
    end(world) {
      ending.abort();
      world.program = { headers: world.guard.headers, isAcceptable: true };
    },
  };
}
