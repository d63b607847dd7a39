/**
 * The keys with which a tenant signs its tokens. They are fetched at the start, then regularly, and when a token names
 * a key that is not among them, but never more often than once in a while, whatever callers send. The last good keys
 * stay in use while the issuer does not answer.
 */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import { sleep } from '../../net/sleep.ts';
import { timeLimit } from '../../net/time-limit.ts';
import { KeysUnavailableError } from './token-error.ts';

type KeySet = ReturnType<typeof createLocalJWKSet>;
type Key = Awaited<ReturnType<KeySet>>;

export interface SigningKeysOptions {
  /** Where the issuer publishes its keys (JWKS). */
  readonly url: string;
  /** Called when keys cannot be fetched. */
  readonly onFailure: (message: string) => void;
  /** Least time between two fetches. */
  readonly cooldownMs?: number;
}

const refreshMs = 60 * 60_000;
const defaultCooldownMs = 1_000;
/** Keys that come later are used by later requests. */
const fetchTimeoutMs = 5_000;
/** Of the time of a request. */
const longestWaitMs = 700;

export class SigningKeys {
  readonly #options: SigningKeysOptions;
  readonly #cooldownMs: number;
  readonly #stopping = new AbortController();
  #keys: KeySet | undefined;
  #fetching: Promise<void> | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #failed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SigningKeysOptions) {
    this.#options = options;
    this.#cooldownMs = options.cooldownMs ?? defaultCooldownMs;
  }

  /** Fetches the keys, and fetches them again regularly. */
  start(): void {
    this.#refresh();
    this.#timer = setInterval(() => this.#refresh(), refreshMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stopping.abort();
  }

  /**
   * The key that a token's header names.
   *
   * @throws KeysUnavailableError if there are no keys, or if the newest could not be fetched
   * @throws JOSEError if the issuer has no such key
   */
  async keyFor(header: JWSHeaderParameters): Promise<Key> {
    const known = await this.#find(header);
    if (known) return known;
    await this.#refreshed();
    const found = await this.#find(header);
    if (found) return found;
    if (!this.#keys || this.#failed) throw new KeysUnavailableError('The issuer does not give its keys');
    throw new errors.JWKSNoMatchingKey();
  }

  async #find(header: JWSHeaderParameters): Promise<Key | undefined> {
    try {
      return await this.#keys?.(header);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined;
      throw error;
    }
  }

  /** Waits for a fetch under way, or for a new one if the last is old enough. */
  async #refreshed(): Promise<void> {
    if (!this.#fetching && performance.now() - this.#fetchedAt < this.#cooldownMs) return;
    const answered = new AbortController();
    await Promise.race([this.#refresh(), sleep(longestWaitMs, answered.signal)]);
    answered.abort();
  }

  #refresh(): Promise<void> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetchedAt = performance.now();
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    const { url, onFailure } = this.#options;
    try {
      const signal = timeLimit(fetchTimeoutMs, this.#stopping.signal);
      const response = await fetch(url, { signal, redirect: 'error' });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const jwks = (await response.json()) as JSONWebKeySet;
      const keys = createLocalJWKSet(jwks);
      if (jwks.keys.length === 0) throw new Error('no keys');
      this.#keys = keys;
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      if (this.#stopping.signal.aborted) return;
      onFailure(`${url}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
