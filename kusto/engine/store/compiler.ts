/**
 * The compiler as the store sees it. Binding a query takes from milliseconds to seconds, so it is done in a
 * thread of its own: point lookups that are compiled already never wait for it.
 */
import type { Worker } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { Catalog, type Column, type Entity, type StoredFunction } from '../catalog.ts';
import {
  type CompileOptions,
  checkFunction,
  compileQuery,
  describeView,
  type Statement,
  type SuggestedIndex,
  suggestIndexes,
  type ViewShape,
} from '../compile.ts';
import { KqlError, type Position } from '../errors.ts';
import { startWorker } from '../worker.ts';
import { EngineError } from './engine-error.ts';

/** The thread remembers this many entities, which is many catalogues' worth. */
const REMEMBERED_ENTITIES = 10_000;
/** Both sides remember this many catalogues, and forget the same ones. */
const REMEMBERED_CATALOGS = 16;
/** No question takes this long, unless something is wrong with it. */
const COMPILE_MILLISECONDS = 120_000;

/** What can be asked of the compiler; see `compile.ts` for what each gives and throws. */
export interface Compiler {
  query(catalog: Catalog, text: string, options?: CompileOptions): Promise<Statement>;
  checkFunction(catalog: Catalog, stored: StoredFunction): Promise<Column[]>;
  describeView(catalog: Catalog, source: string, query: string): Promise<ViewShape>;
  suggestIndexes(catalog: Catalog): Promise<SuggestedIndex[]>;
  close(): Promise<void>;
}

/** A catalogue on its way to the thread: sent once, then known by its number. */
export type SentCatalog =
  | { readonly number: number }
  | {
      readonly number: number;
      readonly database: string;
      readonly version: number;
      readonly entities: readonly SentEntity[];
    };

/** An entity with a number of its own: what is known of it, its symbol above all, outlives its catalogue. */
type SentEntity = readonly [number: number, entity: Entity];

/** One question for the thread. */
export interface CompilerQuestion {
  readonly id: number;
  readonly catalog: SentCatalog;
  readonly ask:
    | { readonly kind: 'query'; readonly text: string; readonly override?: ReadonlyMap<string, string> }
    | { readonly kind: 'function'; readonly stored: StoredFunction }
    | { readonly kind: 'view'; readonly source: string; readonly query: string }
    | { readonly kind: 'indexes' };
}

/** The thread's answer to the question of the same id. */
export type CompilerAnswer = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly refused: { readonly message: string; readonly code: string; readonly position?: Position } }
  | { readonly failed: string }
);

/** Answers a question, in whatever thread. */
export function answerQuestion(catalog: Catalog, ask: CompilerQuestion['ask']): unknown {
  switch (ask.kind) {
    case 'query':
      return compileQuery(catalog, ask.text, ask.override ? { override: ask.override } : {});
    case 'function':
      return checkFunction(catalog, ask.stored);
    case 'view':
      return describeView(catalog, ask.source, ask.query);
    case 'indexes':
      return suggestIndexes(catalog);
  }
}

/** Compiles in the caller's thread. */
export const inlineCompiler: Compiler = {
  query: async (catalog, text, options) => compileQuery(catalog, text, options),
  checkFunction: async (catalog, stored) => checkFunction(catalog, stored),
  describeView: async (catalog, source, query) => describeView(catalog, source, query),
  suggestIndexes: async (catalog) => suggestIndexes(catalog),
  close: async () => undefined,
};

interface OpenQuestion {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Compiles in a thread of its own, one question after another. A thread that dies, or that is ended because
 * a question takes too long, is replaced with the next question.
 */
export class CompilerThread implements Compiler {
  readonly #open = new Map<number, OpenQuestion>();
  readonly #sent = new LRUCache<Catalog, number>({ max: REMEMBERED_CATALOGS });
  readonly #numbers = new WeakMap<Entity, number>();
  #worker: Worker | undefined;
  #lastNumber = 0;
  #lastId = 0;

