/**
 * Messages between the engine's thread and the compiler's thread, the reader processes and the writer process.
 * Everything is plain data that survives a structured clone; errors travel as their fields.
 */
import type { Column, Entity, StoredFunction } from '../catalog.ts';
import type { CompileOptions, FunctionIndexes, Statement, SuggestedIndexes, ViewShape } from '../compile.ts';
import { KqlError, type Position } from '../errors.ts';
import type { RemoteSchema } from '../remote/schema.ts';
import { EngineError, type EngineErrorKind } from './engine-error.ts';
import type { ReadRequest, ReadResult, StepResult, WriteRequest } from './steps.ts';

/** A task for a reader. */
export type ReaderTask = { readonly kind: 'read' } & ReadRequest;

/** A task for the writer. */
export type WriterTask =
  /** Opens a file, creating it where it is missing, and takes it over from any other engine. */
  | { readonly kind: 'open'; readonly file: string }
  | { readonly kind: 'close'; readonly file: string }
  | ({ readonly kind: 'write' } & WriteRequest);

/** A task for the compiler; see `compile.ts` for what each gives. */
export type CompilerTask =
  | { readonly kind: 'query'; readonly text: string; readonly options: CompileOptions }
  | {
      readonly kind: 'function';
      readonly stored: SentEntity<StoredFunction>;
      readonly remotes: readonly RemoteSchema[];
    }
  | { readonly kind: 'view'; readonly source: string; readonly query: string }
  | {
      readonly kind: 'indexes';
      readonly known: readonly FunctionIndexes[];
      readonly remotes: readonly RemoteSchema[];
    };

interface Results {
  readonly read: ReadResult;
  /** The owner's name, to write with. */
  readonly open: string;
  readonly close: undefined;
  readonly write: readonly StepResult[];
  readonly query: Statement;
  readonly function: Column[];
  readonly view: ViewShape;
  readonly indexes: SuggestedIndexes;
}

/** The result of a task. */
export type ResultOf<Task extends { readonly kind: keyof Results }> = Results[Task['kind']];

/** A catalogue on its way to the compiler's thread: sent once, then known by its number. */
export type SentCatalog =
  | { readonly kind: 'known'; readonly number: number }
  | {
      readonly kind: 'new';
      readonly number: number;
      readonly database: string;
      readonly version: number;
      readonly entities: readonly SentEntity[];
    };

/** An entity with a number of its own: what is known of it, its symbol above all, outlives its catalogue. */
export type SentEntity<Kind extends Entity = Entity> = readonly [number: number, entity: Kind];

/** A message to the compiler's thread. */
export interface CompilerRequest {
  readonly id: number;
  readonly catalog: SentCatalog;
  readonly task: CompilerTask;
}

/** A message from the compiler's thread. */
export interface CompilerReply {
  /** That of the request. */
  readonly id: number;
  readonly reply: Reply<ResultOf<CompilerTask>>;
}

/** How a task ended. */
export type Reply<Result> = { readonly kind: 'done'; readonly result: Result } | SentError;

/** An error on its way: `refused` is the caller's doing, `failed` is not. */
export type SentError =
  | {
      readonly kind: 'refused';
      readonly reason: string;
      readonly code: string;
      readonly position?: Position | undefined;
      readonly functionName?: string | undefined;
    }
  | { readonly kind: 'failed'; readonly failure: EngineErrorKind; readonly message: string };

/** Does `work` and says how it ended. */
export function replyTo<Result>(work: () => Result): Reply<Result> {
  try {
    return { kind: 'done', result: work() };
  } catch (error) {
    return sentError(error);
  }
}

/** The error that was sent. */
export function receivedError(sent: SentError): KqlError | EngineError {
  return sent.kind === 'refused'
    ? new KqlError(sent.reason, sent)
    : new EngineError(sent.failure, sent.message);
}

function sentError(error: unknown): SentError {
  if (error instanceof KqlError) {
    const { reason, code, position, functionName } = error;
    return { kind: 'refused', reason, code, position, functionName };
  }
  if (error instanceof EngineError) return { kind: 'failed', failure: error.kind, message: error.message };
  // It ends in the log, where its stack is of use.
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'failed', failure: 'fault', message };
}
