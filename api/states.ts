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

/** The words that orchestrators use for each state, in lower case and without spaces; KQL has the same list. */
export const stateWords: Readonly<Record<Exclude<DeploymentState, 'unknown'>, readonly string[]>> = {
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
    'unblocked',
    'canceling',
    'cancelling',
    'rollingback',
  ],
  blocked: ['blocked', 'paused', 'suspended', 'onhold', 'stopped', 'waitingforapproval', 'pendingapproval'],
  succeeded: [
    'succeeded',
    'success',
    'completed',
    'complete',
    'done',
    'finished',
    'deployed',
    'successful',
    'succeededwithissues',
    'partiallysucceeded',
  ],
  failed: ['failed', 'failure', 'error', 'faulted', 'timedout', 'rejected', 'rolledback'],
  canceled: ['canceled', 'cancelled', 'aborted', 'abandoned', 'skipped', 'superseded'],
};

const stateOfWord = new Map<string, DeploymentState>(
  Object.entries(stateWords).flatMap(([state, words]) =>
    words.map((word): [string, DeploymentState] => [word, state as DeploymentState]),
  ),
);

/**
 * Maps an orchestrator's own word (`ChangeState`) to a {@link DeploymentState}. Case, spaces, hyphens and
 * underscores do not matter; a phrase that contains "blocked" is `blocked`, unless it says "unblocked". The KQL function DeploymentStateOf does the
 * same.
 */
export function deploymentState(changeState: string): DeploymentState {
  const word = changeState.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return stateOfWord.get(word) ?? (/(?<!un)blocked/.test(word) ? 'blocked' : 'unknown');
}

/** The state of a deployment: the service's word for it, or, from an older service, what `ChangeState` means. */
export function stateOf(deployment: {
  readonly State?: string;
  readonly ChangeState: string;
}): DeploymentState {
  const { State, ChangeState } = deployment;
  if (State === undefined) return deploymentState(ChangeState);
  return deploymentStates.find((state) => state === State) ?? 'unknown';
}

/** Whether a deployment in this state stays in it. `unknown` is not final, because it may be anything. */
export function isFinal(state: DeploymentState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'canceled';
}
