/**
 * What a wait says about deployments, as a person would write it, for the task's log and summary, the gate and the
 * terminal. Texts come from outside, so whoever prints them has to make them safe.
 */
import type { Entity } from '../api/contract.ts';
import { sourceName, statePhrases } from '../api/names.ts';
import { runningTime } from '../api/running-time.ts';
import { type DeploymentState, deploymentStates, isFinal } from '../api/states.ts';
import type { WaitCriteria } from './criteria.ts';
import { formatDuration } from './duration.ts';
import { sourcePatternName } from './filters.ts';
import { failedEntityCount, type JudgedDeployment } from './judged-deployment.ts';

/** The orchestrator and the id, such as `Ev2 ContainerApps/1234`. */
export function deploymentName({ deployment }: Pick<JudgedDeployment, 'deployment'>): string {
  return `${sourceName(deployment.Source)} ${deployment.Id}`;
}

/** `Ev2 a failed`, `Ev2 b is in progress`, `Ev2 c is in progress with 2 of 60 entities failed`. */
export function stateClause(judged: JudgedDeployment): string {
  const { deployment, state } = judged;
  const note = !isFinal(state) && failedEntityCount(deployment) > 0;
  return `${deploymentName(judged)} ${verbOf(judged)}${note ? ` with ${failedEntitiesNote(judged)}` : ''}`;
}

/** `2 of 60 entities failed (Region eastus, Region westus)`; without names if nobody asked for them. */
export function failedEntitiesNote(judged: JudgedDeployment): string {
  const { deployment } = judged;
  const total = deployment.Progress?.Total ?? 0;
  const [failed, all] = [failedEntityCount(deployment), total].map((count) => count.toLocaleString('en'));
  const names = failedEntityNames(judged, 3);
  const note = `${failed} of ${all} ${total === 1 ? 'entity' : 'entities'} failed`;
  return names === '' ? note : `${note} (${names})`;
}

/** `Region eastus, Region westus and 3 more`: so many names at the most. Empty if nobody asked for them. */
export function failedEntityNames(
  { deployment, failedEntities = [] }: Pick<JudgedDeployment, 'deployment' | 'failedEntities'>,
  mostNamed: number,
): string {
  const named = failedEntities.slice(0, mostNamed).map(entityName);
  const more = Math.max(failedEntityCount(deployment), failedEntities.length) - named.length;
  if (named.length === 0) return '';
  return named.join(', ') + (more > 0 ? ` and ${more.toLocaleString('en')} more` : '');
}

function entityName({ Type, Id, ChangeState }: Entity): string {
  const word = ChangeState.toLowerCase() === 'failed' ? '' : ` (${ChangeState})`;
  return `${Type} ${Id}${word}`.trim();
}

function verbOf({ deployment, state }: JudgedDeployment): string {
  switch (state) {
    case 'notStarted':
      return 'has not started';
    case 'inProgress':
      return 'is in progress';
    case 'blocked':
      return 'is blocked';
    case 'canceled':
      return 'was canceled';
    case 'unknown':
      return `is in the unknown state "${deployment.ChangeState}"`;
    default:
      return statePhrases[state];
  }
}

/** The state as a word; for an unknown state, the orchestrator's own. */
export function stateWord({ deployment, state }: JudgedDeployment): string {
  return state === 'unknown' ? `unknown state "${deployment.ChangeState}"` : statePhrases[state];
}

/** `Ev2 a (in progress, 2 of 4 entities succeeded)`. */
export function deploymentWithNotes(judged: JudgedDeployment, notes: readonly string[]): string {
  return `${deploymentName(judged)} (${[stateWord(judged), ...notes].join(', ')})`;
}

