/**
 * Bounds how much runs at once, and how much of that is one caller's. What comes when all places are taken waits in
 * line, first come, first served. What comes when the line is full is refused at once: an answer after the caller has
 * given up helps nobody.
 */

/** There was no place, and none became free in time. */
export class BulkheadFullError extends Error {
  override readonly name = 'BulkheadFullError';
  /** Whether the caller has its share of the places or of the line, and others may still get in. */
  readonly isOfCaller: boolean;

  constructor(message: string, isOfCaller: boolean) {
    super(message);
    this.isOfCaller = isOfCaller;
  }
}

interface Waiting {
  readonly caller: string | undefined;
  enter(): void;
}

export class Bulkhead {
  readonly #places: number;
  readonly #longestLine: number;
  readonly #placesOfCaller: number;
  readonly #lineOfCaller: number;
  readonly #line = new Set<Waiting>();
  readonly #taken = new Counts();
  readonly #waiting = new Counts();

  /**
   * @param places how many may run at once
   * @param longestLine how many may wait for a place
   * @param callerShare how much of both one caller may take, from 0 to 1; everything by default
   */
  constructor(places: number, longestLine: number, callerShare = 1) {
    this.#places = places;
    this.#longestLine = longestLine;
    this.#placesOfCaller = Math.max(1, Math.floor(places * callerShare));
    this.#lineOfCaller = Math.max(1, Math.floor(longestLine * callerShare));
  }

  /**
   * Runs `work` as soon as there is a place.
   *
   * @param longestWaitMs how long it may wait for one
   * @param caller whose share it is; undefined has no share that could be used up
   * @throws BulkheadFullError
   */
  async run<T>(longestWaitMs: number, work: () => Promise<T>, caller?: string): Promise<T> {
    if (this.#mayEnter(caller)) this.#taken.add(caller);
    else await this.#place(longestWaitMs, caller);
    try {
      return await work();
    } finally {
      this.#taken.remove(caller);
      this.#admit();
    }
  }

  #mayEnter(caller: string | undefined): boolean {
    return this.#taken.total < this.#places && this.#taken.of(caller) < this.#placesOfCaller;
  }

  #place(longestWaitMs: number, caller: string | undefined): Promise<void> {
    if (this.#line.size >= this.#longestLine)
      return Promise.reject(new BulkheadFullError('too many requests are waiting', false));
    if (this.#waiting.of(caller) >= this.#lineOfCaller)
      return Promise.reject(new BulkheadFullError('too many requests of this caller are waiting', true));
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        caller,
        enter: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        const isOfCaller = this.#taken.of(caller) >= this.#placesOfCaller;
        this.#line.delete(waiting);
        this.#waiting.remove(caller);
        reject(new BulkheadFullError(`no place became free within ${longestWaitMs} ms`, isOfCaller));
      }, longestWaitMs);
      this.#line.add(waiting);
      this.#waiting.add(caller);
    });
  }

  /** Hands a free place to the first in line whose caller may have one more. */
  #admit(): void {
    for (const waiting of this.#line) {
      if (!this.#mayEnter(waiting.caller)) continue;
      this.#line.delete(waiting);
      this.#waiting.remove(waiting.caller);
      this.#taken.add(waiting.caller);
      waiting.enter();
      return;
    }
  }
}

/** How many there are, in total and of each caller. */
class Counts {
  readonly #of = new Map<string, number>();
  total = 0;

  of(caller: string | undefined): number {
    return caller === undefined ? 0 : (this.#of.get(caller) ?? 0);
  }

  add(caller: string | undefined): void {
    this.total++;
    if (caller !== undefined) this.#of.set(caller, this.of(caller) + 1);
  }

  remove(caller: string | undefined): void {
    this.total--;
    if (caller === undefined) return;
    const left = this.of(caller) - 1;
    if (left > 0) this.#of.set(caller, left);
    else this.#of.delete(caller);
  }
}
