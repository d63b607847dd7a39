/**
 * Keeps the deployments of one build up to date: polls the API and notifies the page. It does not depend on React.
 * Another build needs another instance.
 */

import type { DeploymentsClient, LookupAnswer } from '../../api/client.ts';
import { ClientError } from '../../api/client-error.ts';
import type { Build2Deployment } from '../../api/contract.ts';
import type { BuildKey } from '../../api/keys.ts';
import { isFinal } from '../../api/states.ts';
import { pauseBeforeRefresh, type Situation } from '../live/refresh-plan.ts';
import { type DeploymentRow, toRows } from './deployment-row.ts';

/** What is known about the deployments of the build. Times are in milliseconds since 1970. */
export type Knowledge =
  | { readonly kind: 'loading' }
  | { readonly kind: 'none'; readonly asOf: number }
  | { readonly kind: 'unknownBuild'; readonly asOf: number }
  | { readonly kind: 'failed'; readonly error: ClientError }
  | {
      readonly kind: 'deployments';
      readonly rows: readonly DeploymentRow[];
      /** Number of deployments in the answer that could not be read. */
      readonly unreadable: number;
      /** The time of the data: that of the answer, or earlier if the service returned an older answer. */
      readonly asOf: number;
      /** Whether the service could not reach its data and returned an older answer. */
      readonly fromMemory: boolean;
      /** Why the latest refresh failed, if it did. The rows are from the last successful one. */
      readonly refreshError?: ClientError;
    };

export interface LiveState {
  readonly knowledge: Knowledge;
  /** Whether a request is in progress. */
  readonly refreshing: boolean;
}

/** Replaced in tests. */
export interface Surroundings {
  now(): number;
  random(): number;
  /** Calls back after a time in milliseconds. Returns a function that cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
}

const browserSurroundings: Surroundings = {
  now: Date.now,
  random: Math.random,
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

export class LiveDeployments {
  #state: LiveState = { knowledge: { kind: 'loading' }, refreshing: false };
  readonly #client: DeploymentsClient;
  readonly #build: BuildKey;
  readonly #onChange: (state: LiveState) => void;
  readonly #surroundings: Surroundings;
  #answer: LookupAnswer<Build2Deployment> | undefined;
  #visible = true;
  #unchangedAnswers = 0;
  #failures = 0;
  #cancelTimer: () => void = () => undefined;
  #request: AbortController | undefined;
  #stopped = false;

  constructor(
    client: DeploymentsClient,
    build: BuildKey,
    onChange: (state: LiveState) => void,
    surroundings: Surroundings = browserSurroundings,
  ) {
    this.#client = client;
    this.#build = build;
    this.#onChange = onChange;
    this.#surroundings = surroundings;
  }

  get state(): LiveState {
    return this.#state;
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

  /** Stops polling while the page is hidden, and polls at once when it becomes visible. */
  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (visible) void this.refresh();
    else this.#cancelTimer();
  }

  /** Stops everything. An answer that is still on its way is dropped. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
    this.#request?.abort();
  }

  async #ask(signal: AbortSignal): Promise<Knowledge> {
    try {
      const answer = await this.#client.getDeployments(this.#build, { signal, previous: this.#answer });
      const knowledge = this.#learn(answer);
      this.#unchangedAnswers = sameKnowledge(this.#state.knowledge, knowledge)
        ? this.#unchangedAnswers + 1
        : 0;
      this.#answer = answer;
      this.#failures = 0;
      return knowledge;
    } catch (error) {
      this.#failures += 1;
      return this.#afterFailure(asClientError(error));
    }
  }

  #learn(answer: LookupAnswer<Build2Deployment>): Knowledge {
    const now = this.#surroundings.now();
    switch (answer.kind) {
      case 'none':
        return { kind: 'none', asOf: now };
      case 'unknown':
        return { kind: 'unknownBuild', asOf: now };
      case 'found': {
        const { knowledge } = this.#state;
        const known = knowledge.kind === 'deployments' ? knowledge.rows : undefined;
        return {
          kind: 'deployments',
          rows: known && !answer.changed ? known : toRows(answer.body.Deployments, known),
          unreadable: answer.skipped.length,
          asOf: now - 1000 * (answer.staleSeconds ?? 0),
          fromMemory: answer.staleSeconds !== undefined,
        };
      }
    }
  }

  /** A refusal replaces the rows; an outage keeps them. */
  #afterFailure(error: ClientError): Knowledge {
    const { knowledge } = this.#state;
    const keeps = knowledge.kind === 'deployments' && !isRefusal(error);
    return keeps ? { ...knowledge, refreshError: error } : { kind: 'failed', error };
  }

  #situation(): Situation {
    const { knowledge } = this.#state;
    if (!this.#visible) return { kind: 'hidden' };
    const error = knowledge.kind === 'failed' ? knowledge.error : undefined;
    if (error && isRefusal(error)) return { kind: 'refused' };
    if (this.#failures > 0) {
      const latest = knowledge.kind === 'deployments' ? knowledge.refreshError : error;
      const retryAfter = latest?.retryAfterSeconds;
      return {
        kind: 'failing',
        failures: this.#failures,
        retryAfter: retryAfter === undefined ? undefined : retryAfter * 1000,
      };
    }
    if (knowledge.kind === 'deployments' && knowledge.rows.every((row) => isFinal(row.state)))
      return { kind: 'settled', unchangedAnswers: this.#unchangedAnswers };
    return { kind: 'open', unchangedAnswers: this.#unchangedAnswers };
  }

  #planNext(): void {
    const pause = pauseBeforeRefresh(this.#situation(), this.#surroundings.random());
    if (pause !== undefined) this.#cancelTimer = this.#surroundings.after(pause, () => void this.refresh());
  }

  #show(state: LiveState): void {
    this.#state = state;
    this.#onChange(state);
  }
}

/** Whether trying again is pointless until somebody acts: signed out, no access, or an invalid request. */
function isRefusal(error: ClientError): boolean {
  return ['unauthorized', 'forbidden', 'badRequest'].includes(error.kind);
}

function sameKnowledge(before: Knowledge, after: Knowledge): boolean {
  if (before.kind !== 'deployments' || after.kind !== 'deployments') return before.kind === after.kind;
  return (
    before.rows.length === after.rows.length && before.rows.every((row, index) => row === after.rows[index])
  );
}

function asClientError(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  return new ClientError('network', error instanceof Error ? error.message : 'The request failed.');
}
