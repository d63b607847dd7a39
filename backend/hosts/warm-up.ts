/** The warm-up of D2B in a host: rounds that go on where the last one ended, and a line in the log for each. */
import type { FastifyBaseLogger } from 'fastify';
import type { KustoClient } from '../../kusto/client/client.ts';
import { nameOf, openSharedD2b } from '../cache/answer-caches.ts';
import { warmUpD2b } from '../cache/d2b-warm-up.ts';
import type { Config } from '../config.ts';
import type { RedisConnection } from '../redis/connection.ts';

export interface HostWarmUp {
  /** Does what is left of this night, if it is night. Failures go to the log. */
  round(signal: AbortSignal): Promise<void>;
  /** Runs a round every ten minutes. */
  start(): void;
  /** Ends the round under way. */
  stop(): Promise<void>;
}

const roundEveryMs = 10 * 60_000;

/** Undefined where D2B is not looked up ahead. */
export function openHostWarmUp(
  { cache, data, warmUp: config }: Pick<Config, 'cache' | 'data' | 'warmUp'>,
  kusto: KustoClient,
  redis: RedisConnection | undefined,
  log: Pick<FastifyBaseLogger, 'info' | 'warn'>,
): HostWarmUp | undefined {
  if (!config || !redis) return undefined;
  const shared = openSharedD2b({ cache, data }, redis);
  const options = { config, lifetimes: cache, kusto, redis, shared, database: nameOf(data) };
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const round = async (signal: AbortSignal): Promise<void> => {
    try {
      const report = await warmUpD2b(options, signal);
      if (report) log.info(report, 'D2B was warmed up');
    } catch (error) {
      log.warn({ err: error }, 'D2B was not warmed up; the next round goes on');
    }
  };
  return {
    round,
    start() {
      timer ??= setInterval(() => {
        running ??= round(stopping.signal).finally(() => {
          running = undefined;
        });
      }, roundEveryMs).unref();
    },
    async stop() {
      stopping.abort();
      clearInterval(timer);
      await running;
    },
  };
}
