/** The deployments of one build, kept up to date. It does not depend on React. Another build needs another instance. */

import type { DeploymentsClient, LookupAnswer } from '../../api/client.ts';
import type { ClientError } from '../../api/client-error.ts';
import type { Build2Deployment } from '../../api/contract.ts';
import type { BuildKey } from '../../api/keys.ts';
import { isFinal } from '../../api/states.ts';
import {
  type Knowledge as AnswerKnowledge,
  browserSurroundings,
  LiveAnswer,
  type LiveQuery,
  type Surroundings,
} from '../live/live-answer.ts';
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

type Rows = readonly DeploymentRow[];

export class LiveDeployments {
  #state: LiveState = { knowledge: { kind: 'loading' }, refreshing: false };
  readonly #live: LiveAnswer<Rows>;

  constructor(
    client: DeploymentsClient,
    build: BuildKey,
    onChange: (state: LiveState) => void,
    surroundings: Surroundings = browserSurroundings,
  ) {
    this.#live = new LiveAnswer(
      rowsQuery(client, build),
      ({ knowledge, refreshing }) => {
        this.#state = { knowledge: ofDeployments(knowledge, surroundings.now()), refreshing };
        onChange(this.#state);
      },
      surroundings,
    );
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Sends a request now, unless one is in progress. Resolves when its answer has been processed. */
  refresh(): Promise<void> {
    return this.#live.refresh();
  }

  /** Stops polling while the page is hidden, and polls at once when it becomes visible. */
  setVisible(visible: boolean): void {
    this.#live.setVisible(visible);
  }

  /** Stops everything. An answer that is still on its way is dropped. */
  stop(): void {
    this.#live.stop();
  }
}

/** The rows of the deployments. One that has not changed keeps its row. */
function rowsQuery(client: DeploymentsClient, build: BuildKey): LiveQuery<Rows> {
  let last: LookupAnswer<Build2Deployment> | undefined;
  let rows: Rows = [];
  return {
    pace: (known) => (known.every((row) => isFinal(row.state)) ? 'settled' : 'open'),
    async ask(_previous, signal) {
      const answer = await client.getDeployments(build, { signal, previous: last });
      last = answer;
      if (answer.kind !== 'found') return answer;
      const next = toRows(answer.body.Deployments, rows);
      const isSame = next.length === rows.length && next.every((row, index) => row === rows[index]);
      if (!isSame) rows = next;
      return { ...answer, body: rows, changed: !isSame };
    },
  };
}

function ofDeployments(knowledge: AnswerKnowledge<Rows>, now: number): Knowledge {
  switch (knowledge.kind) {
    case 'loading':
    case 'failed':
      return knowledge;
    case 'none':
      return { kind: 'none', asOf: now };
    case 'unknown':
      return { kind: 'unknownBuild', asOf: now };
    case 'found': {
      const { kind: _, body: rows, partial: __, ...rest } = knowledge;
      return { kind: 'deployments', rows, ...rest };
    }
  }
}
