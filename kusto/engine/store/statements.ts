/**
 * Compiled queries, kept as long as the catalogue they were compiled against is the current one. Binding a
 * query costs milliseconds to seconds; running it costs a fraction of a millisecond.
 */
import { LRUCache } from 'lru-cache';
import type { Catalog } from '../catalog.ts';
import { compileQuery, type Statement } from '../compile.ts';

const CACHED_STATEMENTS = 1000;

/** A compiled query, and what its runs so far say about where it should run. */
export interface KnownStatement {
  readonly statement: Statement;
  /** Whether it finds its rows by index alone; undefined until asked. */
  searchesOnly: boolean | undefined;
  /** How long the last run took; undefined before the first. */
  lastMilliseconds: number | undefined;
}

/** A cache of compiled queries by text. */
export class Statements {
  readonly #known = new LRUCache<string, KnownStatement>({ max: CACHED_STATEMENTS });
  #version: number | undefined;

  /** @throws KqlError where `text` cannot be compiled; that is not remembered */
  get(catalog: Catalog, text: string): KnownStatement {
    if (catalog.version !== this.#version) {
      this.#known.clear();
      this.#version = catalog.version;
    }
    const known = this.#known.get(text);
    if (known) return known;
    const made = {
      statement: compileQuery(catalog, text),
      searchesOnly: undefined,
      lastMilliseconds: undefined,
    };
    this.#known.set(text, made);
    return made;
  }
}
