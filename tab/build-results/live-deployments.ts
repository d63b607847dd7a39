/**
 * The deployments of one build, kept current: asks the API, decides when to ask again, and tells what the
 * page should show. It knows nothing of React. One of these serves one build; another build gets another.
 */

import type { Answer, DeploymentsClient } from '../../api/client.ts';
import { ClientError } from '../../api/client-error.ts';
import type { Build2Deployment } from '../../api/contract.ts';
import type { BuildKey } from '../../api/keys.ts';
import { isFinal } from '../../api/states.ts';
import { type DeploymentRow, toRows } from './deployment-row.ts';
import { pauseBeforeRefresh, type Situation } from './refresh-plan.ts';

/** What is known about the build's deployments. Times are milliseconds since 1970. */
export type Knowledge =
  | { readonly kind: 'loading' }
  | { readonly kind: 'none'; readonly asOf: number }
  | { readonly kind: 'unknownBuild'; readonly asOf: number }
  | { readonly kind: 'failed'; readonly error: ClientError }
  | {
      readonly kind: 'deployments';
      readonly rows: readonly DeploymentRow[];
      /** How many deployments of the answer could not be read. */
      readonly unreadable: number;
      /** When this was true: the time of the answer, or earlier where the service answered from memory. */
      readonly asOf: number;
      /** Whether the service itself could not reach its data and answered from memory. */
      readonly fromMemory: boolean;
      /** Why the latest refresh failed; the rows are those of the last good answer. */
      readonly refreshError?: ClientError;
    };

export interface LiveState {
  readonly knowledge: Knowledge;
  /** Whether a request is under way. */
  readonly refreshing: boolean;
}

/** What the tests replace. */
export interface Surroundings {
  now(): number;
  random(): number;
  /** Calls back after so many milliseconds; the result cancels that. */
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
  #answer: Answer<Build2Deployment> | undefined;
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

  /** Asks now, unless a request is already under way. Settles when its answer has been shown. */
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

  /** Stops asking while the page is hidden; shown again, it asks at once. */
  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (visible) void this.refresh();
    else this.#cancelTimer();
  }

  /** Ends it: nothing is asked or shown any more, and an answer still on its way is dropped. */
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

  #learn(answer: Answer<Build2Deployment>): Knowledge {
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

  /** A refusal replaces what was shown; an outage keeps it. */
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
      return { kind: 'settled' };
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

/** Whether asking again is pointless until somebody acts: signed out, not allowed, or not understood. */
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
