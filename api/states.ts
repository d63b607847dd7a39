/**
 * The one vocabulary of deployment states. Orchestrators say what they like, in any case ("Completed",
 * "failed", "Blocked by policy"); the tab, the task, the gate and the CLI speak only the words below.
 * An unknown word stays `unknown` and is never taken for success.
 */

/** What a deployment's state means, whatever its orchestrator calls it. */
export type DeploymentState =
  | 'notStarted'
  | 'inProgress'
  | 'blocked'
  | 'succeeded'
  | 'failed'
  | 'canceled'
  | 'unknown';

/** Every state, in the order in which a deployment usually passes through them. */
export const deploymentStates: readonly DeploymentState[] = [
  'notStarted',
  'inProgress',
  'blocked',
  'succeeded',
  'failed',
  'canceled',
  'unknown',
];

const wordsOfState: Record<Exclude<DeploymentState, 'unknown'>, readonly string[]> = {
  notStarted: [
    'notstarted',
    'new',
    'created',
    'pending',
    'queued',
    'scheduled',
    'waiting',
    'notready',
    'none',
  ],
  inProgress: [
    'inprogress',
    'running',
    'started',
    'active',
    'ongoing',
    'executing',
    'deploying',
    'resumed',
    'restarted',
    'retrying',
    'canceling',
    'cancelling',
    'rollingback',
  ],
  blocked: ['blocked', 'paused', 'suspended', 'onhold', 'stopped', 'waitingforapproval', 'pendingapproval'],
  succeeded: ['succeeded', 'success', 'completed', 'complete', 'done', 'finished', 'deployed', 'successful'],
  failed: [
    'failed',
    'failure',
    'error',
    'faulted',
    'timedout',
    'rejected',
    'rolledback',
    'partiallysucceeded',
  ],
  canceled: ['canceled', 'cancelled', 'aborted', 'abandoned', 'skipped', 'superseded'],
};

const stateOfWord = new Map<string, DeploymentState>(
  Object.entries(wordsOfState).flatMap(([state, words]) =>
    words.map((word): [string, DeploymentState] => [word, state as DeploymentState]),
  ),
);

/**
 * Maps an orchestrator's own word (`ChangeState`) to a {@link DeploymentState}. Case, spaces, hyphens and
 * underscores do not matter; a phrase that begins with "blocked" is `blocked`, as in the B2D query.
 */
export function deploymentState(changeState: string): DeploymentState {
  const word = changeState.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return stateOfWord.get(word) ?? (word.includes('blocked') ? 'blocked' : 'unknown');
}

/** Whether a deployment in this state will not change any more by itself. `unknown` is not final: we cannot say so. */
export function isFinal(state: DeploymentState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'canceled';
}
