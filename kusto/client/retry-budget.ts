/**
 * Allows second tries only as a share of the first ones. When everything fails, retrying everything would
 * double the load on what is already in trouble.
 */
export class RetryBudget {
  readonly #share: number;
  readonly #most: number;
  #tokens: number;

  /**
   * @param share retries earned by one request, such as 0.1
   * @param most how many retries can be saved up
   */
  constructor(share: number, most: number) {
    this.#share = share;
    this.#most = most;
    this.#tokens = most;
  }

  /** Call once for every request. */
  earn(): void {
    this.#tokens = Math.min(this.#most, this.#tokens + this.#share);
  }

  /** Whether one retry may be made; it is paid for with this call. */
  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
