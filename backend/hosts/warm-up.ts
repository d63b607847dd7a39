/** The warm-up of D2B in a host: rounds that go on where the last one ended, and a line in the log for each. */
import type { FastifyBaseLogger } from 'fastify';
import type { KustoClient } from '../../kusto/client/client.ts';
import { nameOf, openSharedD2b } from '../cache/answer-caches.ts';
import { warmUpD2b } from '../cache/d2b-warm-up.ts';
import type { Config } from '../config.ts';
import type { RedisConnection } from '../redis/connection.ts';
import { type HostRounds, hostRounds } from './rounds.ts';

const roundEveryMs = 10 * 60_000;

/** Each round does what is left of this night, if it is night. Undefined where D2B is not looked up ahead. */
export function openHostWarmUp(
  { cache, data, warmUp: config }: Pick<Config, 'cache' | 'data' | 'warmUp'>,
  kusto: KustoClient,
  redis: RedisConnection | undefined,
  log: Pick<FastifyBaseLogger, 'info' | 'warn'>,
): HostRounds | undefined {
  if (!config || !redis) return undefined;
  const shared = openSharedD2b({ cache, data }, redis);
  const options = { config, lifetimes: cache, kusto, redis, shared, database: nameOf(data) };
  return hostRounds(async (signal) => {
    try {
      const report = await warmUpD2b(options, signal);
      if (report) log.info(report, 'D2B was warmed up');
    } catch (error) {
      log.warn({ err: error }, 'D2B was not warmed up; the next round goes on');
    }
  }, roundEveryMs);
}
