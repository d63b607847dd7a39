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
  type FunctionIndexes,
  type Statement,
  type SuggestedIndexes,
  suggestIndexes,
  type ViewShape,
} from '../compile.ts';
import type { RemoteSchema } from '../remote/schema.ts';
import { startWorker } from '../worker.ts';
import { EngineError } from './engine-error.ts';
import {
  type CompilerReply,
  type CompilerRequest,
  type CompilerTask,
  type ResultOf,
  receivedError,
  type SentCatalog,
  type SentEntity,
} from './messages.ts';

/** The thread remembers this many entities, which is many catalogues' worth. */
const REMEMBERED_ENTITIES = 10_000;
/** Both sides remember this many catalogues, and forget the same ones. */
const REMEMBERED_CATALOGS = 16;
/** No task takes this long, unless something is wrong with it. */
const COMPILE_MILLISECONDS = 120_000;

/** The compiler, in whatever thread; see `compile.ts` for what each task gives and throws. */
export interface Compiler {
  query(catalog: Catalog, text: string, options?: CompileOptions): Promise<Statement>;
  checkFunction(
    catalog: Catalog,
    stored: StoredFunction,
    remotes?: readonly RemoteSchema[],
  ): Promise<Column[]>;
  describeView(catalog: Catalog, source: string, query: string): Promise<ViewShape>;
  suggestIndexes(
    catalog: Catalog,
    known?: readonly FunctionIndexes[],
    remotes?: readonly RemoteSchema[],
  ): Promise<SuggestedIndexes>;
  close(): Promise<void>;
}

/** Does the task of a request, in the thread that knows these catalogues. */
export function compileTask(
  catalogs: ReceivedCatalogs,
  { catalog: sent, task }: CompilerRequest,
): ResultOf<CompilerTask> {
  const catalog = catalogs.get(sent);
  switch (task.kind) {
    case 'query':
      return compileQuery(catalog, task.text, task.options);
    case 'function':
      return checkFunction(catalog, catalogs.same(task.stored), task.remotes);
    case 'view':
      return describeView(catalog, task.source, task.query);
    case 'indexes':
      return suggestIndexes(catalog, task.known, task.remotes);
  }
}

/** Compiles in the caller's thread. */
export const inlineCompiler: Compiler = {
  query: async (catalog, text, options) => compileQuery(catalog, text, options),
  checkFunction: async (catalog, stored, remotes) => checkFunction(catalog, stored, remotes),
  describeView: async (catalog, source, query) => describeView(catalog, source, query),
  suggestIndexes: async (catalog, known, remotes) => suggestIndexes(catalog, known, remotes),
  close: async () => undefined,
};

interface OpenTask {
  readonly resolve: (result: ResultOf<CompilerTask>) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Compiles in a thread of its own, one task after another. A thread that dies, or that is ended because a task
 * takes too long, is replaced for the next one.
 */
export class CompilerThread implements Compiler {
  readonly #open = new Map<number, OpenTask>();
  readonly #sent = new LRUCache<Catalog, number>({ max: REMEMBERED_CATALOGS });
  readonly #numbers = new WeakMap<Entity, number>();
  #worker: Worker | undefined;
  #lastNumber = 0;
  #lastId = 0;

  /** Starts the thread before it is needed. */
  start(): void {
    this.#worker ??= this.#start();
  }

  query(catalog: Catalog, text: string, options: CompileOptions = {}): Promise<Statement> {
    return this.#run(catalog, { kind: 'query', text, options });
  }

  checkFunction(
    catalog: Catalog,
    stored: StoredFunction,
    remotes: readonly RemoteSchema[] = [],
  ): Promise<Column[]> {
    return this.#run(catalog, { kind: 'function', stored: [this.#numberOf(stored), stored], remotes });
  }

  describeView(catalog: Catalog, source: string, query: string): Promise<ViewShape> {
    return this.#run(catalog, { kind: 'view', source, query });
  }

  suggestIndexes(
    catalog: Catalog,
    known: readonly FunctionIndexes[] = [],
    remotes: readonly RemoteSchema[] = [],
  ): Promise<SuggestedIndexes> {
    return this.#run(catalog, { kind: 'indexes', known, remotes });
  }

  /** Refuses what is being compiled, and ends the thread. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    this.#end(worker, new EngineError('unavailable', 'The engine is shutting down'));
    await worker.terminate();
  }

  #run<Task extends CompilerTask>(catalog: Catalog, task: Task): Promise<ResultOf<Task>> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    this.#lastId += 1;
    const id = this.#lastId;
    const request: CompilerRequest = { id, catalog: this.#send(catalog), task };
    return new Promise<ResultOf<Task>>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#end(worker, new EngineError('timeout', 'Compiling took too long'));
        void worker.terminate();
      }, COMPILE_MILLISECONDS);
      // The thread replies with what `compileTask` returns for this kind of task.
      this.#open.set(id, { resolve: (result) => resolve(result as ResultOf<Task>), reject, timer });
      worker.postMessage(request);
    });
  }

  #start(): Worker {
    const worker = startWorker('./compiler-thread', import.meta.url);
    const end = (reason: string) =>
      this.#end(worker, new EngineError('fault', `The compiler failed: ${reason}`));
    worker.on('message', (message: CompilerReply) => this.#settle(message));
    worker.on('error', ({ message }) => end(message));
    worker.on('exit', () => end('its thread ended'));
    worker.unref();
    return worker;
  }

  #send(catalog: Catalog): SentCatalog {
    const known = this.#sent.get(catalog);
    if (known !== undefined) return { kind: 'known', number: known };
    const number = this.#nextNumber();
    this.#sent.set(catalog, number);
    const { database, version } = catalog;
    const entities = [...catalog.entities.values()].map(
      (entity) => [this.#numberOf(entity), entity] as const,
    );
    return { kind: 'new', number, database, version, entities };
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

  #settle({ id, reply }: CompilerReply): void {
    const open = this.#open.get(id);
    if (!open) return;
    this.#open.delete(id);
    clearTimeout(open.timer);
    if (reply.kind === 'done') open.resolve(reply.result);
    else open.reject(receivedError(reply));
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
      sent.kind === 'new'
        ? new Catalog(
            sent.database,
            sent.entities.map((entity) => this.same(entity)),
            sent.version,
          )
        : this.#known.get(sent.number);
    if (!catalog) throw new Error(`Catalogue ${sent.number} was not sent`);
    this.#known.set(sent.number, catalog);
    return catalog;
  }

  /** Each message brings a copy; the first that came is used from then on. */
  same<Kind extends Entity>([number, copy]: SentEntity<Kind>): Kind {
    const known = this.#entities.get(number);
    if (known) return known as Kind;
    this.#entities.set(number, copy);
    return copy;
  }
}
