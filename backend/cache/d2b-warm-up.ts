/**
 * Warms D2B up: at night, when few people ask, it looks up the deployments of the last weeks, newest first, and keeps
 * their builds in Redis. One instance does it at a time. How far it has come is in Redis too, so after an interruption
 * any instance goes on, on the same day of deployments; a night is over when all days are done, enough was looked up,
 * or the morning has come.
 */
import { hash } from 'node:crypto';
import { deploymentSources } from '../../api/contract.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { callFunction } from '../../kusto/client/function-call.ts';
import { deploymentsChanged } from '../../kusto/client/functions.ts';
import { textOf } from '../../kusto/client/rows.ts';
import type { CacheConfig, WarmUpConfig } from '../config.ts';
import { answerOf } from '../lookups/answer.ts';
import { deployment2Build } from '../lookups/deployment-to-builds.ts';
import { lookUp } from '../lookups/lookup.ts';
import type { RedisConnection } from '../redis/connection.ts';
import { freshSecondsOf } from './freshness.ts';
import type { SharedAnswers } from './shared-answers.ts';

export interface WarmUpOptions {
  readonly config: WarmUpConfig;
  readonly lifetimes: CacheConfig;
  readonly kusto: KustoClient;
  readonly redis: RedisConnection;
  readonly shared: SharedAnswers;
  /** Where the answers come from: each database has a warm-up of its own. */
  readonly database: string;
  readonly now?: () => Date;
}

/** What one round did. */
export interface WarmUpReport {
  /** Deployments that were looked at. */
  readonly deployments: number;
  /** Those whose builds were in the cache, and will be for a while. */
  readonly hits: number;
  readonly stored: number;
  readonly failed: number;
  /** `hits` as a share of `deployments`; null where there were none. */
  readonly hitRatio: number | null;
  /** Whether nothing is left for this night. */
  readonly isDone: boolean;
}

interface Progress {
  /** The night as a date, ISO 8601. */
  readonly night: string;
  /** How many days of deployments are done. */
  readonly days: number;
  readonly lookups: number;
}

const dayMs = 24 * 60 * 60_000;
const leaseMs = 60_000;
/** Lookups at once: few, because the jobs have the same places. */
const atOnce = 2;
const timeoutMs = 30_000;
/** Nobody waits for what it says to Redis. */
const redisTimeoutMs = 1_000;
/** After so many failures in a row something is wrong, and the next round tries again. */
const mostFailures = 10;

/** Whether it is time to warm up. */
export function isNight({ fromHour, toHour }: WarmUpConfig, now: Date): boolean {
  const hour = now.getUTCHours();
  return fromHour < toHour ? hour >= fromHour && hour < toHour : hour >= fromHour || hour < toHour;
}

/**
 * Goes on where the last round of this night ended, until all is done, morning comes or `signal` is aborted. Undefined:
 * it is day, another instance is at it, or this night is done.
 *
 * @throws RedisError, KustoError; the next round goes on
 */
export async function warmUpD2b(
  options: WarmUpOptions,
  signal: AbortSignal,
): Promise<WarmUpReport | undefined> {
  const { config, redis, database, now = () => new Date() } = options;
  if (!isNight(config, now())) return undefined;
  const lease = `${nameOf(database)}:lease`;
  const isOurs = await redis.run(
    (commands) => commands.set(lease, '1', { NX: true, PX: leaseMs }),
    redisTimeoutMs,
  );
  if (isOurs === null) return undefined;
  try {
    return await goOn(options, signal, () =>
      redis.run((commands) => commands.pExpire(lease, leaseMs), redisTimeoutMs).then(() => undefined),
    );
  } finally {
    await redis.run((commands) => commands.del(lease), redisTimeoutMs).catch(() => undefined);
  }
}

