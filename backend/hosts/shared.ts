/** What a host shares with other instances: the connection to Redis, where there is one, and news of changes. */
import { nameOf } from '../cache/answer-caches.ts';
import { BuildChanges } from '../cache/build-changes.ts';
import type { Config } from '../config.ts';
import { openRedis, type RedisConnection } from '../redis/connection.ts';

export interface Shared {
  readonly redis: RedisConnection | undefined;
  readonly changes: BuildChanges;
  close(): void;
}

/** Opens what the settings say; nothing is waited for. */
export function openShared({ redis: config, data }: Pick<Config, 'redis' | 'data'>): Shared {
  const redis = config && openRedis(config);
  return { redis, changes: new BuildChanges(nameOf(data), redis), close: () => redis?.close() };
}
