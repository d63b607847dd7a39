/**
 * Compares the deployments of one poll with the criteria, without a clock or a memory: progress.ts adds time. A
 * failure outranks success, so that with `onFailure: fail` no other deployment can hide it.
 */
import type { Deployment } from '../api/contract.ts';
import { type DeploymentState, isFinal, stateOf } from '../api/states.ts';
import type { WaitCriteria } from './criteria.ts';
import { passesFilter } from './glob.ts';

/** How a deployment compares with the criteria. `tolerated` failed, and the criteria only ask for a warning. */
export type Standing = 'met' | 'pending' | 'failed' | 'tolerated';

/** The states in plain words, for messages. */
export const statesInWords: Readonly<Record<DeploymentState, string>> = {
  notStarted: 'not started',
  inProgress: 'in progress',
  blocked: 'blocked',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
  unknown: 'in an unknown state',
};

export interface JudgedDeployment {
  readonly deployment: Deployment;
  readonly state: DeploymentState;
  readonly standing: Standing;
}

export interface Verdict {
  readonly kind: 'satisfied' | 'notYet' | 'failed';
  /** The deployments that match the filters, in the order of the answer. */
  readonly judged: readonly JudgedDeployment[];
  /** Whether `satisfied` would be wrong if another deployment appeared, so that it has to hold for a while. */
  readonly needsSettling: boolean;
  /** Why, and what is missing: a sentence without a capital and a full stop. */
  readonly reason: string;
}

/** Judges the deployments of one answer. */
export function judge(criteria: WaitCriteria, deployments: readonly Deployment[]): Verdict {
  const judged = deployments
    .filter((deployment) => isSelected(criteria, deployment))
    .map((deployment): JudgedDeployment => {
      const state = stateOf(deployment);
      return { deployment, state, standing: standing(criteria, state) };
    });
  return { judged, ...decide(criteria, judged) };
}

/** Identifies a deployment: ids are unique only within a source. */
export function deploymentKey(deployment: Pick<Deployment, 'Source' | 'Id'>): string {
  return `${deployment.Source} ${deployment.Id}`;
}

function isSelected(criteria: WaitCriteria, deployment: Deployment): boolean {
  const payloads = deployment.Payloads.map((payload) => payload.Id);
  return (
    passesFilter(criteria.sources, deployment.Source) &&
    passesFilter(criteria.deployments, deployment.Id) &&
    (criteria.payloads.length === 0 || payloads.some((id) => passesFilter(criteria.payloads, id)))
  );
}

function standing(criteria: WaitCriteria, state: DeploymentState): Standing {
  if (criteria.waitFor === 'final') return isFinal(state) ? 'met' : 'pending';
  if (state === 'failed' || state === 'canceled') {
    return ({ fail: 'failed', warn: 'tolerated', wait: 'pending' } as const)[criteria.onFailure];
  }
  if (state === 'succeeded') return 'met';
  return criteria.waitFor === 'started' && state === 'inProgress' ? 'met' : 'pending';
}

function decide(criteria: WaitCriteria, judged: readonly JudgedDeployment[]): Omit<Verdict, 'judged'> {
  const having = (standing: Standing) => judged.filter((each) => each.standing === standing);
  const [met, pending, failed, tolerated] = [
    having('met'),
    having('pending'),
    having('failed'),
    having('tolerated'),
  ];
  if (failed.length > 0) {
    return { kind: 'failed', needsSettling: false, reason: `${list(failed)} did not succeed` };
  }
  if (judged.length < criteria.minimumDeployments) {
    return { kind: 'notYet', needsSettling: false, reason: missing(criteria, judged.length) };
  }
  if (criteria.require === 'any' && met.length > 0) {
    return { kind: 'satisfied', needsSettling: false, reason: `${list(met)} ${goalReached(criteria)}` };
  }
  if (pending.length > 0) {
    const need = criteria.require === 'any' && pending.length > 1 ? 'one of ' : '';
    return { kind: 'notYet', needsSettling: false, reason: `waiting for ${need}${list(pending)}` };
  }
  const but = tolerated.length > 0 ? `; with a warning for ${list(tolerated)}` : '';
  return {
    kind: 'satisfied',
    needsSettling: true,
    reason: `${met.length} of ${judged.length} ${goalReached(criteria)}${but}`,
  };
}

function goalReached(criteria: WaitCriteria): string {
  return { completed: 'succeeded', started: 'started', final: 'ended' }[criteria.waitFor];
}

function missing(criteria: WaitCriteria, found: number): string {
  const filtered = [...criteria.sources, ...criteria.payloads, ...criteria.deployments].length > 0;
  const which = filtered ? 'matching the filters ' : '';
  return found === 0
    ? `no deployment ${which}has appeared yet`
    : `${found} of at least ${criteria.minimumDeployments} deployments ${found === 1 ? 'has' : 'have'} appeared`;
}

const mostNamed = 5;

function list(judged: readonly JudgedDeployment[]): string {
  const named = judged
    .slice(0, mostNamed)
    .map(({ deployment, state }) => `${deployment.Source} ${deployment.Id} (${word(deployment, state)})`);
  const more = judged.length - named.length;
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** The state in words; for an unknown state, the orchestrator's own word. */
function word(deployment: Deployment, state: DeploymentState): string {
  return state === 'unknown' ? `unknown state "${deployment.ChangeState}"` : statesInWords[state];
}
