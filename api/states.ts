/**
 * The vocabulary of deployment states. Orchestrators use words of their own, in any case ("Completed", "failed",
 * "Blocked by policy"); the tab, the task, the gate and the CLI use only the states below. An unrecognised word
 * is `unknown` and never counts as success.
 */

/** The state of a deployment, whatever its orchestrator calls it. */
export type DeploymentState =
  | 'notStarted'
  | 'inProgress'
  | 'blocked'
  | 'succeeded'
  | 'failed'
  | 'canceled'
  | 'unknown';

/** All states, in the order in which a deployment usually goes through them. */
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
 * underscores do not matter; a phrase that contains "blocked" is `blocked`, as in the B2D query.
 */
export function deploymentState(changeState: string): DeploymentState {
  const word = changeState.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return stateOfWord.get(word) ?? (word.includes('blocked') ? 'blocked' : 'unknown');
}

/** Whether a deployment in this state stays in it. `unknown` is not final, because it may be anything. */
export function isFinal(state: DeploymentState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'canceled';
}
