/**
 * Caches answers in this process. Lookups of one key at the same time share one query. An answer that is no longer
 * fresh is looked up again, and used once more, marked stale, only while Kusto is throttled or unavailable. A cache
 * never fails a request.
 */
import { LRUCache } from 'lru-cache';
import { KustoError } from '../../kusto/client/errors.ts';
import type { Answer } from '../lookups/answer.ts';

export interface AnswerCacheOptions {
  readonly staleLimitSeconds: number;
  readonly megabytes: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** An answer and, if it may be outdated, its age. */
export interface CachedAnswer {
  readonly answer: Answer;
  readonly staleSeconds?: number;
}

interface Entry {
  readonly answer: Answer;
  readonly storedAt: number;
}

export class AnswerCache {
  readonly #options: AnswerCacheOptions;
  readonly #entries: LRUCache<string, Entry>;
  readonly #asking = new Map<string, Promise<Answer>>();
  readonly #now: () => number;

  constructor(options: AnswerCacheOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#entries = new LRUCache({
      maxSize: options.megabytes * 1024 * 1024,
      sizeCalculation: ({ answer }, key) =>
        200 + key.length + (answer.kind === 'found' ? answer.body.length : 0),
    });
  }

  /**
   * The answer for `key` from the cache, or else from `ask`.
   *
   * @throws what `ask` throws, unless a stale answer may stand in
   */
  async get(key: string, ask: () => Promise<Answer>): Promise<CachedAnswer> {
    const entry = this.#entries.get(key);
    if (entry && this.#ageSeconds(entry) < entry.answer.freshSeconds) return entry;
    try {
      return { answer: await this.#askOnce(key, ask) };
    } catch (error) {
      if (!entry || !isPassing(error) || entry.answer.kind === 'unknown') throw error;
      const staleSeconds = Math.floor(this.#ageSeconds(entry));
      if (staleSeconds > this.#options.staleLimitSeconds) throw error;
      return { answer: entry.answer, staleSeconds };
    }
  }

  #askOnce(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const asking = this.#asking.get(key);
    if (asking) return asking;
    const answer = ask()
      .then((answer) => {
        this.#entries.set(key, { answer, storedAt: this.#now() });
        return answer;
      })
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, answer);
    return answer;
  }

  #ageSeconds({ storedAt }: Entry): number {
    return (this.#now() - storedAt) / 1000;
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof KustoError && error.kind !== 'defect';
}
