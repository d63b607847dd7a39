/** What can happen to the services that the API uses, and how it ends. */
import type { FaultWorld } from './world.ts';

export interface Fault {
  /** The service and what happens to it. */
  readonly name: string;
  /**
   * Which requests have a good answer meanwhile: `all`, because Kusto answers, or those that were answered `before`, for
   * which the last answer stands in.
   */
  readonly goodAnswers: 'all' | 'before';
  begin(world: FaultWorld): void | Promise<void>;
  end(world: FaultWorld): void | Promise<void>;
}

/** Longer than a lookup may take. */
const tooSlowMs = 2_000;
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
];
