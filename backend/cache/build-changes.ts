/**
 * Tells every instance which builds an event of the changelog has touched, so that what they keep about them is no longer
 * fresh. A build is named twice: when its event is committed, and when that has been mapped to deployments. Over Redis
 * where instances share one, else in this process alone. A message that is lost costs seconds: see B2D_CACHE_SECONDS.
 */
import { hash, randomUUID } from 'node:crypto';
import type { BuildKey } from '../../api/keys.ts';
import { build2Deployment } from '../lookups/build-to-deployments.ts';
import type { RedisConnection } from '../redis/connection.ts';

/** What is told of changes. Keys are those of B2D's answers, in lower case. */
export interface ChangeListener {
  drop(key: string): void;
  dropAll(): void;
}

/** In one message; it is small enough to arrive in time. */
const mostKeysInMessage = 500;
/** More are not told one by one. */
const mostKeys = 5_000;

export class BuildChanges {
  readonly #listeners: ChangeListener[] = [];
  readonly #redis: RedisConnection | undefined;
  readonly #channel: string;
  /** Names the messages of this process, which it has acted upon already. */
  readonly #sender = randomUUID();
  #unmapped = new Set<string>();

  /** @param data where the answers come from: instances on other data are not told */
  constructor(data: string, redis?: RedisConnection) {
    this.#redis = redis;
    this.#channel = `deployments:1:${hash('sha256', data, 'base64url').slice(0, 12)}:builds`;
  }

  /** Tells `listener` of every change from now on, in this process and in others. */
  listen(listener: ChangeListener): void {
    if (this.#listeners.length === 0) {
      this.#redis?.subscribe(
        this.#channel,
        (message) => this.#receive(message),
        () => this.#dropHere(undefined),
      );
    }
    this.#listeners.push(listener);
  }

  /** Events about these builds are committed. */
  touched(builds: readonly BuildKey[]): void {
    if (builds.length === 0) return;
    const keys = builds.map((build) => build2Deployment.cacheKey(build).toLowerCase());
    for (const key of keys) this.#unmapped.add(key);
    this.#drop(keys);
  }

  /** Everything that was committed until now has been mapped. */
  mapped(): void {
    const keys = [...this.#unmapped];
    this.#unmapped = new Set();
    if (keys.length > 0) this.#drop(keys);
  }

  #drop(keys: readonly string[]): void {
    const dropped = keys.length > mostKeys ? undefined : keys;
    this.#dropHere(dropped);
    for (let start = 0; start < (dropped?.length ?? 1); start += mostKeysInMessage) {
      const message = JSON.stringify({
        from: this.#sender,
        keys: dropped?.slice(start, start + mostKeysInMessage),
      });
      this.#redis?.run((commands) => commands.publish(this.#channel, message)).catch(() => undefined);
    }
  }

  #receive(message: string): void {
    const { from, keys } = contentOf(message);
    if (from === this.#sender) return;
    this.#dropHere(Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : undefined);
  }

  /** @param keys undefined is everything */
  #dropHere(keys: readonly string[] | undefined): void {
    for (const listener of this.#listeners) {
      if (!keys) listener.dropAll();
      else for (const key of keys) listener.drop(key);
    }
  }
}

/** What is not a message of ours may stand for anything. */
function contentOf(message: string): { readonly from?: unknown; readonly keys?: unknown } {
  try {
    return Object(JSON.parse(message));
  } catch {
    return {};
  }
}
