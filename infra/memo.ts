/**
 * Remembers what was computed from the same files: a check looks at many regions, and its tests at many changes, each of
 * which touches one file.
 */
export class Memo {
  readonly #before: Memo | undefined;
  readonly #ids: WeakMap<object, number>;
  readonly #values = new Map<string, unknown>();

  /** @param before what is known already; what this one learns is forgotten with it */
  constructor(before?: Memo) {
    this.#before = before;
    this.#ids = before ? before.#ids : new WeakMap();
  }

  /** Computes something once for the same parts, which are told apart by their identity. */
  once<T>(what: string, parts: readonly object[], compute: () => T): T {
    const key = [what, ...parts.map((part) => this.#id(part))].join(' ');
    const known = this.#known(key);
    if (known !== undefined) return known.value as T;
    const value = compute();
    this.#values.set(key, value);
    return value;
  }

  #known(key: string): { readonly value: unknown } | undefined {
    if (this.#values.has(key)) return { value: this.#values.get(key) };
    if (!this.#before) return undefined;
    return this.#before.#known(key);
  }

  #id(part: object): number {
    const known = this.#ids.get(part);
    if (known !== undefined) return known;
    lastId += 1;
    this.#ids.set(part, lastId);
    return lastId;
  }
}

let lastId = 0;
