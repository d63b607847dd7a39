/**
 * Stops calling a service that fails: after some failures in a row nothing is sent for a while, and then one call finds
 * out whether it answers again. Callers get their error at once in the meantime, instead of a place in a line of
 * timeouts.
 */

/** The call was not made, because the service failed lately. */
export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError';
  /** How long until the next call finds out whether the service answers again. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('it failed lately and is not called for a moment');
    this.retryAfterMs = retryAfterMs;
  }
}

export interface CircuitBreakerOptions {
  /** So many failures in a row open the circuit. */
  readonly failures: number;
  /** How long nothing is called then, in milliseconds. */
  readonly openMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  readonly #now: () => number;
  #failures = 0;
  /** Undefined while the circuit is closed. */
  #openUntil: number | undefined;
  #isProbing = false;

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  get isOpen(): boolean {
    return this.#openUntil !== undefined;
  }

  /**
   * Makes a call, unless the circuit is open.
   *
   * @param isFailure whether an error says that the service is in trouble; all do by default
   * @throws CircuitOpenError if it was not made, else what `call` throws
   */
  async run<T>(call: () => Promise<T>, isFailure: (error: unknown) => boolean = () => true): Promise<T> {
    this.throwIfOpen();
    const isProbe = this.isOpen;
    if (isProbe) this.#isProbing = true;
    try {
      const result = await call();
      this.#succeeded(isProbe);
      return result;
    } catch (error) {
      if (isFailure(error)) this.#failed(isProbe);
      else this.#succeeded(isProbe);
      throw error;
    } finally {
      if (isProbe) this.#isProbing = false;
    }
  }

  /** For work that must not even wait in line while the circuit is open. @throws CircuitOpenError */
  throwIfOpen(): void {
    const wait = this.#waitMs();
    if (wait > 0) throw new CircuitOpenError(wait);
  }

  #waitMs(): number {
    if (this.#openUntil === undefined) return 0;
    const left = this.#openUntil - this.#now();
    return this.#isProbing ? Math.max(left, 1) : left;
  }

  /** Of an open circuit, only the probe may say that it can close: others were sent before it opened. */
  #succeeded(isProbe: boolean): void {
    if (this.isOpen && !isProbe) return;
    this.#failures = 0;
    this.#openUntil = undefined;
  }

  #failed(isProbe: boolean): void {
    if (this.isOpen && !isProbe) return;
    this.#failures++;
    if (isProbe || this.#failures >= this.#options.failures)
      this.#openUntil = this.#now() + this.#options.openMs;
  }
}
