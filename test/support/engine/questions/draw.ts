/** Numbers from a seed: the same seed draws the same. */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761) % 2_147_483_648;
  }

  /** A whole number from 0, below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((this.#state / 2_147_483_648) * limit);
  }

  /** Whether it happens once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<Value>(values: readonly Value[]): Value {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error('Nothing to pick from');
    return value;
  }

  /** Several values, each once, in their order; at least one. */
  some<Value>(values: readonly Value[]): Value[] {
    const taken = values.filter(() => this.once(2));
    return taken.length > 0 ? taken : [this.pick(values)];
  }
}
