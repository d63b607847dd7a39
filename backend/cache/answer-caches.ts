/** The caches of the lookups. D2B's answers are kept for long, so instances share them; the others' for seconds. */
import { resolve } from 'node:path';
import { type ApiName, apiNames } from '../../api/paths.ts';
import type { Config } from '../config.ts';
import type { RedisConnection } from '../redis/connection.ts';
import { AnswerCache } from './answer-cache.ts';
import { openSharedAnswers, type SharedAnswers } from './shared-answers.ts';

export type AnswerCaches = Readonly<Record<ApiName, AnswerCache>>;

/** A cache for each API; without Redis, all of them are of this process alone. */
export function openAnswerCaches(
  { cache, data }: Pick<Config, 'cache' | 'data'>,
  redis: RedisConnection | undefined,
): AnswerCaches {
  const shared = redis && openSharedD2b({ cache, data }, redis);
  const entries = apiNames.map((api) => {
    return [api, new AnswerCache({ ...cache, shared: api === 'd2b' ? shared : undefined })] as const;
  });
  return Object.fromEntries(entries) as Record<ApiName, AnswerCache>;
}

/** D2B's answers in Redis. */
export function openSharedD2b(
  { cache, data }: Pick<Config, 'cache' | 'data'>,
  redis: RedisConnection,
): SharedAnswers {
  return openSharedAnswers(redis, nameOf(data), 'd2b', cache.staleLimitSeconds);
}

/** Tells databases apart, so that what came from one is never used for another. */
export function nameOf(data: Config['data']): string {
  return data.kind === 'embedded' ? resolve(data.folder) : `${data.kusto.cluster}/${data.kusto.database}`;
}
