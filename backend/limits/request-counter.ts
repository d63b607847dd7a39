/**
 * Counts requests in windows of a minute. Every process counts by itself, so that no request waits; with Redis, what was
 * counted is added up there once a second. So a limit may be exceeded by what instances take in that second, and holds
 * for each process alone while Redis is away.
 */
import { LRUCache } from 'lru-cache';
import type { RedisConnection } from '../redis/connection.ts';

export const windowSeconds = 60;

export interface RequestCounterOptions {
  /** Undefined: this process counts alone. */
  readonly redis?: RedisConnection | undefined;
  /** Tells deployments apart that share a Redis. */
  readonly name: string;
  readonly shareEveryMs?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** How many requests there were in the window, this one included, and how long it lasts. */
export interface Count {
  readonly requests: number;
  readonly secondsLeft: number;
}

interface Entry {
  window: number;
  /** Of all processes, as of the last time. */
  shared: number;
  /** Of this process since. */
  own: number;
}

/** An attacker may have any number of addresses: those that were quiet for longest are forgotten. */
const mostKeys = 20_000;
const mostSharedAtOnce = 1_000;
const shareEveryMs = 1_000;

export class RequestCounter {
  readonly #options: RequestCounterOptions;
  readonly #now: () => number;
  readonly #changed = new Set<string>();
  /** What is forgotten is not shared any more, or keys would pile up while Redis is away. */
  readonly #entries = new LRUCache<string, Entry>({
    max: mostKeys,
    noDisposeOnSet: true,
    dispose: (_entry, key) => this.#changed.delete(key),
  });
  readonly #timer: NodeJS.Timeout | undefined;
  #sharing = false;

  constructor(options: RequestCounterOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    if (options.redis)
      this.#timer = setInterval(() => void this.#share(), options.shareEveryMs ?? shareEveryMs).unref();
  }

  /** Counts a request of `key`. */
  count(key: string): Count {
    const seconds = this.#now() / 1000;
    const window = Math.floor(seconds / windowSeconds);
    let entry = this.#entries.get(key);
    if (entry?.window !== window) {
      entry = { window, shared: 0, own: 0 };
      this.#entries.set(key, entry);
    }
    entry.own++;
    if (this.#timer) this.#changed.add(key);
    return {
      requests: entry.shared + entry.own,
      secondsLeft: Math.max(1, Math.ceil((window + 1) * windowSeconds - seconds)),
    };
  }

  /** Ends the sharing. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Adds what this process has counted to what all have, and takes over the sum. */
  async #share(): Promise<void> {
    const { redis, name } = this.#options;
    if (!redis || this.#sharing || this.#changed.size === 0) return;
    this.#sharing = true;
    const keys = [...this.#changed].slice(0, mostSharedAtOnce);
    const taken = keys.flatMap((key) => {
      this.#changed.delete(key);
      const entry = this.#entries.peek(key);
      return entry ? [{ key, entry, requests: entry.own }] : [];
    });
    try {
      const sums = await redis.run((commands) =>
        Promise.all(
          taken.map(async ({ key, entry, requests }) => {
            const place = `${name}:limit:${entry.window}:${key}`;
            const [sum] = await Promise.all([
              commands.incrBy(place, requests),
              commands.expire(place, 2 * windowSeconds),
            ]);
            return sum;
          }),
        ),
      );
      for (const [index, { entry, requests }] of taken.entries()) {
        entry.shared = sums[index] ?? entry.shared;
        entry.own -= requests;
      }
    } catch {
      // Until Redis answers again, this process goes by its own count, which is added then.
      for (const { key } of taken) if (this.#entries.has(key)) this.#changed.add(key);
    } finally {
      this.#sharing = false;
    }
  }
}
