/**
 * Caches answers: in this process, and behind it in what instances share, if there is that. Lookups of one key at the
 * same time share one query. An answer that is no longer fresh is looked up again, and used once more, marked stale,
 * only while Kusto is throttled or unavailable. A cache never fails a request.
 */
import { LRUCache } from 'lru-cache';
import { CallerShareError, KustoError } from '../../kusto/client/errors.ts';
import type { Answer } from '../lookups/answer.ts';
import type { SharedAnswers } from './shared-answers.ts';

export interface AnswerCacheOptions {
  readonly staleLimitSeconds: number;
  readonly megabytes: number;
  /** Undefined: this process has a cache of its own. */
  readonly shared?: SharedAnswers | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** An answer. Of the two ages in whole seconds, at most one is there; none if it is less than a second old. */
export interface CachedAnswer {
  readonly answer: Answer;
  /** The age of a fresh answer. */
  readonly ageSeconds?: number;
  /** The age of one that may be outdated. */
  readonly staleSeconds?: number;
}

/** How many answers came from where since the process started. */
export interface CacheCounts {
  readonly memory: number;
  readonly shared: number;
  /** From a query, made for this request or for another one at the same time. */
  readonly queried: number;
  readonly stale: number;
  /** Neither: what `ask` threw. */
  readonly failed: number;
}

interface Entry {
  readonly answer: Answer;
  /** When its query began, by the clock: what happened later may be missing in it. */
  readonly askedAt: number;
}

interface Asking {
  readonly since: number;
  readonly entry: Promise<Entry>;
}

type Ask = (wasDropped: boolean) => Promise<Answer>;

/** Stands for every key that can be dropped: an answer about it is no longer fresh after any change. */
export const anyKey = '*';

/** Milliseconds; longer than Kusto may give an older answer: see kusto/client. */
const lately = 10_000;
/** With so many keys dropped, the one that was dropped longest ago counts as not dropped: it was asked for again. */
const mostDropped = 10_000;

export class AnswerCache {
  readonly #options: AnswerCacheOptions;
  readonly #entries: LRUCache<string, Entry>;
  readonly #asking = new Map<string, Asking>();
  readonly #now: () => number;
  /** When keys were dropped, by the key in lower case. */
  readonly #dropped = new LRUCache<string, number>({ max: mostDropped });
  #allDroppedAt = Number.NEGATIVE_INFINITY;
  readonly #counts = { memory: 0, shared: 0, queried: 0, stale: 0, failed: 0 };

  constructor(options: AnswerCacheOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#entries = new LRUCache({
      maxSize: options.megabytes * 1024 * 1024,
      sizeCalculation: ({ answer }, key) =>
        200 + key.length + (answer.kind === 'found' ? answer.body.length : 0),
    });
  }

  get counts(): CacheCounts {
    return { ...this.#counts };
  }

  /** The answer for `key` if this process has a fresh one. */
  fresh(key: string, about = key): CachedAnswer | undefined {
    const kept = this.#entries.get(key);
    if (!kept) return undefined;
    const age = this.#ageSeconds(kept);
    if (age >= kept.answer.freshSeconds || this.#wasDroppedSince(about, kept.askedAt)) return undefined;
    this.#counts.memory++;
    return cached(kept.answer, age);
  }

  /**
   * The answer for `key` from the cache, or else from `ask`.
   *
   * @param ask is told whether `about` was dropped lately, so that a cache behind it must not answer
   * @param about the key that is dropped when the answer changes, where several answers change together
   * @throws what `ask` throws, unless a stale answer may stand in
   */
  async get(key: string, ask: Ask, about = key): Promise<CachedAnswer> {
    const fresh = this.fresh(key, about);
    if (fresh) return fresh;
    try {
      const entry = await this.#askOnce(key, ask, about);
      return cached(entry.answer, this.#ageSeconds(entry));
    } catch (error) {
      const stale = isPassing(error) ? this.#stale(key) : undefined;
      this.#counts[stale ? 'stale' : 'failed']++;
      if (!stale) throw error;
      return stale;
    }
  }

  /** What is known about this key, in any case of its letters, is no longer fresh, nor is what is being asked for now. */
  drop(key: string): void {
    const now = this.#now();
    this.#dropped.set(key.toLowerCase(), now);
    this.#dropped.set(anyKey, now);
  }

  /** The same for every key. */
  dropAll(): void {
    this.#allDroppedAt = this.#now();
  }

  #askOnce(key: string, ask: Ask, about: string, isSecondTime = false): Promise<Entry> {
    const asking = this.#asking.get(key);
    if (asking && !this.#wasDroppedSince(about, asking.since)) {
      return asking.entry.then(
        (entry) => {
          this.#counts.queried++;
          return entry;
        },
        (error: unknown) => {
          // Whoever asked first had too much under way; that is not the fault of those who joined.
          if (error instanceof CallerShareError && !isSecondTime) return this.#askOnce(key, ask, about, true);
          throw error;
        },
      );
    }
    const since = this.#now();
    const entry = this.#find(key, since, ask, about).finally(() => {
      if (this.#asking.get(key)?.entry === entry) this.#asking.delete(key);
    });
    this.#asking.set(key, { since, entry });
    return entry;
  }

  async #find(key: string, since: number, ask: Ask, about: string): Promise<Entry> {
    const { shared } = this.#options;
    const known = await shared?.get(key);
    if (known) {
      const entry = { answer: known.answer, askedAt: since - known.ageSeconds * 1000 };
      if (entry.askedAt > (this.#entries.get(key)?.askedAt ?? Number.NEGATIVE_INFINITY))
        this.#entries.set(key, entry);
      if (this.#isFresh(about, entry)) {
        this.#counts.shared++;
        return entry;
      }
    }
    const entry = { answer: await ask(this.#wasDroppedSince(about, since - lately)), askedAt: since };
    this.#counts.queried++;
    // A query that was begun later may have ended sooner.
    if ((this.#entries.get(key)?.askedAt ?? since) <= since) this.#entries.set(key, entry);
    shared?.set(key, entry.answer);
    return entry;
  }

  #stale(key: string): CachedAnswer | undefined {
    const entry = this.#entries.get(key);
    if (!entry || entry.answer.kind === 'unknown') return undefined;
    const staleSeconds = Math.floor(this.#ageSeconds(entry));
    return staleSeconds > this.#options.staleLimitSeconds
      ? undefined
      : { answer: entry.answer, staleSeconds };
  }

  #isFresh(about: string, entry: Entry): boolean {
    return (
      this.#ageSeconds(entry) < entry.answer.freshSeconds && !this.#wasDroppedSince(about, entry.askedAt)
    );
  }

  #wasDroppedSince(about: string, time: number): boolean {
    if (this.#allDroppedAt >= time) return true;
    return (
      this.#dropped.size > 0 && (this.#dropped.get(about.toLowerCase()) ?? Number.NEGATIVE_INFINITY) >= time
    );
  }

  #ageSeconds({ askedAt }: Entry): number {
    return (this.#now() - askedAt) / 1000;
  }
}

function cached(answer: Answer, age: number): CachedAnswer {
  const ageSeconds = Math.floor(age);
  return ageSeconds > 0 ? { answer, ageSeconds } : { answer };
}

function isPassing(error: unknown): boolean {
  return error instanceof KustoError && error.kind !== 'defect';
}
