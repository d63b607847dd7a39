/**
 * Compiled queries, kept as long as the catalogue they were compiled against is the current one. Binding a
 * query costs milliseconds to seconds; running it costs a fraction of a millisecond. Those that are asked again and again
 * are also kept in the database's file.
 */
import { LRUCache } from 'lru-cache';
import type { Catalog } from '../catalog.ts';
import type { Statement } from '../compile.ts';
import type { RemoteSchema } from '../remote/schema.ts';
import type { Compiler } from './compiler.ts';
import type { KeptCompilations } from './kept-compilations.ts';
import type { Access } from './reader.ts';

const CACHED_STATEMENTS = 1000;
/** Beside those with parameters: what clients ask to see whether anybody is there, and functions without arguments. */
const ASKED_AGAIN = /^(?:print 1|\w+\(\))$/;

/** A compiled query, and what its runs so far say about where it should run. */
export interface KnownStatement {
  readonly statement: Statement;
  /** How it gets at its rows; undefined until asked. */
  access: Access | undefined;
  /** How long the last run took; undefined before the first. */
  lastMilliseconds: number | undefined;
}

/** A cache of compiled queries by text. */
export class Statements {
  readonly #compiler: Compiler;
  readonly #kept: KeptCompilations;
  readonly #known = new LRUCache<string, Promise<KnownStatement>>({ max: CACHED_STATEMENTS });
  #catalog: Catalog | undefined;

  constructor(compiler: Compiler, kept: KeptCompilations) {
    this.#compiler = compiler;
    this.#kept = kept;
  }

  /**
   * The compiled form of `text`.
   *
   * @param remotes databases of other clusters that it may read
   * @throws KqlError where it cannot be compiled; that is not remembered
   */
  get(catalog: Catalog, text: string, remotes: readonly RemoteSchema[] = []): Promise<KnownStatement> {
    if (catalog !== this.#catalog) {
      this.forget();
      this.#catalog = catalog;
    }
    const key = remotes.length === 0 ? text : [text, ...remotes.map((remote) => remote.key)].join('\n');
    const known = this.#known.get(key);
    if (known) return known;
    const compiled = this.#compile(catalog, text, key, remotes);
    this.#known.set(key, compiled);
    compiled.catch(() => this.#known.delete(key));
    return compiled;
  }

  /** Forgets everything, as when the indexes have changed. */
  forget(): void {
    this.#known.clear();
  }

  async #compile(
    catalog: Catalog,
    text: string,
    key: string,
    remotes: readonly RemoteSchema[],
  ): Promise<KnownStatement> {
    const statement = await this.#kept.get(
      catalog,
      key,
      () => this.#compiler.query(catalog, text, { remotes }),
      ({ slots }) => slots.some(({ kind }) => kind === 'parameter') || ASKED_AGAIN.test(text),
    );
    return { statement, access: undefined, lastMilliseconds: undefined };
  }
}
