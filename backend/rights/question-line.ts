/**
 * Bounds the questions to Azure DevOps that are under way at once, altogether and for each caller, so that no caller
 * takes all places. More wait in line, up to a limit, of which no caller takes all either.
 */

export interface LineLimits {
  readonly together: number;
  readonly perCaller: number;
  readonly waiting: number;
  readonly waitingPerCaller: number;
}

interface Waiting {
  readonly caller: string;
  readonly start: () => void;
}

export class QuestionLine {
  readonly #limits: LineLimits;
  readonly #running = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  #total = 0;

  constructor(limits: LineLimits) {
    this.#limits = limits;
  }

  /** Runs `ask` when it is its turn; undefined without running it if the line or the caller's share of it is full. */
  run<T>(caller: string, ask: () => Promise<T>): Promise<T> | undefined {
    if (this.#mayStart(caller)) return this.#start(caller, ask);
    if (this.#isFullFor(caller)) return undefined;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ caller, start: () => this.#start(caller, ask).then(resolve, reject) });
    });
  }

  async #start<T>(caller: string, ask: () => Promise<T>): Promise<T> {
    this.#count(caller, 1);
    try {
      return await ask();
    } finally {
      this.#count(caller, -1);
      const next = this.#waiting.findIndex((waiting) => this.#mayStart(waiting.caller));
      if (next >= 0) this.#waiting.splice(next, 1)[0]?.start();
    }
  }

  #isFullFor(caller: string): boolean {
    const { waiting, waitingPerCaller } = this.#limits;
    if (this.#waiting.length >= waiting) return true;
    return this.#waiting.filter((other) => other.caller === caller).length >= waitingPerCaller;
  }

  #mayStart(caller: string): boolean {
    const { together, perCaller } = this.#limits;
    return this.#total < together && (this.#running.get(caller) ?? 0) < perCaller;
  }

  #count(caller: string, change: number): void {
    this.#total += change;
    const running = (this.#running.get(caller) ?? 0) + change;
    if (running > 0) this.#running.set(caller, running);
    else this.#running.delete(caller);
  }
}