/** `Ev2 a succeeded after 20m`, `Ev2 b has been in progress for 3m`. `now` is in milliseconds since 1970. */
export function stateWithTime(judged: JudgedDeployment, now: number): string {
  const time = runningTime(judged.deployment, judged.state, now);
  if (time === undefined) return stateClause(judged);
  if (judged.state === 'inProgress') {
    const failed = failedEntityCount(judged.deployment) > 0 ? `, ${failedEntitiesNote(judged)}` : '';
    return `${deploymentName(judged)} has been in progress for ${formatDuration(time)}${failed}`;
  }
  const ended = judged.deployment.EndTime !== null;
  return `${stateClause(judged)}${ended ? ' after ' : ', started '}${formatDuration(time)}${ended ? '' : ' ago'}`;
}

const mostNamed = 5;

/** Names the first five, worst first, and counts the rest. */
export function listed(
  judged: readonly JudgedDeployment[],
  write: (each: JudgedDeployment) => string,
): string {
  const named = worstFirst(judged).slice(0, mostNamed).map(write);
  const more = judged.length - named.length;
  return named.join(', ') + (more > 0 ? ` and ${more.toLocaleString('en')} more` : '');
}

/** `3 deployments: 1 failed, 1 in progress, 1 succeeded`. */
export function countedStates(judged: readonly JudgedDeployment[]): string {
  const parts = worstToBest.flatMap((state) => {
    const count = judged.filter((each) => each.state === state).length;
    return count > 0 ? [`${count.toLocaleString('en')} ${statePhrases[state]}`] : [];
  });
  const total = `${judged.length.toLocaleString('en')} ${judged.length === 1 ? 'deployment' : 'deployments'}`;
  return parts.length === 0 ? total : `${total}: ${parts.join(', ')}`;
}

const worstToBest: readonly DeploymentState[] = [
  'failed',
  'canceled',
  'unknown',
  'blocked',
  'inProgress',
  'notStarted',
  'succeeded',
];

/** Failures first, then what goes on with failed entities, what has not ended, and successes; else in the given order. */
export function worstFirst(judged: readonly JudgedDeployment[]): JudgedDeployment[] {
  const rank = new Map(worstToBest.map((state, index) => [state, index]));
  const rankOf = ({ state, deployment }: JudgedDeployment) =>
    !isFinal(state) && failedEntityCount(deployment) > 0 ? 0.5 : (rank.get(state) ?? deploymentStates.length);
  return [...judged].sort((a, b) => rankOf(a) - rankOf(b));
}

/** The criteria as a clause: "all deployments have succeeded (sources: Ev2)". */
export function describeCriteria(criteria: WaitCriteria): string {
  const { minimumDeployments: minimum, require } = criteria;
  const goal = { completed: 'succeeded', started: 'started', final: 'ended' }[criteria.waitFor];
  const all = require === 'all';
  const condition =
    minimum === 1
      ? `${all ? 'all deployments have' : 'one deployment has'} ${goal}`
      : `at least ${minimum} deployments have appeared and ${all ? 'all of them have' : 'one of them has'} ${goal}`;
  const entities =
    criteria.minimumEntities === 1 ? '' : `, each with at least ${criteria.minimumEntities} entities`;
  const failures = [
    ...(criteria.failOnFailedEntity ? ['an entity that fails fails the wait'] : []),
    ...(criteria.failureGraceMs > 0
      ? [`a failure counts after ${formatDuration(criteria.failureGraceMs)}`]
      : []),
  ];
  const filters = Object.entries({
    sources: criteria.sources.map(sourcePatternName),
    payloads: criteria.payloads,
    deployments: criteria.deployments,
  }).flatMap(([name, patterns]) => (patterns.length > 0 ? [`${name}: ${patterns.join(', ')}`] : []));
  const rules = failures.map((rule) => `; ${rule}`).join('');
  return condition + entities + rules + (filters.length > 0 ? ` (${filters.join('; ')})` : '');
}

/** A clause as a sentence: with a capital, without a full stop. */
export function capitalized(clause: string): string {
  return clause.charAt(0).toUpperCase() + clause.slice(1);
}
