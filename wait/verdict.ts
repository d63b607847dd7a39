/**
 * Compares the deployments of one poll with the criteria, without a clock or a memory: progress.ts adds time. A
 * failure outranks success, so that with `onFailure: fail` no other deployment can hide it.
 */
import type { Deployment, Entity } from '../api/contract.ts';
import { type DeploymentState, isFinal, stateOf } from '../api/states.ts';
import type { WaitCriteria } from './criteria.ts';
import { passesFilters, whyNonePass } from './filters.ts';
import {
  deploymentKey,
  failedEntityCount,
  type JudgedDeployment,
  type Standing,
} from './judged-deployment.ts';
import { countedStates, deploymentWithNotes, failedEntitiesNote, listed, stateClause } from './wording.ts';

export interface Verdict {
  readonly kind: 'satisfied' | 'notYet' | 'failed';
  /** The deployments that match the filters, in the order of the answer. */
  readonly judged: readonly JudgedDeployment[];
  /** Whether `satisfied` would be wrong if another deployment appeared, so that it has to hold for a while. */
  readonly needsSettling: boolean;
  /** Why, and what is missing: a sentence without a capital and a full stop. */
  readonly reason: string;
}

/** Entities that have failed, by the {@link deploymentKey} of their deployment. */
export type FailedEntities = ReadonlyMap<string, readonly Entity[]>;

/** The reason while there is nothing to judge. */
export const nothingYet = 'no deployment has appeared yet';

/** Judges the deployments of one answer. Entities that failed are passed on, and change nothing: their number does. */
export function judge(
  criteria: WaitCriteria,
  deployments: readonly Deployment[],
  failedEntities?: FailedEntities,
): Verdict {
  const judged = deployments
    .filter((deployment) => passesFilters(criteria, deployment))
    .map((deployment): JudgedDeployment => {
      const state = stateOf(deployment);
      const failed = failedEntities?.get(deploymentKey(deployment));
      return {
        deployment,
        state,
        standing: standing(criteria, deployment, state),
        ...(failed && { failedEntities: failed }),
      };
    });
  return { judged, ...decide(criteria, judged, deployments) };
}

/**
 * A failure counts first. Anything else counts only when enough entities have been reported, because entities
 * appear one by one. With a failed entity no deployment is as it should be, even where its start would do.
 */
function standing(criteria: WaitCriteria, deployment: Deployment, state: DeploymentState): Standing {
  const hasFailed = (state === 'failed' || state === 'canceled') && criteria.waitFor !== 'final';
  if (hasFailed && criteria.onFailure === 'fail') return 'failed';
  const hasFailedEntity = failedEntityCount(deployment) > 0;
  if (hasFailedEntity && criteria.failOnFailedEntity) return 'failed';
  if (entitiesMissing(criteria, deployment) > 0) return 'pending';
  if (hasFailed) return criteria.onFailure === 'warn' ? 'tolerated' : 'pending';
  if (criteria.waitFor === 'final') return isFinal(state) ? 'met' : 'pending';
  if (state === 'succeeded') return 'met';
  if (criteria.waitFor !== 'started' || state !== 'inProgress') return 'pending';
  if (!hasFailedEntity) return 'met';
  return criteria.onFailure === 'warn' ? 'tolerated' : 'pending';
}

/** A deployment is at least one entity. A service that does not count them cannot show that there are more. */
function entitiesMissing({ minimumEntities }: WaitCriteria, { Progress }: Deployment): number {
  return Math.max(0, minimumEntities - (Progress?.Total ?? 1));
}

function decide(
  criteria: WaitCriteria,
  judged: readonly JudgedDeployment[],
  deployments: readonly Deployment[],
): Omit<Verdict, 'judged'> {
  const having = (standing: Standing) => judged.filter((each) => each.standing === standing);
  const [met, pending, failed, tolerated] = [
    having('met'),
    having('pending'),
    having('failed'),
    having('tolerated'),
  ];
  if (failed.length > 0) return { kind: 'failed', needsSettling: false, reason: listed(failed, stateClause) };
  if (judged.length < criteria.minimumDeployments) {
    return { kind: 'notYet', needsSettling: false, reason: missing(criteria, judged, deployments) };
  }
  if (criteria.require === 'any' && met.length > 0) {
    return { kind: 'satisfied', needsSettling: false, reason: listed(met, stateClause) };
  }
  if (pending.length > 0) {
    const need = criteria.require === 'any' && pending.length > 1 ? 'one of ' : '';
    const reason = `waiting for ${need}${listed(pending, (each) => pendingPhrase(criteria, each))}`;
    return { kind: 'notYet', needsSettling: false, reason };
  }
  return { kind: 'satisfied', needsSettling: true, reason: allDone(criteria, judged, tolerated) };
}

function allDone(
  criteria: WaitCriteria,
  judged: readonly JudgedDeployment[],
  tolerated: readonly JudgedDeployment[],
): string {
  if (tolerated.length > 0) return countedStates(judged);
  const [only] = judged;
  if (judged.length === 1 && only) return stateClause(only);
  const goal = { completed: 'succeeded', started: 'have started', final: 'have ended' }[criteria.waitFor];
  const states = criteria.waitFor === 'completed' ? '' : ` (${countedStates(judged).replace(/^.*: /, '')})`;
  return `all ${judged.length.toLocaleString('en')} deployments ${goal}${states}`;
}

function missing(
  criteria: WaitCriteria,
  judged: readonly JudgedDeployment[],
  deployments: readonly Deployment[],
): string {
  if (deployments.length === 0) return nothingYet;
  if (judged.length === 0) return whyNonePass(criteria, deployments);
  const have = judged.length === 1 ? 'has' : 'have';
  const others = deployments.length - judged.length;
  const more = others > 0 ? ` (${others} more found that the filters exclude)` : '';
  return `${judged.length} of at least ${criteria.minimumDeployments} deployments ${have} appeared${more}`;
}

/** What a deployment that is waited for does now, within a list. */
function pendingPhrase(criteria: WaitCriteria, judged: JudgedDeployment): string {
  const { Progress } = judged.deployment;
  const notes: string[] = [];
  if (judged.state === 'failed' || judged.state === 'canceled') notes.push('may be retried');
  else if (failedEntityCount(judged.deployment) > 0) notes.push(failedEntitiesNote(judged));
  if (entitiesMissing(criteria, judged.deployment) > 0) {
    const seen = Progress ? `only ${Progress.Total}` : 'the service does not say how many';
    notes.push(`${seen} of at least ${criteria.minimumEntities} entities reported`);
  } else if (Progress && Progress.Total > 1 && Progress.Succeeded < Progress.Total) {
    notes.push(`${Progress.Succeeded} of ${Progress.Total} entities succeeded`);
  }
  return deploymentWithNotes(judged, notes);
}