  constructor() {
    this.#worker = this.#start();
  }

  query(catalog: Catalog, text: string, { override }: CompileOptions = {}): Promise<Statement> {
    return this.#ask<Statement>(catalog, { kind: 'query', text, ...(override ? { override } : {}) });
  }

  checkFunction(catalog: Catalog, stored: StoredFunction): Promise<Column[]> {
    return this.#ask<Column[]>(catalog, { kind: 'function', stored });
  }

  describeView(catalog: Catalog, source: string, query: string): Promise<ViewShape> {
    return this.#ask<ViewShape>(catalog, { kind: 'view', source, query });
  }

  suggestIndexes(catalog: Catalog): Promise<SuggestedIndex[]> {
    return this.#ask<SuggestedIndex[]>(catalog, { kind: 'indexes' });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #ask<T>(catalog: Catalog, ask: CompilerQuestion['ask']): Promise<T> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    this.#lastId += 1;
    const id = this.#lastId;
    const question: CompilerQuestion = { id, catalog: this.#send(catalog), ask };
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#end(worker, new EngineError('timeout', 'Compiling took too long'));
        void worker.terminate();
      }, COMPILE_MILLISECONDS);
      // What comes back is what `answerQuestion` gives for this kind of question.
      this.#open.set(id, { resolve: (value) => resolve(value as T), reject, timer });
      worker.postMessage(question);
    });
  }

  #start(): Worker {
    const worker = startWorker('./compiler-thread', import.meta.url);
    const end = (reason: string) =>
      this.#end(worker, new EngineError('fault', `The compiler failed: ${reason}`));
    worker.on('message', (answer: CompilerAnswer) => this.#settle(answer));
    worker.on('error', ({ message }) => end(message));
    worker.on('exit', () => end('its thread ended'));
    worker.unref();
    return worker;
  }

  #send(catalog: Catalog): SentCatalog {
    const known = this.#sent.get(catalog);
    if (known !== undefined) return { number: known };
    const number = this.#nextNumber();
    this.#sent.set(catalog, number);
    const { database, version } = catalog;
    const entities = [...catalog.entities.values()].map(
      (entity) => [this.#numberOf(entity), entity] as const,
    );
    return { number, database, version, entities };
  }

  #numberOf(entity: Entity): number {
    const number = this.#numbers.get(entity) ?? this.#nextNumber();
    this.#numbers.set(entity, number);
    return number;
  }

  #nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  #settle(answer: CompilerAnswer): void {
    const open = this.#open.get(answer.id);
    if (!open) return;
    this.#open.delete(answer.id);
    clearTimeout(open.timer);
    if ('value' in answer) open.resolve(answer.value);
    else if ('failed' in answer)
      open.reject(new EngineError('fault', `The compiler failed: ${answer.failed}`));
    else {
      const { message, position, code } = answer.refused;
      open.reject(new KqlError(message, position, code));
    }
  }

  #end(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#sent.clear();
    for (const { reject, timer } of this.#open.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#open.clear();
  }
}

/** The catalogues that were sent, on the thread's side. */
export class ReceivedCatalogs {
  readonly #known = new LRUCache<number, Catalog>({ max: REMEMBERED_CATALOGS });
  readonly #entities = new LRUCache<number, Entity>({ max: REMEMBERED_ENTITIES });

  /** The catalogue that `sent` stands for. */
  get(sent: SentCatalog): Catalog {
    const catalog =
      'entities' in sent
        ? new Catalog(
            sent.database,
            sent.entities.map((entity) => this.#same(entity)),
            sent.version,
          )
        : this.#known.get(sent.number);
    if (!catalog) throw new Error(`Catalogue ${sent.number} was not sent`);
    this.#known.set(sent.number, catalog);
    return catalog;
  }

  /** Each message brings a copy; the first that came is used from then on. */
  #same([number, copy]: SentEntity): Entity {
    const known = this.#entities.get(number);
    if (known) return known;
    this.#entities.set(number, copy);
    return copy;
  }
}