async function goOn(
  options: WarmUpOptions,
  signal: AbortSignal,
  renew: () => Promise<void>,
): Promise<WarmUpReport | undefined> {
  const { config, redis, database, now = () => new Date() } = options;
  const name = nameOf(database);
  const start = now();
  // A night belongs to the day on which it ends.
  const night = new Date(start.getTime() + (24 - config.toHour) * 60 * 60_000).toISOString().slice(0, 10);
  const stored = progressIn(await redis.run((commands) => commands.get(name), redisTimeoutMs));
  let progress = stored?.night === night ? stored : { night, days: 0, lookups: 0 };
  if (isOver(progress, config)) return undefined;
  const counts = { deployments: 0, hits: 0, stored: 0, failed: 0 };
  const goesOn = (): boolean => !signal.aborted && isNight(config, now());
  while (goesOn() && !isOver(progress, config)) {
    const midnight = Date.parse(`${night}T00:00:00Z`);
    const end = new Date(midnight - (progress.days - 1) * dayMs);
    const before = counts.stored;
    const isWhole = await warmDay(options, end, config.mostLookups - progress.lookups, counts, goesOn, renew);
    progress = {
      night,
      days: progress.days + (isWhole ? 1 : 0),
      lookups: progress.lookups + counts.stored - before,
    };
    const text = JSON.stringify(progress);
    await redis.run((commands) => commands.set(name, text, { PX: 2 * dayMs }), redisTimeoutMs);
    if (!isWhole) break;
  }
  const hitRatio = counts.deployments === 0 ? null : counts.hits / counts.deployments;
  return { ...counts, hitRatio, isDone: isOver(progress, config) };
}

/** Warms up the deployments that changed in the day before `end`. Whether it came to the end of them. */
async function warmDay(
  { kusto, shared, lifetimes }: WarmUpOptions,
  end: Date,
  mostLookups: number,
  counts: { deployments: number; hits: number; stored: number; failed: number },
  goesOn: () => boolean,
  renew: () => Promise<void>,
): Promise<boolean> {
  const window = { startTime: new Date(end.getTime() - dayMs), endTime: end };
  const rows = await callFunction(kusto, deploymentsChanged, window);
  let failures = 0;
  let lookups = 0;
  for (let first = 0; first < rows.length; first += atOnce) {
    if (!goesOn() || lookups >= mostLookups || failures >= mostFailures) return false;
    await renew();
    const batch = rows.slice(first, first + atOnce).map(async (row) => {
      const source = deploymentSources.find((known) => known === textOf(row, 'DeploymentSource'));
      if (!source) return;
      const key = { source, id: textOf(row, 'DeploymentId') };
      const cacheKey = deployment2Build.cacheKey(key);
      counts.deployments++;
      const known = await shared.get(cacheKey);
      if (known && known.ageSeconds < known.answer.freshSeconds / 2) {
        counts.hits++;
        return;
      }
      lookups++;
      try {
        const options = { traceId: 'warm-up', interactive: false, timeoutMs };
        const result = await lookUp(kusto, deployment2Build, key, options);
        shared.set(cacheKey, answerOf(result, freshSecondsOf('d2b', result, lifetimes)));
        counts.stored++;
        failures = 0;
      } catch {
        counts.failed++;
        failures++;
      }
    });
    await Promise.all(batch);
  }
  return failures === 0;
}

/** The name under which progress is kept. */
function nameOf(database: string): string {
  return `deployments:1:${hash('sha256', database, 'base64url').slice(0, 12)}:d2b-warm-up`;
}

function isOver({ days, lookups }: Progress, config: WarmUpConfig): boolean {
  return days >= config.days || lookups >= config.mostLookups;
}

function progressIn(text: string | null): Progress | undefined {
  try {
    const { night, days, lookups } = Object(JSON.parse(text ?? 'null')) as Record<string, unknown>;
    if (typeof night !== 'string' || typeof days !== 'number' || typeof lookups !== 'number')
      return undefined;
    return { night, days, lookups };
  } catch {
    return undefined;
  }
}
