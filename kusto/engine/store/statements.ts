/**
 * Compiled queries, kept as long as the catalogue they were compiled against is the current one. Binding a
 * query costs milliseconds to seconds; running it costs a fraction of a millisecond.
 *
 * Those with parameters are asked again and again, so they are also kept in the database's file: after a
 * restart the first answer does not wait for the parser.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { LRUCache } from 'lru-cache';
import type { Catalog } from '../catalog.ts';
import type { Statement } from '../compile.ts';
import type { Compiler } from './compiler.ts';
import type { Access } from './reader.ts';

const CACHED_STATEMENTS = 1000;

/** A compiled query, and what its runs so far say about where it should run. */
export interface KnownStatement {
  readonly statement: Statement;
  /** How it gets at its rows; undefined until asked. */
  access: Access | undefined;
  /** How long the last run took; undefined before the first. */
  lastMilliseconds: number | undefined;
}

/** Where compiled queries outlive the process, by a key that says all that they depend on. */
export interface StatementStore {
  load(key: string): Uint8Array | undefined;
  save(key: string, statement: Uint8Array): void;
}

/** A cache of compiled queries by text. */
export class Statements {
  readonly #compiler: Compiler;
  readonly #store: StatementStore;
  readonly #known = new LRUCache<string, Promise<KnownStatement>>({ max: CACHED_STATEMENTS });
  #catalog: Catalog | undefined;

  constructor(compiler: Compiler, store: StatementStore) {
    this.#compiler = compiler;
    this.#store = store;
  }

  /**
   * The compiled form of `text`.
   *
   * @throws KqlError where it cannot be compiled; that is not remembered
   */
  get(catalog: Catalog, text: string): Promise<KnownStatement> {
    if (catalog !== this.#catalog) {
      this.forget();
      this.#catalog = catalog;
    }
    const known = this.#known.get(text);
    if (known) return known;
    const compiled = this.#compile(catalog, text);
    this.#known.set(text, compiled);
    compiled.catch(() => this.#known.delete(text));
    return compiled;
  }

  /** Forgets everything, as when the indexes have changed. */
  forget(): void {
    this.#known.clear();
  }

  async #compile(catalog: Catalog, text: string): Promise<KnownStatement> {
    const key = createHash('sha256')
      .update(`${compilerFingerprint()}\n${catalog.version}\n${text}`)
      .digest('hex');
    const kept = this.#store.load(key);
    const statement: Statement = kept ? deserialize(kept) : await this.#compiler.query(catalog, text);
    const isAskedAgain = statement.slots.some(({ kind }) => kind === 'parameter');
    if (!kept && isAskedAgain) this.#store.save(key, serialize(statement));
    return { statement, access: undefined, lastMilliseconds: undefined };
  }
}

let fingerprint: string | undefined;

/** Changes whenever the engine's code does, since another compiler may make another statement. */
function compilerFingerprint(): string {
  if (fingerprint !== undefined) return fingerprint;
  const engine = join(import.meta.dirname, '..');
  const hash = createHash('sha256');
  const files = readdirSync(engine, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.[jt]s$/.test(file),
  );
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(engine, file)));
  fingerprint = hash.digest('hex');
  return fingerprint;
}
