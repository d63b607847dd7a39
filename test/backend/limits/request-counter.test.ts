/** What a process counts while Redis is away, and shares when it is back. */
import { RequestCounter } from '../../../backend/limits/request-counter.ts';
import type { RedisCommands, RedisConnection } from '../../../backend/redis/connection.ts';
import { until } from '../../support/until.ts';

/** A Redis that counts the keys of each round. */
function scriptedRedis() {
  const world = { isAway: true, rounds: [] as number[] };
  const connection: Pick<RedisConnection, 'run'> = {
    async run(commands) {
      if (world.isAway) throw new Error('away');
      let keys = 0;
      const redis = { incrBy: async () => ++keys, expire: async () => true };
      const result = await commands(redis as unknown as RedisCommands);
      world.rounds.push(keys);
      return result;
    },
  };
  return { world, connection: connection as RedisConnection };
}

it('holds no more keys than it counts, however many callers there are while Redis is away', async () => {
  const { world, connection } = scriptedRedis();
  const counter = new RequestCounter({ redis: connection, name: 'D', shareEveryMs: 1, now: () => 30_000 });
  for (let address = 0; address < 25_000; address++) {
    counter.count(`address ${address}`);
    if (address === 10_000) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  world.isAway = false;
  await until(() => world.rounds.reduce((sum, keys) => sum + keys, 0) >= 20_000);
  counter.stop();
  // Rounds without keys would be about keys that are no longer counted.
  expect(world.rounds).toEqual(Array.from({ length: 20 }, () => 1_000));
});
