/**
 * Bounds how much runs at once. What comes when all places are taken waits in line, first come, first served.
 * What comes when the line is full is refused at once: an answer after the caller has given up helps nobody.
 */

/** There was no place, and none became free in time. */
export class BulkheadFullError extends Error {
  override readonly name = 'BulkheadFullError';
}

export class Bulkhead {
  readonly #places: number;
  readonly #longestLine: number;
  readonly #line = new Set<() => void>();
  #taken = 0;

  /**
   * @param places how many may run at once
   * @param longestLine how many may wait for a place
   */
  constructor(places: number, longestLine: number) {
    this.#places = places;
    this.#longestLine = longestLine;
  }

  /**
   * Runs `work` as soon as there is a place.
   *
   * @param longestWaitMs how long it may wait for one
   * @throws BulkheadFullError
   */
  async run<T>(longestWaitMs: number, work: () => Promise<T>): Promise<T> {
    if (this.#taken < this.#places) this.#taken++;
    else await this.#place(longestWaitMs);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #place(longestWaitMs: number): Promise<void> {
    if (this.#line.size >= this.#longestLine)
      return Promise.reject(new BulkheadFullError('too many requests are waiting'));
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#line.delete(enter);
        reject(new BulkheadFullError(`no place became free within ${longestWaitMs} ms`));
      }, longestWaitMs);
      this.#line.add(enter);
    });
  }

  /** Hands the place to the next in line, or frees it. */
  #leave(): void {
    const [next] = this.#line;
    if (!next) {
      this.#taken--;
      return;
    }
    this.#line.delete(next);
    next();
  }
}
