/**
 * Keeps one answer of the API up to date: asks again while the page is visible, and notifies it. It does not depend on
 * React. Another query needs another instance.
 */
import type { Found, LookupAnswer } from '../../api/client.ts';
import { ClientError } from '../../api/client-error.ts';
import { pauseBeforeRefresh, type Situation } from './refresh-plan.ts';

/** What is known. Times are in milliseconds since 1970. */
export type Knowledge<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly message: string; readonly traceId: string | undefined }
  | { readonly kind: 'failed'; readonly error: ClientError }
  | FoundKnowledge<T>;

export interface FoundKnowledge<T> {
  readonly kind: 'found';
  readonly body: T;
  /** Number of rows of the answer that could not be read. */
  readonly unreadable: number;
  /** The time of the data: that of the answer, or earlier if the service returned an older answer. */
  readonly asOf: number;
  /** Whether the service could not reach its data and returned an older answer. */
  readonly fromMemory: boolean;
  /** Whether more of the answer is still to come. */
  readonly partial: boolean;
  /** Why the latest refresh failed, if it did. The body is from the last successful one. */
  readonly refreshError?: ClientError;
}

export interface LiveState<T> {
  readonly knowledge: Knowledge<T>;
  /** Whether a request is in progress. */
  readonly refreshing: boolean;
}

/** One query: how to ask it, and how long its answer keeps. */
export interface LiveQuery<T> {
  /**
   * Asks once.
   *
   * @param previous the last complete answer
   * @param show shows the part of the answer that has arrived, until all of it has
   */
  ask(
    previous: LookupAnswer<T> | undefined,
    signal: AbortSignal,
    show: (part: Found<T>) => void,
  ): Promise<LookupAnswer<T>>;
  /** `open`: something in it is under way; `settled`: it changes rarely; `fixed`: it is of the past. */
  pace(body: T): 'open' | 'settled' | 'fixed';
}

/** Replaced in tests. */
export interface Surroundings {
  now(): number;
  random(): number;
  /** Calls back after a time in milliseconds. Returns a function that cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
}

export const browserSurroundings: Surroundings = {
  now: Date.now,
  random: Math.random,
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

export class LiveAnswer<T> {
  #state: LiveState<T> = { knowledge: { kind: 'loading' }, refreshing: false };
  readonly #query: LiveQuery<T>;
  readonly #onChange: (state: LiveState<T>) => void;
  readonly #surroundings: Surroundings;
  #answer: LookupAnswer<T> | undefined;
  #visible = true;
  #unchangedAnswers = 0;
  #failures = 0;
  #cancelTimer: () => void = () => undefined;
  #request: AbortController | undefined;
  #stopped = false;

  constructor(
    query: LiveQuery<T>,
    onChange: (state: LiveState<T>) => void,
    surroundings: Surroundings = browserSurroundings,
  ) {
    this.#query = query;
    this.#onChange = onChange;
    this.#surroundings = surroundings;
  }

  /** Sends a request now, unless one is in progress. Resolves when its answer has been processed. */
  async refresh(): Promise<void> {
    if (this.#request || this.#stopped) return;
    this.#cancelTimer();
    const request = new AbortController();
    this.#request = request;
    this.#show({ ...this.#state, refreshing: true });
    const knowledge = await this.#ask(request.signal);
    if (this.#stopped) return;
    this.#request = undefined;
    this.#show({ knowledge, refreshing: false });
    this.#planNext();
  }

  /** Stops polling while the page is hidden, and asks at once when it becomes visible. */
  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (visible && this.#pace() !== 'fixed') void this.refresh();
    else this.#cancelTimer();
  }

  /** Stops everything. An answer that is still on its way is dropped. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
    this.#request?.abort();
  }

  async #ask(signal: AbortSignal): Promise<Knowledge<T>> {
    const before = this.#answer;
    const showPart = (part: Found<T>) => {
      if (!before && !signal.aborted) this.#show({ knowledge: this.#found(part, true), refreshing: true });
    };
    try {
      const answer = await this.#query.ask(before, signal, showPart);
      const isSame = answer.kind === 'found' ? !answer.changed : answer.kind === before?.kind;
      this.#unchangedAnswers = isSame ? this.#unchangedAnswers + 1 : 0;
      this.#answer = answer;
      this.#failures = 0;
      if (answer.kind === 'none') return { kind: 'none' };
      if (answer.kind === 'unknown')
        return { kind: 'unknown', message: answer.message, traceId: answer.traceId };
      return this.#found(answer, false);
    } catch (error) {
      this.#failures += 1;
      return this.#afterFailure(asClientError(error));
    }
  }

  #found(answer: Found<T>, partial: boolean): FoundKnowledge<T> {
    const { knowledge } = this.#state;
    const kept = !answer.changed && knowledge.kind === 'found' && !partial ? knowledge.body : answer.body;
    return {
      kind: 'found',
      body: kept,
      unreadable: answer.skipped.length,
      asOf: this.#surroundings.now() - 1000 * (answer.staleSeconds ?? 0),
      fromMemory: answer.staleSeconds !== undefined,
      partial,
    };
  }

  /** A refusal replaces the answer; an outage keeps it. */
  #afterFailure(error: ClientError): Knowledge<T> {
    const { knowledge } = this.#state;
    const keeps = knowledge.kind === 'found' && !isRefusal(error);
    return keeps ? { ...knowledge, refreshError: error } : { kind: 'failed', error };
  }

  #pace(): 'open' | 'settled' | 'fixed' {
    const { knowledge } = this.#state;
    return knowledge.kind === 'found' ? this.#query.pace(knowledge.body) : 'open';
  }

  #situation(): Situation {
    const { knowledge } = this.#state;
    if (!this.#visible) return { kind: 'hidden' };
    const error = knowledge.kind === 'failed' ? knowledge.error : undefined;
    if (error && isRefusal(error)) return { kind: 'refused' };
    if (this.#failures > 0) {
      const latest = knowledge.kind === 'found' ? knowledge.refreshError : error;
      const seconds = latest?.retryAfterSeconds;
      return {
        kind: 'failing',
        failures: this.#failures,
        retryAfter: seconds === undefined ? undefined : seconds * 1000,
      };
    }
    const pace = this.#pace();
    if (pace === 'fixed') return { kind: 'refused' };
    return { kind: pace, unchangedAnswers: this.#unchangedAnswers };
  }

  #planNext(): void {
    const pause = pauseBeforeRefresh(this.#situation(), this.#surroundings.random());
    if (pause !== undefined) this.#cancelTimer = this.#surroundings.after(pause, () => void this.refresh());
  }

  #show(state: LiveState<T>): void {
    this.#state = state;
    this.#onChange(state);
  }
}

/** Whether trying again is pointless until somebody acts: signed out, no access, or an invalid request. */
function isRefusal(error: ClientError): boolean {
  return ['unauthorized', 'forbidden', 'badRequest'].includes(error.kind);
}

function asClientError(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  return new ClientError('network', error instanceof Error ? error.message : 'The request failed.');
}
